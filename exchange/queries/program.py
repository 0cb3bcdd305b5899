"""What the page of a workshop, and that of its hosts, show of the programme and the materials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone

from exchange.models import Material, Registration, Session, SessionSpeaker, Workshop
from exchange.policies.program import visible_materials, visible_sessions
from exchange.policies.timetable import Speaker, clashes, outside
from exchange.policies.workshops import hosts_of
from tenancy.models import Person
from tenancy.policies.people import visible_memberships, visible_people
from tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Track:
    """What runs in one track of a band, in order."""

    name: str
    sessions: list[Session]


@dataclass(frozen=True, slots=True)
class Band:
    """Sessions that overlap: one alone, or several tracks side by side."""

    starts_at: datetime
    tracks: list[Track]

    @property
    def single(self) -> Session | None:
        """The one session, where nothing runs beside it."""
        one = self.tracks[0].sessions
        return one[0] if len(self.tracks) == 1 and len(one) == 1 else None


@dataclass(frozen=True, slots=True)
class Day:
    """The programme of one day."""

    day: date
    bands: list[Band] = field(default_factory=list)


def sessions_of(viewer: Viewer, workshop: Workshop) -> list[Session]:
    """The programme in order; ``may_see`` of a speaker says whether their name leads to their page. Two queries."""
    seen = Exists(visible_people(viewer).filter(pk=OuterRef("person_id")))
    speakers = SessionSpeaker.objects.select_related("person").annotate(may_see=seen).order_by("position", "id")
    rows = visible_sessions(viewer).filter(workshop=workshop).prefetch_related(Prefetch("speakers", queryset=speakers))
    return list(rows.order_by("starts_at", "track", "id"))


def _bands(sessions: Sequence[Session]) -> list[Band]:
    bands: list[list[Session]] = []
    until: datetime | None = None
    for session in sessions:
        ends = session.ends_at or session.starts_at + timedelta(minutes=1)
        if until is not None and session.starts_at < until:
            bands[-1].append(session)
            until = max(until, ends)
        else:
            bands.append([session])
            until = ends
    return [Band(band[0].starts_at, _tracks(band)) for band in bands]


def _tracks(band: Iterable[Session]) -> list[Track]:
    tracks: dict[str, list[Session]] = {}
    for session in band:
        tracks.setdefault(session.track, []).append(session)
    return [Track(name, sessions) for name, sessions in sorted(tracks.items())]


def by_day(sessions: Sequence[Session]) -> list[Day]:
    """The programme, a day at a time."""
    days: dict[date, list[Session]] = {}
    for session in sessions:
        days.setdefault(timezone.localtime(session.starts_at).date(), []).append(session)
    return [Day(day, _bands(rows)) for day, rows in sorted(days.items())]


def days_of(workshop: Workshop, *, most: int = 31) -> list[date]:
    """The days on which it takes place."""
    first, last = timezone.localtime(workshop.starts_at).date(), timezone.localtime(workshop.ends_at).date()
    return [first + timedelta(days=n) for n in range(min(most, (last - first).days + 1))]


@dataclass(frozen=True, slots=True)
class Point:
    """A session as its hosts see it, with what is wrong about it by now."""

    session: Session
    problems: list[str]


def points_of(workshop: Workshop, sessions: Sequence[Session]) -> dict[date, list[Point]]:
    """The programme of the hosts' page, by day: every session with what clashes, or lies outside."""
    days: dict[date, list[Point]] = {}
    for session in sessions:
        problems = list(outside(workshop, session).values())
        problems += clashes(session, session.speakers.all(), sessions).values()
        days.setdefault(timezone.localtime(session.starts_at).date(), []).append(Point(session, problems))
    return dict(sorted(days.items()))


def contact_of(viewer: Viewer, workshop: Workshop) -> tuple[Person | None, bool]:
    """Who is named as contact, and whether the viewer may see that person's page. One query, or none."""
    if workshop.contact_person_id is None:
        return None, False
    seen = Exists(visible_people(viewer).filter(pk=OuterRef("pk")))
    person = Person.objects.filter(pk=workshop.contact_person_id).annotate(may_see=seen).first()
    return person, bool(getattr(person, "may_see", False))


def materials_of(viewer: Viewer, workshop: Workshop) -> list[Material]:
    """What the viewer may read before and after, in order. One query."""
    return list(visible_materials(viewer).filter(workshop=workshop).order_by("id"))


def material_to_hand_out(viewer: Viewer, workshop_id: int, key: UUID) -> Material | None:
    """The file with this key, if the viewer may read it. One query."""
    return visible_materials(viewer).filter(workshop_id=workshop_id, key=key).first()


# --- people to choose from ------------------------------------------------------------------------------------------


def contact_choices(viewer: Viewer, network_ids: Sequence[int], named: int | None = None) -> list[tuple[int, str]]:
    """The people of these networks whom the viewer sees, and who is named already. One query."""
    rows = visible_memberships(viewer).filter(network_id__in=list(network_ids))
    rows = rows.select_related("person", "network__municipality").order_by("person__sort_key", "person_id")
    found = {m.person_id: f"{m.person.name}, {m.network.municipality.name}" for m in rows[:500]}
    if named is not None and named not in found:
        found |= {person.pk: person.name for person in visible_people(viewer).filter(pk=named)} or {named: "…"}
    return list(found.items())


def candidates(viewer: Viewer, workshop: Workshop) -> dict[str, Speaker]:
    """Who can be chosen to speak, by „Name, Stadt“: the people of the hosts, who comes, and who speaks already.

    Two people of one name and town cannot be told apart, so neither is offered. Three queries.
    """
    found: dict[str, set[Speaker]] = {}

    def offer(person_id: int, name: str, town: str) -> None:
        found.setdefault(f"{name}, {town}" if town else name, set()).add(Speaker(person_id, "", town))

    members = visible_memberships(viewer).filter(network_id__in=hosts_of(workshop))
    for member in members.select_related("person", "network__municipality")[:500]:
        offer(member.person_id, member.person.name, member.network.municipality.name)
    seats = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT)
    for seat in seats.select_related("person", "network__municipality")[:500]:
        offer(seat.person_id, seat.person.name, seat.network.municipality.name)
    speaking = SessionSpeaker.objects.filter(session__workshop=workshop, person__isnull=False)
    for one in speaking.select_related("person"):
        offer(one.person_id or 0, one.shown, one.organisation)
    return {label: next(iter(people)) for label, people in sorted(found.items()) if len(people) == 1}
