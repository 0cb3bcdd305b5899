"""What is measured: each scenario fills rows of the table, one figure of each side per round."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.bench.chat.layout import Sizes
from tests.bench.chat.world import PRODUCT, SIDES, TUTORIAL, Measured, Servers, Timing, World


@dataclass(slots=True)
class Row:
    """One line: figures by side, one of each round.

    ``target`` is what the ratio must reach (``more``) or stay below, or our own figure where it is ``absolute``.
    """

    name: str
    unit: str
    target: float | None = None
    more: bool = False
    absolute: bool = False
    figures: dict[str, list[float]] = field(default_factory=lambda: {side: [] for side in SIDES})

    def median(self, side: str) -> float | None:
        """The median of all rounds; None where nothing was measured."""
        return statistics.median(self.figures[side]) if self.figures[side] else None

    @property
    def ratio(self) -> float | None:
        """The median of the ratios of each round."""
        pairs = zip(self.figures[PRODUCT], self.figures[TUTORIAL], strict=False)
        ratios = [ours / theirs for ours, theirs in pairs if theirs]
        return statistics.median(ratios) if ratios else None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        figure = self.median(PRODUCT) if self.absolute else self.ratio
        if self.target is None or figure is None:
            return None
        return figure >= self.target if self.more else figure <= self.target


class Table(dict[str, Row]):
    """The rows by name, in order."""

    def add(
        self,
        side: str,
        name: str,
        unit: str,
        figure: float,
        *,
        target: float | None = None,
        more: bool = False,
        absolute: bool = False,
    ) -> None:
        """One figure of one round."""
        self.setdefault(name, Row(name, unit, target, more, absolute)).figures[side].append(figure)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything: small for trying the measurement itself."""

    rounds: int = 3
    seconds: float = 5.0
    senders: int = 4
    #: People of a room where the targets say 50, rooms of two, people of the largest room, and sockets to join.
    people: int = 50
    pairs: int = 50
    crowd: int = 500
    sockets: int = 2_000
    sides: tuple[str, ...] = SIDES
    servers: tuple[int, ...] = (1, 2, 4)


Scenario = Callable[[World, Scale, Table], None]


def _percent(waits: list[float], share: float) -> float:
    """A percentile of waits, in ms."""
    ordered = sorted(waits)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


def _waits(measured: Measured) -> list[float]:
    return list(measured.report.waits)


def _say(side: str, name: str, measured: Measured) -> None:
    report = measured.report
    if report.refused or report.lost or report.closed:
        sys.stderr.write(
            f"{name}, {side}: {report.refused} refused, {report.lost} lost, closed {report.closed} {report.refusal}\n"
        )


def _in_turn(world: World, scale: Scale, count: int, act: Callable[[Servers], None]) -> None:
    """Let both sides act in each round, each first in every other."""
    with ExitStack() as stack:
        servers = {side: stack.enter_context(world.servers(side, count)) for side in scale.sides}
        for turn in range(scale.rounds):
            for side in scale.sides[:: 1 if turn % 2 == 0 else -1]:
                act(servers[side])


def _busy(scale: Scale) -> Timing:
    return Timing(scale.seconds, warm=min(1.0, scale.seconds))


def fan_out(world: World, scale: Scale, table: Table) -> None:
    """Four rooms of fifty people: as much as goes, some of each room with a message under way at all times."""

    def act(servers: Servers) -> None:
        seats = world.seats(servers, "fan-out", senders=scale.senders)
        measured = world.round(servers, seats, _busy(scale))
        side, delivered = servers.side, max(1, measured.report.delivered)
        _say(side, "fan-out", measured)
        spent = measured.spent
        add, what = table.add, f"4 × {scale.people}"
        add(side, f"{what}: deliveries a second", "1/s", delivered / measured.seconds, target=12, more=True)
        add(side, f"{what}: CPU of the server a delivery", "µs", spent.servers / delivered * 1e6, target=1 / 12)
        add(side, f"{what}: with PostgreSQL and Valkey", "µs", spent.all / delivered * 1e6)
        # They also work while the load warms up, which is not counted as delivered.
        share = measured.seconds / (measured.seconds + _busy(scale).warm)
        add(side, f"{what}: CPU of the clients a delivery", "µs", measured.report.worked * share / delivered * 1e6)
        add(side, f"{what}: send → shown under full load, p50", "ms", _percent(_waits(measured), 0.5))
        add(side, f"{what}: send → shown under full load, p99", "ms", _percent(_waits(measured), 0.99))

    _in_turn(world, scale, 1, act)


def pairs(world: World, scale: Scale, table: Table) -> None:
    """Fifty rooms of two, everybody with a message under way at all times."""

    def act(servers: Servers) -> None:
        measured = world.round(servers, world.seats(servers, "pairs", senders=2), _busy(scale))
        side, sent = servers.side, max(1.0, measured.report.delivered / 2)
        _say(side, "pairs", measured)
        what = f"{scale.pairs} × 2"
        table.add(side, f"{what}: messages a second", "1/s", sent / measured.seconds, target=20, more=True)
        table.add(side, f"{what}: CPU of the server a message", "µs", measured.spent.servers / sent * 1e6)
        table.add(side, f"{what}: with PostgreSQL and Valkey", "µs", measured.spent.all / sent * 1e6)
        table.add(side, f"{what}: send → shown under full load, p50", "ms", _percent(_waits(measured), 0.5))

    _in_turn(world, scale, 1, act)


def latency(world: World, scale: Scale, table: Table) -> None:
    """One message at a time, so far apart that both sides are at rest in between."""
    rooms = {
        "pair": (2, 0.05, 0.35),
        "room": (scale.people, 0.15, 0.3),
        "crowd": (scale.crowd, 1.5 * scale.crowd / 500, 0.15),
    }

    def act(servers: Servers) -> None:
        for name, (size, every, target) in rooms.items():
            seats = world.seats(servers, name, senders=1 if size == 2 else 5, together=True)
            seconds = scale.seconds * (2 if every > 1 else 1)
            measured = world.round(
                servers, seats, Timing(seconds, warm=every * 2, drain=min(2.0, seconds), every=every)
            )
            side, report = servers.side, measured.report
            _say(side, name, measured)
            waits = _waits(measured)
            what = f"room of {size}: send → shown"
            table.add(side, f"{what}, p50", "ms", _percent(waits, 0.5), target=target)
            table.add(side, f"{what}, p99", "ms", _percent(waits, 0.99))
            missing = report.sent * measured.people - report.delivered
            if missing:
                sys.stderr.write(f"{name}, {side}: {missing} of {report.sent * measured.people} not delivered\n")

    _in_turn(world, scale, 1, act)


def joining(world: World, scale: Scale, table: Table) -> None:
    """Many people sign in at once, each joins a room of fifty; then they sit there, and show that they do.

    Servers are new in each round: what one round has freed would hold the next.
    """
    sockets = scale.sockets

    def act(servers: Servers) -> None:
        # What a server loads with its first line belongs to none of them.
        world.round(servers, world.seats(servers, "room", senders=0), None)
        resting = Timing(scale.seconds * 3, warm=2.0, pulse=15.0)
        measured = world.round(servers, world.seats(servers, "joining", senders=0), resting)
        side, people = servers.side, measured.people
        _say(side, "joining", measured)
        add, what = table.add, f"{sockets:,} sockets"
        add(side, f"{what}: joined after", "s", measured.joined_in, target=1 / 4)
        add(side, f"{what}: CPU of the server a join", "ms", measured.join_spent.servers / people * 1e3)
        add(side, f"{what}: with PostgreSQL and Valkey", "ms", measured.join_spent.all / people * 1e3)
        add(side, f"{what}: memory each", "KiB", measured.memory / people / 1024, target=45, absolute=True)
        add(side, f"{what}: at rest, of one processor", "%", measured.spent.servers / measured.seconds * 100)

    for turn in range(scale.rounds):
        for side in scale.sides[:: 1 if turn % 2 == 0 else -1]:
            with world.servers(side) as servers:
                act(servers)


def processes(world: World, scale: Scale, table: Table) -> None:
    """The fan-out by several server processes, people of a room spread over all.

    Where processes have fewer processors than they could use, deliveries a second say little. So it is also told what
    a process would add if it had a processor of its own, from what a delivery costs all of them.
    """
    for turn in range(scale.rounds):
        for side in scale.sides[:: 1 if turn % 2 == 0 else -1]:
            costs: dict[int, float] = {}
            for count in scale.servers:
                with world.servers(side, count) as servers:
                    seats = world.seats(servers, "fan-out", senders=scale.senders)
                    measured = world.round(servers, seats, _busy(scale))
                _say(side, f"{count} processes", measured)
                delivered = max(1, measured.report.delivered)
                costs[count] = measured.spent.servers / delivered
                what = f"{count} process{'es' if count > 1 else ''}"
                table.add(side, f"{what}: deliveries a second", "1/s", delivered / measured.seconds)
                table.add(side, f"{what}: CPU of the servers a delivery", "µs", costs[count] * 1e6)
            for count in scale.servers[1:]:
                first = costs[scale.servers[0]]
                adds = (count * first / costs[count] - 1) / (count - 1)
                target = 0.7 if count == 2 else None
                name = f"{count} processes: each more adds, of the first"
                table.add(side, name, "×", adds, target=target, more=True, absolute=True)


def slow_reader(world: World, scale: Scale, table: Table) -> None:
    """One member of a room stops reading, without hanging up, while long messages come: how do the others fare?"""
    timing = Timing(max(2.0, scale.seconds * 2), warm=0.5, drain=2.0, every=0.05, length=4_000)

    def act(servers: Servers) -> None:
        side, p99 = servers.side, []
        for slow in (0, 1):
            seats = world.seats(servers, "slow", senders=5, together=True, slow=slow)
            measured = world.round(servers, seats, timing)
            _say(side, f"{slow} slow readers", measured)
            p99.append(_percent(_waits(measured), 0.99))
        table.add(side, "all read: send → shown, p99", "ms", p99[0])
        table.add(side, "one stops reading: send → shown at the others, p99", "ms", p99[1])
        name = "one stops reading: p99 of the others, times"
        table.add(side, name, "×", p99[1] / p99[0], target=2, absolute=True)

    _in_turn(world, scale, 1, act)


SCENARIOS: dict[str, Scenario] = {
    "fan-out": fan_out,
    "pairs": pairs,
    "latency": latency,
    "joining": joining,
    "processes": processes,
    "slow-reader": slow_reader,
}


def sizes(scale: Scale) -> Sizes:
    """The rooms of all scenarios."""
    full, rest = divmod(scale.sockets, scale.people)
    return {
        "fan-out": [scale.people] * 4,
        "pairs": [2] * scale.pairs,
        "pair": [2],
        "room": [scale.people],
        "crowd": [scale.crowd],
        "joining": [scale.people] * full + [rest] * (rest > 0),
        "slow": [scale.people],
    }
