"""Who can be written to, for the page that begins a conversation, and who can be named in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from chat.models import Participant
from chat.policies import listeners_of, nameable_people, reachable_people, visible_blocks
from chat.queries.faces import Face, face_of, faces_of, with_place
from tenancy.models import Person
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer
from toolkit.text import fold

SHOWN = 20


def people_to_write_to(viewer: Viewer, words: str = "", *, only: Iterable[int] | None = None) -> list[Face]:
    """At most 20 people the viewer sees and can write to, by name; ``words`` each begin a part of the name or city.

    With ``only``, those of the given numbers. One query.
    """
    seen = visible_people(viewer).exclude(pk=viewer.person_id or 0).values("pk")
    people = with_place(reachable_people().filter(pk__in=seen))
    if only is not None:
        people = people.filter(pk__in=list(only))
    for word in fold(words).split()[:5]:
        by_name = people.filter(search_key__contains=word).values("pk")
        by_city = people.filter(memberships__network__municipality__search_key__startswith=word).values("pk")
        people = people.filter(pk__in=by_name.union(by_city))
    shown = people.order_by("sort_key", "pk")
    return [face_of(person) for person in (shown if only is not None else shown[:SHOWN])]


def people_to_name(viewer: Viewer, conversation_id: int, words: str = "") -> list[Face]:
    """At most 20 people of a conversation, by name; ``words`` each begin a part of the name. Two queries."""
    people = with_place(nameable_people(viewer, conversation_id))
    for word in fold(words).split()[:5]:
        people = people.filter(Q(search_key__startswith=word) | Q(search_key__contains=f" {word}"))
    return [face_of(person) for person in people.order_by("sort_key", "pk")[:SHOWN]]


#: So many members stand on the page of all.
MEMBERS = 200


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody in a conversation, and whether they own it."""

    face: Face
    owner: bool
    itself: bool


def members_of_conversation(viewer: Viewer, conversation_id: int, words: str = "") -> list[Seated]:
    """At most 200 people who are in a conversation of the viewer's, owners first, then by name. One query."""
    seats = Participant.objects.filter(conversation_id=conversation_id, left_seq=None)
    owns = seats.filter(person=OuterRef("pk"), role=Participant.Role.OWNER)
    here = Person.objects.filter(pk__in=listeners_of(conversation_id).values("person_id"))
    people: Any = with_place(here.annotate(owns=Exists(owns)))
    for word in fold(words).split()[:5]:
        people = people.filter(search_key__contains=word)
    rows = people.order_by("-owns", "sort_key", "pk")[:MEMBERS]
    return [Seated(face_of(row), row.owns, row.pk == viewer.person_id) for row in rows]


def people_to_add(viewer: Viewer, conversation_id: int, words: str) -> list[Face]:
    """People the viewer sees, who are not in a conversation of theirs, and whom the words fit; nobody for no words."""
    if not words:
        return []
    here = set(listeners_of(conversation_id).values_list("person_id", flat=True))
    return [face for face in people_to_write_to(viewer, words) if face.id not in here]


def blocked_people(viewer: Viewer) -> list[Face]:
    """Whom the viewer has blocked, by name. Two queries."""
    numbers = visible_blocks(viewer).values_list("blocked_id", flat=True)
    return sorted(faces_of(numbers).values(), key=lambda face: face.name)
