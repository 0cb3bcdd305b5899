"""Whoever has nothing but the handbook can write a client: two of them talk over a real server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from tests.browser.harness.server import Server, running_server
from tests.chat.client import ChatClient, Refused, uuid7
from tests.chat.lines import session_of

if TYPE_CHECKING:
    from tenancy.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all: it is seen from outside only."""
    with running_server(str(connection.settings_dict["NAME"]), tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def devices(
    server: Server, transactional_db: None, pilot: Person, neighbour: Person, outsider: Person
) -> tuple[ChatClient, ...]:
    """A device each of the pilots of Konstanz and Heilbronn, and of somebody of another city."""
    return tuple(ChatClient(server.url, str(session_of(one).session_key)) for one in (pilot, neighbour, outsider))


async def until(true: Callable[[], Any], seconds: float = 15) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "waited in vain"
        await asyncio.sleep(0.02)


async def test_two_people_talk_with_markdown_an_answer_a_mention_a_reaction_an_edit_and_a_retraction(
    devices, pilot, neighbour, group
):
    mine, theirs, _ = devices
    async with mine, theirs:
        log, other = await mine.show(group), await theirs.show(group)
        first = await mine.send(group, "Guten **Morgen**")
        await until(lambda: first in other.messages)
        assert other.messages[first]["html"] == "<p>Guten <strong>Morgen</strong></p>"
        assert other.messages[first]["sender"] == mine.person == pilot.pk

        name = f"@{pilot.given_name} {pilot.family_name}"
        answer = await theirs.send(group, f"{name} und dir auch", reply=first, mentions=[mine.person])
        await until(lambda: answer in log.messages)
        assert log.messages[answer]["reply"]["seq"] == first
        assert log.messages[answer]["thread"] == first
        assert log.messages[answer]["mentions"] == [pilot.pk]
        await mine.say(op="ping")
        await until(lambda: mine.beat["mentioned"] == [group])
        await mine.read(group, answer)
        await until(lambda: mine.beat["mentioned"] == [] and mine.beat["unread"] == {})

        assert await theirs.react(group, first, "👍") == answer + 1
        assert await theirs.react(group, first, "👍") is None
        assert await mine.edit(group, first, "Guten *Abend*") == answer + 2
        await until(lambda: log.last == other.last == answer + 2)
        for each in (log, other):
            assert each.messages[first]["html"] == "<p>Guten <em>Abend</em></p>"
            assert each.messages[first]["edited"]
            assert each.messages[first]["reactions"] == [{"sign": "👍", "people": [neighbour.pk]}]
        with pytest.raises(Refused) as refused:
            await theirs.edit(group, first, "Das war ich nicht")
        assert (refused.value.status, refused.value.code) == (403, "denied")

        await theirs.retract(group, answer)
        await until(lambda: log.last == other.last == answer + 3)
        assert (log.messages[answer]["gone"], log.messages[answer]["text"]) == ("retracted", "")
        assert [entry["seq"] for entry in log.shown] == list(range(1, log.last + 1))


async def test_a_lost_line_comes_back_by_cursor_and_nothing_is_missing(devices, direct):
    mine, theirs, _ = devices
    async with mine, theirs:
        await mine.show(direct)
        other = await theirs.show(direct)
        await mine.send(direct, "vorher")
        await until(lambda: other.last == 1)
        theirs.cut()
        for n in range(5):
            await mine.send(direct, f"unterdessen {n}")
        await until(lambda: other.last == 6)
        assert len(theirs.closed_with) == 1
        assert [entry["seq"] for entry in other.shown] == [1, 2, 3, 4, 5, 6]
        assert [entry["text"] for entry in other.shown[1:]] == [f"unterdessen {n}" for n in range(5)]


async def test_a_hole_is_noticed_and_filled(devices, direct):
    mine, theirs, _ = devices
    async with mine, theirs:
        other = await theirs.show(direct)
        for n in range(3):
            await mine.send(direct, f"Nachricht {n}")
        await until(lambda: other.last == 3)
        other.last, other.shown[1:] = 1, []
        await mine.send(direct, "und noch eine")
        await until(lambda: other.last == 4)
        assert [entry["seq"] for entry in other.shown] == [1, 2, 3, 4]


async def test_the_same_id_by_socket_and_by_post_gives_one_number(devices, direct):
    mine, _, _ = devices
    async with mine:
        log = await mine.show(direct)
        same = uuid7()
        numbers = await asyncio.gather(
            *(mine.send(direct, "einmal", id=same, by_post=by_post) for by_post in (False, True, True))
        )
        assert set(numbers) == {1}
        assert await mine.send(direct, "einmal", id=same) == 1
        for by_post in (False, True):
            with pytest.raises(Refused, match="conflict"):
                await mine.send(direct, "zweimal", id=same, by_post=by_post)
        assert await mine.send(direct, "danach") == 2
        await until(lambda: log.last == 2)
        assert [entry["id"] for entry in log.shown].count(same) == 1


async def test_a_stranger_hears_gone_and_cannot_say_anything(devices, direct):
    *_, stranger = devices
    async with stranger:
        log = await stranger.show(direct)
        await until(lambda: log.gone)
        for by_post in (False, True):
            with pytest.raises(Refused, match="unknown"):
                await stranger.send(direct, "Darf ich?", by_post=by_post)
        with pytest.raises(Refused) as refused:
            await stranger.older(direct, 10)
        assert refused.value.status == 404
        assert log.shown == []


async def test_whoever_talks_nonsense_three_times_in_a_row_is_hung_up_on(devices):
    mine, *_ = devices
    async with mine:
        await until(lambda: mine.beat)
        for frame in ("kein JSON", "[]", '{"op": "ping"}', "kein JSON", '{"op": "unbekannt"}', '{"op": "subscribe"}'):
            await mine.say(frame)
        await until(lambda: mine.closed_with)
        assert mine.closed_with == [4400]
        assert mine.errors == ["malformed"] * 4


async def test_signing_out_ends_the_line_of_this_session_only(devices, direct):
    mine, theirs, _ = devices
    async with mine, theirs:
        log = await theirs.show(direct)
        await mine.show(direct)
        await mine.sign_out()
        await until(lambda: mine.closed_with)
        assert mine.closed_with == [4401]
        with pytest.raises(Refused, match="denied"):
            await mine.send(direct, "noch da?", by_post=True)
        assert await theirs.send(direct, "Ich bin noch da.") == 1
        await until(lambda: log.last == 1)
        assert theirs.closed_with == []


async def test_pages_before_a_number_come_by_http(devices, direct):
    mine, theirs, _ = devices
    async with mine, theirs:
        for n in range(4):
            await mine.send(direct, f"von hier {n}")
            await theirs.send(direct, f"von dort {n}")
        await theirs.react(direct, 2, "👍")
        items, older = await mine.older(direct, 10)
        assert [item["seq"] for item in items] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert items[1]["reactions"][0]["sign"] == "👍"
        assert not older
        assert [item["text"] for item in (await mine.older(direct, 3))[0]] == ["von hier 0", "von dort 0"]


async def test_whoever_sends_too_fast_waits_as_told_and_everything_is_stored_once(devices, direct):
    mine, *_ = devices
    async with mine:
        log = await mine.show(direct)
        began = time.monotonic()
        numbers = await asyncio.gather(*(mine.send(direct, f"eilig {n}") for n in range(11)))
        assert time.monotonic() - began > 5
        assert sorted(numbers) == list(range(1, 12))
        await until(lambda: log.last == 11)


async def test_a_server_that_ends_says_when_to_come_back(devices, direct, tmp_path):
    async with AsyncExitStack() as stack:
        other = stack.enter_context(running_server(str(connection.settings_dict["NAME"]), tmp_path))
        mine = await stack.enter_async_context(ChatClient(other.url, devices[0].cookies["sessionid"]))
        await mine.show(direct)
        other.process.terminate()
        await until(lambda: mine.closed_with)
        assert mine.closed_with == [4012]
        assert mine.told_to_wait
