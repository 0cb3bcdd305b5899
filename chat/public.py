"""The front door of the chat: what other rooms may ask of it. They carry numbers, never its models."""

from __future__ import annotations

from collections.abc import Iterable

from chat import wall
from chat.cards import Card, register_card
from chat.queries.conversations import Glance, latest_conversations, unread_total
from chat.room_rules import register_room_rule
from chat.services.conversations import let_in, let_out
from chat.services.conversations import open_room as _open_room

__all__ = [
    "Card",
    "Glance",
    "join_room",
    "latest_conversations",
    "leave_room",
    "open_room",
    "register_card",
    "register_room_rule",
    "room_of",
    "unread_total",
]


def open_room(subject_kind: str, subject_id: int, title: str, person_ids: Iterable[int] = ()) -> int:
    """The number of the room of a thing, opened if there is none; the people are in it afterwards.

    Called again it keeps the room, takes over the title, and lets in whoever is new. Its page is
    ``chat:conversation`` with ``pk``.
    """
    return _open_room(subject_kind, subject_id, title, person_ids)


def room_of(subject_kind: str, subject_id: int) -> int | None:
    """The number of the room of a thing, if it was opened. One query."""
    return wall.room_of(subject_kind, subject_id)


def join_room(room_id: int, person_ids: Iterable[int]) -> None:
    """Let people into a room; the caller's own rules say who. Who is in already stays."""
    let_in(room_id, person_ids)


def leave_room(room_id: int, person_ids: Iterable[int]) -> None:
    """Take people out of a room; nothing said from then on reaches them."""
    let_out(room_id, person_ids)
