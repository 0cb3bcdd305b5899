"""The search over everything: each kind is asked of its own rule, and shown in its own group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from exchange.models import ExchangeFormat, Experience, Workshop
from exchange.policies.experiences import published_experiences
from exchange.queries.experiences import ExperienceFilter, alike, newest_matching, with_cards
from exchange.queries.formats import matching as matching_formats
from exchange.queries.formats import with_cities
from exchange.queries.workshops import matching as matching_workshops
from exchange.queries.workshops import with_hosts
from tenancy.models import Membership, Network, Person
from tenancy.policies.networks import visible_networks
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer
from toolkit.text import fold

EACH = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, by kind; each list holds five at most, ``more_…`` says that there are others."""

    experiences: list[Experience] = field(default_factory=list)
    more_experiences: bool = False
    networks: list[Network] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    workshops: list[Workshop] = field(default_factory=list)
    formats: list[ExchangeFormat] = field(default_factory=list)

    @property
    def count(self) -> int:
        groups: tuple[list[Any], ...] = (self.experiences, self.networks, self.people, self.workshops, self.formats)
        return sum(len(group) for group in groups)


def _words(q: str) -> list[str]:
    return [w for w in fold(q).split() if len(w) >= 2][:6]


def _each(words: Iterable[str], *fields: str) -> Q:
    """Every word is in one of the fields, or written alike in the first, which is folded as the words are."""

    def one(word: str) -> Q:
        # Not icontains: turning the key into capitals would pass by its index.
        found = Q(**{f"{fields[0]}__trigram_word_similar": word}) | Q(**{f"{fields[0]}__contains": word})
        for name in fields[1:]:
            found |= Q(**{f"{name}__icontains": word})
        return found

    return reduce(and_, (one(word) for word in words))


def _experiences(viewer: Viewer, q: str) -> list[Experience]:
    rows = with_cards(published_experiences(viewer))
    wanted = ExperienceFilter(q=q)
    found = newest_matching(rows, wanted, most=EACH + 1)
    return found + alike(rows, wanted, but=[e.pk for e in found], most=EACH - len(found))


def _networks(viewer: Viewer, words: list[str]) -> list[Network]:
    rows = visible_networks(viewer).select_related("municipality__state")
    return list(
        rows.filter(_each(words, "municipality__search_key", "name", "slogan")).order_by("municipality__sort_key")[
            :EACH
        ]
    )


def _people(viewer: Viewer, words: list[str]) -> list[Person]:
    living = Membership.objects.filter(ended_on=None).select_related("network__municipality", "office")
    rows = visible_people(viewer).prefetch_related(Prefetch("memberships", queryset=living, to_attr="living"))
    return list(rows.filter(_each(words, "search_key")).order_by("sort_key", "id")[:EACH])


def _workshops(viewer: Viewer, q: str) -> list[Workshop]:
    """Those to come first, soonest on top; then the latest past ones."""
    rows = with_hosts(matching_workshops(viewer, q), viewer).order_by("-starts_at", "-id")
    now = timezone.now()
    found = list(rows[:50])
    return sorted(found, key=lambda w: (w.starts_at < now, abs((w.starts_at - now).total_seconds())))[:EACH]


def _formats(viewer: Viewer, q: str) -> list[ExchangeFormat]:
    return list(with_cities(matching_formats(viewer, q)).order_by("hashtag")[:EACH])


def search_everything(viewer: Viewer, q: str) -> Found:
    """All that the viewer may find with these words: eleven queries at most, whatever there is."""
    words = _words(q)
    if not words:
        return Found()
    experiences = _experiences(viewer, q)
    return Found(
        experiences=experiences[:EACH],
        more_experiences=len(experiences) > EACH,
        networks=_networks(viewer, words),
        people=_people(viewer, words),
        workshops=_workshops(viewer, q),
        formats=_formats(viewer, q),
    )
