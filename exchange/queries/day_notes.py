"""What speaks against a day: holidays of every Land concerned, councils, other workshops, and one's own seats."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone
from django.utils.translation import get_language

from exchange.free_days import LandDay, in_lands
from exchange.models import CouncilDay, Workshop, WorkshopHost
from exchange.policies.dates import visible_council_days
from exchange.policies.workshops import own_registrations, visible_workshops
from tenancy.models import Network
from tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Concerned:
    """The cities for which a date is looked for, with their Länder in the order of their names."""

    networks: list[Network]

    @property
    def ids(self) -> list[int]:
        return [network.pk for network in self.networks]

    @property
    def lands(self) -> dict[str, str]:
        """Code → name of each Land."""
        lands = {n.municipality.state_id: n.municipality.state.name for n in self.networks}
        return dict(sorted(lands.items(), key=lambda land: land[1]))


@dataclass(frozen=True, slots=True)
class Rest:
    """A holiday, and where: ``partly`` in parts of the Land only."""

    name: str
    lands: tuple[str, ...]
    partly: bool = False


@dataclass(slots=True)
class DayNotes:
    """What one day is for those concerned. ``beyond`` names the Länder whose school holidays nobody knows yet."""

    day: datetime.date
    public: list[Rest] = field(default_factory=list)
    school: list[Rest] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    councils: list[CouncilDay] = field(default_factory=list)
    workshops: list[Workshop] = field(default_factory=list)
    own: list[Workshop] = field(default_factory=list)

    @property
    def is_weekend(self) -> bool:
        return self.day.weekday() >= 5

    @property
    def others(self) -> list[Workshop]:
        """The workshops of the cities in which the viewer has no place."""
        own = {workshop.pk for workshop in self.own}
        return [workshop for workshop in self.workshops if workshop.pk not in own]

    @property
    def is_clear(self) -> bool:
        """Nothing that we know of speaks against it."""
        return not (self.is_weekend or self.public or self.school or self.councils or self.workshops or self.own)

    @property
    def is_quiet(self) -> bool:
        """Not a word is to be said of it."""
        return self.is_clear and not self.beyond


def _rests(days: Sequence[LandDay], lands: dict[str, str]) -> tuple[list[Rest], list[Rest]]:
    """Holidays of a day, each once with all its Länder."""
    public: dict[tuple[str, bool], list[str]] = defaultdict(list)
    school: dict[str, list[str]] = defaultdict(list)
    for day in days:
        if day.public is not None:
            public[day.public.name, day.public.partly].append(lands[day.land])
        if day.school is not None:
            school[day.school.name].append(lands[day.land])
    return (
        [Rest(name, tuple(where), partly) for (name, partly), where in public.items()],
        [Rest(name, tuple(where)) for name, where in school.items()],
    )


def _workshops_between(
    viewer: Viewer, concerned: Concerned, first: datetime.date, last: datetime.date, but: int | None
) -> list[Workshop]:
    """Those of the cities that the viewer sees, drafts too, with their hosts. Two queries."""
    since, until = (
        timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        for day in (first, last + datetime.timedelta(days=1))
    )
    accepted = WorkshopHost.objects.filter(state=WorkshopHost.State.ACCEPTED)
    hosted = accepted.filter(workshop=OuterRef("pk"), network__in=concerned.ids)
    rows = visible_workshops(viewer).filter(Exists(hosted), starts_at__lt=until, ends_at__gt=since)
    hosts = Prefetch("hosts", accepted.select_related("network__municipality").order_by("id"), to_attr="accepted")
    rows = rows.exclude(state=Workshop.State.CANCELLED)
    if but is not None:
        rows = rows.exclude(pk=but)
    return list(rows.prefetch_related(hosts).order_by("starts_at", "id")[:200])


def _own_between(viewer: Viewer, first: datetime.date, last: datetime.date) -> list[Workshop]:
    """What the viewer has a place in, or waits for. One query."""
    since, until = (
        timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        for day in (first, last + datetime.timedelta(days=1))
    )
    places = own_registrations(viewer).filter(workshop=OuterRef("pk"))
    rows = visible_workshops(viewer).filter(Exists(places), starts_at__lt=until, ends_at__gt=since)
    return list(rows.exclude(state=Workshop.State.CANCELLED).order_by("starts_at", "id")[:100])


def _on(workshop: Workshop, day: datetime.date) -> bool:
    starts, ends = timezone.localtime(workshop.starts_at), timezone.localtime(workshop.ends_at)
    return starts.date() <= day <= ends.date()


def notes_for(
    viewer: Viewer, concerned: Concerned, days: Iterable[datetime.date], *, but_workshop: int | None = None
) -> dict[datetime.date, DayNotes]:
    """What speaks against each day, as far as the viewer may know it. Four queries, none where there are no days."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    first, last = wanted[0], wanted[-1]
    language, lands = get_language() or "de", concerned.lands
    councils: dict[datetime.date, list[CouncilDay]] = defaultdict(list)
    rows = visible_council_days(viewer).filter(network__in=concerned.ids, day__in=wanted)
    for row in rows.select_related("network__municipality"):
        councils[row.day].append(row)
    others = _workshops_between(viewer, concerned, first, last, but_workshop)
    own = _own_between(viewer, first, last)
    found = {}
    for day in wanted:
        in_each = in_lands(lands, day, language=language)
        public, school = _rests(in_each, lands)
        found[day] = DayNotes(
            day=day,
            public=public,
            school=school,
            beyond=[lands[land.land] for land in in_each if land.unknown],
            councils=councils[day],
            workshops=[w for w in others if _on(w, day)],
            own=[w for w in own if _on(w, day)],
        )
    return found


#: So many days are proposed at most.
SPAN = 120


def days_between(first: datetime.date, last: datetime.date, weekdays: Iterable[int]) -> list[datetime.date]:
    """The days of these weekdays (Monday is 0), first and last included, 120 days on at most."""
    wanted = set(weekdays)
    span = min((last - first).days, SPAN)
    days = (first + datetime.timedelta(days=n) for n in range(span + 1))
    return [day for day in days if day.weekday() in wanted]
