"""Entries of a log as they are shown: one shape for the page, the interface for machines and the socket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from chat.markup import message_html
from chat.models import Message
from chat.policies import visible_messages
from chat.queries.faces import Face, faces_of
from chat.queries.files import files_of
from chat.wire import File, Item, Quote, Reaction
from tenancy.viewer import Viewer
from toolkit.markdown import plain_text

#: So many entries are in one batch.
BATCH = 200
#: So many stand in a page that is opened.
ON_PAGE = 50

_NOBODY = Face(id=0, name="", initials="", place="", hue="blue", active=False)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is shown beside entries: people, what they answer, their files."""

    faces: dict[int, Face]
    answered: dict[int, Message]
    files: dict[int, list[File]]


def _item(message: Message, around: _Around, now: Item | None = None) -> Item:
    hidden = message.hidden_at is not None
    gone = "retracted" if message.retracted_at else "expired" if message.expired_at else ""
    empty = hidden or bool(gone) or message.kind == Message.Kind.CHANGE
    shown = "" if empty else message.body
    face = around.faces.get(message.sender_id or 0, _NOBODY)
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
        what=message.what,
        now=now,
        reply=_quote(message, around) if message.reply_seq else None,
        thread=message.thread_seq,
        replies=message.replies,
        mentions=message.mentions,
        everyone=message.mentions_all,
        edited=message.edited_at,
        gone=gone,
        pinned=message.pinned_at is not None,
        files=[] if empty else around.files.get(message.seq, []),
        reactions=[Reaction(sign, people) for sign, people in message.reactions.items()] if not empty else [],
    )


def _quote(message: Message, around: _Around) -> Quote:
    """What a message answers, as far as its reader sees it: of what was before their time only the number."""
    answered = around.answered.get(message.reply_seq or 0)
    if answered is None:
        return Quote(message.reply_seq or 0, None, "", "")
    face = around.faces.get(answered.sender_id or 0, _NOBODY)
    line = "" if answered.hidden_at else plain_text(answered.body, limit=120)
    return Quote(answered.seq, answered.sender_id, face.name, line)


def items_of(messages: Sequence[Message], seen: QuerySet[Message]) -> list[Item]:
    """Entries of one conversation as they are shown. At most four queries: people, changes, answers, files.

    ``seen`` is all of the log that its reader sees: how a message looks now is no news of one they never saw.
    """
    changes = {message.target_seq for message in messages if message.target_seq is not None}
    targets = list(seen.filter(seq__in=changes)) if changes else []
    both = (*messages, *targets)
    at_hand = {message.seq: message for message in both}
    answers = {message.reply_seq for message in both if message.reply_seq is not None}
    missing = answers - at_hand.keys()
    answered = {m.seq: m for m in seen.filter(seq__in=missing)} if missing else {}
    around = _Around(
        faces_of(message.sender_id for message in (*both, *answered.values())),
        {seq: message for seq, message in (at_hand | answered).items() if seq in answers},
        files_of([message for message in both if message.file_count]),
    )
    now = {message.seq: _item(message, around) for message in targets}
    return [_item(message, around, now.get(message.target_seq or 0)) for message in messages]


def log_after(viewer: Viewer, conversation_id: int, after: int, *, limit: int = BATCH) -> list[Item]:
    """The next entries after a number, oldest first; empty for whoever is not in the conversation. Two queries."""
    seen = visible_messages(viewer, conversation_id)
    return items_of(list(seen.filter(seq__gt=after).order_by("seq")[:limit]), seen)


def log_before(viewer: Viewer, conversation_id: int, before: int, *, limit: int = ON_PAGE) -> list[Item]:
    """What can be read before a number, oldest first, changes left out (they are in what they changed)."""
    seen = visible_messages(viewer, conversation_id)
    rows = seen.filter(seq__lt=before).exclude(kind=Message.Kind.CHANGE).order_by("-seq")[:limit]
    return items_of(list(reversed(rows)), seen)
