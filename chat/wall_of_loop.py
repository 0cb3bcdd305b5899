"""Functions of the database that answer while nobody acts, asked by the event loop itself: the hub's and the writer's.

They stand in the migration ``0012_engine``. What comes from them is handed to people by the seats that come with it
(``chat.switchboard``), and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from chat.wall import Draft, Outcome
from chat.wire import Beat
from toolkit.database.loop import LoopConnection

#: So many entries at most are given of one conversation at a time.
MOST = 200


class Asked(msgspec.Struct, frozen=True):
    """News of a conversation are wanted after a number (-1: the last entry alone); seats are known as of a version."""

    talk: int
    after: int
    version: int


class Entry(msgspec.Struct, frozen=True):
    """An entry of a log. ``plain``: it is nothing but a text, so this is all there is to it."""

    ref: int
    seq: int
    id: UUID
    sender: int | None
    kind: str
    at: datetime
    text: str
    plain: bool


class News(msgspec.Struct, frozen=True):
    """A conversation at one moment: all entries after ``start``, up to ``head``.

    ``seats`` gives for each person in it the number above which the log is theirs; None: as they were at the version
    that was known.
    """

    talk: int
    head: int
    version: int
    start: int
    seats: dict[int, int] | None
    entries: list[Entry] | None


class Standing(msgspec.Struct, frozen=True):
    """How everything stands for a person, and whether they let be seen that they write, and that they are here."""

    beat: Beat
    typing: bool
    presence: bool


class _Outcome(msgspec.Struct, frozen=True):
    draft: int
    outcome: str
    seq: int | None
    at: datetime | None
    wait: float | None


_news = msgspec.json.Decoder(list[News])
_outcomes = msgspec.json.Decoder(list[_Outcome])
_unread = msgspec.json.Decoder(list[tuple[int, int, bool]])
_heads = msgspec.json.Decoder(dict[int, int])
_numbers = msgspec.json.Decoder(list[int])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def news(connection: LoopConnection, asked: Sequence[Asked]) -> list[News]:
    """News of conversations, of those that exist, in no order. One question."""
    [(found,)] = await connection.ask(
        "SELECT coalesce(json_agg(n), '[]')::text FROM chat_news(%s::json, %s) n", [_json(asked), MOST]
    )
    return _news.decode(found)


async def say(
    connection: LoopConnection,
    drafts: Sequence[Draft],
    now: datetime,
    asked: Sequence[Asked],
    *,
    rate: int,
    within: timedelta,
) -> tuple[list[Outcome], list[News]]:
    """Store what is said, for everybody whose line is held here, as ``chat.wall.append`` does; and the news after it.

    The news are of the moment of storing: who was removed before it is not among the seats. One transaction.
    """
    [(outcomes, told)] = await connection.ask(
        "SELECT outcomes::text, news::text FROM chat_say(%s::jsonb, %s, %s, %s, %s::json, %s)",
        [_json(drafts), now, rate, within, _json(asked), MOST],
    )
    found = {row.draft: Outcome(row.outcome, row.seq, row.at, row.wait) for row in _outcomes.decode(outcomes)}
    return [found[place] for place in range(1, len(drafts) + 1)], _news.decode(told) if told else []


async def beats(connection: LoopConnection, person_ids: Iterable[int]) -> dict[int, Standing]:
    """How everything stands, for each of the people who are not suspended. One question."""
    rows = await connection.ask(
        "SELECT person, heads::text, unread::text, named::text, typing, presence FROM chat_beats(%s::bigint[])",
        [list(person_ids)],
    )
    return {
        person: Standing(_beat(heads, unread, named), typing, presence)
        for person, heads, unread, named, typing, presence in rows
    }


def _beat(heads: str, unread: str, named: str) -> Beat:
    behind = _unread.decode(unread)
    return Beat(
        heads=_heads.decode(heads),
        unread={talk: count for talk, count, _muted in behind},
        count=sum(1 for _talk, _count, muted in behind if not muted),
        mentioned=_numbers.decode(named),
    )


async def heads(connection: LoopConnection, conversation_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The last number and the version of conversations, of those that exist. One question."""
    rows = await connection.ask("SELECT talk, head, version FROM chat_heads(%s::bigint[])", [list(conversation_ids)])
    return {talk: (head, version) for talk, head, version in rows}
