"""Which cities would fit for a format: of like size, with the same topics and fields of work, and why in words.

Only published networks are proposed, and only what the viewer may read counts: published experiences in sight, and
topics of people who let others find them, as numbers without names.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import F, FloatField, Func, QuerySet
from django.db.models.functions import Abs, Cast, Ln
from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from exchange.models import ExperienceTopic, FormatCity
from exchange.policies.experiences import published_experiences
from exchange.policies.formats import visible_formats
from tenancy.models import Municipality, Network, PersonTopic, TaskArea
from tenancy.policies.networks import visible_networks
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer

#: How many are proposed, and how many are looked at for each reason.
MOST: Final = 12
LOOKED_AT: Final = 60
#: From this share of the larger population on, two cities count as of like size.
LIKE_SIZE: Final = 0.5
EARTH_KM: Final = 6371.0
#: The distances that can be asked for, in kilometres.
RADII: Final = (50, 100, 200)


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """What was asked for: partners in the same Land only, or within some kilometres (0: wherever)."""

    same_land: bool = False
    radius: int = 0


@dataclass(frozen=True, slots=True)
class Partner:
    """A city that would fit, with the reasons in words, the strongest first. ``score`` only sorts."""

    network: Network
    reasons: tuple[str, ...]
    shared_format: str
    score: float


@dataclass(frozen=True, slots=True)
class Ideas:
    """Who would fit to ``own``."""

    own: Network
    partners: list[Partner]
    topics: int
    areas: int


def kilometres(one: Municipality, other: Municipality) -> float | None:
    """The distance of two towns along the earth; None where the register does not say where one lies."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(other.longitude - one.longitude)
    hav = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(hav)))


def _narrowed(rows: QuerySet[Network], own: Municipality, wanted: PartnerFilter) -> QuerySet[Network]:
    if wanted.same_land:
        rows = rows.filter(municipality__state_id=own.state_id)
    if wanted.radius and own.latitude is not None and own.longitude is not None:
        # A box around the circle; what lies in its corners is left out below.
        up = math.degrees(wanted.radius / EARTH_KM)
        aside = up / max(0.1, math.cos(math.radians(own.latitude)))
        rows = rows.filter(
            municipality__latitude__range=(own.latitude - up, own.latitude + up),
            municipality__longitude__range=(own.longitude - aside, own.longitude + aside),
        )
    return rows


def _topics(viewer: Viewer, own: Network, others: QuerySet[Network]) -> dict[int, dict[str, int]]:
    """Network → topics it shares with one's own, and how often. Four queries."""
    seen = published_experiences(viewer)
    people = visible_people(viewer).filter(memberships__ended_on=None)
    tags = set(
        ExperienceTopic.objects.filter(content_object__in=seen.filter(network=own)).values_list("tag", flat=True)
    )
    tags |= set(
        PersonTopic.objects.filter(content_object__in=people.filter(memberships__network=own)).values_list(
            "tag", flat=True
        )
    )
    shared: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    if not tags:
        return shared
    written = ExperienceTopic.objects.filter(tag__in=tags, content_object__in=seen.filter(network__in=others))
    pairs = written.values_list("content_object__network", "tag__name")
    known = PersonTopic.objects.filter(
        tag__in=tags,
        content_object__in=visible_people(viewer),
        content_object__memberships__ended_on=None,
        content_object__memberships__network__in=others,
    )
    more = known.values_list("content_object__memberships__network", "tag__name")
    for network_id, name in [*pairs[:5000], *more[:5000]]:
        shared[network_id][name] += 1
    return shared


def _areas(viewer: Viewer, own: Network, others: QuerySet[Network]) -> dict[int, set[str]]:
    """Network → fields of work in which both have published experiences. Two queries."""
    seen = published_experiences(viewer).exclude(task_area="").order_by()
    mine = set(seen.filter(network=own).values_list("task_area", flat=True).distinct())
    shared: dict[int, set[str]] = defaultdict(set)
    if mine:
        pairs = seen.filter(task_area__in=mine, network__in=others).values_list("network", "task_area").distinct()
        for network_id, area in pairs[:5000]:
            shared[network_id].add(area)
    return shared


def _of_like_size(others: QuerySet[Network], own: Municipality) -> list[int]:
    """The networks whose towns are nearest in size, counted in proportion. One query."""
    size = Ln(Cast(Func(F("municipality__population"), 1, function="greatest"), FloatField()))
    apart = Abs(size - math.log(max(1, own.population)))
    return list(others.order_by(apart, "pk").values_list("pk", flat=True)[:LOOKED_AT])


def _formats(viewer: Viewer, own: Network) -> dict[int, str]:
    """Network → a format that both own already. One query."""
    mine = FormatCity.objects.filter(network=own, state=FormatCity.State.ACCEPTED).values("format")
    rows = FormatCity.objects.filter(format__in=mine, state=FormatCity.State.ACCEPTED).exclude(network=own)
    rows = rows.filter(format__in=visible_formats(viewer))
    return dict(rows.order_by("-format__hashtag").values_list("network", "format__hashtag"))


def _names(words: Iterable[str]) -> str:
    return get_text_list(list(words), _("und"))


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def partner_ideas(viewer: Viewer, network_id: int, wanted: PartnerFilter) -> Ideas:
    """Who would fit, best first. Ten queries whatever there is. Raises ``Network.DoesNotExist``."""
    own = visible_networks(viewer).select_related("municipality__state").get(pk=network_id)
    town = own.municipality
    others = _narrowed(visible_networks(viewer).filter(published_at__isnull=False).exclude(pk=own.pk), town, wanted)
    topics, areas = _topics(viewer, own, others), _areas(viewer, own, others)
    by_topics = sorted(topics, key=lambda n: (-len(topics[n]), n))[:LOOKED_AT]
    by_areas = sorted(areas, key=lambda n: (-len(areas[n]), n))[:LOOKED_AT]
    candidates = {*by_topics, *by_areas, *_of_like_size(others, town)}
    formats = _formats(viewer, own)
    found = []
    for network in others.filter(pk__in=candidates).select_related("municipality__state"):
        distance = kilometres(town, network.municipality)
        if wanted.radius and (distance is None or distance > wanted.radius):
            continue
        found.append(_partner(town, network, topics[network.pk], areas[network.pk], distance, formats))
    found.sort(key=lambda partner: (-partner.score, partner.network.municipality.sort_key))
    return Ideas(own, [p for p in found if p.reasons][:MOST], len(topics), len(areas))


def _partner(
    own: Municipality,
    network: Network,
    topics: dict[str, int],
    areas: set[str],
    distance: float | None,
    formats: dict[int, str],
) -> Partner:
    town = network.municipality
    reasons: list[tuple[float, str]] = []
    alike = min(own.population, town.population) / max(1, own.population, town.population)
    if alike >= LIKE_SIZE:
        words = _("ähnlich groß: {own} zu {other} Einwohnerinnen und Einwohner")
        reasons.append((3 * alike, words.format(own=_grouped(own.population), other=_grouped(town.population))))
    if topics:
        first = sorted(topics, key=lambda name: (-topics[name], name))
        words = _("beide arbeiten an {topics}")
        reasons.append((1.2 * min(len(topics), 4), words.format(topics=_names(first[:3]))))
    if areas:
        labels = [str(area.label) for area in TaskArea if area.value in areas]
        words = _("Erfahrungen in denselben Aufgabenfeldern: {areas}")
        reasons.append((0.7 * min(len(areas), 4), words.format(areas=_names(labels[:3]))))
    near = ""
    if distance is not None and distance <= RADII[-1]:
        near = _("{km} km entfernt").format(km=max(1, round(distance)))
    if town.state_id == own.state_id:
        land = _("im selben Land ({land})").format(land=town.state.name)
        reasons.append((0.5, f"{land}, {near}" if near else land))
    elif near:
        reasons.append((0.4, near))
    reasons.sort(key=lambda reason: -reason[0])
    together = formats.get(network.pk, "")
    score = sum(weight for weight, _words in reasons) - (2.5 if together else 0)
    return Partner(network, tuple(words for _weight, words in reasons), together, score)
