"""What the second wall costs: ``python -m tests.bench.walls [--data DIR] [--rounds N] [--only WORD]``.

The same is done in turn in three ways, by the same person, in one process: without the wall (a copy of the database
whose policies are switched off, and nobody tells it who acts), told only (that copy, and each transaction is told who
acts), and with the wall. So a busy machine is busy for all three, and the difference of one round is a difference of
the wall. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.fill import LONG, PILOT, Size
from tests.bench.pages import ROOT, engines, prepare

if TYPE_CHECKING:
    from tenancy.viewer import Viewer
    from toolkit.database.base import DatabaseWrapper

SIZE = Size(
    people=20_000,
    workshops=1_000,
    conversations=1_000,
    messages=200_000,
    long_messages=20_000,
    notices=20_000,
    reports=1_000,
)
#: Two copies of the database, which is thus the same at each run: one with policies, one in which they are off.
WALLED = "lotsennetz_walled"
OPEN = "lotsennetz_open"
WITHOUT, TOLD, WALL = WAYS = ("without", "told", "wall")
WARM = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """What one turn took, in ms: all of it, and how long processors worked for its statements, ours and PostgreSQL's.

    What a page does between its statements is the same in all ways, and only blurs the difference.
    """

    waited: float
    worked: float
    statements: int


@dataclass
class Row:
    """One line of the table: something a page does, and what it cost in each round and way."""

    name: str
    act: Callable[[], object]
    costs: dict[str, list[Cost]] = field(default_factory=lambda: {way: [] for way in WAYS})

    @property
    def statements(self) -> int:
        return max(cost.statements for cost in self.costs[WALL])

    def median(self, way: str, what: Callable[[Cost], float]) -> float:
        return statistics.median(map(what, self.costs[way]))

    def p95(self, way: str) -> float:
        return statistics.quantiles((cost.waited for cost in self.costs[way]), n=20)[-1]

    def more(self, way: str, than: str, what: Callable[[Cost], float]) -> float:
        """The median of what one way took more than the other in the same round."""
        return statistics.median(what(a) - what(b) for a, b in zip(self.costs[way], self.costs[than], strict=True))


def waited(cost: Cost) -> float:
    return cost.waited


def worked(cost: Cost) -> float:
    return cost.worked


# --- the three ways -------------------------------------------------------------------------------------------------


def copy(viewer: Viewer) -> None:
    """Make both copies. Sessions in the open one hold the viewer's keys by themselves, for functions with the rule."""
    import psycopg
    from django.db import connections
    from psycopg import sql

    from config.embedded import OWNER_ROLE, ROLE

    connections.close_all()
    database = connections["default"].settings_dict
    root = {"host": database["HOST"], "user": "postgres", "autocommit": True}
    with psycopg.connect(dbname="postgres", **root) as connection:
        for name in (WALLED, OPEN):
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {database['NAME']} OWNER {OWNER_ROLE}".encode())
        for name, value in (
            ("app.keys", "{" + ",".join(map(str, viewer.keys)) + "}"),
            ("app.person", str(viewer.person_id)),
        ):
            connection.execute(
                sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}").format(
                    sql.Identifier(ROLE), sql.Identifier(OPEN), sql.Identifier(*name.split(".")), value
                )
            )
    with psycopg.connect(dbname=OPEN, **root) as connection:
        walled = connection.execute("SELECT relname FROM pg_class WHERE relrowsecurity").fetchall()
        for (table,) in walled:
            connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
    sys.stderr.write(f"policies on {len(walled)} tables\n")


def ways() -> dict[str, DatabaseWrapper]:
    """A connection for each way."""
    from django.db import connections

    from toolkit.database.base import DatabaseWrapper, Telling

    class Silent(DatabaseWrapper):
        """The engine as it was before the wall."""

        def to_be_told(self) -> Telling | None:
            return None

    settings = connections["default"].settings_dict
    return {
        WITHOUT: Silent(settings | {"NAME": OPEN}, "default"),
        TOLD: DatabaseWrapper(settings | {"NAME": OPEN}, "default"),
        WALL: DatabaseWrapper(settings | {"NAME": WALLED}, "default"),
    }


def by_way_of(connection: DatabaseWrapper) -> Callable[[], float]:
    """Let everything go through a connection from here on; says how long its server has worked so far, in ms."""
    from django.db import connections

    connections["default"] = connection
    connection.ensure_connection()
    account = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

    def spent() -> float:
        # Only Linux keeps this account; elsewhere our own work alone is counted.
        return int(account.read_text().split()[0]) / 1e6 if account.exists() else 0.0

    return spent


# --- what is measured -----------------------------------------------------------------------------------------------


def rows(viewer: Viewer) -> list[Row]:
    """Everything that is measured, all of it by one pilot."""
    from django.db import connection
    from django.test import Client

    from chat.ids import new_client_id
    from chat.queries.conversations import conversation_page
    from chat.queries.messages import log_before
    from chat.services.messages import send_message
    from exchange.policies.experiences import published_experiences
    from exchange.queries import experiences as queries
    from exchange.services.comments import write_comment
    from exchange.services.experiences import start_experience
    from tenancy.models import Person
    from toolkit.acting import acting_as

    client = Client()
    person = Person.objects.get(pk=PILOT)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    newest = SIZE.experiences - 2
    moments = (datetime.fromisoformat("2031-01-01T00:00+00:00") + timedelta(minutes=n) for n in range(1_000_000))

    def get(address: str) -> Callable[[], object]:
        def act() -> None:
            response = client.get(address)
            if response.status_code != 200:
                raise SystemExit(f"{address}: {response.status_code}")

        return act

    def asked(ask: Callable[[], object]) -> Callable[[], object]:
        def act() -> object:
            with acting_as(viewer):
                return ask()

        return act

    def search(q: str, *, by_match: bool = False) -> Callable[[], object]:
        wanted = queries.ExperienceFilter(q=q, by_match=by_match)

        def ask() -> int:
            page = queries.experience_page(viewer, wanted)
            found = [e.pk for e in page.items]
            if len(found) < queries.THIN:
                cards = queries.with_cards(published_experiences(viewer))
                found += [e.pk for e in queries.alike(cards, wanted, but=found, most=queries.PAGE // 2)]
            if not found:
                raise SystemExit(f"nothing found by {q}")
            return len(found)

        return asked(ask)

    def smallest() -> None:
        for _ in range(50):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")

    return [
        Row("fifty times SELECT 1", asked(smallest)),
        Row("list of 20", asked(lambda: queries.experience_page(viewer, queries.ExperienceFilter()))),
        Row("reading page", asked(lambda: queries.reading_page(viewer, newest))),
        Row("search, rare word", search("Kläranlage")),
        Row("search, frequent word", search("eingeführt")),
        Row("search, frequent word, ranked", search("eingeführt", by_match=True)),
        Row("search, typing error", search("Kläranlgae")),
        Row("50 messages of 20,000", asked(lambda: log_before(viewer, LONG, SIZE.long_messages))),
        Row("list of conversations", asked(lambda: conversation_page(viewer))),
        Row("begin an experience", lambda: start_experience(viewer, 1, title="Gemessen")),
        Row("write a comment", lambda: write_comment(viewer, newest, body="Gemessen.")),
        Row("send a message", lambda: send_message(viewer, LONG, new_client_id(), "Gemessen.", at=next(moments))),
        Row("request: start page", get("/")),
        Row("request: experiences", get("/erfahrungen/")),
        Row("request: search, rare word", get("/erfahrungen/?q=Kläranlage")),
        Row("request: experience", get(f"/erfahrungen/{newest}/")),
        Row("request: conversation", get(f"/chat/{LONG}/")),
    ]


class Meter:
    """Adds up what the statements of a connection cost: their number, and our processor time in ms, the driver's."""

    def __init__(self) -> None:
        self.statements = 0
        self.worked = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.process_time()
        try:
            return execute(*arguments)
        finally:
            self.worked += (time.process_time() - began) * 1000
            self.statements += 1


def measure(wanted: list[Row], rounds: int, connections: dict[str, DatabaseWrapper]) -> None:
    """Fill the rows with costs, one row after the other, each way first in a third of the rounds."""
    gc.disable()
    for row in wanted:
        for turn in range(rounds + WARM):
            gc.collect()
            for place in range(len(WAYS)):
                way = WAYS[(turn + place) % len(WAYS)]
                cost = _cost(row.act, connections[way])
                if turn >= WARM:
                    row.costs[way].append(cost)


def _cost(act: Callable[[], object], connection: DatabaseWrapper) -> Cost:
    meter = Meter()
    spent = by_way_of(connection)
    with connection.execute_wrapper(meter):
        before, began = spent(), time.perf_counter()
        act()
        took = (time.perf_counter() - began) * 1000
        return Cost(took, meter.worked + spent() - before, meter.statements)


def table(measured: list[Row]) -> str:
    """The figures, in ms: first the processors' for the statements, then as we waited for all of it."""
    lines = [
        "| what | statements | without | + told | + policies | + both | ×"
        " | waited, without | with | p95, without | with |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in measured:
        without, wall = row.median(WITHOUT, worked), row.median(WALL, worked)
        cells = [f"{without:.2f}", f"{row.more(TOLD, WITHOUT, worked):+.2f}", f"{row.more(WALL, TOLD, worked):+.2f}"]
        cells += [f"{row.more(WALL, WITHOUT, worked):+.2f}", f"{wall / without:.2f}"]
        cells += [f"{row.median(way, waited):.1f}" for way in (WITHOUT, WALL)]
        cells += [f"{row.p95(way):.1f}" for way in (WITHOUT, WALL)]
        lines.append(f"| {row.name} | {row.statements} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Fill, copy, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.walls", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that keeps the filled database for the next run")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--only", default="", help="measure what has this in its name")
    given = parser.parse_args()
    sys.path.extend(str(folder) for folder in (ROOT, ROOT / "platform") if str(folder) not in sys.path)
    with engines(given.data):
        import django

        django.setup()
        from django.db import connections

        from exchange.queries import home
        from tenancy.viewer import viewer_by_id

        prepare(SIZE)
        # Counted once: what is counted anew each minute would fall on one way or another.
        home.COUNT_SECONDS = 24 * 3600
        viewer = viewer_by_id(PILOT)
        wanted = [row for row in rows(viewer) if given.only in row.name]
        copy(viewer)
        opened = ways()
        try:
            measure(wanted, given.rounds, opened)
        finally:
            for connection in opened.values():
                connection.close()
            connections.close_all()
    sys.stdout.write(table(wanted) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
