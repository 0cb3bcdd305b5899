"""One browser window: a line that is dialled again whenever it breaks, and the logs it has shown so far."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.faults.crowd.words import Event, Scene, event_of, frame_of, mark_of
from tests.faults.model import Log

if TYPE_CHECKING:
    from tests.faults.crowd.people import Person

PING_SECONDS = 15.0
ANSWER_SECONDS = 10.0
#: After so many entries one says that they were shown.
TAKEN_EVERY = 50
FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0


class Device:
    """Follows the conversations it shows, each by its last number; what it has, it drops."""

    def __init__(self, name: str, person: Person, scene: Scene, chance: random.Random) -> None:
        self.name, self.person, self._scene, self._chance = name, person, scene, chance
        self.follows: set[int] = set()
        self.logs: dict[int, Log] = {}
        self.cursors: dict[int, int] = {}
        #: Where the part of a log that is theirs begins. The client does not know it; whoever waits for it does.
        self.floors: dict[int, int] = {}
        self.raw: ClientConnection | None = None
        self.ready = asyncio.Event()
        self.closes: Counter[int] = Counter()
        #: How the lines ended on which nothing was read; 1006: without a word, or too late for one to be read.
        self.given_up: Counter[int] = Counter()
        self._asleep_on: ClientConnection | None = None
        self.frames = 0
        self.errors: Counter[str] = Counter()
        #: The last message of people, by conversation: for answering and reacting.
        self.last_said: dict[int, int] = {}
        self._asked: dict[int, float] = {}
        self._untold: dict[int, int] = {}
        self._heard = 0.0
        self._reading = asyncio.Event()
        self._reading.set()
        self._narrow = False
        #: Who sleeps gets nothing, and is not waited for.
        self.awake = True
        self.on_open: Callable[[Device], None] = lambda _device: None

    def log(self, c: int) -> Log:
        if c not in self.logs:
            self.logs[c] = Log(self.name, self.person.number, c, False, [], [])
        return self.logs[c]

    def has(self, c: int, head: int) -> bool:
        """Whether all of a conversation is shown that is to be had up to a number."""
        return max(self.cursors.get(c, 0), self.floors.get(c, 0)) >= head

    # --- the line ---

    async def run(self) -> None:
        """Hold a line for ever; come back with growing, scattered waits."""
        wait = FIRST_WAIT
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError, EOFError):
                await self._one_line()
            self.ready.clear()
            if self._heard and time.monotonic() - self._heard < 1.0:
                wait = FIRST_WAIT
            await asyncio.sleep(wait * self._chance.uniform(0.5, 1.5))
            wait = min(wait * 2, LONGEST_WAIT)

    async def _one_line(self) -> None:
        servers, doors = self._scene.servers, self._scene.doors
        at = self._chance.randrange(len(servers))
        address = doors[at] if self._chance.random() < 0.35 else servers[at]
        options: dict[str, Any] = {}
        if self._narrow:
            parts = urlsplit(address)
            narrow = socket.socket()
            narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            narrow.setblocking(False)
            await asyncio.get_running_loop().sock_connect(narrow, (str(parts.hostname), int(parts.port or 0)))
            options = {"sock": narrow, "max_queue": 1}
        raw = await connect(
            address.replace("http", "ws") + "/ws/chat/",
            origin=address,  # type: ignore[arg-type]  # a NewType of str
            additional_headers={"Cookie": self.person.cookie},
            compression=None,
            ping_interval=None,
            open_timeout=8,
            close_timeout=0.2,
            max_size=4 * 1024 * 1024,
            proxy=None,
            **options,
        )
        self.raw = raw
        self._asked.clear()
        self._untold.clear()
        ping = asyncio.create_task(self._ping(raw))
        try:
            await raw.send(frame_of({"op": "hello"}))
            for c in sorted(self.follows):
                await self.subscribe(c)
            for c in self.person.curious:
                await raw.send(frame_of({"op": "subscribe", "c": c, "after": 0}))
            self.ready.set()
            self.on_open(self)
            while True:
                await self._reading.wait()
                self._hear(await raw.recv())
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            self.closes[code] += 1
            if raw is self._asleep_on:
                self.given_up[code] += 1
        finally:
            ping.cancel()
            self.ready.clear()
            self.raw = None
            raw.transport.abort()

    async def _ping(self, raw: ClientConnection) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS * self._chance.uniform(0.9, 1.0))
            asked = time.monotonic()
            with contextlib.suppress(ConnectionClosed):
                await raw.send(frame_of({"op": "ping"}))
            await asyncio.sleep(ANSWER_SECONDS)
            if self._heard < asked and self._reading.is_set():
                raw.transport.abort()

    def say(self, **command: Any) -> None:
        """Say something if there is a line, and do not wait for it."""
        if self.raw is not None and self.ready.is_set():
            self.person.errand(self._say(self.raw, command))

    async def _say(self, raw: ClientConnection, command: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionClosed):
            await raw.send(frame_of(command))

    async def subscribe(self, c: int) -> None:
        if self.raw is not None:
            self._asked[c] = time.monotonic()
            await self._say(self.raw, {"op": "subscribe", "c": c, "after": self.cursors.get(c, 0)})

    # --- what one does to it ---

    def cut(self) -> None:
        """Lose the line as a network does it: without a goodbye."""
        self._asleep_on = None
        if self.raw is not None:
            self.raw.transport.abort()

    async def fall_asleep(self, seconds: float) -> None:
        """Dial with little room for what comes, ask for a lot, and read none of it for some seconds.

        The server is told once how far one is, so that it expects to be told again; it hangs up on who does not.
        """
        wakes = time.monotonic() + seconds
        self._narrow = True
        self.awake = False
        self.cut()
        await asyncio.sleep(0.05)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ready.wait(), 5.0)
        self._reading.clear()
        self._asleep_on = self.raw
        for c in sorted(self.follows):
            self.say(op="taken", c=c, seq=self.cursors.get(c, 0))
            self.say(op="sync", c=c, after=0)
        # Whoever waits for the end of this counted from its beginning.
        await asyncio.sleep(max(0.0, wakes - time.monotonic()))
        self._reading.set()
        self._narrow = False
        self.awake = True

    # --- what is heard ---

    def _hear(self, frame: str | bytes) -> None:
        self.frames += 1
        self._heard = time.monotonic()
        event = event_of(frame)
        match event:
            case None:
                return
            case Event(op="messages"):
                self._show(event)
                self._say_taken()
            case Event(op="ack"):
                self.person.acknowledged(event.id, event.c, event.seq)
            case Event(op="nack"):
                self.person.refused(event.id, event.c, event.code, event.retry)
            case Event(op="head") if event.line:
                self.log(event.c).passed.append((event.head, self._heard))
            case Event(op="beat"):
                for c, head in event.heads.items():
                    if c in self.follows and self.cursors.get(c, 0) < head:
                        self._ask(c)
            case Event(op="gone"):
                self.person.shown_the_door(self, event.c)
            case Event(op="error"):
                self.errors[event.code] += 1

    def _show(self, event: Event) -> None:
        log, now = self.log(event.c), self._heard
        cursor = self.cursors.get(event.c, 0)
        self._untold[event.c] = self._untold.get(event.c, 0) + len(event.items)
        log.passed.extend((seq, now) for item in event.items for seq in item.inside())
        if event.c not in self.follows:
            log.passed.extend((item.seq, now) for item in event.items)
            return
        if event.after > cursor:
            log.passed.extend((item.seq, now) for item in event.items if item.seq > cursor)
            self._ask(event.c)
            return
        self._asked.pop(event.c, None)
        for item in event.items:
            if item.seq > self.cursors.get(event.c, 0):
                log.shown.append((item.seq, item.id, mark_of(item.text), now))
                self.cursors[event.c] = item.seq
                if item.kind == "text":
                    self.last_said[event.c] = item.seq

    def _say_taken(self) -> None:
        """Now and then the server is told how far one is, everywhere, so that it goes on."""
        if sum(self._untold.values()) >= TAKEN_EVERY:
            for conversation in self._untold:
                self.say(op="taken", c=conversation, seq=self.cursors.get(conversation, 0))
            self._untold.clear()

    def _ask(self, c: int) -> None:
        """Something is missing: say so, once in a while."""
        if self._heard - self._asked.get(c, 0.0) > 1.0:
            self._asked[c] = self._heard
            self.say(op="sync", c=c, after=self.cursors.get(c, 0))
