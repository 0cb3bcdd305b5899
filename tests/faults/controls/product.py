"""The product with one of its parts taken out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg

from tests.faults.field import Field, standing
from tests.faults.model import Verdict, check
from tests.faults.plan import Plan
from tests.faults.run import PRODUCT, remembered

SMALL = Plan(seed=1, messages=150, rate=40.0, people=12, conversations=12, servers=("daphne", "uvicorn"))
#: What the function that stores relies on, and what it is without it.
RELIES = "ON CONFLICT (sender_id, client_id) DO NOTHING"


async def without_sweep(folder: Path) -> Verdict:
    """Valkey is away, and nobody looks for themselves: who is at another server than the sender gets nothing."""
    async with standing(SMALL, folder, "tests.faults.controls.no_sweep:application") as field:
        await asyncio.to_thread(field.engines.kill_cache)
        return await _talk(field)


async def without_key(folder: Path) -> Verdict:
    """Nothing in the database forbids that one client id is stored twice, and people send theirs to two at once."""
    async with standing(SMALL, folder, PRODUCT) as field:
        await asyncio.to_thread(_drop_key, field.engines.address)
        field.order("double", seconds=60.0, share=1.0)
        return await _talk(field)


async def _talk(field: Field) -> Verdict:
    field.order("write", n=field.plan.messages, rate=field.plan.rate)
    await field.until(lambda: field.told.written >= field.plan.messages, 60, "all is written")
    # Longer than the sweep of the product needs, shorter than until a client asks of its own accord.
    await asyncio.sleep(5.0)
    memory = await field.finish()
    return check(await asyncio.to_thread(remembered, field.engines, memory, field))


def _drop_key(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER TABLE chat_message DROP CONSTRAINT one_message_per_client_id")
        row = connection.execute("SELECT pg_get_functiondef('chat_append'::regproc)").fetchone()
        assert row is not None
        assert RELIES in row[0]
        connection.execute(row[0].replace(RELIES, "").encode())
        # As a slow disk has it: what is stored takes a moment until others see it.
        connection.execute(
            "CREATE FUNCTION takes_a_moment() RETURNS trigger LANGUAGE plpgsql AS "
            "$body$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $body$"
        )
        connection.execute(
            "CREATE TRIGGER takes_a_moment AFTER INSERT ON chat_message FOR EACH ROW EXECUTE FUNCTION takes_a_moment()"
        )
