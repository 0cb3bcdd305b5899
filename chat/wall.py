"""Steps that reach past one's own sight: functions of the database that check by themselves who acts.

They stand in the migrations ``0004_wall``, ``0006_append``, ``0016_talks`` and later ones; what each checks, and what
is left to the rules, in the handbook.
All that refuse raise ``django.db.ProgrammingError``, which means that a rule before them was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import BigIntegerField


@dataclass(frozen=True, slots=True)
class Room:
    """The room of a thing: numbers alone, so that its rule can be asked before anything of it is shown."""

    id: int
    subject_kind: str
    subject_id: int | None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic room as it looks from outside: never what is said in it. ``mine``: the acting one is in it."""

    id: int
    title: str
    about: str
    open_to: int
    writers: str
    members: int
    last_at: datetime
    mine: bool

    @property
    def announces(self) -> bool:
        return self.writers == "owners"


@dataclass(frozen=True, slots=True)
class Kept:
    """After how many days something is emptied, and whose rule that is: a network's, or the conversation's own."""

    days: int
    network_id: int | None


class Draft(msgspec.Struct, frozen=True):
    """What somebody wants to say. ``key`` is the fingerprint by which sending again is recognised."""

    who: int
    talk: int
    id: UUID
    body: str
    key: UUID
    reply: int | None = None
    mentions: tuple[int, ...] = ()
    everyone: bool = False
    files: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a draft: ``stored`` and ``again`` come with number and moment, ``too_fast`` with seconds to wait.

    All other words are refusals: ``unknown``, ``conflict``, ``no_such_message``, ``no_such_file``, and those of
    ``refusal``.
    """

    word: str
    seq: int | None
    at: datetime | None
    wait: float | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A conversation of the acting person that holds something new: how much at least, and whether it names them."""

    conversation_id: int
    messages: int
    muted: bool
    named: bool


def _rows(call: str, *arguments: Any) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(call, arguments)
        return cursor.fetchall()


def _number(call: str, *arguments: Any) -> int | None:
    value = _rows(call, *arguments)[0][0]
    return None if value is None else int(value)


def open_direct(person_id: int) -> int:
    """The one conversation of the acting person with another, begun if there is none."""
    return int(_rows("SELECT chat_open_direct(%s)", person_id)[0][0])


def open_group(title: str, person_ids: Iterable[int], about: str = "") -> int:
    """A new group of the acting person, who owns it, and others; suspended ones and who blocked whom are left out."""
    return int(_rows("SELECT chat_open_group(%s, %s, %s::bigint[])", title, about, sorted(set(person_ids)))[0][0])


def group_add(conversation_id: int, person_ids: Iterable[int]) -> list[int]:
    """Let people into a group of the acting owner; those who came in. They see what is said from now on."""
    people = sorted(set(person_ids))
    return [row[0] for row in _rows("SELECT chat_group_add(%s, %s::bigint[])", conversation_id, people)]


def group_remove(conversation_id: int, person_id: int) -> bool:
    """Take a member out of what the acting one owns, at once; no where they are no member."""
    return bool(_rows("SELECT chat_group_remove(%s, %s)", conversation_id, person_id)[0][0])


def group_own(conversation_id: int, person_id: int, *, gives: bool) -> bool:
    """Let a member own it too; or give one's own part up, which the last one cannot. No when nothing changed."""
    return bool(_rows("SELECT chat_group_own(%s, %s, %s)", conversation_id, person_id, gives)[0][0])


def group_set(conversation_id: int, what: str, value: str) -> bool:
    """Change ``title``, ``about`` or ``writers`` (``all``, ``owners``) of what the acting one owns; no: it was so."""
    return bool(_rows("SELECT chat_group_set(%s, %s, %s)", conversation_id, what, value)[0][0])


def open_topic(title: str, about: str, open_to: int, *, announce: bool) -> int:
    """A new topic room, owned by the acting one: open to all networks, or to a Land in which they are."""
    return int(_rows("SELECT chat_open_topic(%s, %s, %s, %s)", title, about, open_to, announce)[0][0])


def topics(one: int | None = None) -> list[Topic]:
    """The topic rooms that are open to the acting one, the liveliest first (500); or the one with a number."""
    if one is not None and one > BigIntegerField.MAX_BIGINT:
        return []
    return [Topic(*row) for row in _rows("SELECT * FROM chat_topics(%s)", one)]


def enter_topic(conversation_id: int) -> bool:
    """Take a seat in a topic room that is open to the acting one; no where there is none."""
    return _number("SELECT chat_enter_topic(%s)", conversation_id) is not None


def leave_topics(person_id: int) -> list[int]:
    """Take a person out of all topic rooms that are not open to them any more; the rooms."""
    return [row[0] for row in _rows("SELECT chat_leave_topics(%s)", person_id)]


def follow_network(network_id: int, person_id: int) -> int | None:
    """Give somebody who is in a network a seat in its room; the room, or None where there is none."""
    return _number("SELECT chat_follow_network(%s, %s)", network_id, person_id)


def open_room(subject_kind: str, subject_id: int, title: str) -> int:
    """The room of a thing, opened if there is none; its title follows."""
    return int(_rows("SELECT chat_open_room(%s, %s, %s)", subject_kind, subject_id, title)[0][0])


def refusal(conversation_id: int, person_id: int) -> str | None:
    """Why a person may not write in a conversation now, as a word; None: they may. For oneself, or while nobody acts.

    ``unknown`` (not in it), ``outside`` (of no network), ``unreachable`` and ``blocking`` (the other of two),
    ``announcement`` (only its owners write).
    """
    word: str | None = _rows("SELECT chat_refusal(%s, %s)", conversation_id, person_id)[0][0]
    return word


def append(drafts: Sequence[Draft], now: datetime, *, rate: int, within: timedelta) -> list[Outcome]:
    """Store what is said, each under the next number of its conversation; what became of each, in the same order.

    One transaction for all of them. Somebody who acts speaks for themselves; while nobody acts, it is the writer of the
    process, which speaks for everybody whose line it holds. ``rate`` messages a person and conversation ``within``.
    """
    rows = _rows(
        "SELECT draft, outcome, seq, at, wait FROM chat_append(%s::jsonb, %s, %s, %s)",
        msgspec.json.encode(drafts).decode(),
        now,
        rate,
        within,
    )
    found = {row[0]: Outcome(*row[1:]) for row in rows}
    return [found[place] for place in range(1, len(drafts) + 1)]


def change(conversation_id: int, seq: int, deed: str, value: str, now: datetime) -> int | None:
    """``edit``, ``retract``, ``react``, ``unreact``, ``pin`` or ``unpin`` a message.

    The number of the entry that says so; None when it was so already. Refuses what is not the acting one's to do.
    """
    return _number("SELECT chat_change(%s, %s, %s, %s, %s)", conversation_id, seq, deed, value, now)


def readers(conversation_id: int, seq: int) -> list[int]:
    """Who has read a message, of those who let it be seen; nobody where the acting one does not let it be seen."""
    return [row[0] for row in _rows("SELECT chat_readers(%s, %s)", conversation_id, seq)]


def kept(conversation_id: int) -> Kept | None:
    """The strictest rule that holds in a conversation of the acting one's; None: nothing is emptied."""
    rows = _rows("SELECT days, network FROM chat_kept(%s)", conversation_id)
    return Kept(*rows[0]) if rows else None


def keep(conversation_id: int, days: int | None) -> bool:
    """Say how long what is said there is kept (None: for good); no when what holds is what held."""
    return bool(_rows("SELECT chat_keep(%s, %s)", conversation_id, days)[0][0])


def keeping_rule(network_id: int, days: int | None) -> list[int]:
    """Set the rule of a network that the acting one coordinates; the conversations in which it changed what holds."""
    return [row[0] for row in _rows("SELECT chat_keeping_rule(%s, %s)", network_id, days)]


def due(after: int, most: int) -> list[int]:
    """Conversations above a number in which something may have to be emptied; only while nobody acts."""
    return [row[0] for row in _rows("SELECT chat_due(%s, %s)", after, most)]


def empty(conversation_id: int, now: datetime, most: int) -> int:
    """Empty up to ``most`` entries that had their time; how many were gone through, only while nobody acts.

    -1: the rule had changed; that was said in the log, and nothing was emptied yet.
    """
    return _number("SELECT chat_empty(%s, %s, %s)", conversation_id, now, most) or 0


def let_in(room_id: int, person_ids: Iterable[int]) -> bool:
    """Give people a seat in a room; no when there is no such room."""
    return _number("SELECT chat_let_in(%s, %s::bigint[])", room_id, sorted(set(person_ids))) is not None


def let_out(conversation_id: int, person_ids: Iterable[int]) -> bool:
    """End seats; no when there is no such conversation."""
    return _number("SELECT chat_let_out(%s, %s::bigint[])", conversation_id, sorted(set(person_ids))) is not None


def moderate(message_id: int, *, hide: bool, reason: str = "") -> tuple[int, int] | None:
    """Hide a reported message or show it again, and note it in the log: conversation and new head; None: it was so."""
    rows = _rows("SELECT conversation, last FROM chat_moderate(%s, %s, %s)", message_id, hide, reason)
    return (rows[0][0], rows[0][1]) if rows else None


def room_of(subject_kind: str, subject_id: int) -> int | None:
    """The number of the room of a thing, if it was opened."""
    return _number("SELECT chat_room_of(%s, %s)", subject_kind, subject_id)


def room_at(room_id: int) -> Room | None:
    """The room with a number, for whoever is signed in; None for other conversations, and for numbers nobody gives."""
    if room_id > BigIntegerField.MAX_BIGINT:
        return None
    rows = _rows("SELECT thing, thing_id FROM chat_subject_of(%s)", room_id)
    return Room(room_id, *rows[0]) if rows else None


def rooms_of(person_id: int) -> list[Room]:
    """The rooms a person is in, for themselves and for who coordinates or coordinated them; in order of number."""
    rows = _rows("SELECT room, thing, thing_id FROM chat_rooms_of(%s)", person_id)
    return [Room(*row) for row in rows]


def my_heads() -> dict[int, int]:
    """The last number of every conversation that the acting person is in now."""
    return msgspec.json.decode(_rows("SELECT chat_my_heads()")[0][0], type=dict[int, int])


def my_unread(most: int) -> list[Unread]:
    """Where others said something after the mark of the acting person; counted up to ``most`` in each."""
    rows = _rows("SELECT conversation, unread, muted, named FROM chat_my_unread(%s)", most)
    return [Unread(*row) for row in rows]


def my_unread_total() -> int:
    """In how many conversations something is unread, silent ones left out."""
    return int(_rows("SELECT count(*) FROM chat_my_unread(1) WHERE unread > 0 AND NOT muted")[0][0])


def uploaded_since(moment: datetime) -> int:
    """Bytes that the acting person has uploaded since; another upload of theirs waits until this transaction ends."""
    return _number("SELECT chat_uploaded(%s)", moment) or 0


def file_checked(file: UUID, verdict: str, why: str, moment: datetime) -> tuple[int, int] | None:
    """Say what the scanner found of a file that waited (``ready``, ``refused``); only while nobody acts.

    Gives conversation and number of the entry that tells those who see the file, if it was sent already.
    """
    rows = _rows("SELECT talk, seq FROM chat_file_checked(%s, %s, %s, %s)", file, verdict, why, moment)
    return (int(rows[0][0]), int(rows[0][1])) if rows else None


def files_waiting(before: datetime) -> list[UUID]:
    """Files that have waited for the scanner since before a moment; only while nobody acts."""
    return [key for (key,) in _rows("SELECT * FROM chat_files_waiting(%s)", before)]


def drop_file(key: UUID) -> int | None:
    """Forget a file that the acting person uploaded and has not sent; its conversation, or None where there is none."""
    return _number("SELECT chat_drop_file(%s)", key)


def drop_unsent_files(before: datetime) -> list[UUID]:
    """Forget files that were uploaded before a moment and never sent; only while nobody acts."""
    return [key for (key,) in _rows("SELECT * FROM chat_drop_unsent(%s)", before)]


def files_kept(keys: Sequence[UUID]) -> set[UUID]:
    """Which of these files are to stay on the disk; only while nobody acts."""
    return {key for (key,) in _rows("SELECT * FROM chat_files_kept(%s::uuid[])", list(keys))}


def who_missed(now: datetime, away: timedelta, fresh: timedelta) -> list[int]:
    """People who read nothing for so long and have not been told of something that is no older than ``fresh``.

    Only while nobody acts: numbers, in order.
    """
    return sorted(number for (number,) in _rows("SELECT chat_missed(%s, %s, %s)", now, away, fresh))


def who_is_due(now: datetime, wait: timedelta, fresh: timedelta) -> list[int]:
    """People with a browser to tell who have not read for ``wait`` what is no older than ``fresh``; as above."""
    return sorted(number for (number,) in _rows("SELECT chat_push_due(%s, %s, %s)", now, wait, fresh))


def who_was_named(now: datetime, wait: timedelta, fresh: timedelta) -> list[int]:
    """People whose notices of mentions are not as what they read of the chat; only while nobody acts."""
    return sorted(number for (number,) in _rows("SELECT chat_named(%s, %s, %s)", now, wait, fresh))
