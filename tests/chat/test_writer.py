"""What is said on many lines is stored together, and what is wrong with one hurts no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from unittest.mock import Mock

import pytest
from django.db import DatabaseError

from chat import wall_of_loop
from chat.ids import new_client_id
from chat.models import Conversation, Message
from chat.services.messages import Receipt, draft_of
from chat.wall_of_loop import Asked
from chat.writer import Writer
from tenancy.models import Person
from tests.chat.lines import Dial, arrange, telephone
from toolkit.database.loop import Lost

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    async with telephone() as dial:
        yield dial


@pytest.fixture
async def writer() -> AsyncIterator[Writer]:
    own = Writer(lambda talk: Asked(talk, -1, -1), Mock(), Mock())
    yield own
    await own.close()


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many drafts were in each transaction."""
    sizes: list[int] = []
    say = wall_of_loop.say

    async def counted(connection, drafts, *more, **named):
        sizes.append(len(drafts))
        return await say(connection, drafts, *more, **named)

    monkeypatch.setattr(wall_of_loop, "say", counted)
    return sizes


async def test_what_comes_while_one_batch_is_stored_makes_the_next(writer, batches, pilot, neighbour, direct):
    said = [draft_of((pilot.pk, neighbour.pk)[n % 2], direct, new_client_id(), f"Nummer {n}") for n in range(8)]
    results = await asyncio.gather(*(writer.store(draft) for draft in said))
    assert [result.seq for result in results if isinstance(result, Receipt)] == list(range(1, 9))
    assert batches == [8]
    stored = await arrange(lambda: list(Message.objects.order_by("seq").values_list("body", flat=True)))
    assert stored == [f"Nummer {n}" for n in range(8)]


async def test_the_news_of_a_batch_are_told_after_it_with_the_seats_of_that_moment(writer, pilot, neighbour, direct):
    await writer.store(draft_of(pilot.pk, direct, new_client_id(), "Moin"))
    [news] = writer._tell.call_args.args[0]
    assert (news.talk, news.head, news.seats.keys()) == (direct, 1, {pilot.pk, neighbour.pk})
    assert [entry.text for entry in news.entries] == ["Moin"]
    writer._hint.assert_called_once_with({direct: 1})


async def test_the_same_id_twice_in_one_batch_is_one_message(writer, pilot, direct):
    draft = draft_of(pilot.pk, direct, new_client_id(), "Moin")
    one, two = await asyncio.gather(writer.store(draft), writer.store(draft))
    assert isinstance(one, Receipt)
    assert isinstance(two, Receipt)
    assert (one.seq, one.again, two.seq, two.again) == (1, False, 1, True)


async def test_a_stranger_in_a_batch_is_refused_and_nobody_else(writer, batches, pilot, outsider, direct):
    said = [draft_of(person.pk, direct, new_client_id(), "Moin") for person in (pilot, outsider, pilot)]
    first, refused, last = await asyncio.gather(*(writer.store(draft) for draft in said))
    assert isinstance(first, Receipt)
    assert isinstance(refused, Conversation.DoesNotExist)
    assert isinstance(last, Receipt)
    assert batches == [3]


async def test_a_draft_that_breaks_its_batch_is_stored_alone_and_the_others_too(writer, batches, pilot, direct):
    broken = draft_of(pilot.pk, direct, new_client_id(), "Moin")
    broken = type(broken)(pilot.pk, direct, broken.id, "\x00", broken.key)  # past all checks: no text for PostgreSQL
    good = draft_of(pilot.pk, direct, new_client_id(), "Moin")
    bad, stored = await asyncio.gather(writer.store(broken), writer.store(good))
    assert isinstance(bad, DatabaseError)
    assert isinstance(stored, Receipt)
    assert batches == [2, 1, 1]


async def test_a_connection_that_broke_is_opened_again_and_nothing_is_stored_twice(writer, pilot, direct, monkeypatch):
    say = wall_of_loop.say
    failures = [Lost("gone after the commit")]

    async def once_lost(*arguments, **named):
        stored = await say(*arguments, **named)
        if failures:
            raise failures.pop()
        return stored

    monkeypatch.setattr(wall_of_loop, "say", once_lost)
    receipt = await writer.store(draft_of(pilot.pk, direct, new_client_id(), "Moin"))
    assert (receipt.seq, receipt.again) == (1, True)
    assert await arrange(Message.objects.count) == 1


async def test_what_is_not_known_to_be_stored_is_to_be_sent_again(dial, pilot, direct, monkeypatch):
    async def lost(*arguments: object, **named: object) -> None:
        raise Lost("gone")

    monkeypatch.setattr(wall_of_loop, "say", lost)
    line = await dial(pilot)
    await line.say(op="send", c=direct, id=str(new_client_id()), body="Moin")
    nack = await line.hear_op("nack")
    assert (nack["code"], nack["retry"]) == ("unavailable", 2.0)


async def test_a_refusal_speaks_the_language_of_its_sender(dial, pilot, direct):
    await arrange(lambda: Person.objects.filter(pk=pilot.pk).update(language="en"))
    pilot.language = "en"
    line = await dial(pilot)
    await line.say(op="send", c=999_999, id=str(new_client_id()), body="Moin")
    assert (await line.hear_op("nack"))["reason"].startswith("You are not")
