"""The chat as the tutorial of Channels has it (the one it is measured against), under two faults of the sixteen."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from config import embedded
from tests.bench.chat.layout import Filled, filled
from tests.config.running import clean_environment
from tests.faults.engines import Engines
from tests.faults.model import Log, Past, Row, Seat, Verdict, Written, check
from tests.faults.proxy import Door
from tests.faults.servers import ROOT, Server

SIZES = {"fire": [5, 5, 5, 5]}
MESSAGES = 200
PER_SECOND = 40.0


class Tab:
    """Somebody in a room, in a browser: what comes is shown; a line that broke is dialled again."""

    def __init__(self, number: int, person: int, room: int, cookie: str, addresses: list[str]) -> None:
        self.person, self.room = person, room
        self.heard: list[tuple[int, str, float]] = []
        self.raw: ClientConnection | None = None
        self._cookie, self._addresses = cookie, addresses
        self._chance = random.Random(f"tutorial/{number}")
        self.log = Log(f"tab {number}", person, room, True, [], [])

    async def run(self) -> None:
        while True:
            address = self._chance.choice(self._addresses)
            with contextlib.suppress(OSError, WebSocketException, EOFError):
                async with connect(
                    f"{address.replace('http', 'ws')}/ws/chat/{self.room}/",
                    origin=address,  # type: ignore[arg-type]  # a NewType of str
                    additional_headers={"Cookie": self._cookie},
                    proxy=None,
                ) as self.raw:
                    async for frame in self.raw:
                        event = json.loads(frame)
                        self.heard.append((event["id"], event["message"], time.monotonic()))
            self.raw = None
            await asyncio.sleep(self._chance.uniform(0.1, 0.5))

    async def say(self, text: str) -> None:
        if self.raw is not None:
            with contextlib.suppress(WebSocketException):
                await self.raw.send(json.dumps({"message": text}))


async def tutorial(folder: Path) -> Verdict:
    """Lines are cut, and Valkey is killed and comes back: whoever was away meanwhile never gets what was said."""
    engines = Engines(folder / "data")
    (folder / "data").mkdir(parents=True)
    servers: list[Server] = []
    doors: list[Door] = []
    try:
        await asyncio.to_thread(engines.start)
        environment = _addresses(engines)
        scene = await asyncio.to_thread(_fill, engines, environment)
        for number in range(2):
            application = "tests.bench.chat.tutorial.asgi:application"
            servers.append(Server("daphne", number, folder, environment, application))
            servers[-1].start()
        await asyncio.gather(*(server.answers() for server in servers))
        doors = [Door(server.url) for server in servers]
        tabs = _tabs(scene, [await door.open() for door in doors])
        written = await _talk(tabs, doors, engines)
        return check(await asyncio.to_thread(_past, tabs, written, environment["TUTORIAL_DATABASE_URL"]))
    finally:
        for door in doors:
            door.close()
        for server in servers:
            server.kill()
        await asyncio.to_thread(engines.stop)


def _addresses(engines: Engines) -> dict[str, str]:
    database = embedded.database_url(engines.data).replace("/lotsennetz?", "/tutorial?")
    return {
        "DJANGO_SETTINGS_MODULE": "tests.bench.chat.tutorial.settings",
        "TUTORIAL_DATABASE_URL": database,
        "TUTORIAL_REDIS_URL": embedded.redis_url(engines.data),
    }


def _fill(engines: Engines, environment: dict[str, str]) -> Filled:
    engines.ask("CREATE DATABASE tutorial OWNER lotsennetz")
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.chat.tutorial.fill"],
        cwd=ROOT,
        env=clean_environment(**environment, PYTHONPATH=path),
        input=json.dumps(SIZES),
        capture_output=True,
        text=True,
        check=True,
    )
    return filled(json.loads(done.stdout))


def _tabs(scene: Filled, addresses: list[str]) -> list[Tab]:
    numbers = itertools.count()
    return [
        Tab(next(numbers), person, room.number, scene.cookies[person], addresses)
        for room in scene.rooms["fire"]
        for person in room.people
    ]


async def _talk(tabs: list[Tab], doors: list[Door], engines: Engines) -> list[tuple[Tab, str]]:
    """Who wrote what. A quarter in, lines are cut; when half is written, Valkey is away for a moment."""
    chance = random.Random("tutorial")
    written: list[tuple[Tab, str]] = []
    running = [asyncio.create_task(tab.run()) for tab in tabs]
    breaking: asyncio.Future[Any] | None = None
    try:
        while any(tab.raw is None for tab in tabs):  # noqa: ASYNC110 -- what is waited for happens in other processes
            await asyncio.sleep(0.05)
        for number in range(MESSAGES):
            tab = chance.choice(tabs)
            written.append((tab, f"Nachricht {number}"))
            await tab.say(written[-1][1])
            if number == MESSAGES // 4:
                for door in doors:
                    door.cut(chance, 0.5)
            if number == MESSAGES // 2:
                breaking = asyncio.ensure_future(asyncio.to_thread(_lose_cache, engines))
            await asyncio.sleep(1 / PER_SECOND)
        if breaking is not None:
            await breaking
        await asyncio.sleep(3.0)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return written


def _lose_cache(engines: Engines) -> None:
    engines.kill_cache()
    time.sleep(0.3)
    engines.start_cache()


def _past(tabs: list[Tab], written: list[tuple[Tab, str]], address: str) -> Past:
    """In the words of the checker: a message's number is its place among those of its room; its text is its name."""
    with psycopg.connect(address) as connection:
        stored = connection.execute(
            "SELECT m.id, r.name::bigint, u.username, m.body FROM tutorial_message m JOIN tutorial_room r "
            "ON r.id = m.room_id JOIN auth_user u ON u.id = m.author_id ORDER BY m.id"
        ).fetchall()
    places: dict[int, int] = {}
    counts: dict[int, int] = {}
    rows = []
    for number, room, author, body in stored:
        places[number] = counts[room] = counts.get(room, 0) + 1
        rows.append(Row(room, places[number], int(author.removeprefix("person")), body, 0))
    for tab in tabs:
        tab.log.shown = [(places[number], text, 0, at) for number, text, at in tab.heard]
    heard = {(tab, text): places[number] for tab in tabs for number, text, _at in tab.heard}
    notes = [
        Written(text, tab.person, tab.room, turn, 0, seqs=[heard[tab, text]] if (tab, text) in heard else [])
        for turn, (tab, text) in enumerate(written, start=1)
    ]
    seats = [Seat(tab.person, tab.room, 0) for tab in tabs]
    return Past(notes, rows, {}, seats, [], [tab.log for tab in tabs])
