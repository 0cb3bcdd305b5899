"""Runs tests against one mutant after the other, in one process with one database.

First every test runs once against the sound product: it must be green, and it is noted which doors denied something in
it and which functions of the owner it called. Then each mutant is made, and of the tests that could notice it one
after the other runs, until one is red.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from _pytest.runner import runtestprotocol
from django.db import connection

from config.embedded import OWNER_ROLE
from tests.walls.mutants.making import (
    EQUIVALENT,
    Mutant,
    definer_mutants,
    door_mutants,
    doors,
    policy_mutants,
    sight_mutants,
)
from tests.walls.sights import names
from tests.walls.swapping import original, swapped
from toolkit.database import base

SIGHTS = "test_every_rule_of_sight_shows_what_is_kept_and_nothing_else"
RIGHTS = "test_everybody_may_do_to_the_rows_what_is_kept_and_nothing_else"
#: A broken door or function is tried with so many tests at most.
MOST = 60


class Noted:
    """Which tests each rule had a say in, and how long each took."""

    def __init__(self) -> None:
        self.running = ""
        self.denied: dict[str, set[str]] = defaultdict(set)
        self.called: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Note every denial of a door, and every statement that names a function of the owner."""
        with contextlib.ExitStack() as stack:
            for name, door in doors().items():
                stack.enter_context(swapped(door, self._door(name, original(door))))
            real = base._TellingCursor._execute

            def execute(cursor: Any, sql: Any, params: Any, *more: Any) -> Any:
                text = sql if isinstance(sql, str) else ""
                for name in self.functions:
                    if name in text:
                        self.called[name].add(self.running)
                return real(cursor, sql, params, *more)

            base._TellingCursor._execute = execute  # type: ignore[method-assign, assignment]  # until the block ends
            try:
                yield
            finally:
                base._TellingCursor._execute = real  # type: ignore[method-assign]  # as it was

    functions: tuple[str, ...] = ()

    def _door(self, name: str, real: Any) -> Any:
        def asked(*arguments: Any, **named: Any) -> Any:
            answer = real(*arguments, **named)
            if not answer:
                self.denied[name].add(self.running)
            return answer

        return asked


class Laboratory:
    """The tests at hand, and the verdict on each mutant."""

    def __init__(self, session: pytest.Session) -> None:
        self.items = {item.nodeid: item for item in session.items}
        self.first, self.second = session.items[0], session.items[1]
        self.noted = Noted()
        self.write = session.config.get_terminal_writer().line
        self.caught: list[tuple[Mutant, str]] = []
        self.survived: list[Mutant] = []
        self.owner: Any = None

    def run(self, item: pytest.Item) -> bool:
        """Run a test, whatever ran before it; whether it was green."""
        self.noted.running = item.nodeid
        # Never the last of the session, so what the whole session shares (the database) stays.
        elsewhere = self.second if item is not self.second else self.first
        item.session._setupstate.teardown_exact(item)  # what the one before left of its module
        item._initrequest()  # type: ignore[attr-defined]  # as those do who run a test again
        begun = time.monotonic()
        reports = runtestprotocol(item, nextitem=elsewhere, log=False)
        self.noted.seconds[item.nodeid] = time.monotonic() - begun
        return not any(report.failed for report in reports)

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self.owner.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []

    def close(self) -> None:
        """Let go of the database, which ends with the tests."""
        self.owner.close()

    def connect(self) -> None:
        """As the owner of the tables, beside the tests' own connection."""
        at = connection.settings_dict
        self.owner = psycopg.connect(
            host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user=at["USER"], password=at["PASSWORD"],
            autocommit=True,
        )  # fmt: skip
        self.owner.execute(f"SET ROLE {OWNER_ROLE}")

    def could_notice(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that could notice a mutant, the likeliest and shortest first."""
        if mutant.family == "policy":
            table = mutant.where.split()[0]
            wanted = [nodeid for nodeid in self.items if nodeid.endswith(f"{RIGHTS}[{table}]")]
        elif mutant.family == "sight":
            wanted = [nodeid for nodeid in self.items if nodeid.endswith(SIGHTS)]
        else:
            by = self.noted.denied if mutant.family == "door" else self.noted.called
            wanted = sorted(by[mutant.where], key=lambda n: ("test_rules_alone" not in n, self.noted.seconds[n]))
            # A test that noticed another mutant of the same function is the likeliest to notice this one.
            before = [nodeid for other, nodeid in self.caught if other.where == mutant.where and nodeid in wanted]
            wanted = list(dict.fromkeys([*before, *wanted]))[:MOST]
        return [self.items[nodeid] for nodeid in wanted if nodeid in self.items]

    def judge(self, mutant: Mutant) -> None:
        """Break the rule and see who notices."""
        with mutant.apply():
            for item in self.could_notice(mutant):
                if not self.run(item):
                    self.caught.append((mutant, item.nodeid))
                    return
        self.survived.append(mutant)
        self.write(f"SURVIVED  {mutant.name}  ({len(self.could_notice(mutant))} tests tried)")


def experiment(session: pytest.Session) -> None:
    """Make every mutant that was asked for, and write down the verdicts."""
    logging.disable(logging.CRITICAL)
    laboratory = Laboratory(session)
    families = session.config.getoption("--families").split(",")
    laboratory.run(laboratory.first)  # makes the database
    laboratory.connect()
    try:
        _experiment(laboratory, session, families)
    finally:
        laboratory.close()


def _experiment(laboratory: Laboratory, session: pytest.Session, families: list[str]) -> None:
    made = {
        "policy": lambda: list(policy_mutants(laboratory.execute)),
        "definer": lambda: list(definer_mutants(laboratory.execute)),
        "sight": lambda: list(sight_mutants(names())),
        "door": lambda: list(door_mutants()),
    }
    mutants = [m for family in families for m in made[family]() if session.config.getoption("--only") in m.name]
    Noted.functions = tuple({m.where for m in mutants if m.family == "definer"})
    begun = time.monotonic()
    with laboratory.noted.watching():
        red = [item.nodeid for item in session.items if not laboratory.run(item)]
    for nodeid in red:
        laboratory.write(f"RED WITHOUT A MUTANT  {nodeid}")
        laboratory.items.pop(nodeid)
    laboratory.write(f"{len(session.items)} tests once: {time.monotonic() - begun:.0f} s; {len(mutants)} mutants")
    for mutant in mutants:
        if mutant.name not in EQUIVALENT:
            laboratory.judge(mutant)
    laboratory.write("")
    laboratory.write(f"{'family':<10}{'made':>6}{'caught':>8}{'survived':>10}")
    for family in families:
        caught = sum(m.family == family for m, _by in laboratory.caught)
        survived = sum(m.family == family for m in laboratory.survived)
        laboratory.write(f"{family:<10}{caught + survived:>6}{caught:>8}{survived:>10}")
    left_out = [mutant.name for mutant in mutants if mutant.name in EQUIVALENT]
    laboratory.write(f"{len(left_out)} equivalent mutants left out, see EQUIVALENT")
    laboratory.write(f"in {time.monotonic() - begun:.0f} s")
    laboratory.run(laboratory.first)
    session.testsfailed = len(laboratory.survived) + len(red)
