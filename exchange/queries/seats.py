"""What pages show of seats: the rule in numbers for everybody who sees the workshop, and the places for its hosts."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.models import Registration, SeatHandover, Workshop, WorkshopQuota
from exchange.policies.seats import own_answers, visible_handovers, visible_quotas
from exchange.policies.workshops import visible_registrations
from tenancy.models import Network
from tenancy.policies.people import visible_people
from tenancy.queries.people import members_of
from tenancy.viewer import Viewer

_STATE = Registration.State


@dataclass(frozen=True, slots=True)
class Bar:
    """So many of these seats are taken; ``kind`` is ``city``, ``shared`` or ``online``."""

    kind: str
    taken: int
    seats: int
    town: str = ""
    mine: bool = False

    @property
    def free(self) -> int:
        return max(0, self.seats - self.taken)


@dataclass(frozen=True, slots=True)
class Seating:
    """How the seats of a workshop stand, and what of it waits for the viewer."""

    bars: list[Bar] = field(default_factory=list)
    released: bool = False
    kept: int = 0
    answer: Registration | None = None
    asked: SeatHandover | None = None
    handing: SeatHandover | None = None

    @property
    def mine(self) -> Bar | None:
        """What is kept for one of the viewer's cities."""
        return next((bar for bar in self.bars if bar.mine), None)


def bars_of(workshop: Workshop, quotas: list[WorkshopQuota], mine: frozenset[int]) -> list[Bar]:
    """One bar for each city with seats of its own, one for those that all share, one for those online."""
    bars = [
        Bar("city", quota.taken, quota.seats, quota.network.municipality.name, quota.network_id in mine)
        for quota in quotas
        if not quota.released
    ]
    if bars or workshop.splits_modes:
        bars.append(Bar("shared", workshop.shared_taken, workshop.seats - workshop.quota_seats))
    if workshop.splits_modes:
        bars.append(Bar("online", workshop.online_taken, workshop.seats_online or 0))
    return bars


def quotas_of(viewer: Viewer, workshop: Workshop) -> list[WorkshopQuota]:
    """What is kept for which city, by town. One query."""
    rows = visible_quotas(viewer).filter(workshop=workshop).select_related("network__municipality")
    return list(rows.order_by("network__municipality__sort_key"))


def seating_of(viewer: Viewer, workshop: Workshop, own: Registration | None) -> Seating:
    """The rule in numbers: one query, two more for who is signed in."""
    quotas = quotas_of(viewer, workshop)
    answer = asked = handing = None
    if viewer.signed_in:
        if own is None:
            answer = own_answers(viewer).filter(workshop=workshop).order_by("-pk").first()
        # Only those two see it, so two names at most come with it.
        for handover in visible_handovers(viewer).filter(workshop=workshop).select_related("giver", "taker"):
            if handover.taker_id == viewer.person_id:
                asked = handover
            else:
                handing = handover
    return Seating(
        bars=bars_of(workshop, quotas, frozenset(viewer.network_ids)),
        released=any(quota.released for quota in quotas),
        kept=workshop.quota_seats,
        answer=answer,
        asked=asked,
        handing=handing,
    )


@dataclass(frozen=True, slots=True)
class Places:
    """All living places of a workshop, for its hosts: each list in the order in which it is served."""

    requested: list[Registration]
    offered: list[Registration]
    seated: list[Registration]
    waiting: list[Registration]


def places_of(viewer: Viewer, workshop: Workshop) -> Places:
    """Who asks, who was offered a seat, who has one, who waits. One query."""
    rows = visible_registrations(viewer, workshop, None).select_related("person", "network__municipality", "need")
    every = sorted(rows, key=lambda place: (place.queued_at or place.created_at, place.pk))

    def of(state: str) -> list[Registration]:
        return [place for place in every if place.state == state]

    return Places(of(_STATE.REQUESTED), of(_STATE.OFFERED), of(_STATE.SEAT), of(_STATE.QUEUED))


def colleagues_of(viewer: Viewer, network_id: int, *, most: int = 500) -> list[tuple[int, str]]:
    """The others of a network whom the viewer sees, by name, as choices. Two queries."""
    rows = visible_people(viewer).filter(pk__in=members_of([network_id])).exclude(pk=viewer.someone)
    return [(person.pk, person.name) for person in rows.order_by("sort_key", "pk").distinct()[:most]]


def cities_for_quotas(hosts: list[Network], quotas: list[WorkshopQuota]) -> list[Network]:
    """The cities that the form asks about: those that host, and those that have a quota."""
    known = {network.pk: network for network in hosts}
    for quota in quotas:
        known.setdefault(quota.network_id, quota.network)
    return list(known.values())
