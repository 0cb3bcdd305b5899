"""What a run found, as a table for people."""

from __future__ import annotations

from collections import defaultdict

from tests.faults.run import Report


def table(report: Report) -> str:
    """A line per kind of fault, then the sums, then whatever was violated."""
    waits = defaultdict(list)
    for kind, seconds in report.settled:
        waits[kind].append(seconds)
    plan = report.plan
    lines = [
        f"Seed {plan.seed}: {report.acknowledged} of {report.messages} messages acknowledged, {report.changes} "
        f"reactions, {report.shown} times shown on {report.lines} lines, {len(report.settled)} faults, {report.outs} "
        f"times somebody left, {report.seconds:.0f} s in all; servers: {', '.join(plan.servers)}.",
        f"{'fault':<32}{'times':>6}{'slowest convergence':>22}",
    ]
    lines += [f"{kind:<32}{len(seconds):>6}{max(seconds):>20.1f} s" for kind, seconds in sorted(waits.items())]
    lines += [
        f"After the last of all: {report.last:.1f} s.",
        f"Lines ended with: {dict(sorted(report.closes.items()))}; errors said: {report.errors}.",
        f"Lines of readers that did not read ended with: {dict(sorted(report.given_up.items()))}.",
        str(report.verdict),
    ]
    return "\n".join(lines)
