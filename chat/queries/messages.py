"""Entries of a log as they are shown: one shape for the page, the interface for machines and the socket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.markup import message_html
from chat.models import EarlierText, Message
from chat.notes import note_html, note_text, read_note
from chat.policies import seat_of, visible_messages
from chat.queries.faces import Face, faces_of
from chat.queries.files import files_of, line_of
from chat.wall_of_loop import Entry
from chat.wire import File, Item, Quote, Reaction
from tenancy.viewer import Viewer

#: So many entries are in one batch.
BATCH = 200
#: So many stand in a page that is opened; a part of them before the place one goes to.
ON_PAGE = 50
BEFORE = 25
#: Behind an @ it names everybody.
EVERYBODY = _("alle")

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
    html = ""
    if message.kind == Message.Kind.NOTE:
        shown = note_text(read_note(shown), {number: face.name for number, face in around.faces.items()})
        html = note_html(shown)
    elif shown:
        html = message_html(shown, _named(message, around.faces))
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
        html=html,
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


def _named(message: Message, faces: Mapping[int, Face]) -> dict[str, int]:
    """The names that are marked in a message, with the person of each; 0 is everybody."""
    named = {faces[person].name: person for person in message.mentions if person in faces}
    return named | {str(EVERYBODY): 0} if message.mentions_all else named


def item_of_text(entry: Entry, conversation_id: int, face: Face | None) -> Item:
    """The same of an entry that is nothing but a text: all of it is at hand, nothing is asked."""
    face = face or _NOBODY
    return Item(
        c=conversation_id,
        seq=entry.seq,
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        sender=entry.sender,
        name=face.name,
        initials=face.initials,
        place=face.place,
        hue=face.hue,
        text=entry.text,
        html=message_html(entry.text) if entry.text else "",
        ref=entry.ref,
    )


def _noted(message: Message) -> tuple[int, ...]:
    """The people a note of the server speaks of."""
    return read_note(message.body).people if message.kind == Message.Kind.NOTE else ()


def _quote(message: Message, around: _Around) -> Quote:
    """What a message answers, as far as its reader sees it: of what was before their time only the number."""
    answered = around.answered.get(message.reply_seq or 0)
    if answered is None:
        return Quote(message.reply_seq or 0, None, "", "")
    face = around.faces.get(answered.sender_id or 0, _NOBODY)
    return Quote(answered.seq, answered.sender_id, face.name, line_of(answered, limit=120))


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
        faces_of(
            person
            for message in (*both, *answered.values())
            for person in (message.sender_id, *message.mentions, *_noted(message))
        ),
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages in order, and whether there are more before and after them."""

    items: list[Item]
    before: bool
    more: bool


def log_around(viewer: Viewer, conversation_id: int, seq: int, *, head: int, size: int = ON_PAGE) -> Stretch:
    """What can be read around a number: some before it, then it and what follows, up to ``head``. Two queries more."""
    seen = visible_messages(viewer, conversation_id)
    said = seen.filter(seq__lte=head).exclude(kind=Message.Kind.CHANGE)
    earlier = list(said.filter(seq__lt=seq).order_by("-seq")[: BEFORE + 1])
    later = list(said.filter(seq__gte=seq).order_by("seq")[: size + 1])
    shown = [*reversed(earlier[:BEFORE]), *later[:size]]
    return Stretch(items_of(shown, seen), before=len(earlier) > BEFORE, more=len(later) > size)


#: The first number whose message is not before a moment, by halving: the log is in the order of time, give or take a
#: clock that was set meanwhile. No index on moments is paid for by each message. The middle is a column, because under
#: the policy an index is asked for what is compared as it stands, and not for a sum.
_REACHED = """
    WITH RECURSIVE halved (low, high, middle) AS (
        SELECT %(first)s::bigint, %(end)s::bigint, (%(first)s::bigint + %(end)s::bigint) / 2
        UNION ALL
        SELECT half.low, half.high, (half.low + half.high) / 2
        FROM halved JOIN chat_message m ON m.conversation_id = %(talk)s AND m.seq = halved.middle
        CROSS JOIN LATERAL (
            SELECT CASE WHEN m.created_at < %(moment)s THEN m.seq + 1 ELSE halved.low END AS low,
                CASE WHEN m.created_at < %(moment)s THEN halved.high ELSE m.seq END AS high
        ) half
        WHERE halved.low < halved.high
    )
    SELECT low FROM halved WHERE low = high
"""


def first_of_day(viewer: Viewer, conversation_id: int, day: date) -> int | None:
    """The number of the first message on or after a day (in the zone of the site); None after the last. Three queries.

    It costs the same in a log of 100,000 as in one of a hundred.
    """
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    ends = seat_of(viewer, conversation_id).values_list("joined_seq", "conversation__head").first()
    if ends is None:
        return None
    with connection.cursor() as cursor:
        bounds: dict[str, int | datetime] = {
            "talk": conversation_id,
            "first": ends[0] + 1,
            "end": ends[1] + 1,
            "moment": midnight,
        }
        cursor.execute(_REACHED, bounds)
        reached = cursor.fetchone()
    if reached is None:
        return None
    seen = visible_messages(viewer, conversation_id).filter(seq__gte=reached[0]).exclude(kind=Message.Kind.CHANGE)
    return seen.order_by("seq").values_list("seq", flat=True).first()


def thread(viewer: Viewer, conversation_id: int, root: int) -> list[Item]:
    """A message and all answers in its thread, in order, at most 500; empty where there is no such message in sight."""
    seen = visible_messages(viewer, conversation_id)
    rows = list(seen.filter(Q(seq=root) | Q(thread_seq=root)).exclude(kind=Message.Kind.CHANGE).order_by("seq")[:500])
    return items_of(rows, seen)


def pinned(viewer: Viewer, conversation_id: int) -> list[Item]:
    """What was pinned in a conversation, the newest pin first, at most 50."""
    seen = visible_messages(viewer, conversation_id)
    return items_of(list(seen.filter(pinned_at__isnull=False).order_by("-pinned_at")[:50]), seen)


def one_message(viewer: Viewer, conversation_id: int, seq: int) -> Item | None:
    """One message as it looks now; None for whoever does not see it."""
    seen = visible_messages(viewer, conversation_id)
    return next(iter(items_of(list(seen.filter(seq=seq, kind=Message.Kind.TEXT)), seen)), None)


@dataclass(frozen=True, slots=True)
class Version:
    """How a message read until a moment."""

    html: str
    until: datetime


def versions(viewer: Viewer, conversation_id: int, seq: int) -> list[Version]:
    """How a message in the viewer's sight read before it was edited, the newest first."""
    if not visible_messages(viewer, conversation_id).filter(seq=seq, hidden_at=None).exists():
        return []
    rows = EarlierText.objects.filter(conversation_id=conversation_id, seq=seq).order_by("-until", "-pk")
    return [Version(message_html(row.body), row.until) for row in rows]


def was_said(viewer: Viewer, conversation_id: int, client_id: UUID) -> bool:
    """Whether the viewer's message with this client id is stored here already. One query."""
    mine = visible_messages(viewer, conversation_id).filter(sender_id=viewer.person_id or 0, client_id=client_id)
    return mine.exists()
