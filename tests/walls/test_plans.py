"""Under the policies the hot pages still find rows by index: no sequential scan on a table of contents.

A policy is a condition like any other, but what comes from the query and is not leakproof waits until the policy ran;
then its index is of no use, and a page of 1 ms takes 60. There are enough rows here for PostgreSQL to mind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat import delivery
from chat.ids import new_client_id
from chat.models import Message
from chat.queries.conversations import beat_of
from chat.queries.messages import log_after
from chat.services.messages import mark_read, send_message
from exchange.queries.home import newest
from exchange.services.comments import write_comment
from exchange.services.experiences import set_helpful, start_experience
from tenancy.models import Person
from tenancy.viewer import Viewer, viewer_by_id
from tests.bench.fill import LONG, PILOT, Filler, Size, fill_towns
from tests.database.base import arranging
from toolkit.acting import acting, acting_as, acting_as_nobody

SIZE = Size(
    networks=100,
    people=4_000,
    experiences=20_000,
    workshops=2_000,
    conversations=3_000,
    messages=46_000,
    long_messages=10_000,
    notices=10_000,
    reports=500,
)
CONTENTS = (
    *("exchange_experience", "exchange_comment", "exchange_workshop", "exchange_registration"),
    *("chat_message", "chat_participant", "chat_conversation", "notices_notice"),
)
READ_WHOLE = re.compile(rf"Seq Scan on ({'|'.join(CONTENTS)})\b")


class Asked(NamedTuple):
    """One statement, and whether it was asked for the pilot or before anybody acted."""

    sql: str
    params: Any
    by_pilot: bool


@pytest.fixture(scope="module")
def _full(django_db_setup: None) -> Iterator[None]:
    """A small country, put there past triggers and foreign keys, and taken away whole."""
    filler = Filler(SIZE, lambda _line: None)
    try:
        filler.rows(
            "tenancy_state", "generate_series(1, 16) i",
            code="lpad(i::text, 2, '0')", name="'Land ' || i", abbreviation="'L' || chr(64 + i)",
        )  # fmt: skip
        filler.rows(
            "tenancy_municipality", f"generate_series(1, {SIZE.networks}) i", ags="lpad(i::text, 8, '0')",
            name="'Stadt ' || i", state_id="lpad((i % 16 + 1)::text, 2, '0')", kind="'city'", population="100000 - i",
        )  # fmt: skip
        fill_towns(filler)
        yield
    finally:
        filler.run(f"TRUNCATE {', '.join(dict.fromkeys(filler.filled))} RESTART IDENTITY CASCADE")
        filler.connection.close()


@pytest.fixture
def pilot(_full: None, db: None) -> Viewer:
    """A pilot who reads most of it, has ten conversations and 2,000 notices."""
    return viewer_by_id(PILOT)


def _page(address: str) -> Callable[[Viewer], None]:
    def read(_pilot: Viewer) -> None:
        client = Client()
        client.force_login(Person.objects.get(pk=PILOT), backend="allauth.account.auth_backends.AuthenticationBackend")
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    return read


def _act(what: Callable[[Viewer], object]) -> Callable[[Viewer], None]:
    def act(pilot: Viewer) -> None:
        with acting_as(pilot):
            what(pilot)

    return act


def _switchboard(_pilot: Viewer) -> None:
    asked = json.dumps([{"talk": LONG, "after": SIZE.long_messages - 40, "version": -1}])
    with acting_as_nobody(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM chat_heads(%s::bigint[])", [list(range(1, 11))])
        cursor.execute("SELECT * FROM chat_news(%s::json, 200)", [asked])
        cursor.execute("SELECT * FROM chat_beats(%s::bigint[])", [[PILOT]])
    delivery.read_as(PILOT, LONG, SIZE.long_messages - 40, SIZE.long_messages)


READ = SIZE.experiences - 2
SOON = SIZE.workshops * 3 // 4 + 5

HOT = {
    "start page": _page("/"),
    "newest experiences": _act(newest),
    "list of experiences": _page("/erfahrungen/"),
    "list by topic": _page("/erfahrungen/?topic=thema-7"),
    "list by Land": _page("/erfahrungen/?land=08"),
    "list by network": _page("/erfahrungen/?network=netz-30"),
    "rare word": _page("/erfahrungen/?q=Kläranlage"),
    "frequent word": _page("/erfahrungen/?q=eingeführt"),
    "frequent word, ranked": _page("/erfahrungen/?q=eingeführt&sort=match"),
    "typing error": _page("/erfahrungen/?q=Kläranlgae"),
    "search everything": _page("/suche/?q=Kläranlage"),
    "experience with its comments": _page(f"/erfahrungen/{READ}/"),
    "write a comment": _act(lambda viewer: write_comment(viewer, READ, body="Danke.")),
    "say that it helps": _act(lambda viewer: set_helpful(viewer, READ, helpful=True)),
    "begin an experience": _act(lambda viewer: start_experience(viewer, 1, title="Ein Anfang")),
    "network": _page("/netzwerke/netz-1/"),
    "person": _page("/personen/2/"),
    "workshops": _page("/veranstaltungen/"),
    "workshop with its registrations": _page(f"/veranstaltungen/{SOON}/"),
    "formats": _page("/formate/"),
    "list of conversations": _page("/chat/"),
    "conversation": _page(f"/chat/{LONG}/"),
    "what a socket asks on opening": _act(beat_of),
    "what a socket missed": _act(lambda viewer: log_after(viewer, LONG, SIZE.long_messages - 40)),
    "what the switchboard asks": _switchboard,
    "send a message": _act(lambda viewer: send_message(viewer, LONG, new_client_id(), "Guten Tag")),
    "mark as read": _act(lambda viewer: mark_read(viewer, LONG, SIZE.long_messages)),
    "notices": _page("/mitteilungen/"),
    "messages for machines": _page(f"/api/v1/conversations/{LONG}/messages/"),
}


@pytest.mark.parametrize("name", HOT)
def test_no_table_of_contents_is_read_whole(name: str, pilot: Viewer):
    HOT[name](pilot)  # what is counted once a minute is counted here
    asked, said = _read_whole(HOT[name], pilot)
    assert any(statement.by_pilot for statement in asked)
    assert not said, f"{name}: a table is read whole under the policies\n\n{said}"


LONG_LOG = {
    "opened at the first unread": lambda: f"/chat/{LONG}/",
    "opened elsewhere": lambda: f"/chat/{LONG}/?um={SIZE.long_messages // 3}",
    "read backwards": lambda: f"/chat/{LONG}/?vor={SIZE.long_messages // 3}",
    "jumped to a day": lambda: f"/chat/{LONG}/nachrichten/?tag={_day_of(SIZE.long_messages * 3 // 4)}",
    "a thread": lambda: f"/chat/{LONG}/faden/{SIZE.long_messages // 3}/",
    "pins": lambda: f"/chat/{LONG}/nachrichten/?geheftet=1",
    "list of conversations": lambda: "/chat/",
    "missed": lambda: f"/chat/{LONG}/nachrichten/?nach={SIZE.long_messages - 40}",
}
#: A page of messages, what they answer, the last lines of the list, and a hundred unread that are counted.
LOOKED_AT = 700


@pytest.mark.parametrize("name", LONG_LOG)
def test_a_long_log_is_read_in_part(name: str, pilot: Viewer):
    page = _page(LONG_LOG[name]())
    before = _messages_read()
    page(pilot)
    assert _messages_read() - before < LOOKED_AT


def _day_of(seq: int) -> str:
    said = Message.objects.get(conversation_id=LONG, seq=seq).created_at
    return timezone.localdate(said).isoformat()


def _messages_read() -> int:
    """How many rows of messages, hidden ones among them, this transaction has looked at so far."""
    with arranging(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'chat_message'"
        )
        return int(cursor.fetchone()[0])


def test_a_table_that_is_read_whole_is_noticed_and_so_is_one_beneath_a_function(pilot: Viewer):
    words = "SELECT count(*) FROM exchange_comment WHERE body = %s"
    beneath = "SELECT count(*) FROM ts_stat(%s)"

    def ask(sql: str, word: str) -> Callable[[Viewer], None]:
        def act(_pilot: Viewer) -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql, [word])

        return _act(act)

    _asked, said = _read_whole(ask(words, "Nein"), pilot)
    assert words in said
    assert "Seq Scan on exchange_comment" in said
    _asked, said = _read_whole(ask(beneath, "SELECT to_tsvector(body) FROM exchange_comment"), pilot)
    assert said.startswith("something beneath these statements reads ['exchange_comment'] whole")


def _read_whole(act: Callable[[Viewer], None], pilot: Viewer) -> tuple[list[Asked], str]:
    """The statements of an act, and those of them that read a table whole, with their plans; empty for none."""
    before = _scans()
    asked = _asked(lambda: act(pilot))
    after = _scans()
    plans = [(statement, plan) for statement in asked if READ_WHOLE.search(plan := _plan(statement, pilot))]
    if plans:
        return asked, "\n\n".join(f"{statement.sql}\n{statement.params}\n{plan}" for statement, plan in plans)
    # What a function asks is in no plan, but what it read is counted.
    whole = [table for table in CONTENTS if after[table] > before[table]]
    every = "\n\n".join(f"{statement.sql}\n{statement.params}" for statement in asked)
    return asked, f"something beneath these statements reads {whole} whole\n\n{every}" if whole else ""


def _asked(act: Callable[[], None]) -> list[Asked]:
    """The statements of an act in the way of the product, each once."""
    found: dict[str, Asked] = {}

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        who = acting().person_id
        if sql.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            found.setdefault(f"{who} {sql}", Asked(sql, params[0] if many else params, who == PILOT))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        act()
    return list(found.values())


def _plan(statement: Asked, pilot: Viewer) -> str:
    """How PostgreSQL would answer the statement, asked by the same one as the runtime role."""
    with ExitStack() as stack:
        stack.enter_context(acting_as(pilot) if statement.by_pilot else acting_as_nobody())
        cursor = stack.enter_context(connection.cursor())
        cursor.execute(f"EXPLAIN {statement.sql}", statement.params)
        return "\n".join(line for (line,) in cursor.fetchall())


def _scans() -> dict[str, int]:
    """How often this transaction has read each table of contents whole so far."""
    with arranging(), connection.cursor() as cursor:
        cursor.execute("SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)", [[*CONTENTS]])
        return dict(cursor.fetchall())
