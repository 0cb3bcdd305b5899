"""Where it happens: engines, servers, doors and the crowd's process, as one thing to start, to break and to stop."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from tests.config.running import clean_environment
from tests.faults import stage
from tests.faults.crowd.conduct import Memory, Told
from tests.faults.crowd.words import Scene
from tests.faults.engines import Engines
from tests.faults.model import Out
from tests.faults.plan import Plan
from tests.faults.proxy import Door
from tests.faults.servers import ROOT, Server


class Field:
    """All that stands while a run lasts."""

    def __init__(self, plan: Plan, folder: Path, application: str) -> None:
        self.plan, self.folder = plan, folder
        self.engines = Engines(folder / "data")
        self.application = application
        self.chance = random.Random(f"{plan.seed}/field")
        self.servers: list[Server] = []
        self.doors: list[Door] = []
        self.outs: list[Out] = []
        self.quiet = asyncio.Event()
        self.told = Told(0, 0, 0, {})
        self.reached: dict[int, float] = {}
        self.world: stage.World
        self.crowd: asyncio.subprocess.Process
        self._marks = 0
        self._result = folder / "memory.json"

    async def start(self) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(self.engines.start)
        # Whoever lets people in and out here reaches no Valkey: that somebody was removed is always true, and never
        # hinted at. Those who leave by themselves do it at a server, with a hint.
        lonely = {"REDIS_URL": f"unix://{self.folder}/nowhere.sock"}
        plan = self.plan
        await asyncio.to_thread(stage.set_up, self.engines.all_addresses() | lonely)
        self.world = await asyncio.to_thread(stage.build, plan.seed, plan.people, plan.conversations)
        for number, make in enumerate(plan.servers):
            server = Server(make, number, self.folder, self.engines.environment(), self.application)
            server.start()
            self.servers.append(server)
        await asyncio.gather(*(server.answers() for server in self.servers))
        self.doors = [Door(server.url) for server in self.servers]
        addresses = [await door.open() for door in self.doors]
        urls = [server.url for server in self.servers]
        world = self.world
        scene = Scene(plan.seed, urls, addresses, world.cookie_name, world.people, str(self._result))
        await self._start_crowd(scene)

    async def _start_crowd(self, scene: Scene) -> None:
        file = self.folder / "scene.json"
        file.write_bytes(msgspec.json.encode(scene))
        self.crowd = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.crowd.conduct", str(file)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env=clean_environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "platform")])),
            limit=1024 * 1024,
        )
        self._listener = asyncio.create_task(self._listen())
        lines = sum(outfit.devices for outfit in self.world.people)
        await self.until(lambda: self.told.lines >= lines * 0.95, 60, "the crowd is there")

    async def _listen(self) -> None:
        assert self.crowd.stdout is not None
        while line := await self.crowd.stdout.readline():
            self.told = msgspec.json.decode(line, type=Told)
            self.reached.update(self.told.reached)

    def note(self, text: str) -> None:
        """A line in the diary of the run, for whoever looks for what went wrong."""
        with (self.folder / "diary.log").open("a") as diary:
            told = self.told
            counts = f"{told.written} written, {told.answered} answered, {told.lines} lines"
            diary.write(f"{time.monotonic():.2f} {text} ({counts}) {told.behind}\n")

    def order(self, op: str, **more: Any) -> None:
        """Tell the crowd something; see ``crowd.conduct.Order``."""
        assert self.crowd.stdin is not None
        self.crowd.stdin.write(msgspec.json.encode({"op": op, **more}) + b"\n")

    async def until(self, true: Any, seconds: float, what: str) -> None:
        """Wait for something that happens in another process."""
        deadline = time.monotonic() + seconds
        while not true():
            if self.crowd.returncode is not None:
                raise AssertionError("The crowd's process has ended.")
            if time.monotonic() > deadline:
                raise AssertionError(f"Not within {seconds} s: {what}. {self.told}")
            await asyncio.sleep(0.02)

    async def mark(self) -> int:
        """Ask the crowd when all have what there is now; ``reached`` will have the moment under this number."""
        self._marks += 1
        number = self._marks
        rows = await asyncio.to_thread(self.engines.ask, "SELECT id, head FROM chat_conversation")
        self.order("mark", n=number, heads=dict(rows))
        return number

    async def finish(self) -> Memory:
        """Let the crowd go home and write down what it remembers."""
        self.order("finish")
        await asyncio.wait_for(self.crowd.wait(), 60)
        return msgspec.json.decode(self._result.read_bytes(), type=Memory)

    async def stop(self) -> None:
        for door in self.doors:
            door.close()
        if hasattr(self, "crowd") and self.crowd.returncode is None:
            self.crowd.kill()
            await self.crowd.wait()
        for server in self.servers:
            server.kill()
        await asyncio.to_thread(self.engines.stop)


@asynccontextmanager
async def standing(plan: Plan, folder: Path, application: str) -> AsyncIterator[Field]:
    """A field that stands as long as the block lasts."""
    field = Field(plan, folder, application)
    try:
        await field.start()
        yield field
    finally:
        await field.stop()
