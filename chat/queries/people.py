"""Who can be written to, for the page that begins a conversation, and who can be named in one."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from chat.policies import nameable_people, reachable_people
from chat.queries.faces import Face, face_of, with_place
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
