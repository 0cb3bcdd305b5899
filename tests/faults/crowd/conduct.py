"""The crowd's own process: does what it is told by lines on its standard input, and answers by lines.

``python -m tests.faults.crowd.conduct SCENE.json``; every line is one JSON object.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from tests.faults.crowd.device import Device
from tests.faults.crowd.people import Person
from tests.faults.crowd.words import Scene
from tests.faults.model import Log, Written

TICK = 0.02
#: So many messages wait for an answer at most; whoever has something to say then waits too.
WAITING = 40
#: So often somebody reacts to a message besides.
REACTS = 0.03


class Order(Struct):
    """What the crowd is told to do."""

    op: str
    n: int = 0
    rate: float = 0.0
    seconds: float = 0.0
    share: float = 0.0
    person: int = 0
    c: int = 0
    above: int = 0
    heads: dict[int, int] = field(default_factory=dict)


class Told(Struct):
    """What the crowd tells: how far it is, and which mark was reached when."""

    written: int
    answered: int
    lines: int
    reached: dict[int, float]
    behind: str = ""


class Memory(Struct):
    """All that the crowd remembers in the end."""

    written: list[Written]
    logs: list[Log]
    closes: dict[int, int]
    given_up: dict[int, int]
    errors: dict[str, int]
    frames: int
    lines: int


class Mark(Struct):
    """Somebody wants to know when all have got what there was, and all that lay in the outboxes is answered."""

    heads: dict[int, int]
    letters: list[Written]
    tests: list[tuple[Device, int]]


class Crowd:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.people = {outfit.person: Person(outfit, scene) for outfit in scene.people}
        self.devices = [device for person in self.people.values() for device in person.devices]
        self._chance = random.Random(f"{scene.seed}/crowd")
        self._pairs = [(person, c) for person in self.people.values() for c in person.inside]
        self._wanted, self._rate, self._written = 0, 0.0, 0
        self._marks: dict[int, Mark] = {}
        self._reached: dict[int, float] = {}
        self._jobs: set[asyncio.Task[Any]] = set()
        self._twins = 0.0
        self.over = asyncio.Event()

    def start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def run(self, orders: asyncio.StreamReader) -> None:
        for device in self.devices:
            self.start(device.run())
        self.start(self._obey(orders))
        begun, due, told = time.monotonic(), 0.0, 0.0
        while not self.over.is_set():
            await asyncio.sleep(TICK)
            now = time.monotonic()
            due = min(due + (now - begun) * self._rate, 20.0)
            begun = now
            while due >= 1 and self._written < self._wanted and self._waiting() < WAITING and self._write():
                due -= 1
            for person in self.people.values():
                person.look_through_outbox()
            self._look_at_marks(now)
            if now - told > 0.1:
                told = now
                self.tell()

    def _waiting(self) -> int:
        return sum(len(person.outbox) for person in self.people.values())

    def _write(self) -> bool:
        """Somebody says something; no when all are waiting for an answer."""
        for _try in range(40):
            person, c = self._chance.choice(self._pairs)
            if not person.idle_in(c):
                continue
            places = [c]
            if self._chance.random() < self._twins:
                places += [other for other in person.inside if other != c and person.idle_in(other)][:1]
            if self._chance.random() < REACTS:
                person.react(c)
            person.write(places)
            self._written += 1
            return True
        return False

    # --- orders ---

    async def _obey(self, orders: asyncio.StreamReader) -> None:
        decoder = msgspec.json.Decoder(Order)
        while line := await orders.readline():
            self._carry_out(decoder.decode(line))
        self.over.set()

    def _carry_out(self, order: Order) -> None:
        person = self.people.get(order.person)
        match order.op:
            case "write":
                self._wanted, self._rate = order.n, order.rate
            case "mark":
                self._mark(order)
            case "storm":
                self._storm()
            case "sleep":
                self._send_to_sleep(order.n, order.seconds)
            case "double":
                self.start(self._double(order.seconds, order.share))
            case "clocks":
                for late in self._chance.sample(list(self.people.values()), order.n):
                    late.clock = self._chance.uniform(-order.seconds, order.seconds)
            case "goes" if person:
                person.goes(order.c)
                self._pairs = [pair for pair in self._pairs if pair != (person, order.c)]
            case "comes" if person:
                person.comes(order.c, order.above)
                self._pairs.append((person, order.c))
            case "finish":
                self.over.set()

    def _storm(self) -> None:
        for device in self.devices:
            if device.awake:
                device.cut()

    def _send_to_sleep(self, number: int, seconds: float) -> None:
        # Never the first device of anybody: people go on writing, and are waited for.
        others = [device for device in self.devices if device.awake and device is not device.person.devices[0]]
        for device in self._chance.sample(others, min(number, len(others))):
            self.start(device.fall_asleep(seconds))

    async def _double(self, seconds: float, twins: float) -> None:
        """For some seconds all is sent by all devices at once, and a share of it to two conversations."""
        self._twins = twins
        for person in self.people.values():
            person.doubling = 1.0
        await asyncio.sleep(seconds)
        self._twins = 0.0
        for person in self.people.values():
            person.doubling = 0.1

    # --- marks ---

    def _mark(self, order: Order) -> None:
        letters = [letter.note for person in self.people.values() for letter in person.outbox.values()]
        awake = [device for device in self.devices if device.awake]
        tests = [(device, c) for device in awake for c in device.follows & device.person.inside]
        self._marks[order.n] = Mark(order.heads, letters, [(d, c) for d, c in tests if c in order.heads])

    def _look_at_marks(self, now: float) -> None:
        for number, mark in list(self._marks.items()):
            mark.tests = [
                (d, c) for d, c in mark.tests if d.awake and c in d.person.inside and not d.has(c, mark.heads[c])
            ]
            mark.letters = [letter for letter in mark.letters if not letter.answered]
            if not mark.tests and not mark.letters:
                del self._marks[number]
                self._reached[number] = now

    def _behind(self) -> str:
        """For whoever waits in vain: who lacks what."""
        parts = [f"{d.name}/{c} at {d.cursors.get(c, 0)}" for mark in self._marks.values() for d, c in mark.tests[:3]]
        parts += [f"{letter.id}@{letter.c}" for mark in self._marks.values() for letter in mark.letters[:3]]
        return ", ".join(parts)

    def tell(self) -> None:
        lines = sum(device.ready.is_set() for device in self.devices)
        answered = sum(person.answered for person in self.people.values())
        told = Told(self._written, answered, lines, self._reached, self._behind())
        self._reached = {}
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()

    def memory(self) -> Memory:
        for device in self.devices:
            for c in device.follows & device.person.inside:
                device.log(c).whole = True
        return Memory(
            written=[note for person in self.people.values() for note in person.notes.values()],
            logs=[log for device in self.devices for log in device.logs.values()],
            closes=_sum(device.closes for device in self.devices),
            given_up=_sum(device.given_up for device in self.devices),
            errors=_sum(device.errors for device in self.devices),
            frames=sum(device.frames for device in self.devices),
            lines=len(self.devices),
        )


def _sum(counters: Iterable[Counter[Any]]) -> dict[Any, int]:
    total: Counter[Any] = Counter()
    for counter in counters:
        total.update(counter)
    return dict(total)


async def main(scene: Scene) -> None:
    orders = asyncio.StreamReader(limit=4 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    crowd = Crowd(scene)
    await crowd.run(orders)
    Path(scene.result).write_bytes(msgspec.json.encode(crowd.memory()))  # noqa: ASYNC240 -- nothing else runs any more


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Scene)))
