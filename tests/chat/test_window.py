"""A client says how far it has come, and gets no more than it can take."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chat import lines, wire
from chat import switchboard as board
from chat.ids import new_client_id
from chat.models import Conversation, Message
from chat.services.messages import send_message
from chat.switchboard import in_thread
from tenancy.models import Person
from tenancy.viewer import viewer_for
from tests.chat.lines import Dial, arrange, telephone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    async with telephone() as dial:
        yield dial


async def said(person: Person, conversation_id: int, text: str) -> None:
    await in_thread(lambda: send_message(viewer_for(person), conversation_id, new_client_id(), text))()


def _long(conversation_id: int, sender: Person, count: int) -> None:
    Message.objects.bulk_create(
        Message(conversation_id=conversation_id, seq=n, sender=sender, client_id=new_client_id(), body=str(n))
        for n in range(1, count + 1)
    )
    Conversation.objects.filter(pk=conversation_id).update(head=count)


async def test_who_says_what_was_taken_gets_no_more_than_a_window_until_it_is(dial, pilot, direct):
    await arrange(lambda: _long(direct, pilot, 700))
    line = await dial(pilot)
    await line.say(op="taken", c=direct, seq=0)
    await line.say(op="subscribe", c=direct, after=0)
    heard: list[int] = []
    while len(heard) < 700:
        heard += [item["seq"] for item in (await line.hear_op("messages"))["items"]]
        assert await line.silent(0.3)
        await line.say(op="taken", c=direct, seq=heard[-1])
    assert heard == list(range(1, 701))


async def test_who_takes_nothing_is_hung_up_on_and_the_others_are_served(dial, pilot, neighbour, direct, monkeypatch):
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(lines, "WINDOW_SECONDS", 0.3)
    await arrange(lambda: _long(direct, pilot, 250))
    slow, quick = await dial(pilot), await dial(neighbour)
    await slow.say(op="taken", c=direct, seq=0)
    await slow.say(op="subscribe", c=direct, after=0)
    await quick.say(op="subscribe", c=direct, after=250)
    await said(neighbour, direct, "Moin")
    assert [item["text"] for item in (await quick.hear_op("messages"))["items"]] == ["Moin"]
    assert await slow.closed() == wire.CLOSE_SLOW


async def test_without_a_room_for_more_nothing_is_lost_that_is_said_meanwhile(dial, pilot, neighbour, direct):
    await arrange(lambda: _long(direct, pilot, 200))
    line = await dial(pilot)
    await line.say(op="taken", c=direct, seq=0)
    await line.say(op="subscribe", c=direct, after=0)
    assert (await line.hear_op("messages"))["items"][-1]["seq"] == 200
    await said(neighbour, direct, "Moin")
    assert await line.silent()
    await line.say(op="taken", c=direct, seq=200)
    event = await line.hear_op("messages")
    assert (event["after"], [item["text"] for item in event["items"]]) == (200, ["Moin"])
