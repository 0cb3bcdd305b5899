"""This chat and the tutorial's, in turn on one machine: ``python -m tests.bench.chat [SCENARIO …] [--rounds N]``.

Both serve real sockets of signed-in people on Daphne, store before they show, and share one PostgreSQL and one Valkey
of this run; this product has its second wall on. Clients are processes of their own. Processor time is read from the
system (psutil) around the seconds that count. What counts is the ratio, since both sides suffer from the same
machine. Nothing here asserts a time.

Where does the time go? ``--profile DIR --sides product`` records the first server process by py-spy while it counts
(lines of stacks with their numbers, as flame graph tools read them). A run without it gives the figures.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.extend(str(folder) for folder in (ROOT, ROOT / "platform") if str(folder) not in sys.path)

from tests.bench.chat.scenarios import SCENARIOS, Row, Scale, Table, sizes  # noqa: E402 -- needs the path
from tests.bench.chat.world import PRODUCT, SIDES, TUTORIAL, Choice, world  # noqa: E402 -- as above


def _figure(number: float | None) -> str:
    if number is None:
        return "–"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _line(row: Row) -> str:
    target = "" if row.target is None else f"{'≥' if row.more else '≤'} {_figure(row.target)}"
    if row.absolute and target:
        target += f" {row.unit}"
    reached = {None: "", True: "yes", False: "no"}[row.reached]
    cells = [row.name, row.unit, _figure(row.median(PRODUCT)), _figure(row.median(TUTORIAL)), _figure(row.ratio)]
    return f"| {' | '.join([*cells, target, reached])} |"


def show(table: Table) -> str:
    """The figures: medians of all rounds, and the median of each round's ratio."""
    head = ["| what | unit | this chat | the tutorial's | ratio | target | reached |", "|---|---|--:|--:|--:|--:|---|"]
    return "\n".join([*head, *map(_line, table.values())]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.chat", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="that count, of each round")
    parser.add_argument("--senders", type=int, default=4, help="people of a room of fifty who write at the same time")
    parser.add_argument("--servers", type=int, nargs="+", default=[1, 2, 4], help="server processes of that scenario")
    parser.add_argument("--tiny", action="store_true", help="few people and sockets, to try the measurement itself")
    parser.add_argument("--clients", type=int, default=2, help="processes of clients")
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--asgi", choices=("daphne", "uvicorn"), default="daphne", help="serves this product")
    parser.add_argument(
        "--kind", action="store_true", help="let the tutorial's keep its connection to the database for ever"
    )
    parser.add_argument("--profile", type=Path, help="folder for what py-spy sees of the first server process")
    given = parser.parse_args(arguments)
    unknown = set(given.scenarios) - set(SCENARIOS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(SCENARIOS)}")
    scale = Scale(
        rounds=given.rounds,
        seconds=given.seconds,
        senders=given.senders,
        sides=tuple(given.sides),
        servers=tuple(given.servers),
    )
    if given.tiny:
        scale = replace(scale, people=4, senders=2, pairs=3, crowd=6, sockets=10)
    choice = Choice(asgi=given.asgi, clients=given.clients, kind=given.kind, profile=given.profile)
    table = Table()
    try:
        with world(sizes(scale), choice) as made:
            for name in given.scenarios or SCENARIOS:
                began = time.monotonic()
                SCENARIOS[name](made, scale, table)
                sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}\n")
    finally:
        # What was measured before something broke is not lost.
        sys.stdout.write(show(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
