"""People who come and go all the while: taken out of rooms and let in again, leaving groups, joining them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import DatabaseError

from tests.faults import stage
from tests.faults.crowd.post import NoAnswer, post
from tests.faults.field import Field
from tests.faults.model import Out

PATIENCE_SECONDS = 30.0


async def come_and_go(field: Field) -> None:
    """One after the other, until the field is to become quiet; a step that was begun is taken to its end."""
    while not field.quiet.is_set():
        await asyncio.sleep(field.chance.uniform(0.3, 1.5))
        await field.chance.choice([_room, _room, _leave_group, _join_group])(field)


async def _room(field: Field) -> None:
    """Somebody is taken out of a room, without a hint, and let in again some seconds later."""
    room = field.chance.choice(field.world.rooms)
    person = field.chance.choice(await _people_in(field, room))
    field.order("goes", person=person, c=room)
    await _surely(stage.let_out, field.world.porter, room, person)
    out = await _note(field, room, person)
    await asyncio.sleep(field.chance.uniform(0.0, 3.0))
    out.again = time.monotonic()
    await _surely(stage.let_in, field.world.porter, room, person)
    field.order("comes", person=person, c=room)


async def _leave_group(field: Field) -> None:
    """Somebody leaves a group by themselves, at a server that may be dying."""
    group = field.chance.choice(field.world.groups)
    people = await _people_in(field, group)
    if len(people) < 3:
        return
    person = field.chance.choice(people)
    outfit = next(outfit for outfit in field.world.people if outfit.person == person)
    field.order("goes", person=person, c=group)
    cookie = f"{field.world.cookie_name}={outfit.cookie}"
    while person in await _people_in(field, group):
        url = f"{field.chance.choice(field.servers).url}/chat/{group}/verlassen/"
        with suppress(NoAnswer):
            await post(url, cookie, b"", "application/x-www-form-urlencoded")
    await _note(field, group, person)


async def _join_group(field: Field) -> None:
    """Somebody who never was in a group comes into it."""
    group = field.chance.choice(field.world.groups)
    rows = await asyncio.to_thread(
        field.engines.ask, "SELECT person_id FROM chat_participant WHERE conversation_id = %s", group
    )
    known = {number for (number,) in rows}
    others = [
        outfit.person for outfit in field.world.people if outfit.person not in known and group not in outfit.foreign
    ]
    if not others:
        return
    person = field.chance.choice(others)
    await _surely(stage.join_group, group, person)
    rows = await asyncio.to_thread(
        field.engines.ask,
        "SELECT joined_seq FROM chat_participant WHERE conversation_id = %s AND person_id = %s",
        group,
        person,
    )
    field.order("comes", person=person, c=group, above=rows[0][0])


async def _people_in(field: Field, c: int) -> list[int]:
    rows = await asyncio.to_thread(
        field.engines.ask,
        "SELECT person_id FROM chat_participant WHERE conversation_id = %s AND left_seq IS NULL ORDER BY person_id",
        c,
    )
    return [number for (number,) in rows]


async def _note(field: Field, c: int, person: int) -> Out:
    """Write down at which number somebody left."""
    rows = await asyncio.to_thread(
        field.engines.ask,
        "SELECT left_seq FROM chat_participant WHERE conversation_id = %s AND person_id = %s",
        c,
        person,
    )
    out = Out(person, c, int(rows[0][0]))
    field.outs.append(out)
    return out


async def _surely(step: Callable[..., None], *arguments: Any) -> None:
    """Take a step that may be taken twice, until it is known to be done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            await asyncio.to_thread(step, *arguments)
            return
        except DatabaseError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
