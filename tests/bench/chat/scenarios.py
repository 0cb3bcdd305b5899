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
    """One line: figures by side, one of each round. ``target``: what the ratio must reach (``more``) or stay below."""

    name: str
    unit: str
    target: float | None = None
    more: bool = False
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
        if self.target is None or self.ratio is None:
            return None
        return self.ratio >= self.target if self.more else self.ratio <= self.target


class Table(dict[str, Row]):
    """The rows by name, in order."""

    def add(
        self, side: str, name: str, unit: str, figure: float, *, target: float | None = None, more: bool = False
    ) -> None:
        """One figure of one round."""
        self.setdefault(name, Row(name, unit, target, more)).figures[side].append(figure)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything: small for trying the measurement itself."""

    rounds: int = 3
    seconds: float = 5.0
    senders: int = 4
    sockets: int = 2_000
    large_room: int = 500
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


def fan_out(world: World, scale: Scale, table: Table) -> None:
    """Four rooms of fifty people: as much as goes, some of each room with a message under way at all times."""

    def act(servers: Servers) -> None:
        seats = world.seats(servers, "fan-out", senders=scale.senders)
        measured = world.round(servers, seats, Timing(scale.seconds))
        side, delivered = servers.side, max(1, measured.report.delivered)
        _say(side, "fan-out", measured)
        spent = measured.spent
        add = table.add
        add(side, "4 × 50: deliveries a second", "1/s", delivered / measured.seconds, target=12, more=True)
        add(side, "4 × 50: CPU of the server a delivery", "µs", spent.servers / delivered * 1e6, target=1 / 12)
        add(side, "4 × 50: with PostgreSQL and Valkey", "µs", spent.all / delivered * 1e6)
        add(side, "4 × 50: send → shown under full load, p50", "ms", _percent(_waits(measured), 0.5))
        add(side, "4 × 50: send → shown under full load, p99", "ms", _percent(_waits(measured), 0.99))

    _in_turn(world, scale, 1, act)


def pairs(world: World, scale: Scale, table: Table) -> None:
    """Fifty rooms of two, everybody with a message under way at all times."""

    def act(servers: Servers) -> None:
        measured = world.round(servers, world.seats(servers, "pairs", senders=2), Timing(scale.seconds))
        side, sent = servers.side, max(1.0, measured.report.delivered / 2)
        _say(side, "pairs", measured)
        table.add(side, "50 × 2: messages a second", "1/s", sent / measured.seconds, target=20, more=True)
        table.add(side, "50 × 2: CPU of the server a message", "µs", measured.spent.servers / sent * 1e6)
        table.add(side, "50 × 2: with PostgreSQL and Valkey", "µs", measured.spent.all / sent * 1e6)
        table.add(side, "50 × 2: send → shown under full load, p50", "ms", _percent(_waits(measured), 0.5))

    _in_turn(world, scale, 1, act)


def latency(world: World, scale: Scale, table: Table) -> None:
    """One message at a time, so far apart that both sides are at rest in between."""
    large = scale.large_room
    rooms = {"room-2": (2, 0.05, 0.35), "room-50": (50, 0.15, 0.3), "room-500": (large, 1.5, 0.15)}

    def act(servers: Servers) -> None:
        for name, (size, every, target) in rooms.items():
            seats = world.seats(servers, name, senders=1 if size == 2 else 5, together=True)
            seconds = scale.seconds * (2 if every > 1 else 1)
            measured = world.round(servers, seats, Timing(seconds, warm=every * 2, drain=2.0, every=every))
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


SCENARIOS: dict[str, Scenario] = {"fan-out": fan_out, "pairs": pairs, "latency": latency}


def sizes(scale: Scale) -> Sizes:
    """The rooms of all scenarios."""
    return {
        "fan-out": [50] * 4,
        "pairs": [2] * 50,
        "room-2": [2],
        "room-50": [50],
        "room-500": [scale.large_room],
    }
