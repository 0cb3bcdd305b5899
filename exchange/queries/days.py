"""What the pages of the day show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.models import Attendance, Registration, Workshop
from exchange.policies.days import Day, begun_days, visible_attendance
from exchange.policies.workshops import visible_registrations
from tenancy.viewer import Viewer
from toolkit.past_sight import answer_of


@dataclass(frozen=True, slots=True)
class Ticked:
    """Somebody with a seat, and whether they were there."""

    place: Registration
    row: Attendance | None


@dataclass(frozen=True, slots=True)
class AttendanceList:
    """The list of a day. ``people`` are those whose name fits what is looked for; the numbers are of all."""

    day: Day
    days: list[Day]
    people: list[Ticked]
    there: int
    seats: int


def attendance_list(
    viewer: Viewer, workshop: Workshop, wanted: str = "", q: str = "", *, at: datetime
) -> AttendanceList | None:
    """The list of a day (``wanted`` is its date, else the latest that has begun), for hosts; None before it opens.

    Two queries.
    """
    days = begun_days(workshop, at)
    if not days:
        return None
    day = next((day for day in days if day.date.isoformat() == wanted), days[-1])
    rows = visible_registrations(viewer, workshop, None).filter(state=Registration.State.SEAT)
    places = list(rows.select_related("person", "network__municipality").order_by("person__sort_key", "id"))
    found = {row.registration_id: row for row in visible_attendance(viewer).filter(workshop=workshop, day=day.date)}
    words = q.casefold().split()
    return AttendanceList(
        day=day,
        days=days,
        people=[Ticked(p, found.get(p.pk)) for p in places if _fits(p, words)],
        there=sum(1 for place in places if place.pk in found),
        seats=len(places),
    )


def _fits(place: Registration, words: Sequence[str]) -> bool:
    text = f"{place.person.name} {place.network.municipality.name}".casefold()
    return all(word in text for word in words)


def own_attendance(viewer: Viewer, workshop: Workshop) -> list[Attendance]:
    """The days on which the viewer was there. One query, none for visitors."""
    if not viewer.signed_in:
        return []
    return list(visible_attendance(viewer).filter(workshop=workshop, person_id=viewer.someone).order_by("day"))


def door_generation(workshop: Workshop) -> int:
    """The number that the code at the door is made with. One query."""
    return int(answer_of("exchange_door_generation", workshop.pk) or 0)
