"""One run from the empty folder to the verdict."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.breaking import BREAK
from tests.faults.coming import come_and_go
from tests.faults.crowd.conduct import Memory
from tests.faults.crowd.words import mark_of
from tests.faults.engines import Engines
from tests.faults.field import Field, standing
from tests.faults.model import Past, Row, Seat, Verdict, check
from tests.faults.plan import Kind, Plan
from tests.faults.reading import read_by_address

PRODUCT = "tests.faults.served:application"
#: After the last fault everybody has everything within this time (seconds).
CONVERGED_WITHIN = 5.0
PATIENCE_SECONDS = 40.0


@dataclass(slots=True)
class Report:
    """What a run found. ``settled`` has, for each fault in turn, the seconds from its end until all had everything."""

    plan: Plan
    verdict: Verdict = field(default_factory=Verdict)
    settled: list[tuple[Kind, float]] = field(default_factory=list)
    last: float = float("inf")
    seconds: float = 0.0
    messages: int = 0
    acknowledged: int = 0
    shown: int = 0
    changes: int = 0
    outs: int = 0
    closes: dict[int, int] = field(default_factory=dict)
    given_up: dict[int, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    lines: int = 0

    @property
    def good(self) -> bool:
        # A reader is given up when it was handed more than it takes, which there must be first.
        enough = self.plan.messages >= 5_000
        slept = enough and any(kind is Kind.SLOW_READERS for kind, _seconds in self.settled)
        hung_up = bool(self.given_up) or not slept
        return not self.verdict.violations and self.last <= CONVERGED_WITHIN and hung_up


async def run(plan: Plan, folder: Path, application: str = PRODUCT) -> Report:
    """Let people talk, break what can break, wait until all is quiet, and look at what is left."""
    report = Report(plan)
    begun = time.monotonic()
    async with standing(plan, folder, application) as ground:
        coming = asyncio.create_task(come_and_go(ground))
        await _break_everything(ground, report)
        if all(seconds != float("inf") for _kind, seconds in report.settled):
            await _write(ground, plan.messages)
        ground.quiet.set()
        await coming
        report.last = await _quiet(ground)
        memory = await ground.finish()
        memory.logs += await read_by_address(ground)
        past = await asyncio.to_thread(remembered, ground.engines, memory, ground)
    report.verdict = check(past)
    report.seconds = time.monotonic() - begun
    report.messages, report.acknowledged = len(past.written), sum(bool(entry.seqs) for entry in past.written)
    report.changes = sum(not row.said for row in past.rows)
    report.shown = sum(len(log.shown) for log in past.logs)
    report.given_up = memory.given_up
    report.outs, report.closes, report.errors, report.lines = len(past.outs), memory.closes, memory.errors, memory.lines
    return report


async def _break_everything(ground: Field, report: Report) -> None:
    """Each fault has its share of the messages, half of them before it begins and half while it lasts.

    Now and then one begins before the one before it is over.
    """
    schedule = ground.plan.schedule()
    share = ground.plan.messages / max(1, len(schedule))
    overlapping: list[asyncio.Task[None]] = []
    lasting: list[asyncio.Task[None]] = []
    for number, kind in enumerate(schedule):
        if float("inf") in (seconds for _kind, seconds in report.settled):
            # Something is broken for good: what comes now proves nothing, and would only make it harder to find.
            break
        await _write(ground, int(share * (number + 0.5)))
        ground.order("write", n=int(share * (number + 1)), rate=ground.plan.rate)
        overlapping.append(asyncio.create_task(_break(ground, kind, report)))
        if kind is Kind.SLOW_READERS:
            lasting.append(overlapping.pop())
        elif ground.chance.random() > 0.25:
            await asyncio.gather(*overlapping)
            overlapping.clear()
    await asyncio.gather(*overlapping, *lasting)


async def _write(ground: Field, messages: int) -> None:
    """Let people talk until so many messages are written."""
    ground.order("write", n=messages, rate=ground.plan.rate)
    slowest = 60 + messages / ground.plan.rate * 8
    await ground.until(lambda: ground.told.written >= messages, slowest, f"{messages} are written")


async def _break(ground: Field, kind: Kind, report: Report) -> None:
    ground.note(f"begins: {kind}")
    await BREAK[kind](ground)
    ground.note(f"over: {kind}")
    over = time.monotonic()
    report.settled.append((kind, await _converged(ground, await ground.mark(), over)))
    ground.note(f"settled after {report.settled[-1][1]:.1f} s: {kind}")


async def _converged(ground: Field, mark: int, since: float) -> float:
    """Seconds from ``since`` until everybody had what there was at the mark; for ever, if they never do."""
    for seconds in (CONVERGED_WITHIN, PATIENCE_SECONDS):
        try:
            await ground.until(lambda: mark in ground.reached, seconds, f"mark {mark}")
        except AssertionError:
            ground.note(f"mark {mark} is not reached after {seconds} s more")
        else:
            return max(0.0, ground.reached[mark] - since)
    return float("inf")


async def _quiet(ground: Field) -> float:
    """Seconds until all that was written is answered, and then everybody has all of it."""
    since = time.monotonic()
    answered = await _converged(ground, await ground.mark(), since)
    return max(answered, await _converged(ground, await ground.mark(), since))


def remembered(engines: Engines, memory: Memory, ground: Field) -> Past:
    """What the crowd remembers, beside what the database holds."""
    rows = engines.ask(
        "SELECT conversation_id, seq, coalesce(sender_id, 0), client_id::text, body, kind FROM chat_message"
    )
    seats = engines.ask("SELECT person_id, conversation_id, joined_seq, left_seq IS NULL FROM chat_participant")
    return Past(
        written=memory.written,
        rows=[Row(c, seq, sender, name, mark_of(body), kind == "text") for c, seq, sender, name, body, kind in rows],
        heads=dict(engines.ask("SELECT id, head FROM chat_conversation")),
        seats=[Seat(*seat) for seat in seats],
        outs=ground.outs,
        logs=memory.logs,
    )
