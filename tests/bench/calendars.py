"""What a feed of 5,000 entries costs: ``python -m tests.bench.calendars [--data DIR] [--rounds N] [--entries N]``.

Each feed is asked for as a calendar program asks, through Django's test client: for the first time (no word of it read
before), again by somebody new (the words of its texts are known, a public file is stored), and by who has it (304).
Beside it, in the same round, runs the baseline: the file made anew for each request, an object of ``icalendar`` for
each entry. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.bench.fill import PILOT, Filler, Size
from tests.bench.pages import ROOT, Meter, engines, least, prepare

SIZE = Size(
    networks=40,
    people=2_000,
    experiences=200,
    workshops=5_000,
    conversations=100,
    messages=2_000,
    long_messages=200,
    notices=100,
    reports=100,
)
TEXT = (
    "Wir zeigen, wie die **elektronische Akte** im Bürgeramt eingeführt wurde, und was dabei schiefging; mit Zahlen, "
    "mit dem Vertrag, mit den Fehlern.\n\n- Ablauf und Zuständigkeiten\n- Kosten und Aufwand\n- Was wir anders machen "
    "würden\n\nBitte bringen Sie *eigene* Beispiele mit. Mehr auf [der Seite](https://netz.example/akte). "
)


@dataclass
class Row:
    """One line of the table: what is asked, and what it cost in each round, in ms."""

    name: str
    address: str
    costs: dict[str, list[float]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    size: int = 0

    def take(self, what: str, cost: float, queries: int) -> None:
        self.costs.setdefault(what, []).append(cost)
        self.queries[what] = queries


def arrange(size: Size) -> None:
    """Make all workshops public, of one city and one format, with texts; the pilot has a seat in each."""
    filler = Filler(size, lambda line: None)
    with filler.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_registration WHERE person_id = %s", [PILOT])
        if (cursor.fetchone() or (0,))[0] >= size.workshops:
            return
        cursor.execute(
            "DELETE FROM exchange_registration r USING exchange_registration other "
            "WHERE other.workshop_id = r.workshop_id AND other.id < r.id"
        )
        cursor.execute(
            "UPDATE exchange_registration SET person_id = %s, state = 'seat', audience = ARRAY[1000000000 + %s::int]",
            [PILOT, PILOT],
        )
        cursor.execute("UPDATE exchange_exchangeformat SET rung = 'public', audience = '{200001}'")
        cursor.execute(
            "UPDATE exchange_workshop SET format_id = 1, state = 'open', rung = 'public', audience = '{200001}', "
            "summary = 'Zwei Städte, ein Tag; für alle, die es angeht.', place = 'Rathaus, Saal ' || id, seats = 60, "
            "seats_taken = 1, title = 'Veranstaltung über Öffentliches, Nummer ' || id, description = id || ' ' || %s, "
            "starts_at = now() + id * interval '1 hour', ends_at = now() + (id + 2) * interval '1 hour', "
            "registration_ends_at = now() + id * interval '1 hour'",
            [TEXT * 2],
        )
        cursor.execute(
            "DELETE FROM exchange_workshophost h USING exchange_workshophost other "
            "WHERE other.workshop_id = h.workshop_id AND other.id < h.id"
        )
        cursor.execute("UPDATE exchange_workshophost SET network_id = 1")
        cursor.execute("DELETE FROM exchange_calendaraddress")
        cursor.execute(
            "INSERT INTO exchange_calendaraddress (person_id, generation, created_at) VALUES (%s, 1, now())", [PILOT]
        )
    filler.settle()


def baseline() -> bytes:
    """The public file as a plain view makes it: every row whole, an object for each entry, at each request."""
    from icalendar import Calendar

    from exchange.calendars import berlin, event_of, facts_of
    from exchange.policies.workshops import listed_workshops
    from exchange.queries.workshops import SOONEST, with_hosts
    from tenancy.viewer import ANONYMOUS
    from toolkit.acting import acting_as

    with acting_as(ANONYMOUS):
        calendar = Calendar()
        calendar.add("prodid", "-//Lotsennetz//DE")
        calendar.add("version", "2.0")
        calendar.add_component(berlin())
        for workshop in with_hosts(listed_workshops(ANONYMOUS), ANONYMOUS).order_by(*SOONEST):
            calendar.add_component(event_of(facts_of(workshop)))
        data: bytes = calendar.to_ical()
        return data


def measured(act: Callable[[], object]) -> tuple[float, int]:
    """What something took, in ms: statements as they took, the rest as the processor worked; and how many they were."""
    from django.db import connection

    meter = Meter()
    began = time.process_time()
    with connection.execute_wrapper(meter):
        act()
    return (meter.seconds + time.process_time() - began - meter.own) * 1000, meter.count


def measure(wanted: list[Row], rounds: int) -> Row:
    """Fill the rows; answers the baseline's."""
    from django.core.cache import cache
    from django.test import Client

    from exchange import calendars

    client, plain = Client(), Row("baseline", "")

    def get(row: Row, status: int, **headers: str) -> str:
        answer = client.get(row.address, headers=headers)
        if answer.status_code != status:
            raise SystemExit(f"{row.address}: {answer.status_code}")
        row.size = len(answer.content) or row.size
        return str(answer["ETag"])

    for turn in range(rounds + 1):
        calendars._told.cache_clear()
        cost = measured(lambda: setattr(plain, "size", len(baseline())))
        if turn:
            plain.take("each time", *cost)
        for row in wanted:
            calendars._told.cache_clear()
            cache.clear()
            for what, known, status in (("first", "", 200), ("stored or warm", "", 200), ("304", "tag", 304)):
                headers = {"If-None-Match": get(row, 200)} if known else {}
                cost = measured(partial(get, row, status, **headers))
                if turn:  # plans and classes are read in the first round
                    row.take(what, *cost)
    return plain


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calendars", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that keeps the filled database for the next run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--entries", type=int, default=SIZE.workshops)
    given = parser.parse_args()
    sys.path.extend(str(folder) for folder in (ROOT, ROOT / "platform") if str(folder) not in sys.path)
    with engines(given.data):
        import django

        django.setup()
        from dataclasses import replace

        from exchange.calendars import token_for
        from exchange.models import ExchangeFormat
        from tenancy.models import Network

        size = replace(SIZE, workshops=given.entries)
        prepare(size)
        arrange(size)
        network = Network.objects.get(pk=1)
        slug = ExchangeFormat.objects.get(pk=1).slug
        wanted = [
            Row("public", "/veranstaltungen/kalender.ics"),
            Row("of a city", f"/netzwerke/{network.slug}/kalender.ics"),
            Row("of a format", f"/formate/{slug}/kalender.ics"),
            Row("one's own", f"/veranstaltungen/kalender/{token_for(PILOT, 1)}.ics"),
        ]
        plain = measure(wanted, given.rounds)
    sys.stdout.write(table(wanted, plain) + "\n")
    return 0


def table(wanted: list[Row], plain: Row) -> str:
    """The figures: ms, statements, and how often each goes into the baseline."""
    base = least(plain.costs["each time"])
    lines = [
        f"baseline: {base:.0f} ms, {plain.size / 1e6:.1f} MB, {plain.queries['each time']} queries",
        "",
        "| feed | MB | first, ms | baseline ÷ | again, ms | baseline ÷ | 304, ms | baseline ÷ | queries |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for row in wanted:
        cells = []
        for what in ("first", "stored or warm", "304"):
            cost = least(row.costs[what])
            cells += [f"{cost:.1f}", f"{base / cost:,.1f}"]
        queries = " / ".join(str(row.queries[what]) for what in ("first", "stored or warm", "304"))
        lines.append(f"| {row.name} | {row.size / 1e6:.1f} | {' | '.join(cells)} | {queries} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
