"""That somebody is here, or writing, is seen by those who may, and only where both let it be seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from chat import switchboard as board
from chat.models import ChatWish
from chat.services.conversations import leave_conversation
from chat.switchboard import in_thread
from tenancy.models import Person
from tenancy.viewer import viewer_for
from tests.chat.lines import Dial, Line, arrange, telephone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "SWEEP_SECONDS", 0.2)


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    async with telephone() as dial:
        yield dial


async def wish(person: Person, **wishes: bool) -> None:
    await arrange(lambda: ChatWish.objects.create(person=person, **wishes))


async def shown(dial: Dial, person: Person, conversation_id: int) -> Line:
    line = await dial(person)
    await line.say(op="hello")
    await line.hear_op("beat")
    await line.say(op="subscribe", c=conversation_id, after=0)
    return line


async def told(line: Line, *people: Person) -> list[list[int]]:
    """Who is said to be here, until it is these."""
    heard: list[list[int]] = []
    async with asyncio.timeout(8):
        while not heard or heard[-1] != sorted(person.pk for person in people):
            heard.append((await line.hear_op("presence", 8))["people"])
    return heard


async def test_the_others_hear_that_somebody_writes_and_no_oftener_than_it_matters(dial, pilot, neighbour, group):
    one, other = await shown(dial, pilot, group), await shown(dial, neighbour, group)
    assert await other.silent()
    for _ in range(3):
        await one.say(op="writing", c=group)
    assert await other.hear_op("typing") == {"op": "typing", "c": group, "person": pilot.pk, "name": pilot.name}
    assert await other.silent()
    assert await one.silent()


async def test_who_does_not_want_it_writes_unseen(dial, pilot, neighbour, group):
    await wish(pilot, show_typing=False)
    one, other = await shown(dial, pilot, group), await shown(dial, neighbour, group)
    await one.say(op="writing", c=group)
    assert await other.silent(0.6)


@pytest.fixture(params=["outsider", "moderator"])
def stranger(request: pytest.FixtureRequest) -> Person:
    """Somebody who is not in the group."""
    person: Person = request.getfixturevalue(request.param)
    return person


async def test_strangers_neither_write_nor_see_who_writes(stranger, dial, pilot, neighbour, group):
    one, other = await shown(dial, pilot, group), await shown(dial, neighbour, group)
    foreign = await shown(dial, stranger, group)
    assert await foreign.hear_op("gone")
    await foreign.say(op="writing", c=group)
    assert await other.silent(0.5)
    await one.say(op="writing", c=group)
    assert await other.hear_op("typing")
    assert await foreign.silent(0.5)


async def test_people_who_let_it_be_seen_see_each_other_come_and_go(dial, pilot, neighbour, group):
    for person in (pilot, neighbour):
        await wish(person, show_presence=True)
    one = await shown(dial, pilot, group)
    await told(one, pilot)
    other = await shown(dial, neighbour, group)
    await told(one, pilot, neighbour)
    await told(other, pilot, neighbour)
    await other.raw.disconnect()
    await told(one, pilot)


async def test_who_hides_is_not_seen_and_does_not_see(dial, pilot, neighbour, coordinator, group):
    for person in (pilot, coordinator):
        await wish(person, show_presence=True)
    hidden = await shown(dial, neighbour, group)
    seen = await shown(dial, pilot, group)
    await shown(dial, coordinator, group)
    heard = await told(seen, pilot, coordinator)
    assert not any(neighbour.pk in people for people in heard)
    assert await hidden.silent(0.5)


async def test_who_left_the_conversation_is_not_told_who_is_there(dial, pilot, neighbour, coordinator, group):
    for person in (pilot, neighbour, coordinator):
        await wish(person, show_presence=True)
    left = await shown(dial, neighbour, group)
    await left.hear_op("presence")
    await in_thread(lambda: leave_conversation(viewer_for(neighbour), group))()
    await left.hear_op("gone")
    for _ in range(5):
        if await left.silent(0.3):
            break
        await left.hear()
    line = await shown(dial, pilot, group)
    await told(line, pilot)
    assert await left.silent(0.6)


async def test_without_redis_those_of_one_server_still_see_each_other(dial, pilot, neighbour, group, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for person in (pilot, neighbour):
        await wish(person, show_presence=True)
    one = await shown(dial, pilot, group)
    await shown(dial, neighbour, group)
    await told(one, pilot, neighbour)
