"""Entries of a log as they are shown: one shape for the page, the interface for machines and the socket."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from chat.markup import message_html
from chat.models import Message
from chat.policies import visible_messages
from chat.queries.faces import Face, faces_of
from chat.wire import Item
from tenancy.viewer import Viewer

#: So many entries are in one batch.
BATCH = 200
#: So many stand in a page that is opened.
ON_PAGE = 50

_NOBODY = Face(id=0, name="", initials="", place="", hue="blue", active=False)


def _item(message: Message, faces: dict[int, Face], now: Item | None = None) -> Item:
    hidden = message.hidden_at is not None
    shown = "" if hidden or message.kind == Message.Kind.CHANGE else message.body
    face = faces.get(message.sender_id or 0, _NOBODY)
    return Item(
        c=message.conversation_id,
        seq=message.seq,
        id=message.client_id,
        kind=message.kind,
        at=message.created_at,
        sender=message.sender_id,
        name=face.name,
        initials=face.initials,
        place=face.place,
        hue=face.hue,
        text=shown,
        html=message_html(shown) if shown else "",
        hidden=hidden,
        ref=message.pk,
        target=message.target_seq,
        now=now,
    )


def items_of(messages: Sequence[Message], seen: QuerySet[Message]) -> list[Item]:
    """Entries of one conversation as they are shown. One query for the people, one more for changes.

    ``seen`` is all of the log that its reader sees: how a message looks now is no news of one they never saw.
    """
    changes = {message.target_seq for message in messages if message.target_seq is not None}
    targets = list(seen.filter(seq__in=changes)) if changes else []
    faces = faces_of(message.sender_id for message in (*messages, *targets))
    now = {message.seq: _item(message, faces) for message in targets}
    return [_item(message, faces, now.get(message.target_seq or 0)) for message in messages]


def log_after(viewer: Viewer, conversation_id: int, after: int, *, limit: int = BATCH) -> list[Item]:
    """The next entries after a number, oldest first; empty for whoever is not in the conversation. Two queries."""
    seen = visible_messages(viewer, conversation_id)
    return items_of(list(seen.filter(seq__gt=after).order_by("seq")[:limit]), seen)


def log_before(viewer: Viewer, conversation_id: int, before: int, *, limit: int = ON_PAGE) -> list[Item]:
    """What can be read before a number, oldest first, changes left out (they are in what they changed)."""
    seen = visible_messages(viewer, conversation_id)
    rows = seen.filter(seq__lt=before).exclude(kind=Message.Kind.CHANGE).order_by("-seq")[:limit]
    return items_of(list(reversed(rows)), seen)
