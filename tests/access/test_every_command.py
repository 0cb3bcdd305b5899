"""Every command of the socket × everybody of the cast. A new command without its row fails by name."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from chat import wire
from chat.ids import new_client_id
from tests.access.rows_chat import SOCKET, build
from tests.access.table import PEOPLE
from tests.chat.lines import Line, telephone

COMMANDS = {str(command.__struct_config__.tag) for command in get_args(wire.AnyCommand)}


def test_every_command_has_its_row():
    assert set(SOCKET) == COMMANDS


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> SimpleNamespace:
    """Everybody, as for the addresses."""
    names = ("konstanz", "heilbronn", "giessen", *PEOPLE[1:], "neighbour")
    return SimpleNamespace(**{name: request.getfixturevalue(name) for name in names})


@pytest.fixture
def world(cast: SimpleNamespace) -> SimpleNamespace:
    return build(cast)


async def first_answer(line: Line) -> str | None:
    return None if await line.silent(0.7) else str((await line.hear())["op"])


@pytest.mark.parametrize("op", sorted(SOCKET))
@pytest.mark.django_db(transaction=True)
async def test_everybody_hears_what_the_table_says(op: str, cast: SimpleNamespace, world: SimpleNamespace):
    fields: dict[str, Any] = {
        "subscribe": {"c": world.direct, "after": 0},
        "sync": {"c": world.direct, "after": 0},
        "unsubscribe": {"c": world.direct},
        "send": {"c": world.direct, "body": "Moin"},
        # What the pilot wrote is read already, so nothing moves; the ping below shows that it was not refused.
        "read": {"c": world.direct, "seq": 1},
        "taken": {"c": world.direct, "seq": 1},
        "writing": {"c": world.direct},
    }
    heard: dict[str, str | None] = {}
    async with telephone() as dial:
        visitor = await dial(None)
        assert await visitor.closed() == wire.CLOSE_SIGNED_OUT
        for who in PEOPLE[1:]:
            line = await dial(getattr(cast, who))
            more = fields.get(op, {}) | ({"id": str(new_client_id())} if op == "send" else {})
            await line.say(op=op, **more)
            if op == "read" and who == "pilot":
                await line.say(op="ping")
            heard[who] = await first_answer(line)
            await line.raw.disconnect()
            await asyncio.sleep(0)
    inside, outside = SOCKET[op]
    assert heard == {who: inside if who == "pilot" else outside for who in PEOPLE[1:]}
