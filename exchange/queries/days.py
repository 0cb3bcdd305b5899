"""What the pages of the day show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from exchange.models import Attendance, CertificateBundle, Registration, Session, Workshop
from exchange.policies.days import Day, begun_days, visible_attendance, visible_bundles
from exchange.policies.workshops import visible_registrations
from tenancy.viewer import Viewer
from toolkit.past_sight import answer_of, rows_of


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


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who was there: their rows by day, at least one."""

    name: str
    city: str
    mode: str
    rows: list[Attendance]


def present(viewer: Viewer, workshop: Workshop, *, person_id: int | None = None) -> list[Present]:
    """Who was there, by name; only one of them with ``person_id``. One query."""
    rows = visible_attendance(viewer).filter(workshop=workshop)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    known = rows.select_related("person", "registration__network__municipality")
    found: dict[int, list[Attendance]] = {}
    for row in known.order_by("person__sort_key", "person_id", "day"):
        found.setdefault(row.registration_id, []).append(row)
    return [
        Present(
            name=rows[0].person.name,
            city=rows[0].registration.network.municipality.name,
            mode=rows[0].registration.mode,
            rows=rows,
        )
        for rows in found.values()
    ]


@dataclass(frozen=True, slots=True)
class Hours:
    """A day as it was, by the programme where there is one; ``minutes`` without the breaks."""

    day: Day
    minutes: int


def hours_of(days: Sequence[Day], sessions: Sequence[Session]) -> list[Hours]:
    """The hours of days: from the first to the last point of the programme, without its breaks; else the day's own.

    A point without an end lasts until the next one begins, the last one until the day ends.
    """
    return [_hours_of(day, [p for p in sessions if timezone.localtime(p.starts_at).date() == day.date]) for day in days]


def _hours_of(day: Day, points: Sequence[Session]) -> Hours:
    starts = sorted(point.starts_at for point in points)
    spans = [(p, p.ends_at or next((start for start in starts if start > p.starts_at), day.ends)) for p in points]
    begins, ends = day.begins, day.ends
    if spans:
        begins, ends = starts[0], max(*(end for _point, end in spans), starts[0])
    pauses = [(p.starts_at, end) for p, end in spans if p.kind == Session.Kind.BREAK]
    known = replace(day, begins=timezone.localtime(begins), ends=timezone.localtime(ends))
    return Hours(known, int((ends - begins - _together(pauses)).total_seconds()) // 60)


def _together(spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """How long spans last together, what overlaps counted once."""
    total, until = timedelta(), None
    for begins, ends in sorted(spans):
        since = begins if until is None else max(begins, until)
        total += max(ends - since, timedelta())
        until = ends if until is None else max(until, ends)
    return total


def newest_bundle(viewer: Viewer, workshop: Workshop) -> CertificateBundle | None:
    """The file with everybody's certificates that was asked for last. One query."""
    return visible_bundles(viewer).filter(workshop=workshop).order_by("-id").first()


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate is a proof of; ``name`` for the hosts alone."""

    title: str
    days: list[date]
    cities: list[str]
    name: str


def certified(viewer: Viewer, code: str) -> Certified | None:
    """What the certificate with this code proves; None for a code of none. Two queries."""
    rows = rows_of("exchange_certified", code)
    if not rows:
        return None
    title, days, cities = rows[0]
    own = visible_attendance(viewer).filter(check_code=code).select_related("person").first()
    return Certified(title, days, cities, own.person.name if own else "")


def own_attendance(viewer: Viewer, workshop: Workshop) -> list[Attendance]:
    """The days on which the viewer was there. One query, none for visitors."""
    if not viewer.signed_in:
        return []
    return list(visible_attendance(viewer).filter(workshop=workshop, person_id=viewer.someone).order_by("day"))


def door_generation(workshop: Workshop) -> int:
    """The number that the code at the door is made with. One query."""
    return int(answer_of("exchange_door_generation", workshop.pk) or 0)
