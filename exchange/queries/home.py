"""What the start page shows: one function per part, each with a fixed price."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from exchange.models import Experience, FormatCity, Workshop
from exchange.policies.experiences import published_experiences
from exchange.policies.formats import visible_formats
from exchange.queries.experiences import NEWEST, with_cards
from exchange.queries.workshops import upcoming
from tenancy.models import Membership, Network, Person
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit import audience

NEWCOMER_DAYS = 60
COUNT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage of the page: the towns on the map, who meets whom, and the numbers beside it."""

    pins: list[dict[str, Any]]
    links: list[tuple[dict[str, Any], dict[str, Any]]]
    networks: int
    lands: int
    pilots: int
    experiences: int
    new_experiences: int
    newcomer: Network | None


def stage(viewer: Viewer, *, since: datetime, now: datetime) -> Stage:
    """Map and numbers: four queries, a fifth once a minute. ``since`` is when the viewer was here last."""
    networks = list(
        visible_networks(viewer)
        .filter(published_at__isnull=False)
        .select_related("municipality")
        .only(
            "slug",
            "name",
            "crest",
            "slogan",
            "published_at",
            "municipality__name",
            "municipality__state_id",
            "municipality__latitude",
            "municipality__longitude",
        )
        .order_by("-published_at", "-id")
    )
    pairs = _pairs(viewer)
    strong = {n for pair in pairs for n in pair} | viewer.network_ids
    if not strong:
        strong = {n.pk for n in networks[:6]}
    pins = {
        n.pk: {
            "lat": n.municipality.latitude,
            "lon": n.municipality.longitude,
            "name": n.municipality.name,
            "strong": n.pk in strong,
        }
        for n in networks
        if n.municipality.latitude is not None and n.municipality.longitude is not None
    }
    fresh = published_experiences(viewer).filter(published_at__gt=since)
    recent = [n for n in networks if n.published_at and n.published_at > now - timedelta(days=NEWCOMER_DAYS)]
    return Stage(
        pins=list(pins.values()),
        links=[(pins[a], pins[b]) for a, b in sorted(pairs) if a in pins and b in pins],
        networks=len(networks),
        lands=len({n.municipality.state_id for n in networks}),
        # A number without names: how many people carry the programme, whoever may see them one by one.
        pilots=_people_taking_part(),
        experiences=_how_many(viewer),
        new_experiences=fresh.exclude(author_id=viewer.person_id or 0).count(),
        newcomer=next((n for n in recent if n.pk not in viewer.network_ids), None),
    )


def _people_taking_part() -> int:
    """How many living memberships published networks have, the same for everybody and at most a minute old."""
    rows = Membership.objects.filter(ended_on=None, network__published_at__isnull=False)
    rows = rows.exclude(person__in=Person.objects.filter(is_active=False))
    return cache.get_or_set("home-people", rows.count, COUNT_SECONDS) or 0


def _how_many(viewer: Viewer) -> int:
    """How many experiences the viewer may read, at most a minute old: counting 100,000 rows takes 100 ms.

    Two numbers are added, since counting what everybody reads anew for each city would be nearly all of the work: what
    the wide keys open, one number for all who hold them, and what only the viewer's own cities and offices open. Who
    holds the same keys sees the same number. The key of the one person opens drafts, which do not count.
    """
    wide = [key for key in viewer.keys if key in (audience.PUBLIC, audience.ALL_NETWORKS)]
    own = [key for key in viewer.keys if key not in wide and key < audience.PERSON_BASE]
    rows = published_experiences(viewer)
    count = _counted(wide, rows.filter(audience__overlap=wide))
    return count + _counted(own, rows.filter(audience__overlap=own).exclude(audience__overlap=wide)) if own else count


def _counted(keys: list[int], rows: QuerySet[Experience]) -> int:
    """The number of rows that these keys open, kept for a minute under the keys' own name."""
    name = "home-count:" + hashlib.blake2b(repr(keys).encode(), digest_size=12).hexdigest()
    return cache.get_or_set(name, rows.count, COUNT_SECONDS) or 0


def _pairs(viewer: Viewer) -> set[tuple[int, int]]:
    """The networks that share a format which the viewer sees. One query."""
    seen = visible_formats(viewer)
    rows = FormatCity.objects.filter(state=FormatCity.State.ACCEPTED, format__in=seen).values_list(
        "format_id", "network_id"
    )
    cities: dict[int, list[int]] = {}
    for format_id, network_id in rows[:500]:
        cities.setdefault(format_id, []).append(network_id)
    return {pair for members in cities.values() for pair in combinations(sorted(members), 2)}


def newest(viewer: Viewer, *, most: int = 3) -> list[Experience]:
    """The newest experiences. Two queries."""
    return list(with_cards(published_experiences(viewer)).order_by(*NEWEST)[:most])


@dataclass(frozen=True, slots=True)
class Coming:
    """What is coming: the next one that concerns the viewer, and those after it."""

    next: Workshop | None
    agenda: Sequence[Workshop]

    @property
    def hosts(self) -> list[Network]:
        """The towns that invite to the next one."""
        return [host.network for host in self.next.accepted] if self.next else []  # type: ignore[attr-defined]  # prefetched by upcoming


def coming(viewer: Viewer, *, now: datetime) -> Coming:
    """The viewer's own next workshop, else the next that is open, and the agenda. Three queries."""
    rows = upcoming(viewer, 12, now=now)
    next_one = next((w for w in rows if w.is_mine), None) or next(iter(rows), None)  # type: ignore[attr-defined]  # annotated by upcoming
    return Coming(next=next_one, agenda=[w for w in rows if w is not next_one][:3])
