"""One line: who gets in, what is said, what nobody hears who must not."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import AsyncIterator
from unittest.mock import AsyncMock

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat import consumers, wire
from chat import switchboard as board
from chat.ids import new_client_id
from chat.models import Conversation, Message
from chat.services.conversations import leave_conversation
from chat.services.groups import add_people, remove_person
from chat.services.messages import send_message
from chat.services.moderation import hide_message
from chat.switchboard import in_thread
from tenancy.models import Person
from tenancy.viewer import Viewer, viewer_for
from tests.chat.lines import Dial, arrange, telephone
from tests.chat.rooms import does, room_of_a_thing
from tests.factories.moderation import ReportFactory
from toolkit.acting import NOBODY, Identity, acting, acting_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    """Opens lines as people; hangs up afterwards."""
    async with telephone() as dial:
        yield dial


async def say(person: Person, conversation_id: int, text: str) -> int:
    send = in_thread(lambda: send_message(viewer_for(person), conversation_id, new_client_id(), text).seq)
    return int(await send())


async def test_a_visitor_is_told_to_sign_in(dial):
    assert await (await dial(None)).closed() == wire.CLOSE_SIGNED_OUT


async def test_the_first_word_is_answered_by_who_i_am_and_how_all_stands(dial, pilot, neighbour, direct):
    await say(neighbour, direct, "Moin")
    line = await dial(pilot)
    await line.say(op="hello")
    assert await line.hear() == {"op": "welcome", "person": pilot.pk, "beat": 15}
    assert await line.hear() == {
        "op": "beat",
        "heads": {str(direct): 1},
        "unread": {str(direct): 1},
        "count": 1,
        "mentioned": [],
    }


async def test_two_people_hear_each_other_once_and_in_order(dial, pilot, neighbour, direct):
    one, other = await dial(pilot), await dial(neighbour)
    for line in (one, other):
        await line.say(op="subscribe", c=direct, after=0)
    said = []
    for number in range(8):
        line, client_id = (one, other)[number % 2], str(new_client_id())
        await line.say(op="send", c=direct, id=client_id, body=f"Nummer {number}")
        said.append(client_id)
        ack = await line.hear_op("ack")
        assert (ack["id"], ack["seq"]) == (client_id, number + 1)
        await other.hear_op("messages") if line is one else await one.hear_op("messages")
    for line in (one, other):
        await line.say(op="sync", c=direct, after=0)
        items = (await line.hear_op("messages"))["items"]
        while items[0]["seq"] != 1:
            items = (await line.hear_op("messages"))["items"]
        assert [item["id"] for item in items] == said


async def test_a_cut_line_is_caught_up_by_the_cursor(dial, pilot, neighbour, direct):
    line = await dial(pilot)
    await line.say(op="subscribe", c=direct, after=0)
    await say(neighbour, direct, "eins")
    assert [item["text"] for item in (await line.hear_op("messages"))["items"]] == ["eins"]
    await line.raw.disconnect()
    await say(neighbour, direct, "zwei")
    await say(neighbour, direct, "drei")
    again = await dial(pilot)
    await again.say(op="subscribe", c=direct, after=1)
    event = await again.hear_op("messages")
    assert (event["after"], [item["text"] for item in event["items"]]) == (1, ["zwei", "drei"])


async def test_a_reader_far_behind_gets_everything_in_pages(dial, pilot, direct):
    def fill():
        Message.objects.bulk_create(
            Message(conversation_id=direct, seq=n, sender=pilot, client_id=new_client_id(), body=str(n))
            for n in range(1, 1001)
        )
        Conversation.objects.filter(pk=direct).update(head=1000)

    await arrange(fill)
    line = await dial(pilot)
    await line.say(op="subscribe", c=direct, after=0)
    heard: list[int] = []
    while len(heard) < 1000:
        event = await line.hear_op("messages")
        assert event["after"] == (heard[-1] if heard else 0)
        heard += [item["seq"] for item in event["items"]]
    assert heard == list(range(1, 1001))
    assert await line.silent()


async def test_sending_again_gives_the_same_number(dial, pilot, direct):
    line, client_id = await dial(pilot), str(new_client_id())
    for _ in range(2):
        await line.say(op="send", c=direct, id=client_id, body="Moin")
    acks = [await line.hear_op("ack") for _ in range(2)]
    assert [ack["seq"] for ack in acks] == [1, 1]
    await line.say(op="send", c=direct, id=client_id, body="Anderes")
    assert (await line.hear_op("nack"))["code"] == "conflict"


@pytest.mark.parametrize(("body", "code"), [(" ", "empty"), ("x" * 8001, "too_long"), ("\x00", "empty")])
async def test_a_bad_text_is_refused_with_its_reason(dial, pilot, direct, body, code):
    line = await dial(pilot)
    await line.say(op="send", c=direct, id=str(new_client_id()), body=body)
    nack = await line.hear_op("nack")
    assert (nack["code"], nack["retry"]) == (code, None)
    assert nack["reason"].endswith(".")


async def test_the_eleventh_message_is_to_be_sent_again_later(dial, pilot, direct):
    line = await dial(pilot)
    for _ in range(11):
        await line.say(op="send", c=direct, id=str(new_client_id()), body="Moin")
    nack = await line.hear_op("nack")
    assert nack["code"] == "too_fast"
    assert 0 < nack["retry"] <= 10


@pytest.fixture(params=["coordinator", "outsider", "moderator", "operator"])
def stranger(request: pytest.FixtureRequest) -> Person:
    """Somebody who is not in the conversation of the pilots."""
    person: Person = request.getfixturevalue(request.param)
    return person


async def test_nobody_else_hears_or_says_a_word(stranger, dial, pilot, direct):
    line = await dial(stranger)
    await line.say(op="subscribe", c=direct, after=0)
    assert await line.hear() == {"op": "gone", "c": direct}
    await line.say(op="sync", c=direct, after=0)
    assert await line.hear() == {"op": "gone", "c": direct}
    await line.say(op="read", c=direct, seq=1)
    assert await line.hear() == {"op": "gone", "c": direct}
    await line.say(op="send", c=direct, id=str(new_client_id()), body="Hallo")
    assert (await line.hear())["code"] == "unknown"
    await say(pilot, direct, "Geheim")
    assert await line.silent(0.6)
    assert not await arrange(Message.objects.filter(body="Hallo").exists)


async def test_a_conversation_that_is_not_is_like_one_that_is_not_mine(dial, pilot):
    line = await dial(pilot)
    await line.say(op="subscribe", c=999_999, after=0)
    assert await line.hear() == {"op": "gone", "c": 999_999}


async def test_a_removed_member_hears_nothing_said_afterwards(dial, pilot, neighbour, group):
    line = await dial(neighbour)
    await line.say(op="subscribe", c=group, after=0)
    await say(pilot, group, "Vorher")
    assert (await line.hear_op("messages"))["items"][0]["text"] == "Vorher"
    await in_thread(lambda: leave_conversation(viewer_for(neighbour), group))()
    await say(pilot, group, "Nachher")
    heard = [await line.hear()]
    while not await line.silent(0.6):
        heard.append(await line.hear())
    assert {"op": "gone", "c": group} in heard
    assert "Nachher" not in json.dumps(heard)


async def test_who_an_owner_takes_out_and_lets_in_again_hears_what_is_said_from_then_on(dial, pilot, neighbour, group):
    line = await dial(neighbour)
    await line.say(op="subscribe", c=group, after=0)
    await in_thread(lambda: remove_person(viewer_for(pilot), group, neighbour.pk))()
    await line.hear_op("gone")
    await say(pilot, group, "Dazwischen")
    await in_thread(lambda: add_people(viewer_for(pilot), group, [neighbour.pk]))()
    await line.say(op="subscribe", c=group, after=0)
    items = (await line.hear_op("messages"))["items"]
    assert [item["text"] for item in items] == [f"{pilot.name} hat {neighbour.name} hinzugefügt."]
    await say(pilot, group, "Danach")
    heard = [item["text"] for item in (await line.hear_op("messages"))["items"]]
    assert heard == ["Danach"]


async def test_a_removal_that_no_hint_announced_is_found_by_the_sweep(dial, neighbour, group, monkeypatch):
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr("chat.hints._publish", lambda hint: None)
    line = await dial(neighbour)
    await line.say(op="subscribe", c=group, after=0)
    assert await line.silent(0.4)
    await in_thread(lambda: leave_conversation(viewer_for(neighbour), group))()
    assert await line.hear() == {"op": "gone", "c": group}


async def test_a_suspended_person_is_put_out_and_hears_nothing(dial, pilot, neighbour, direct, monkeypatch):
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.2)
    line = await dial(neighbour)
    await line.say(op="subscribe", c=direct, after=0)
    await arrange(lambda: Person.objects.filter(pk=neighbour.pk).update(is_active=False))
    assert await line.closed() == wire.CLOSE_SIGNED_OUT


@pytest.mark.parametrize("how", ["signed out", "expired", "password changed"])
async def test_the_end_of_the_session_ends_the_line(how, dial, pilot, monkeypatch):
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.2)
    line = await dial(pilot)
    match how:
        case "signed out":
            await arrange(Session.objects.all().delete)
        case "expired":
            past = timezone.now() - datetime.timedelta(seconds=1)
            await arrange(lambda: Session.objects.update(expire_date=past))
        case "password changed":
            pilot.set_password("ein neues langes Kennwort")
            await arrange(pilot.save)
    assert await line.closed() == wire.CLOSE_SIGNED_OUT


async def test_the_sweep_brings_what_no_hint_announced(dial, pilot, neighbour, direct, monkeypatch):
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr("chat.hints._publish", lambda hint: None)
    line = await dial(pilot)
    await line.say(op="subscribe", c=direct, after=0)
    await asyncio.sleep(0.1)
    await say(neighbour, direct, "Ohne Wink")
    assert (await line.hear_op("messages"))["items"][0]["text"] == "Ohne Wink"


async def test_without_redis_a_message_is_stored_and_arrives(dial, pilot, neighbour, direct, monkeypatch, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.2)
    from chat import hints

    hints._client.cache_clear()
    monkeypatch.setattr(hints, "_silent_until", 0.0)
    one, other = await dial(pilot), await dial(neighbour)
    await other.say(op="subscribe", c=direct, after=0)
    await one.say(op="send", c=direct, id=str(new_client_id()), body="Trotzdem")
    assert (await one.hear_op("ack"))["seq"] == 1
    assert (await other.hear_op("messages"))["items"][0]["text"] == "Trotzdem"
    hints._client.cache_clear()


async def test_a_conversation_one_does_not_show_gives_its_last_line_only(dial, pilot, neighbour, direct):
    line = await dial(pilot)
    await line.say(op="hello")
    await line.hear_op("beat")
    await say(neighbour, direct, "Moin **Konstanz**")
    event = await line.hear_op("head")
    assert (event["c"], event["head"], event["sender"], event["line"]) == (direct, 1, neighbour.pk, "Moin Konstanz")


async def test_reading_is_told_to_the_other_devices_of_the_same_person(dial, pilot, neighbour, direct):
    await say(neighbour, direct, "Moin")
    phone, desk = await dial(pilot), await dial(pilot)
    await phone.say(op="read", c=direct, seq=1)
    assert (await desk.hear_op("beat"))["count"] == 0


async def test_a_newcomer_hears_what_is_said_from_now_on_and_a_room_is_in_the_next_beat(dial, pilot, neighbour):
    line = await dial(pilot)
    await line.say(op="ping")
    assert (await line.hear_op("beat"))["heads"] == {}
    room = await in_thread(room_of_a_thing)(pilot, [pilot, neighbour])
    assert (await line.hear_op("beat"))["heads"] == {str(room): 0}


async def test_a_changed_message_comes_as_an_entry_of_the_log(dial, pilot, neighbour, direct, moderator):
    await say(neighbour, direct, "Unfreundlich")
    line = await dial(pilot)
    await line.say(op="subscribe", c=direct, after=1)

    message = await arrange(lambda: ReportFactory(kind="message", object_id=Message.objects.get().pk, land_id="08"))
    await in_thread(lambda: does(moderator, hide_message, message.object_id, "Beleidigung"))()
    item = (await line.hear_op("messages"))["items"][0]
    assert (item["seq"], item["kind"], item["target"]) == (2, "change", 1)
    assert (item["now"]["hidden"], item["now"]["text"], item["now"]["html"]) == (True, "", "")


async def test_whoever_comes_in_first_lends_the_switchboard_neither_eyes_nor_hands(
    pilot, neighbour, direct, monkeypatch
):
    """Its tasks begin within somebody's command, and go on for everybody: they act as nobody, in threads as well."""
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.05)
    found: list[Identity] = []
    swept, looked = asyncio.Event(), asyncio.Event()

    async def sweep_once(_board: board.Switchboard) -> None:
        found.append(acting())
        swept.set()

    async def read(_board: board.Switchboard) -> None:
        found.extend([acting(), await in_thread(acting)()])
        looked.set()

    monkeypatch.setattr(board.Switchboard, "sweep_once", sweep_once)
    monkeypatch.setattr(board.Switchboard, "_read", read)
    viewer = await in_thread(viewer_for)(pilot)
    own, line = board.Switchboard(), board.Line(pilot.pk, "s", "h", AsyncMock(), AsyncMock())
    with acting_as(viewer):
        assert await in_thread(acting)() == NOBODY
        await own.join(line)
        own.subscribe(line, direct, 0)
        await asyncio.wait_for(asyncio.gather(swept.wait(), looked.wait()), 3)
        assert acting().person_id == pilot.pk
        await own.leave(line)
    assert set(found) == {NOBODY}


async def test_a_command_is_carried_out_as_its_viewer_and_as_nobody_else(dial, pilot, neighbour, direct, monkeypatch):
    found: list[int | None] = []
    carry_out = consumers._carry_out

    def listen(viewer: Viewer, command: wire.AnyCommand) -> wire.AnyEvent | None:
        found.append(acting().person_id)
        return carry_out(viewer, command)

    monkeypatch.setattr(consumers, "_carry_out", listen)
    for person in (pilot, neighbour):
        line = await dial(person)
        await line.say(op="read", c=999_999, seq=1)
        await line.hear_op("gone")
    assert found == [pilot.pk, neighbour.pk]


async def test_what_is_not_understood_is_said_twice_and_ends_the_line_the_third_time(dial, pilot):
    line = await dial(pilot)
    for frame in ("{", '{"op":"fly"}'):
        await line.raw.send_to(text_data=frame)
        assert (await line.hear())["code"] == "malformed"
    await line.raw.send_to(bytes_data=b"\x00")
    assert await line.closed() == wire.CLOSE_MALFORMED


async def test_a_good_word_in_between_is_patience_won_back(dial, pilot):
    line = await dial(pilot)
    for _ in range(4):
        await line.raw.send_to(text_data="{")
        assert (await line.hear())["op"] == "error"
        await line.say(op="ping")
        await line.hear_op("beat")


async def test_who_talks_without_a_breath_is_cut_off(dial, pilot, monkeypatch):
    line = await dial(pilot)
    for _ in range(wire.FRAMES + wire.PATIENCE):
        await line.say(op="unsubscribe", c=1)
    assert await line.closed() == wire.CLOSE_TOO_MANY


async def test_too_many_lines_of_one_person_are_refused(dial, pilot, monkeypatch):
    monkeypatch.setattr(wire, "LINES", 2)
    for _ in range(2):
        await dial(pilot)
    assert await (await dial(pilot)).closed() == wire.CLOSE_TOO_MANY


async def test_a_reader_that_does_not_read_is_cut_off_and_holds_nobody_up():
    stuck = asyncio.Event()
    closed: list[int] = []

    async def send_text(frame: str) -> None:
        await stuck.wait()

    async def close(code: int) -> None:
        closed.append(code)

    line = board.Line(1, "s", "h", send_text, close)
    for _ in range(board.OUTBOX_FRAMES + 2):
        line.post(wire.Gone(c=1))
    await asyncio.sleep(0.05)
    assert closed == [wire.CLOSE_SLOW]
    stuck.set()
    await asyncio.sleep(0.05)
