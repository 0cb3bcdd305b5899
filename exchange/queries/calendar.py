"""The calendar page: what there is in a month, a week or a day, whose own it is, and what of it meets at one time.

Its price is fixed: nine queries for somebody signed in, however much there is. Of a day with more than fits, the rest
is counted and shown on the page of that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exchange.free_days import public_holiday
from exchange.models import Workshop, WorkshopHost
from exchange.policies.formats import visible_formats
from exchange.policies.workshops import own_registrations, visible_workshops
from exchange.queries.narrowing import Choices, WorkshopFilter, choices_for, narrowed
from tenancy.viewer import Viewer

#: So many of a day are shown in the month, in the week and in the list; the rest is a link to the day.
MOST = {"monat": 4, "woche": 10, "liste": 20, "tag": 300}
VIEWS = ("monat", "woche", "liste", "tag")
#: So far (years) before and after today one can leaf; a crawler would leaf for ever.
REACH = (15, 10)


@dataclass(frozen=True, slots=True)
class Span:
    """What is looked at: a view, and a day in it. ``begins`` is its first day, ``ends`` the day after its last."""

    view: str
    day: date
    today: date

    @property
    def begins(self) -> date:
        if self.view == "woche":
            return self.day - timedelta(days=self.day.weekday())
        return self.day if self.view == "tag" else self.day.replace(day=1)

    @property
    def ends(self) -> date:
        if self.view == "woche":
            return self.begins + timedelta(days=7)
        if self.view == "tag":
            return self.day + timedelta(days=1)
        return (self.begins + timedelta(days=31)).replace(day=1)

    @property
    def first_shown(self) -> date:
        """The Monday with which the month's table begins; else the first day."""
        return self.begins - timedelta(days=self.begins.weekday()) if self.view == "monat" else self.begins

    @property
    def last_shown(self) -> date:
        """The day after the last that is shown."""
        return self.ends + timedelta(days=-self.ends.weekday() % 7) if self.view == "monat" else self.ends

    @property
    def earlier(self) -> date | None:
        """A day of the span before; None where leafing ends."""
        return self._within(self.begins - timedelta(days=1), first=True)

    @property
    def later(self) -> date | None:
        """The first day of the span after; None where leafing ends."""
        return self._within(self.ends)

    @property
    def holds_today(self) -> bool:
        return self.begins <= self.today < self.ends

    def _within(self, day: date, *, first: bool = False) -> date | None:
        if not _first_day(self.today) <= day <= _last_day(self.today):
            return None
        return Span(self.view, day, self.today).begins if first else day


def _first_day(today: date) -> date:
    return date(today.year - REACH[0], 1, 1)


def _last_day(today: date) -> date:
    return date(today.year + REACH[1], 12, 31)


def span_from(view: str, day: str, *, today: date) -> Span:
    """Read the span from an address; never raises. Unknown views are the month, unknown days are today."""
    try:
        # A month alone is its first day.
        wanted = date.fromisoformat(day if len(day) != 7 else f"{day}-01")
    except ValueError:
        wanted = today
    wanted = min(max(wanted, _first_day(today)), _last_day(today))
    return Span(view if view in VIEWS else "monat", wanted, today)


@dataclass(slots=True)
class Entry:
    """One workshop in the calendar. ``own`` is the state of the viewer's place, ``hosted`` their city's.

    ``clashes`` are the titles of other own ones at the same time.
    """

    pk: int
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    mode: str
    kind: str
    place: str
    hashtag: str = ""
    own: str = ""
    hosted: bool = False
    clashes: list[str] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        return bool(self.own) or self.hosted

    @property
    def counts(self) -> bool:
        """Whether it takes time: drafts and what was called off do not."""
        return self.state not in (Workshop.State.DRAFT, Workshop.State.CANCELLED)

    @property
    def kind_word(self) -> str:
        return str(Workshop.Kind(self.kind).label)

    @property
    def mode_word(self) -> str:
        return str(Workshop.Mode(self.mode).label)

    @property
    def last_day(self) -> date:
        # What ends at midnight does not touch the day that begins then.
        return timezone.localtime(self.ends_at - timedelta(microseconds=1)).date()

    @property
    def first_day(self) -> date:
        return timezone.localtime(self.starts_at).date()


@dataclass(frozen=True, slots=True)
class Day:
    """A day with what begins or goes on in it, one's own first; ``more`` did not fit."""

    day: date
    entries: list[Entry]
    more: int
    outside: bool
    holiday: str = ""

    @property
    def total(self) -> int:
        return len(self.entries) + self.more


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """The calendar as this viewer reads it: all days that are shown, in order, and what to narrow by."""

    span: Span
    days: list[Day]
    choices: Choices
    clashing: list[tuple[Entry, Entry]]
    total: int

    @property
    def weeks(self) -> list[list[Day]]:
        return [self.days[n : n + 7] for n in range(0, len(self.days), 7)]

    @property
    def busy(self) -> list[Day]:
        """The days on which there is anything."""
        return [day for day in self.days if day.entries]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _hosted(viewer: Viewer) -> Exists:
    return Exists(
        WorkshopHost.objects.filter(
            workshop=OuterRef("pk"), network__in=list(viewer.coordinates), state=WorkshopHost.State.ACCEPTED
        )
    )


def _entries(rows: QuerySet[Workshop], viewer: Viewer) -> list[Entry]:
    """Light rows, soonest first: thousands are read in one query and none is made an object of the model."""
    place = own_registrations(viewer).filter(workshop=OuterRef("pk")).values("state")[:1]
    rows = rows.annotate(own=Subquery(place), hosted=_hosted(viewer))
    names = ("pk", "title", "starts_at", "ends_at", "state", "mode", "kind", "place")
    found = rows.order_by("starts_at", "pk").values_list("format_id", "own", "hosted", *names)
    hashtags: dict[int, str] = {}
    listed = list(found)
    formats = {row[0] for row in listed} - {None}
    if formats:
        hashtags = dict(visible_formats(viewer).filter(pk__in=formats).values_list("pk", "hashtag"))
    return [
        Entry(pk, title, begins, ends, state, mode, kind, place, hashtags.get(number, ""), own or "", hosted)
        for number, own, hosted, pk, title, begins, ends, state, mode, kind, place in listed
    ]


def own_between(viewer: Viewer, begins: datetime, ends: datetime, *, but: int | None = None) -> list[Entry]:
    """The viewer's own that take time between two moments: places of any kind, and what their cities host.

    Two queries, none for visitors.
    """
    if not viewer.signed_in:
        return []
    rows = narrowed(visible_workshops(viewer), viewer, WorkshopFilter(mine=True))
    rows = rows.filter(starts_at__lt=ends, ends_at__gt=begins).exclude(pk=but or 0)
    rows = rows.exclude(state__in=[Workshop.State.DRAFT, Workshop.State.CANCELLED])
    return _entries(rows, viewer)


def clashes_among(own: list[Entry]) -> list[tuple[Entry, Entry]]:
    """What overlaps of one's own, which are sorted by beginning. One of two has to be a place of the viewer's.

    A city may host two things at one time, with two people.
    """
    found = []
    for place, one in enumerate(own):
        for other in own[place + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            if one.own or other.own:
                found.append((one, other))
    return found


def _mark(entries: Iterable[Entry], clashing: list[tuple[Entry, Entry]]) -> None:
    """Write into each entry the titles of what is at its time."""
    titles: dict[int, list[str]] = {}
    for one, other in clashing:
        titles.setdefault(one.pk, []).append(other.title)
        titles.setdefault(other.pk, []).append(one.title)
    for entry in entries:
        entry.clashes = titles.get(entry.pk, [])


def _by_day(entries: list[Entry], span: Span) -> dict[date, list[Entry]]:
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        day, last = max(entry.first_day, span.first_shown), min(entry.last_day, span.last_shown - timedelta(days=1))
        while day <= last:
            days.setdefault(day, []).append(entry)
            day += timedelta(days=1)
    return days


def _holiday(land: str, day: date) -> str:
    """The public holiday of a Land on a day, in the reader's language; empty where there is none."""
    found = public_holiday(land, day, language=get_language() or "de") if land else None
    if found is None:
        return ""
    return _("{holiday} (in Teilen des Landes)").format(holiday=found.name) if found.partly else found.name


def calendar_page(viewer: Viewer, wanted: WorkshopFilter, span: Span, *, land: str = "") -> CalendarPage:
    """Everything in sight in the days of the span, also drafts of one's own cities, and the holidays of a Land."""
    begins, ends = _midnight(span.first_shown), _midnight(span.last_shown)
    rows = narrowed(visible_workshops(viewer), viewer, wanted).filter(starts_at__lt=ends, ends_at__gt=begins)
    entries = _entries(rows, viewer)
    clashing = clashes_among(own_between(viewer, begins, ends))
    _mark(entries, clashing)
    most, by_day = MOST[span.view], _by_day(entries, span)
    days = []
    for number in range((span.last_shown - span.first_shown).days):
        day = span.first_shown + timedelta(days=number)
        there = sorted(by_day.get(day, []), key=lambda entry: (not entry.is_own, entry.starts_at, entry.pk))
        # One more would need the line that says that there is one more.
        shown = there if len(there) <= most else there[: most - 1]
        shown = sorted(shown, key=lambda entry: (entry.starts_at, entry.pk))
        outside = not span.begins <= day < span.ends
        days.append(Day(day, shown, len(there) - len(shown), outside, _holiday(land, day)))
    first, last = _midnight(span.begins), _midnight(span.ends)
    return CalendarPage(
        span=span,
        days=days,
        choices=choices_for(viewer),
        clashing=clashing,
        total=sum(entry.starts_at < last and entry.ends_at > first for entry in entries),
    )
