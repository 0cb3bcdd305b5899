"""What the pages of networks show, each with a fixed number of queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_date

from tenancy.models import CouncilPaper, Funding, Membership, Network, NetworkStart, Office, Partnership, Person, State
from tenancy.policies.networks import may_see_members, visible_networks
from tenancy.policies.people import visible_memberships
from tenancy.sdg import goal_of
from tenancy.viewer import Viewer
from toolkit.pagination import Page, page_by_key
from toolkit.text import fold

PAGE_SIZE = 24
CARDS = 24
MOST_PINS = 600


# --- the list ---------------------------------------------------------------------------------------------------


def _pilot_count() -> Coalesce:
    """How many pilots a network has now, as a subquery; ended memberships and suspended people left out."""
    living = Membership.objects.filter(network=OuterRef("pk"), ended_on=None, role=Membership.Role.PILOT)
    # Who is suspended is a short list; asking each pilot would read six thousand people for one page.
    living = living.exclude(person__in=Person.objects.filter(is_active=False))
    return Coalesce(Subquery(living.order_by().values("network").annotate(n=Count("pk")).values("n")), 0)


def networks_for(viewer: Viewer, *, q: str = "", state: str = "") -> QuerySet[Network]:
    """Visible networks whose name or town is like ``q``, in a Land; with town, Land, role term and ``pilots``."""
    rows = (
        visible_networks(viewer)
        .select_related("municipality__state", "role_term")
        .annotate(sort=F("municipality__sort_key"), pilots=_pilot_count())
    )
    folded = fold(q)
    if folded:
        rows = rows.annotate(like=TrigramWordSimilarity(folded, "municipality__search_key")).filter(
            Q(municipality__search_key__contains=folded) | Q(name__icontains=q.strip()) | Q(like__gte=0.6)
        )
    elif q.strip():
        rows = rows.filter(name__icontains=q.strip())
    if state:
        rows = rows.filter(municipality__state_id=state)
    return rows


def network_list(viewer: Viewer, *, q: str = "", state: str = "", mark: str = "") -> Page[Network]:
    """One page of networks by town. One query."""
    return page_by_key(networks_for(viewer, q=q, state=state), ("sort", "id"), mark, size=PAGE_SIZE)


def network_pins(viewer: Viewer) -> list[dict[str, Any]]:
    """The dots of the map: ``lat``, ``lon``, ``name``, ``slug`` of visible networks whose place is known."""
    rows = visible_networks(viewer).filter(municipality__latitude__isnull=False, municipality__longitude__isnull=False)
    places = rows.order_by("municipality__sort_key").values_list(
        "slug", "municipality__name", "municipality__latitude", "municipality__longitude"
    )
    return [{"slug": slug, "name": name, "lat": lat, "lon": lon} for slug, name, lat, lon in places[:MOST_PINS]]


def states_with_networks(viewer: Viewer) -> list[State]:
    """The Länder in which the viewer sees a network, by name."""
    codes = visible_networks(viewer).values("municipality__state_id")
    return list(State.objects.filter(code__in=codes).order_by("name"))


# --- one network ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """An office, how many pilots it should have (``low`` to ``high``), how many it has, and those one may see."""

    office: Office
    has: int
    low: int
    high: int
    people: tuple[Membership, ...] = ()

    @property
    def missing(self) -> int:
        """How many pilots the office still needs for its minimum."""
        return max(self.low - self.has, 0)

    @property
    def vacant(self) -> bool:
        """Nobody is there although somebody should be."""
        return self.has == 0 and self.low > 0

    @property
    def dots(self) -> list[str]:
        """One dot for each place: ``on`` (taken), ``gap`` (needed), ``free`` (possible); at most twelve."""
        places = max(self.high, self.has)
        return ["on" if n < self.has else "gap" if n < self.low else "free" for n in range(min(places, 12))]


@dataclass(slots=True)
class DivisionGroup:
    """The offices of a division; the last group has no name."""

    name: str
    offices: list[Coverage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person in this network with all the roles that one may see."""

    person: Any
    memberships: tuple[Membership, ...]

    @property
    def title(self) -> str:
        return ", ".join(dict.fromkeys(m.title for m in self.memberships))

    @property
    def office(self) -> str:
        return next((m.office.name for m in self.memberships if m.office is not None), "")


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session of a body that dealt with a paper; ``on`` is empty when its date cannot be read."""

    body: str
    on: datetime.date | None
    public: bool
    result: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """A council paper with its sessions, in order, and the goals of the strategy that it helps or hinders."""

    paper: CouncilPaper

    @property
    def sessions(self) -> list[SessionLine]:
        return [
            SessionLine(
                body=str(entry.get("body", "")),
                on=parse_date(str(entry.get("on", ""))),
                public=bool(entry.get("public", True)),
                result=str(entry.get("result", "")),
            )
            for entry in self.paper.sessions
        ]

    @property
    def goals(self) -> list[dict[str, str]]:
        return [
            {"code": str(g.get("code", "")), "goal": str(g.get("goal", "")), "sign": str(g.get("sign", "+"))}
            for g in self.paper.strategy_goals
        ]


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """Everything a network's page shows to this viewer."""

    network: Network
    starts: list[NetworkStart]
    fundings: list[Funding]
    papers: list[PaperView]
    divisions: list[DivisionGroup]
    partners: list[Network]
    pilots: list[PersonCard]
    coordination: list[PersonCard]
    pilot_total: int
    office_total: int
    vacancies: int
    shows_people: bool

    @property
    def sdg(self) -> list[tuple[str, str]]:
        """Targets with the name of their goal."""
        return [(target, goal_of(target)) for target in self.network.sdg_targets]

    @property
    def covered(self) -> int:
        """How many offices have somebody."""
        return self.office_total - sum(1 for group in self.divisions for office in group.offices if office.has == 0)


def network_by_slug(viewer: Viewer, slug: str) -> QuerySet[Network]:
    """The network with what every page of it needs; empty when the viewer may not see it."""
    rows = visible_networks(viewer).select_related("municipality__state", "role_term", "modelled_on")
    return rows.filter(slug=slug)


def network_page(viewer: Viewer, network: Network) -> NetworkPage:
    """What the page of a network shows; seven queries for visitors, eight within the programme."""
    offices = offices_of(network)
    counts = pilots_by_office(network)
    members: list[Membership] = []
    shows_people = bool(may_see_members(viewer, network.pk))
    if shows_people:
        rows = visible_memberships(viewer).filter(network=network).select_related("person", "office")
        members = list(rows.order_by("person__sort_key", "person_id", "started_on"))
        for member in members:
            member.network = network
    divisions = group_offices(network, offices, counts, members)
    return NetworkPage(
        network=network,
        starts=list(NetworkStart.objects.filter(network=network)),
        fundings=fundings_of(network),
        papers=papers_of(network),
        divisions=divisions,
        partners=partners_of(viewer, network.pk),
        pilots=_cards(m for m in members if m.role != Membership.Role.COORDINATOR)[:CARDS],
        coordination=_cards(m for m in members if m.role == Membership.Role.COORDINATOR),
        pilot_total=sum(counts.values()),
        office_total=len(offices),
        vacancies=sum(1 for group in divisions for office in group.offices if office.vacant),
        shows_people=shows_people,
    )


def offices_of(network: Network) -> list[Office]:
    """The open offices, by division and name."""
    rows = Office.objects.filter(network=network, closed_on=None).select_related("division")
    return list(rows.order_by(F("division__position").asc(nulls_last=True), "division__name", "sort_key", "id"))


def pilots_by_office(network: Network) -> dict[int | None, int]:
    """How many pilots each office has now; the key ``None`` counts those without an office."""
    rows = Membership.objects.filter(network=network, ended_on=None, role=Membership.Role.PILOT, person__is_active=True)
    return dict(rows.order_by().values_list("office_id").annotate(Count("pk")))


def group_offices(
    network: Network, offices: list[Office], counts: dict[int | None, int], members: Iterable[Membership] = ()
) -> list[DivisionGroup]:
    """The offices with their coverage, under their divisions."""
    by_office: dict[int | None, list[Membership]] = {}
    for member in members:
        if member.role == Membership.Role.PILOT:
            by_office.setdefault(member.office_id, []).append(member)
    groups: dict[int | None, DivisionGroup] = {}
    for office in offices:
        group = groups.setdefault(office.division_id, DivisionGroup(office.division.name if office.division else ""))
        group.offices.append(
            Coverage(
                office=office,
                has=counts.get(office.pk, 0),
                low=network.pilots_min if office.pilots_min is None else office.pilots_min,
                high=network.pilots_max if office.pilots_max is None else office.pilots_max,
                people=tuple(by_office.get(office.pk, ())),
            )
        )
    return list(groups.values())


def _cards(members: Iterable[Membership]) -> list[PersonCard]:
    by_person: dict[int, list[Membership]] = {}
    for member in members:
        by_person.setdefault(member.person_id, []).append(member)
    return [PersonCard(theirs[0].person, tuple(theirs)) for theirs in by_person.values()]


def partners_of(viewer: Viewer, network_id: int) -> list[Network]:
    """The partner networks that the viewer may see, by town."""
    living = Partnership.objects.filter(ended_at=None, accepted_at__isnull=False)
    ids = (
        living.filter(asking_id=network_id)
        .values("asked_id")
        .union(living.filter(asked_id=network_id).values("asking_id"))
    )
    rows = visible_networks(viewer).filter(pk__in=ids).select_related("municipality")
    return list(rows.order_by("municipality__sort_key"))


def partnerships_with(network: Network) -> list[Partnership]:
    """The living partnerships and questions of a network, for its coordination: newest first."""
    rows = Partnership.objects.filter(Q(asking=network) | Q(asked=network), ended_at=None)
    return list(rows.select_related("asking__municipality", "asked__municipality").order_by("-asked_at", "-id"))


def starts_of(network: Network) -> list[NetworkStart]:
    """The claims of when the network began, in their order."""
    return list(NetworkStart.objects.filter(network=network))


def office_of(network: Network, office_id: int) -> QuerySet[Office]:
    """An open office of this network, and of no other."""
    return Office.objects.filter(network=network, pk=office_id, closed_on=None).select_related("division")


def fundings_of(network: Network) -> list[Funding]:
    """The money that programmes gave, newest notice first."""
    return list(Funding.objects.filter(network=network).order_by(F("notice_on").desc(nulls_last=True), "id"))


def papers_of(network: Network) -> list[PaperView]:
    """The council papers, newest first."""
    return [PaperView(paper) for paper in CouncilPaper.objects.filter(network=network).order_by("-dated_on", "id")]
