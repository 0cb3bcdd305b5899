"""The faults, one function for each kind. Each returns when what it broke stands again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.faults.field import Field
from tests.faults.plan import Kind

#: The product waits for thirty seconds, and looks every two.
ASLEEP = 35.0


async def server_killed(field: Field) -> None:
    server = field.chance.choice(field.servers)
    server.kill()
    await asyncio.sleep(field.chance.uniform(0.0, 1.5))
    server.start()
    await server.answers()


async def cache_lost(field: Field) -> None:
    await asyncio.to_thread(field.engines.kill_cache)
    await asyncio.sleep(field.chance.uniform(0.0, 4.0))
    await asyncio.to_thread(field.engines.start_cache)


async def database_stopped(field: Field) -> None:
    await asyncio.to_thread(field.engines.stop_database_immediately)
    await asyncio.sleep(field.chance.uniform(0.0, 1.5))
    await asyncio.to_thread(field.engines.start_database)


async def lines_cut(field: Field) -> None:
    for _time in range(3):
        for door in field.doors:
            door.cut(field.chance, 0.5)
        await asyncio.sleep(field.chance.uniform(0.1, 0.5))


async def slow_readers(field: Field) -> None:
    """Longer than a server waits for somebody to say how far they are. The other faults go on meanwhile."""
    field.order("sleep", n=4, seconds=ASLEEP)
    await asyncio.sleep(ASLEEP + 0.5)


async def clocks_changed(field: Field) -> None:
    """Of some people, by up to ten days; and of one server, by up to an hour, for some seconds."""
    field.order("clocks", n=10, seconds=864_000.0)
    server = field.chance.choice(field.servers)
    server.set_clock(field.chance.uniform(-3600.0, 3600.0))
    await asyncio.sleep(field.chance.uniform(2.0, 4.0))
    server.set_clock(0.0)


async def double_tabs(field: Field) -> None:
    field.order("double", seconds=2.0, share=0.3)
    await asyncio.sleep(2.0)


async def storm(field: Field) -> None:
    field.order("storm")
    await asyncio.sleep(0.1)


BREAK: dict[Kind, Callable[[Field], Awaitable[None]]] = {
    Kind.SERVER_KILLED: server_killed,
    Kind.CACHE_LOST: cache_lost,
    Kind.DATABASE_STOPPED: database_stopped,
    Kind.LINES_CUT: lines_cut,
    Kind.SLOW_READERS: slow_readers,
    Kind.CLOCKS_CHANGED: clocks_changed,
    Kind.DOUBLE_TABS: double_tabs,
    Kind.STORM: storm,
}
