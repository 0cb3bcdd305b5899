"""What the pages of a series show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language

from exchange.free_days import public_holiday
from exchange.models import Workshop, WorkshopSeries
from exchange.policies.program import visible_series
from exchange.policies.workshops import asked_to_host, hosts_of, visible_workshops
from exchange.repeating import days_of_rule, in_words
from tenancy.models import Network
from tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Planned:
    """A date before it is made, and which public holiday it falls on, in the words of the Länder concerned."""

    day: date
    holidays: list[str]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day of a series: its workshop, moved perhaps, or None where it was left out."""

    day: date
    workshop: Workshop | None

    @property
    def moved(self) -> bool:
        return self.workshop is not None and timezone.localtime(self.workshop.starts_at).date() != self.day


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series as this viewer reads it."""

    series: WorkshopSeries
    words: str
    coming: list[Occasion]
    past: list[Occasion]
    #: Cities of the viewer that have not answered for some of its dates.
    asked: list[Network]


def planned(workshop: Workshop, rule: str, lands: Iterable[tuple[str, str]]) -> list[Planned]:
    """The dates of a rule beside the workshop's own; ``lands`` are two digits and a name. No query."""
    first = timezone.localtime(workshop.starts_at).date()
    language = get_language() or "de"
    known = list(lands)
    found = []
    for day in days_of_rule(rule, first):
        if day == first:
            continue
        names: dict[str, list[str]] = {}
        for land, name in known:
            holiday = public_holiday(land, day, language=language)
            if holiday is not None:
                names.setdefault(holiday.name, []).append(name)
        found.append(Planned(day, [f"{name} ({', '.join(places)})" for name, places in names.items()]))
    return found


def lands_of(workshop: Workshop) -> list[tuple[str, str]]:
    """The Länder of its hosts, by number and name. One query."""
    rows = Network.objects.filter(pk__in=hosts_of(workshop)).order_by("municipality__state__name")
    return list(rows.values_list("municipality__state_id", "municipality__state__name").distinct())


def series_page(viewer: Viewer, pk: int) -> SeriesPage:
    """The page of a series: four queries. Raises ``DoesNotExist`` for what the viewer does not see."""
    series = visible_series(viewer).get(pk=pk)
    rows = list(visible_workshops(viewer).filter(series=series).prefetch_related("hosts").order_by("series_day"))
    occasions = [Occasion(w.series_day or series.first_day, w) for w in rows]
    occasions += [Occasion(date.fromisoformat(day), None) for day in series.left_out]
    occasions.sort(key=lambda o: (timezone.localtime(o.workshop.starts_at).date() if o.workshop else o.day, o.day))
    today = timezone.localdate()
    asked = {number for w in rows for number in asked_to_host(w)} & viewer.coordinates
    return SeriesPage(
        series=series,
        words=in_words(series.rule, series.first_day),
        coming=[o for o in occasions if _day(o) >= today],
        past=[o for o in occasions if _day(o) < today][::-1],
        asked=_networks(sorted(asked)),
    )


def _networks(numbers: Sequence[int]) -> list[Network]:
    return list(Network.objects.filter(pk__in=numbers).select_related("municipality")) if numbers else []


def _day(occasion: Occasion) -> date:
    return timezone.localtime(occasion.workshop.starts_at).date() if occasion.workshop else occasion.day
