"""What of the log goes to whom, and what the switchboard asks through Django: in a thread, as nobody or as its reader.

The log itself comes from ``chat.wall_of_loop``. Entries that are more than a text are read as one of the people they
go to, so the second wall holds here too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chat.markup import one_line
from chat.models import Message
from chat.policies import visible_messages
from chat.queries.messages import BATCH, items_of, log_after
from chat.wire import Head, Item, Quote
from tenancy.models import Person
from tenancy.viewer import viewer_by_id
from toolkit.acting import acting_as, acting_as_nobody

Holder = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in: by which session, under which password mark, with which language."""

    person_id: int
    session_key: str
    auth_hash: str
    language: str


def in_thread(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Run with the database in any thread, and give its connection back to the pool afterwards.

    It begins as nobody, whoever acts where it is called: what is asked for a person says so itself (``acting_as``).
    Channels' own wrapper queues a whole process behind one thread by default, and its test tools switch the giving
    back off.
    """

    def call(*arguments: Any) -> Any:
        close_old_connections()
        try:
            with acting_as_nobody():
                return function(*arguments)
        finally:
            close_old_connections()

    return sync_to_async(call, thread_sensitive=False)


def read_as(person_id: int, conversation_id: int, start: int, head: int) -> list[Item]:
    """Entries after a number up to another, as one of the listeners sees them: who sees most of the log."""
    viewer = viewer_by_id(person_id)
    with acting_as(viewer):
        seen = visible_messages(viewer, conversation_id)
        return items_of(list(seen.filter(seq__gt=start, seq__lte=head).order_by("seq")[:BATCH]), seen)


def head_of(items: Sequence[Item], told: int) -> tuple[int, Head] | None:
    """What those hear who do not show the conversation: the last text said after a number, and its own number."""
    said = next(
        (item for item in reversed(items) if item.kind == Message.Kind.TEXT and not item.hidden and item.seq > told),
        None,
    )
    if said is None:
        return None
    line = one_line(said.text, len(said.files), limit=80)
    head = Head(
        c=said.c,
        head=items[-1].seq,
        at=said.at,
        sender=said.sender,
        name=said.name,
        line=line,
        mentions=said.mentions,
        everyone=said.everyone,
    )
    return said.seq, head


def own_part(items: Sequence[Item], cursor: int, joined: int) -> list[Item]:
    """What of a batch is for somebody who came in after the number ``joined`` and has got all up to ``cursor``.

    That a message of before their time looks different now is an entry like all others, but not how it looks. Of one
    that is answered they get the number alone.
    """
    return [_for_one_who_joined(item, joined) for item in items if item.seq > max(cursor, joined)]


def _for_one_who_joined(item: Item, joined: int) -> Item:
    if item.now is not None:
        now = None if item.now.seq <= joined else _for_one_who_joined(item.now, joined)
        item = msgspec.structs.replace(item, now=now)
    if item.reply is not None and item.reply.seq <= joined:
        item = msgspec.structs.replace(item, reply=Quote(item.reply.seq, None, "", ""))
    return item


def page(person_id: int, conversation_id: int, after: int) -> tuple[list[Item], bool]:
    """The next batch for one person who is far behind, and whether there is more."""
    viewer = viewer_by_id(person_id)
    with acting_as(viewer):
        items = log_after(viewer, conversation_id, after)
    return items, len(items) == BATCH


def callers(session_keys: Iterable[str]) -> dict[str, Caller]:
    """Who is signed in by sessions: what ``django.contrib.auth.get_user`` would find for each. Two queries for all."""
    store = SessionStore()
    rows = Session.objects.filter(session_key__in=list(session_keys), expire_date__gt=timezone.now())
    sessions = {row.session_key: store.decode(row.session_data) for row in rows}
    claims: dict[str, tuple[int, str]] = {}
    for key, session in sessions.items():
        number = str(session.get(SESSION_KEY, ""))
        if number.isdecimal() and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS:
            claims[key] = (int(number), str(session.get(HASH_SESSION_KEY, "")))
    people = Person.objects.filter(pk__in={number for number, _mark in claims.values()}, is_active=True)
    known = {
        number: (_mark_of(password), language)
        for number, password, language in people.values_list("pk", "password", "language")
    }
    found = {}
    for key, (person_id, mark) in claims.items():
        right, language = known.get(person_id, ("", ""))
        if right and constant_time_compare(mark, right):
            found[key] = Caller(person_id, key, right, language)
    return found


def still_signed_in(holders: Iterable[Holder]) -> set[Holder]:
    """Those of ``(person, session, password mark)`` that would still be let in: session alive, person not suspended."""
    holders = list(holders)
    living = set(
        Session.objects.filter(
            session_key__in=[key for _person, key, _mark in holders], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    people = Person.objects.filter(pk__in={person for person, _key, _mark in holders}, is_active=True)
    marks = {number: _mark_of(password) for number, password in people.values_list("pk", "password")}
    return {(person, key, mark) for person, key, mark in holders if key in living and marks.get(person) == mark}


@lru_cache(maxsize=10_000)
def _mark_of(password: str) -> str:
    """The mark that sessions under a password carry. Asked of everybody every two seconds, so it is remembered."""
    return Person(password=password).get_session_auth_hash()
