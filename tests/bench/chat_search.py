"""What finding costs: ``python -m tests.bench.chat_search [--data DIR] [--rounds N] [--messages N]``.

A country's worth of messages, and two who search: one in ten conversations and the long room, one in all of them. First
what it costs to send a message with the index of words and without; then what it costs to find. Nothing asserts a time.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.fill import LONG, PILOT, TALKER, Size
from tests.bench.pages import ROOT, engines, prepare

SIZE = Size(people=20_000, experiences=1_000, workshops=100, notices=1_000, reports=100)


def finding(rounds: int) -> list[str]:
    """One line for each question of each person: how many were found, what it took, and what the processors worked.

    Where others use the machine too, the second is what to go by; both in ms.
    """
    from django.db import connections

    from chat.queries.search import Asked, found_page
    from tenancy.viewer import viewer_by_id
    from tests.bench.walls import by_way_of
    from toolkit.acting import acting_as
    from toolkit.database.base import DatabaseWrapper

    connection = DatabaseWrapper(connections["default"].settings_dict, "default")
    spent = by_way_of(connection)

    questions = {
        "rare word": Asked(q="Kläranlage"),
        "other spelling": Asked(q="Klaeranlage"),
        "frequent word": Asked(q="Nachricht"),
        "word of one in forty": Asked(q="Straßenbeleuchtung"),
        "two words": Asked(q="Nachricht Kläranlage"),
        "word that nobody said": Asked(q="Quastenflosser"),
        "one conversation": Asked(q="Straßenbeleuchtung", talk=LONG),
        "one person": Asked(q="Nachricht", person=str(TALKER)),
        "with a file": Asked(files=True),
    }
    people = {"20 conversations": PILOT, "all conversations": TALKER}
    lines = [
        "| who | asks | found | waited p50 | p95 | worked p50 | p95 |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for who, number in people.items():
        viewer = viewer_by_id(number)
        for name, asked in questions.items():
            waited: list[float] = []
            worked: list[float] = []
            found = 0
            for _ in range(rounds + 3):
                with acting_as(viewer):
                    before, began, own = spent(), time.perf_counter(), time.process_time()
                    found = len(found_page(viewer, asked).hits)
                    waited.append((time.perf_counter() - began) * 1000)
                    worked.append((time.process_time() - own) * 1000 + spent() - before)
            figures = [
                f"{figure:.1f}"
                for taken in (waited[3:], worked[3:])
                for figure in (statistics.median(taken), statistics.quantiles(taken, n=20)[-1])
            ]
            lines.append(f"| {who} | {name} | {found} | {' | '.join(figures)} |")
    connection.close()
    return lines


def sending(rounds: int) -> list[str]:
    """What it costs to send a message, with the words and without, in turn: processors' and waited ms."""
    import psycopg
    from django.db import connections

    from chat.ids import new_client_id
    from chat.services.messages import send_message
    from config.embedded import OWNER_ROLE
    from tenancy.viewer import viewer_by_id
    from tests.bench.walls import by_way_of
    from toolkit.database.base import DatabaseWrapper

    connections.close_all()
    settings = connections["default"].settings_dict
    root = {"host": settings["HOST"], "user": "postgres", "autocommit": True}
    names = ("lotsennetz_words", "lotsennetz_wordless")
    with psycopg.connect(dbname="postgres", **root) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {settings['NAME']} OWNER {OWNER_ROLE}".encode())
    with psycopg.connect(dbname=names[1], **root) as connection:
        connection.execute("DROP INDEX chat_with_files; ALTER TABLE chat_message DROP COLUMN search")
    ways = [DatabaseWrapper(settings | {"NAME": name}, "default") for name in names]
    viewer = viewer_by_id(TALKER)
    moments = (datetime.fromisoformat("2031-01-01T00:00+00:00") + timedelta(minutes=n) for n in range(10**6))
    body = (
        "Guten Tag, wie habt ihr das mit der Straßenbeleuchtung gelöst? Bei uns wartet das Ordnungsamt auf den Bauhof."
    )
    worked: list[list[float]] = [[], []]
    waited: list[list[float]] = [[], []]
    for turn in range(rounds * 10):
        for place in (turn % 2, 1 - turn % 2):
            spent = by_way_of(ways[place])
            before, began = spent(), time.perf_counter()
            send_message(viewer, LONG, new_client_id(), f"{body} {turn * 7919 % 1000}", at=next(moments))
            waited[place].append((time.perf_counter() - began) * 1000)
            worked[place].append(spent() - before)
    for way in ways:
        way.close()
    lines = ["| sending | PostgreSQL works, ms | waited p50 | waited p95 |", "|---|--:|--:|--:|"]
    for place, name in enumerate(("with words", "without")):
        mean, p50 = statistics.mean(worked[place]), statistics.median(waited[place])
        p95 = statistics.quantiles(waited[place], n=20)[-1]
        lines.append(f"| {name} | {mean:.3f} | {p50:.2f} | {p95:.2f} |")
    return lines


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.chat_search", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that keeps the filled database for the next run")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--messages", type=int, default=SIZE.messages)
    given = parser.parse_args()
    sys.path.extend(str(folder) for folder in (ROOT, ROOT / "platform") if str(folder) not in sys.path)
    with engines(given.data):
        import django

        django.setup()
        from django.db import connections

        prepare(replace(SIZE, messages=given.messages))
        lines = [*finding(given.rounds), "", *sending(given.rounds)]
        connections.close_all()
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
