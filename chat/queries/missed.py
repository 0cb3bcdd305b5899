"""What somebody missed while they were away, read as themselves: only what they may see now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from chat.models import ChatWish, Conversation, Message, MissedTold, Participant
from chat.policies import findable_messages, visible_conversations
from chat.queries.conversations import titles_of
from chat.queries.faces import faces_of
from chat.queries.files import line_of
from tenancy.viewer import Viewer

#: What is older is history: nobody is told of it by mail.
FRESH = timedelta(days=3)
#: So many conversations stand in one mail, and so many messages of each.
CONVERSATIONS = 10
LINES = 3
COUNTED = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One message in one line."""

    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """What was missed in one conversation: how many (at most 100), the newest of them, and up to which number."""

    conversation_id: int
    title: str
    is_direct: bool
    count: int
    lines: tuple[Line, ...]
    up_to: int
    oldest: datetime


def away_for() -> timedelta:
    """So long nothing was read before somebody counts as away."""
    return timedelta(minutes=settings.CHAT_AWAY_MINUTES)


def wish_of(viewer: Viewer) -> ChatWish:
    """What the viewer wishes in the chat; the defaults where they never said anything. One query."""
    return ChatWish.objects.filter(person_id=viewer.someone).first() or ChatWish(person_id=viewer.someone)


def was_here(viewer: Viewer, since: datetime) -> bool:
    """Whether the viewer has read anything in the chat since then."""
    return Participant.objects.filter(person_id=viewer.someone, read_at__gt=since).exists()


def missed_by(
    viewer: Viewer, now: datetime, wish: ChatWish, *, by: Literal["seq", "pushed"] = "seq", fresh: timedelta = FRESH
) -> list[Missed]:
    """What the viewer was not told yet (by mail, or in their browsers) and would want to be, the liveliest first.

    Direct conversations and groups, rooms where it is wished; of silent ones, and of rooms, what names the viewer.
    """
    told = MissedTold.objects.filter(person_id=viewer.someone, conversation_id=OuterRef("pk")).values(by)
    rows = (
        visible_conversations(viewer)
        .annotate(
            since=Greatest("read_seq", "joined_seq", Coalesce(Subquery(told), Value(0))),
            named=F("participants__mention_seq"),
            silent=F("participants__muted"),
        )
        .filter(last_at__gt=now - fresh, head__gt=F("since"))
        .order_by("-last_at", "-pk")
    )
    kinds = list(Conversation.Kind) if wish.mail_rooms else [Conversation.Kind.DIRECT, Conversation.Kind.GROUP]
    places = list(rows.filter(Q(muted=False, kind__in=kinds) | Q(named__gt=F("since")))[:CONVERSATIONS])
    found: list[tuple[Conversation, list[Message]]] = []
    for place in places:
        messages = findable_messages(viewer).filter(
            conversation_id=place.pk,
            seq__gt=place.since,
            created_at__gt=now - fresh,
        )
        messages = messages.exclude(sender_id=viewer.someone)
        if place.silent or place.kind not in kinds:
            messages = messages.filter(Q(mentions__contains=[viewer.someone]) | Q(mentions_all=True))
        newest = list(messages.order_by("-seq")[:COUNTED])
        if newest:
            found.append((place, newest))
    return _told(viewer, found)


def _told(viewer: Viewer, found: Sequence[tuple[Conversation, list[Message]]]) -> list[Missed]:
    titles = titles_of(viewer, [place.pk for place, _ in found])
    faces = faces_of(message.sender_id for _, newest in found for message in newest[:LINES])
    return [
        Missed(
            conversation_id=place.pk,
            title=titles[place.pk],
            is_direct=place.kind == Conversation.Kind.DIRECT,
            count=len(newest),
            lines=tuple(
                Line(
                    name=faces[message.sender_id].name if message.sender_id in faces else "",
                    text=line_of(message, limit=160),
                    at=message.created_at,
                )
                for message in reversed(newest[:LINES])
            ),
            up_to=newest[0].seq,
            oldest=newest[-1].created_at,
        )
        for place, newest in found
    ]


@dataclass(frozen=True, slots=True)
class Named:
    """The last message that names somebody in a conversation, which they have not read."""

    conversation_id: int
    title: str
    name: str
    seq: int
    url: str


def read_mentions(viewer: Viewer, since: datetime) -> list[int]:
    """Conversations, lively since then, in which the viewer was named and has read it. One query."""
    # Annotated and not filtered by: a second filter would ask any seat of the conversation.
    rows = visible_conversations(viewer).annotate(named=F("participants__mention_seq"))
    return list(rows.filter(last_at__gt=since, named__gt=0, named__lte=F("read_seq")).values_list("pk", flat=True))


def named_in(viewer: Viewer, *, since: datetime, before: datetime) -> list[Named]:
    """Where the viewer was named ``before`` a moment, has not read it, and is not told of it among the notices yet."""
    noted = MissedTold.objects.filter(person_id=viewer.someone, conversation_id=OuterRef("pk")).values("noted")
    rows = visible_conversations(viewer).annotate(
        named=F("participants__mention_seq"), told=Coalesce(Subquery(noted), Value(0))
    )
    rows = rows.filter(last_at__gt=since, named__gt=Greatest("read_seq", "joined_seq", "told"))
    places = {place.pk: place.named for place in rows.order_by("pk")}
    naming = [
        message
        for message in findable_messages(viewer).filter(
            conversation_id__in=places, seq__in=set(places.values()), created_at__lte=before
        )
        if places[message.conversation_id] == message.seq
    ]
    titles = titles_of(viewer, [message.conversation_id for message in naming])
    faces = faces_of(message.sender_id for message in naming)
    return [
        Named(
            conversation_id=message.conversation_id,
            title=titles[message.conversation_id],
            name=faces[message.sender_id].name if message.sender_id in faces else "",
            seq=message.seq,
            url=reverse("chat:conversation", kwargs={"pk": message.conversation_id})
            + f"?um={message.seq}#m{message.seq}",
        )
        for message in naming
    ]
