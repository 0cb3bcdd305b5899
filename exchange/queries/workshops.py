"""What the pages, the search, calendars and REST show of workshops. One function per page, its price is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from exchange.models import Edition, ExchangeFormat, FormatCity, Registration, Workshop, WorkshopHost
from exchange.policies.formats import visible_editions, visible_formats
from exchange.policies.workshops import (
    listed_workshops,
    may_see_needs,
    own_registrations,
    visible_registrations,
    visible_workshops,
)
from exchange.queries.acts import Act, acts_of
from exchange.queries.narrowing import Choices, WorkshopFilter, choices_for, narrowed
from exchange.queries.seats import Seating, seating_of
from tenancy.models import Network
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.pagination import Page, page_by_key
from toolkit.past_sight import rows_of

SOONEST = ("starts_at", "id")
LATEST = ("-starts_at", "-id")
PAGE = 20


# --- rows -----------------------------------------------------------------------------------------------------------


def with_format(rows: QuerySet[Workshop], viewer: Viewer) -> QuerySet[Workshop]:
    """Workshops with their format, as far as the viewer sees it; else it is None. One query where there is any."""
    return rows.prefetch_related(Prefetch("format", queryset=visible_formats(viewer)))


def with_hosts(rows: QuerySet[Workshop], viewer: Viewer) -> QuerySet[Workshop]:
    """Workshops with their format and ``accepted``, the hosts with their towns. Two queries beside the rows."""
    hosts = WorkshopHost.objects.filter(state=WorkshopHost.State.ACCEPTED).select_related("network__municipality")
    return with_format(rows, viewer).prefetch_related(
        Prefetch("hosts", queryset=hosts.order_by("id"), to_attr="accepted")
    )


def with_own(rows: QuerySet[Workshop], viewer: Viewer) -> QuerySet[Workshop]:
    """Workshops that know whether the viewer is coming (``is_mine``) and whether others wait."""
    return rows.annotate(is_mine=Exists(own_registrations(viewer).filter(workshop=OuterRef("pk"))))


def at_time(rows: QuerySet[Workshop], wanted: WorkshopFilter, now: datetime) -> QuerySet[Workshop]:
    """Those to come, or those over."""
    return rows.filter(ends_at__lte=now) if wanted.past else rows.filter(ends_at__gt=now)


def upcoming(viewer: Viewer, limit: int, *, now: datetime | None = None) -> list[Workshop]:
    """The next ones that are open, soonest first, each with ``accepted`` hosts and ``is_mine``. Three queries."""
    rows = listed_workshops(viewer).filter(state=Workshop.State.OPEN, ends_at__gt=now or timezone.now())
    return list(with_own(with_hosts(rows, viewer), viewer).order_by(*SOONEST)[:limit])


def workshops_of_network(viewer: Viewer, network_id: int, *, most: int = 3) -> list[Workshop]:
    """The next ones that a network hosts. Two queries."""
    hosted = WorkshopHost.objects.filter(
        workshop=OuterRef("pk"), network_id=network_id, state=WorkshopHost.State.ACCEPTED
    )
    rows = listed_workshops(viewer).filter(Exists(hosted), state=Workshop.State.OPEN, ends_at__gt=timezone.now())
    return list(with_own(with_hosts(rows, viewer), viewer).order_by(*SOONEST)[:most])


# --- pages ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of workshops with what it can be narrowed by."""

    page: Page[Workshop]
    drafts: list[Workshop] = field(default_factory=list)
    choices: Choices = field(default_factory=Choices)


def drafts_of(viewer: Viewer, *, most: int = 10) -> list[Workshop]:
    """The drafts that the viewer's cities host or are asked to host. Two queries, none for who coordinates nothing."""
    if not viewer.coordinates:
        return []
    rows = visible_workshops(viewer).filter(state=Workshop.State.DRAFT)
    return list(with_own(with_hosts(rows, viewer), viewer).order_by(*SOONEST)[:most])


def workshop_list(viewer: Viewer, wanted: WorkshopFilter, mark: str = "", *, now: datetime) -> ListPage:
    """Those to come, soonest first, or those past, latest first: five queries, two more for who coordinates."""
    rows = at_time(narrowed(listed_workshops(viewer), viewer, wanted), wanted, now)
    order = LATEST if wanted.past else SOONEST
    return ListPage(
        page=page_by_key(with_own(with_hosts(rows, viewer), viewer), order, mark, size=PAGE),
        drafts=[] if wanted.past or mark else drafts_of(viewer),
        choices=choices_for(viewer),
    )


@dataclass(frozen=True, slots=True)
class CityCount:
    """How many come from one city."""

    network: Network
    people: int


@dataclass(frozen=True, slots=True)
class WorkshopPage:
    """The page of a workshop, as this viewer reads it."""

    workshop: Workshop
    own: Registration | None
    place_in_queue: int
    place_in_city: int
    waiting: int
    cities: list[CityCount]
    series: list[Edition]
    edition: Edition | None
    names: list[Registration]
    seating: Seating
    changes: list[Act]

    @property
    def hosts(self) -> list[Network]:
        """The networks that host it."""
        return [h.network for h in self.workshop.hosts.all() if h.state == WorkshopHost.State.ACCEPTED]

    @property
    def asked(self) -> list[Network]:
        """The networks that have not answered yet; for hosts and the asked only."""
        return [h.network for h in self.workshop.hosts.all() if h.state == WorkshopHost.State.INVITED]

    @property
    def declined(self) -> list[Network]:
        """The networks that said no; for hosts only."""
        return [h.network for h in self.workshop.hosts.all() if h.state == WorkshopHost.State.DECLINED]

    @property
    def people(self) -> int:
        return sum(city.people for city in self.cities)


def readable_workshop(viewer: Viewer, pk: int) -> Workshop:
    """The workshop with format and all its hosts; raises ``DoesNotExist`` for what the viewer cannot see."""
    hosts = WorkshopHost.objects.select_related("network__municipality").order_by("id")
    rows = with_format(visible_workshops(viewer), viewer).prefetch_related(Prefetch("hosts", queryset=hosts))
    return rows.get(pk=pk)


def own_place(viewer: Viewer, workshop: Workshop) -> Registration | None:
    """The viewer's living place. One query, none for visitors."""
    return (
        own_registrations(viewer).filter(workshop=workshop).select_related("need").first() if viewer.signed_in else None
    )


def series_of(viewer: Viewer, format_id: int | None) -> list[Edition]:
    """The editions of a format that the viewer may see, in order, with host and workshop. One query."""
    if format_id is None:
        return []
    rows = visible_editions(viewer).filter(format_id=format_id).select_related("host", "workshop")
    return list(rows.order_by("number"))


def city_counts(workshop: Workshop) -> list[CityCount]:
    """How many seats each city has taken, most first: numbers without names. Two queries."""
    return counted_cities("exchange_workshop_cities", workshop.pk)


def counted_cities(function: str, number: int) -> list[CityCount]:
    """What a function of the owner's counts by city, most first. Two queries, one where it counts nothing."""
    counted = {network_id: people for network_id, people, *_more in rows_of(function, number)}
    networks = Network.objects.select_related("municipality").filter(pk__in=counted)
    cities = [CityCount(network, counted[network.pk]) for network in networks]
    return sorted(cities, key=lambda city: (-city.people, city.network.municipality.name))


def workshop_page(viewer: Viewer, pk: int) -> WorkshopPage:
    """The page of a workshop: nine queries at most. Raises ``DoesNotExist`` for what the viewer cannot see."""
    workshop = readable_workshop(viewer, pk)
    own = own_place(viewer, workshop)
    waiting, place, city_place = rows_of("exchange_workshop_queue", workshop.pk)[0]
    series = series_of(viewer, workshop.format.pk if workshop.format else None)
    hosting = bool(may_see_needs(viewer, workshop))
    names: list[Registration] = []
    if own is not None and own.state == Registration.State.SEAT and not hosting:
        rows = visible_registrations(viewer, workshop, own).select_related("person", "network__municipality")
        names = list(rows.order_by("network__municipality__sort_key", "person__sort_key", "id")[:300])
    return WorkshopPage(
        workshop=workshop,
        own=own,
        place_in_queue=place,
        place_in_city=city_place,
        waiting=waiting,
        cities=city_counts(workshop),
        series=series,
        edition=next((e for e in series if e.workshop_id == workshop.pk), None),
        names=names,
        seating=seating_of(viewer, workshop, own),
        changes=acts_of("workshop", workshop.pk) if hosting else [],
    )


@dataclass(frozen=True, slots=True)
class Participants:
    """Who takes part, as far as the viewer may read it."""

    seated: list[Registration]
    waiting: list[Registration]
    offered: list[Registration] = field(default_factory=list)
    requested: list[Registration] = field(default_factory=list)


def participants(viewer: Viewer, workshop: Workshop, own: Registration | None) -> Participants:
    """The names that the viewer may read: seats by city and name, then the queue in its order. One query."""
    rows = visible_registrations(viewer, workshop, own).select_related("person", "network__municipality", "need")
    every = list(rows.order_by("network__municipality__sort_key", "person__sort_key", "id"))
    queue = [r for r in every if r.state == Registration.State.QUEUED]
    return Participants(
        seated=[r for r in every if r.state == Registration.State.SEAT],
        waiting=sorted(queue, key=lambda r: (r.queued_at or r.created_at, r.pk)),
        offered=[r for r in every if r.state == Registration.State.OFFERED],
        requested=[r for r in every if r.state == Registration.State.REQUESTED],
    )


def networks_to_invite(viewer: Viewer, *, but: Sequence[int] = ()) -> list[Network]:
    """Published networks that can be asked, by town. One query."""
    rows = visible_networks(viewer).filter(published_at__isnull=False).exclude(pk__in=list(but))
    return list(rows.select_related("municipality").order_by("municipality__sort_key"))


def waiting_invitations(viewer: Viewer) -> list[WorkshopHost]:
    """The questions to host that wait for the viewer's answer. One query, none for who coordinates nothing."""
    if not viewer.coordinates:
        return []
    rows = WorkshopHost.objects.filter(network_id__in=list(viewer.coordinates), state=WorkshopHost.State.INVITED)
    rows = rows.exclude(workshop__state=Workshop.State.CANCELLED).filter(workshop__in=visible_workshops(viewer))
    return list(rows.select_related("workshop", "network__municipality").order_by("workshop__starts_at", "id")[:10])


# --- choices and search ---------------------------------------------------------------------------------------------


def formats_to_meet_in(viewer: Viewer) -> list[ExchangeFormat]:
    """The formats that the viewer's cities own. Two queries, none for who coordinates nothing."""
    if not viewer.coordinates:
        return []
    owned = FormatCity.objects.filter(network_id__in=list(viewer.coordinates), state=FormatCity.State.ACCEPTED)
    rows = visible_formats(viewer).filter(Exists(owned.filter(format=OuterRef("pk"))))
    return list(rows.prefetch_related("cities").order_by("hashtag"))


def matching(viewer: Viewer, q: str) -> QuerySet[Workshop]:
    """Workshops whose title, words, place or format hold ``q``."""
    seen = visible_formats(viewer).filter(hashtag__icontains=q.lstrip("#").strip() or "#")
    words = Q(title__icontains=q) | Q(summary__icontains=q) | Q(place__icontains=q) | Q(format__in=seen)
    return listed_workshops(viewer).filter(words)
