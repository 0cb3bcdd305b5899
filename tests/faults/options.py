"""How hard the run of ``pytest`` is, and what of it is said at its end. Hooks, taken over by ``tests/conftest.py``."""

from __future__ import annotations

import pytest
from _pytest.terminal import TerminalReporter

from tests.faults.plan import Plan

#: Under this name a test hands what it found to whoever prints it, also from another process.
FOUND = "under fire"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--faults-messages``, ``--faults``, ``--faults-seed``, ``--faults-rate``."""
    group = parser.getgroup("faults", "the chat under fire (tests/faults)")
    group.addoption("--faults-messages", type=int, default=Plan.messages, help="messages that people write")
    group.addoption("--faults", type=int, default=Plan.faults, help="faults meanwhile, of all kinds in turn")
    group.addoption("--faults-rate", type=float, default=Plan.rate, help="messages in a second at most")
    group.addoption("--faults-seed", type=int, default=None, help="a seed that a run before has printed")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the tables of the runs."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, text in getattr(report, "user_properties", ()):
                if name == FOUND and report.when == "call":
                    terminalreporter.write_sep("-", f"under fire: {report.nodeid.rpartition('::')[2]}")
                    terminalreporter.write_line(str(text))
