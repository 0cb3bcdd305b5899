"""Finding a municipality while somebody types its name."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, F, FloatField, Q, QuerySet, When
from django.db.models.functions import Cast, Ln
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from tenancy.models import Municipality
from toolkit.text import fold

MOST = 10
#: Below this similarity (0 to 1, of pg_trgm) a name is another name and no typing error.
LEAST_LIKE = 0.36
#: How much a large population helps against likeness: Munich beats a hamlet that shares one letter more.
SIZE_COUNTS = 0.02


@dataclass(frozen=True, slots=True)
class TownHint:
    """A municipality to choose from; ``hint`` tells it from others of its name."""

    ags: str
    name: str
    hint: str


def living_municipalities() -> QuerySet[Municipality]:
    """Those that have an administration today: not dissolved, and no empty forest or lake."""
    return Municipality.objects.filter(dissolved_on=None).exclude(kind=Municipality.Kind.UNINCORPORATED)


def living_municipality(ags: str) -> Municipality | None:
    """The municipality with this key, with its Land; ``None`` when there is none by now."""
    return living_municipalities().select_related("state").filter(ags=ags).first()


def like_typed(folded: str) -> QuerySet[Municipality]:
    """Names that look like the folded text, the best first, typing errors forgiven."""
    return (
        living_municipalities()
        .filter(search_key__trigram_similar=folded)
        .annotate(like=TrigramSimilarity("search_key", folded))
        .filter(like__gte=LEAST_LIKE)
        .order_by((F("like") + SIZE_COUNTS * Ln(Cast("population", FloatField()) + 1.0)).desc(), "ags")
    )


def starting_with(folded: str) -> QuerySet[Municipality]:
    """Names that begin with the folded text; ``tier`` is 0 for the very name, 1 for a first word, 2 for a beginning."""
    tier = Case(When(search_key=folded, then=0), When(search_key__startswith=f"{folded} ", then=1), default=2)
    rows = living_municipalities().filter(search_key__startswith=folded)
    return rows.annotate(tier=tier).order_by("tier", "-population", "ags")


def with_word(folded: str) -> QuerySet[Municipality]:
    """Names with a later word that begins with the folded text; ``tier`` is 2 for the whole word, 3 for a beginning."""
    whole = Q(search_key__endswith=f" {folded}") | Q(search_key__contains=f" {folded} ")
    rows = living_municipalities().filter(search_key__contains=f" {folded}")
    return rows.annotate(tier=Case(When(whole, then=2), default=3)).order_by("tier", "-population", "ags")


def suggest_municipalities(text: str, *, most: int = MOST) -> list[Municipality]:
    """Up to ``most`` municipalities for what is typed so far, with Land and district; empty below two letters.

    The name itself comes first, alone or with an addition („Halle“, „Halle (Saale)“); then names that begin so or hold
    the word, then beginnings of later words, each the largest first; then names that look alike. Two or three queries.
    """
    folded = fold(text)[:120]
    if len(folded) < 2:
        return []
    rows: list[Any] = [  # municipalities with their tier
        town
        for query in (starting_with(folded), with_word(folded))
        for town in query.select_related("state", "district")[:most]
    ]
    # The very name is never cut off, however many larger towns carry it with an addition.
    rows = sorted(rows, key=lambda town: town.tier)[:most]
    found: dict[str, Municipality] = {
        town.ags: town for town in sorted(rows, key=lambda town: (max(town.tier, 1), -town.population, town.ags))
    }
    if len(found) < most:
        for town in like_typed(folded).select_related("state", "district")[:most]:
            found.setdefault(town.ags, town)
    return list(found.values())[:most]


def hints(towns: list[Municipality]) -> list[TownHint]:
    """The same with Land and number of people; with the district where name and Land are the same."""
    same = Counter((town.name, town.state_id) for town in towns)
    return [
        TownHint(
            ags=town.ags,
            name=town.name,
            hint=_("%(where)s, %(people)s Einwohner")
            % {
                "where": f"{town.district.name}, {town.state.name}"
                if same[town.name, town.state_id] > 1
                else town.state.name,
                "people": number_format(town.population, force_grouping=True),
            },
        )
        for town in towns
    ]


def register_date() -> datetime.date | None:
    """The date of the newest register that was loaded; ``None`` before the first."""
    newest = Municipality.objects.order_by("-register_date").values_list("register_date", flat=True)
    return newest.first()
