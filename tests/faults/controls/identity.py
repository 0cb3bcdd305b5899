"""A log whose numbers come from an identity column, and a reader who takes the last one seen for a cursor."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from pathlib import Path

import psycopg

from tests.faults.engines import Engines
from tests.faults.model import Log, Past, Row, Seat, Verdict, Written, check

WRITERS = 8
EACH = 60
READER = 100


async def identity_as_cursor(folder: Path) -> Verdict:
    """Several write at once, one reads: what commits late under an early number is never seen."""
    engines = Engines(folder / "data")
    (folder / "data").mkdir(parents=True)
    try:
        await asyncio.to_thread(engines.start)
        return await asyncio.to_thread(_write_and_read, engines.address)
    finally:
        await asyncio.to_thread(engines.stop)


def _write_and_read(address: str) -> Verdict:
    with psycopg.connect(address, autocommit=True) as reader:
        reader.execute(
            "CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, sender int, name text, PRIMARY KEY (id))"
        )
        writers = [threading.Thread(target=_write, args=(address, number)) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        shown: list[tuple[int, str, int, float]] = []
        last = 0
        while any(writer.is_alive() for writer in writers) or _behind(reader, last):
            for number, name in reader.execute("SELECT id, name FROM log WHERE id > %s ORDER BY id", [last]).fetchall():
                shown.append((number, name, 0, time.monotonic()))
                last = number
        rows = [
            Row(1, number, sender, name, 0)
            for number, sender, name in reader.execute("SELECT id, sender, name FROM log").fetchall()
        ]
    written = [Written(row.id, row.sender, 1, turn=row.seq, text=0, seqs=[row.seq]) for row in rows]
    log = Log("reader", READER, 1, True, shown, [])
    return check(Past(written, rows, {}, [Seat(READER, 1, 0)], [], [log]))


def _behind(reader: psycopg.Connection, last: int) -> bool:
    return bool(reader.execute("SELECT FROM log WHERE id > %s", [last]).fetchone() is not None)


def _write(address: str, sender: int) -> None:
    chance = random.Random(sender)
    with psycopg.connect(address) as connection:
        for turn in range(EACH):
            connection.execute("INSERT INTO log (sender, name) VALUES (%s, %s)", [sender, f"{sender}/{turn}"])
            time.sleep(chance.uniform(0.0, 0.003))  # what a transaction does besides
            connection.commit()
