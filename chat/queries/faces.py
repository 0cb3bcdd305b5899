"""What is shown of a person beside a message: name, letters, city and its hue. One query for all of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from tenancy.models import Membership, Person
from toolkit.art import tone_of


@dataclass(frozen=True, slots=True)
class Face:
    """How a person looks in the chat. ``place`` is empty for those who belong to no city."""

    id: int
    name: str
    initials: str
    place: str
    hue: str
    active: bool


def with_place(people: QuerySet[Person]) -> QuerySet[Person]:
    """People with ``place`` and ``ags`` of the city that they first joined and are still in."""
    seat = Membership.objects.filter(person=OuterRef("pk"), ended_on=None).order_by("started_on", "pk")
    return people.annotate(
        place=Subquery(seat.values("network__municipality__name")[:1]),
        ags=Subquery(seat.values("network__municipality_id")[:1]),
    )


def face_of(person: Person) -> Face:
    """The face of a person that came through ``with_place``."""
    ags: str | None = getattr(person, "ags", None)
    return Face(
        id=person.pk,
        name=person.name,
        initials=person.initials,
        place=getattr(person, "place", None) or "",
        hue=tone_of(ags) if ags else "blue",
        active=person.is_active,
    )


def faces_of(person_ids: Iterable[int | None]) -> dict[int, Face]:
    """Faces by person number; one query, none for nobody."""
    numbers = {number for number in person_ids if number is not None}
    if not numbers:
        return {}
    people = with_place(Person.objects.filter(pk__in=numbers)).only("given_name", "family_name", "is_active")
    return {person.pk: face_of(person) for person in people}
