"""What each page costs in a full country: ``python -m tests.bench.pages [--data DIR] [--rounds N] [--only WORD]``.

Every page is asked through Django's test client by a signed-in pilot. Beside it, in the same round, runs the
yardstick: one SQL statement for twenty visible experiences and a string made of them. What counts is how many times
the yardstick a page costs, since that stays the same on a slow and on a busy machine. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench.fill import Size

ROOT = Path(__file__).resolve().parents[2]

YARDSTICK = """
SELECT e.id, e.title, e.summary, e.published_at, p.given_name, p.family_name, m.name
FROM exchange_experience e JOIN tenancy_person p ON p.id = e.author_id
JOIN tenancy_network n ON n.id = e.network_id JOIN tenancy_municipality m ON m.ags = n.municipality_id
WHERE e.state = 'published' AND e.hidden_at IS NULL AND e.audience && %s
ORDER BY e.published_at DESC, e.id DESC LIMIT 20
"""


@dataclass
class Row:
    """One line of the table: what is asked, by whom, and what it cost in each round."""

    name: str
    address: str
    who: str = "pilot"
    before: Callable[[], object] | None = None
    total: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    queries: int = 0
    slowest: tuple[float, str, Any] = (0.0, "", None)


@contextmanager
def engines(data: Path | None) -> Iterator[None]:
    """A throwaway PostgreSQL and Valkey; with ``data`` the rows stay for the next run."""
    from config.embedded import OPS_ROLE, OWNER_ROLE, database_url, redis_url, running_engines

    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lotsennetz-bench-")))
        stack.enter_context(running_engines(folder.resolve(), throwaway=True))
        os.environ["TEST_DATABASE_URL"] = database_url(folder.resolve())
        os.environ["DATABASE_OWNER_URL"] = database_url(folder.resolve(), OWNER_ROLE)
        os.environ["DATABASE_OPS_URL"] = database_url(folder.resolve(), OPS_ROLE)
        os.environ["TEST_REDIS_URL"] = redis_url(folder.resolve())
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        yield


def prepare(size: Size) -> None:
    """Migrate the database of the settings, and fill it if nobody is in it, as its owner."""
    from django.core.management import call_command

    from config.roles import Role, connected_as
    from tenancy.models import Person
    from tests.bench.fill import fill

    with connected_as(Role.OWNER):
        call_command("migrate", verbosity=0)
        if not Person.objects.exists():
            began = time.monotonic()
            fill(size, _say)
            _say(f"filled in {time.monotonic() - began:.0f} s")


def rows() -> list[Row]:
    """Every page that is measured."""
    from django.core.cache import cache

    from tests.bench import fill

    newest = fill.COUNTRY.experiences - 2
    soon = fill.COUNTRY.workshops * 3 // 4 + 5
    return [
        Row("start page", "/"),
        Row("start page, nothing cached", "/", before=cache.clear),
        Row("start page, visitor", "/", who="visitor"),
        Row("experiences", "/erfahrungen/"),
        Row("experiences, visitor", "/erfahrungen/", who="visitor"),
        Row("experiences, one topic", "/erfahrungen/?topic=thema-7"),
        Row("experiences, one Land", "/erfahrungen/?land=08"),
        Row("experiences, one network", "/erfahrungen/?network=netz-300"),
        Row("experiences, rare word", "/erfahrungen/?q=Kläranlage"),
        Row("experiences, frequent word", "/erfahrungen/?q=eingeführt"),
        Row("experiences, frequent word, ranked", "/erfahrungen/?q=eingeführt&sort=match"),
        Row("experiences, typing error", "/erfahrungen/?q=Kläranlgae"),
        Row("experience with 100 comments", f"/erfahrungen/{fill.COUNTRY.experiences}/"),
        Row("experience", f"/erfahrungen/{newest}/"),
        Row("search everything, frequent word", "/suche/?q=Verwaltung"),
        Row("search everything, typing error", "/suche/?q=Kläranlgae"),
        Row("networks", "/netzwerke/"),
        Row("network, own", "/netzwerke/netz-1/"),
        Row("people", "/personen/"),
        Row("people, by name", "/personen/?q=Tim+Probe"),
        Row("people, typing error", "/personen/?q=Plazhalter"),
        Row("people, rare task area", "/personen/?area=culture"),
        Row("municipalities, „konst“", "/kommunen/vorschlaege/?q=konst"),
        Row("municipalities, „kons“", "/kommunen/vorschlaege/?q=kons"),
        Row("municipalities, typing error", "/kommunen/vorschlaege/?q=Konstnaz"),
        Row("workshops", "/veranstaltungen/"),
        Row("workshops, past", "/veranstaltungen/?zeit=vergangen"),
        Row("workshop", f"/veranstaltungen/{soon}/"),
        Row("formats", "/formate/"),
        Row("chat, 10 conversations", "/chat/"),
        Row("chat, 5,000 conversations", "/chat/", who="talker"),
        Row("conversation, 100,000 messages", f"/chat/{fill.LONG}/", who="listener"),
        Row("conversation, 50,000 of them unread", f"/chat/{fill.LONG}/"),
        Row("notices, 10,000 of them", "/mitteilungen/"),
        Row("moderation, queue of 1,500", "/moderation/", who="moderator"),
        Row("REST experiences", "/api/v1/experiences/"),
        Row("REST people", "/api/v1/people/"),
        Row("REST networks", "/api/v1/networks/"),
        Row("REST conversations", "/api/v1/conversations/"),
        Row("REST messages", f"/api/v1/conversations/{fill.LONG}/messages/"),
    ]


def people() -> dict[str, int]:
    """Whom the pages are asked as, beside a visitor."""
    from tests.bench import fill

    return {"pilot": fill.PILOT, "talker": fill.TALKER, "listener": fill.LISTENER, "moderator": fill.COUNTRY.moderator}


class Meter:
    """Counts and times the queries of one request."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0
        self.own = 0.0  # what of it was our own processor time, in the driver
        self.slowest: tuple[float, str, Any] = (0.0, "", None)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began, own = time.perf_counter(), time.process_time()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - began
            self.count += 1
            self.seconds += took
            self.own += time.process_time() - own
            if took * 1000 > self.slowest[0]:
                self.slowest = (took * 1000, str(sql), params)


def measure(wanted: list[Row], rounds: int) -> float:
    """Fill the rows with figures; returns the yardstick in ms."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from tenancy.models import Person
    from tenancy.viewer import viewer_by_id
    from tests.bench import fill
    from toolkit.acting import acting_as

    clients = {"visitor": Client()}
    for name, number in people().items():
        clients[name] = Client()
        person = Person.objects.get(pk=number)
        clients[name].force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    pilot = viewer_by_id(fill.PILOT)

    def yardstick() -> float:
        began = time.perf_counter()
        with acting_as(pilot), connection.cursor() as cursor:
            cursor.execute(YARDSTICK, [list(pilot.keys)])
            "".join(f"<li><a href='/{r[0]}'>{r[1]}</a> {r[2]} {r[3]} {r[4]} {r[5]} {r[6]}</li>" for r in cursor)
        return (time.perf_counter() - began) * 1000

    baseline: list[float] = []
    cache.clear()
    for turn in range(rounds + 1):
        for row in wanted:
            if row.before is not None:
                row.before()
            meter = Meter()
            began = time.process_time()
            with connection.execute_wrapper(meter):
                response = clients[row.who].get(row.address)
            # Statements as they took, the rest as the processor worked: what waited for others is not the page's.
            took = (meter.seconds + time.process_time() - began - meter.own) * 1000
            if response.status_code != 200:
                raise SystemExit(f"{row.address}: {response.status_code}")
            baseline.append(yardstick())
            if turn == 0:  # templates and plans are read in the first round
                continue
            row.total.append(took)
            row.sql.append(meter.seconds * 1000)
            row.queries = meter.count
            row.slowest = max(row.slowest, meter.slowest, key=lambda slow: slow[0])
    return least(baseline)


def least(figures: list[float]) -> float:
    """The second smallest of many: what it costs when the machine does nothing else, without one lucky round."""
    return sorted(figures)[min(1, len(figures) - 1)]


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that keeps the filled database for the next run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="measure the pages whose name holds this")
    parser.add_argument("--explain", action="store_true", help="print how the slowest statement of each page is done")
    given = parser.parse_args()
    sys.path.extend(str(folder) for folder in (ROOT, ROOT / "platform") if str(folder) not in sys.path)
    with engines(given.data):
        import django

        django.setup()
        from tests.bench.fill import COUNTRY

        prepare(COUNTRY)
        wanted = [row for row in rows() if given.only in row.name]
        base = measure(wanted, given.rounds)
        _print(wanted, base, explain=given.explain)
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _print(wanted: list[Row], base: float, *, explain: bool) -> None:
    lines = [f"yardstick: {base:.1f} ms", ""]
    lines += ["| page | queries | SQL ms | all ms | × yardstick |", "|---|--:|--:|--:|--:|"]
    for row in wanted:
        total, sql = least(row.total), least(row.sql)
        lines.append(f"| {row.name} | {row.queries} | {sql:.1f} | {total:.1f} | {total / base:.1f} |")
        if explain:
            lines += _plan(row)
    sys.stdout.write("\n".join(lines) + "\n")


def _plan(row: Row) -> list[str]:
    from django.db import connection

    from tenancy.viewer import viewer_by_id
    from toolkit.acting import acting_as

    took, sql, params = row.slowest
    with acting_as(viewer_by_id(people().get(row.who))), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
        return ["", f"{took:.1f} ms: {sql}", *(f"    {line}" for (line,) in cursor.fetchall()), ""]


if __name__ == "__main__":
    sys.exit(main())
