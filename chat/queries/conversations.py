"""What the list of conversations and the pages of one show. Each function has a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext as _

from chat import room_rules, wall
from chat.models import Conversation, Message, Participant
from chat.policies import OWNED, has_blocked, listeners_of, may_join_room, visible_conversations
from chat.queries.faces import Face, face_of, faces_of, with_place
from chat.queries.files import line_of
from chat.wire import Beat
from tenancy.models import Person
from tenancy.viewer import Viewer
from toolkit.acting import acting_as
from toolkit.pagination import Page, page_by_key

#: More unread messages than this are shown as „99+“, and not counted.
UNREAD_MAX = 99
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Glance:
    """A conversation as lists show it. ``line`` is the last message in one line, ``unread`` at most 100.

    ``named``: something unread names the viewer; ``archived``: put away, and nothing brought it back.
    """

    id: int
    kind: str
    title: str
    place: str
    initials: str
    hue: str
    line: str
    at: datetime
    unread: int
    muted: bool
    head: int
    url: str
    favourite: bool = False
    named: bool = False
    archived: bool = False
    announces: bool = False

    @property
    def unread_text(self) -> str:
        return f"{UNREAD_MAX}+" if self.unread > UNREAD_MAX else str(self.unread)


def _newer(viewer: Viewer) -> QuerySet[Message]:
    """What others wrote after the viewer's mark, in the conversation of the outer query."""
    return Message.objects.filter(
        conversation=OuterRef("pk"),
        seq__gt=Greatest(OuterRef("read_seq"), OuterRef("joined_seq")),
        kind=Message.Kind.TEXT,
    ).exclude(sender_id=viewer.person_id)


def unread_total(viewer: Viewer) -> int:
    """How many conversations hold something unread, silent ones left out. One query."""
    if viewer.person_id is None:
        return 0
    with acting_as(viewer):
        return wall.my_unread_total()


def _unread(viewer: Viewer) -> Coalesce:
    """How many messages of the outer conversation are unread; counted up to 100, so a long log costs no more."""
    bounded = _newer(viewer).filter(seq__lte=Greatest(OuterRef("read_seq"), OuterRef("joined_seq")) + UNREAD_MAX + 1)
    return Coalesce(Subquery(bounded.order_by().values("conversation").annotate(n=Count("pk")).values("n")), 0)


def _listed(viewer: Viewer) -> QuerySet[Conversation]:
    last = Message.objects.filter(
        conversation=OuterRef("pk"),
        seq__gt=OuterRef("joined_seq"),
        kind=Message.Kind.TEXT,
        hidden_at=None,
    ).order_by("-seq")
    return visible_conversations(viewer).annotate(last_message=Subquery(last.values("pk")[:1]), unread=_unread(viewer))


def _glances(viewer: Viewer, rows: list[Any]) -> list[Glance]:
    """Two queries more, for any number of rows: the last messages, and the people."""
    messages = {
        message.conversation_id: message
        for message in Message.objects.filter(pk__in=[row.last_message for row in rows if row.last_message])
    }
    others = {
        number: person_id
        for row in rows
        if row.kind == Conversation.Kind.DIRECT and (number := row.pk)
        for person_id in [other_of(row.direct_key, viewer.person_id)]
    }
    faces = faces_of([*others.values(), *(message.sender_id for message in messages.values())])
    return [_glance(viewer, row, messages.get(row.pk), faces, others.get(row.pk)) for row in rows]


def other_of(direct_key: str, person_id: int | None) -> int:
    """The other of the two in a direct conversation."""
    low, high = (int(part) for part in direct_key.split(":"))
    return high if low == person_id else low


def _glance(viewer: Viewer, row: Any, last: Message | None, faces: dict[int, Face], other: int | None) -> Glance:
    line = line_of(last, limit=80) if last else ""
    sender = faces.get(last.sender_id) if last and last.sender_id else None
    if last and last.sender_id == viewer.person_id:
        line = _("Sie: %(line)s") % {"line": line}
    elif sender and row.kind != Conversation.Kind.DIRECT:
        line = f"{sender.name.split(' ')[0]}: {line}"
    face = faces.get(other) if other else None
    return Glance(
        id=row.pk,
        kind=row.kind,
        title=face.name if face else row.title,
        place=face.place if face else "",
        initials=face.initials if face else "",
        hue=face.hue if face else tone_for(row),
        line=line,
        at=row.last_at,
        unread=row.unread,
        muted=row.muted,
        head=row.head,
        url=reverse("chat:conversation", kwargs={"pk": row.pk}),
        favourite=row.favourite,
        named=row.mention_seq > row.read_seq,
        archived=row.archived_seq is not None and (row.muted or row.head <= row.archived_seq),
        announces=row.writers == Conversation.Writers.OWNERS,
    )


#: Put away: nothing has come since, or it is silent.
ARCHIVED = Q(archived_seq__isnull=False) & (Q(muted=True) | Q(head__lte=F("archived_seq")))


def tone_for(conversation: Conversation) -> str:
    """The hue of a room's or group's tile, always the same."""
    from toolkit.art import tone_of

    return tone_of(conversation.title)


def conversation_page(
    viewer: Viewer, mark: str = "", *, size: int = PAGE_SIZE, archived: bool = False
) -> tuple[list[Glance], Page[Any]]:
    """The viewer's conversations, the liveliest first, and the page they came from. Three queries.

    Without those that were put away, or (``archived``) only those. Direct conversations in which nobody has said
    anything yet are left out.
    """
    rows = _listed(viewer).exclude(kind=Conversation.Kind.DIRECT, head=0)
    rows = rows.filter(ARCHIVED) if archived else rows.exclude(ARCHIVED)
    page = page_by_key(rows, ("-last_at", "-id"), mark, size=size)
    return _glances(viewer, page.items), page


def latest_conversations(viewer: Viewer, limit: int) -> list[Glance]:
    """The liveliest conversations for the start page. Three queries."""
    return conversation_page(viewer, size=limit)[0]


def titles_of(viewer: Viewer, numbers: Collection[int]) -> dict[int, str]:
    """What conversations are called for the viewer, by number; those one is not in are left out. Two queries."""
    rows = list(visible_conversations(viewer).filter(pk__in=numbers))
    others = {row.pk: other_of(row.direct_key, viewer.person_id) for row in rows if row.direct_key}
    faces = faces_of(others.values())
    return {row.pk: faces[others[row.pk]].name if row.pk in others else row.title for row in rows}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a conversation, for the details beside it."""

    face: Face
    itself: bool
    owner: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """One conversation with all that stands around its log."""

    id: int
    kind: str
    title: str
    place: str
    initials: str
    hue: str
    head: int
    joined_seq: int
    read_seq: int
    muted: bool
    member_count: int
    place_count: int
    members: tuple[Member, ...]
    link: str
    other_id: int | None
    about: str = ""
    favourite: bool = False
    archived: bool = False
    announces: bool = False
    is_owner: bool = False
    blocked: bool = False
    open_to: int | None = None

    @property
    def has_owners(self) -> bool:
        return self.kind in OWNED

    @property
    def more_members(self) -> int:
        return max(0, self.member_count - len(self.members))


MEMBERS_SHOWN = 12


def conversation_details(viewer: Viewer, conversation_id: int) -> tuple[Conversation, Details]:
    """The conversation and what stands around it; ``Conversation.DoesNotExist`` for whoever is not in it.

    Three queries: the conversation, how many are in it from how many cities, and the first of them by name.
    """
    row: Any = visible_conversations(viewer).get(pk=conversation_id)
    listeners = listeners_of(row.pk)
    counted = listeners.aggregate(
        people=Count("person", distinct=True),
        places=Count(
            "person__memberships__network__municipality",
            filter=Q(person__memberships__ended_on=None),
            distinct=True,
        ),
    )
    who = Participant.objects.filter(conversation_id=row.pk, left_seq=None)
    owns = who.filter(person=OuterRef("pk"), role=Participant.Role.OWNER)
    shown: Any = with_place(Person.objects.filter(pk__in=who.values("person_id")).annotate(owns=Exists(owns)))
    people: list[Any] = list(shown.order_by("-is_active", "-owns", "sort_key", "pk")[:MEMBERS_SHOWN])
    faces = [face_of(person) for person in people]
    members = tuple(
        Member(face, face.id == viewer.person_id, owner=person.owns)
        for person, face in zip(people, faces, strict=True)
        if face.active
    )
    other_id = other_of(row.direct_key, viewer.person_id) if row.direct_key else None
    other = next((face for face in faces if face.id == other_id), None)
    return row, Details(
        id=row.pk,
        kind=row.kind,
        title=other.name if other else row.title,
        place=other.place if other else "",
        initials=other.initials if other else "",
        hue=other.hue if other else tone_for(row),
        head=row.head,
        joined_seq=row.joined_seq,
        read_seq=row.read_seq,
        muted=row.muted,
        member_count=counted["people"],
        place_count=counted["places"],
        members=members,
        link=room_rules.link_to(row.subject_kind, row.subject_id) if row.kind == Conversation.Kind.ROOM else "",
        other_id=other_id,
        about=row.about,
        favourite=row.favourite,
        archived=row.archived_seq is not None and (row.muted or row.head <= row.archived_seq),
        announces=row.writers == Conversation.Writers.OWNERS,
        is_owner=row.role == Participant.Role.OWNER,
        blocked=other_id is not None and has_blocked(viewer, other_id),
        open_to=row.open_to,
    )


@dataclass(frozen=True, slots=True)
class Door:
    """A room that one may enter, as it looks from outside."""

    id: int
    title: str
    about: str = ""
    members: int | None = None
    announces: bool = False


def room_to_join(viewer: Viewer, conversation_id: int) -> Door | None:
    """The room with this number if the viewer may enter it and is not in it, else None."""
    for topic in wall.topics(conversation_id):
        return Door(topic.id, topic.title, topic.about, topic.members, announces=topic.announces)
    room = wall.room_at(conversation_id)
    if room is None or not may_join_room(viewer, room):
        return None
    return Door(room.id, room_rules.title_for(viewer, room.subject_kind, room.subject_id))


def beat_of(viewer: Viewer) -> Beat:
    """How everything of the viewer stands: last numbers, unread messages, unread conversations. Two queries."""
    if viewer.person_id is None:
        return Beat(heads={}, unread={}, count=0)
    with acting_as(viewer):
        heads, news = wall.my_heads(), wall.my_unread(UNREAD_MAX + 1)
    unread = [one for one in news if one.messages]
    return Beat(
        heads=heads,
        unread={one.conversation_id: one.messages for one in unread},
        count=sum(1 for one in unread if not one.muted),
        mentioned=[one.conversation_id for one in news if one.named],
    )
