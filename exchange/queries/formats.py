"""What the pages, the search and REST show of exchange formats. One function per page, its price is fixed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from exchange.models import Edition, ExchangeFormat, Experience, FormatCity, Workshop
from exchange.policies.formats import may_edit_format, visible_editions, visible_formats
from exchange.policies.workshops import listed_workshops
from exchange.queries.acts import Act, acts_of
from exchange.queries.minutes import minuted_workshops
from exchange.queries.outcomes import outcomes_of_format
from exchange.queries.story import Story, story_of
from exchange.queries.workshops import SOONEST, CityCount, counted_cities, series_of, with_hosts, with_own
from tenancy.models import Network
from tenancy.viewer import Viewer
from toolkit.pagination import Page, page_by_key
from toolkit.past_sight import answer_of

BY_NAME = ("hashtag", "id")
PAGE = 20


def with_cities(rows: QuerySet[ExchangeFormat]) -> QuerySet[ExchangeFormat]:
    """Formats with ``accepted``, the cities that own them. One query beside the rows."""
    cities = FormatCity.objects.filter(state=FormatCity.State.ACCEPTED).select_related("network__municipality")
    return rows.prefetch_related(Prefetch("cities", queryset=cities.order_by("answered_at", "id"), to_attr="accepted"))


def with_counts(rows: QuerySet[ExchangeFormat], viewer: Viewer) -> QuerySet[ExchangeFormat]:
    """Formats that know how many of their editions took place (``held``), as far as the viewer sees them."""
    seen = visible_editions(viewer).exclude(state=Edition.State.CANCELLED).filter(format=OuterRef("pk"))
    # Of each format that is shown, and not of all editions that there are.
    counted = seen.order_by().values("format").annotate(times=Count("pk")).values("times")
    return rows.annotate(held=Coalesce(Subquery(counted), 0))


def format_list(viewer: Viewer, mark: str = "") -> Page[ExchangeFormat]:
    """All formats in sight, by name. Two queries."""
    return page_by_key(with_counts(with_cities(visible_formats(viewer)), viewer), BY_NAME, mark, size=PAGE)


def formats_of_network(viewer: Viewer, network_id: int, *, most: int = 4) -> list[ExchangeFormat]:
    """The formats that a network owns. Two queries."""
    owned = FormatCity.objects.filter(format=OuterRef("pk"), network_id=network_id, state=FormatCity.State.ACCEPTED)
    return list(with_cities(visible_formats(viewer).filter(Exists(owned))).order_by(*BY_NAME)[:most])


@dataclass(frozen=True, slots=True)
class FormatPage:
    """The page of a format, as this viewer reads it."""

    format: ExchangeFormat
    editions: list[Edition]
    coming: list[Workshop]
    changes: list[Act]
    story: Story
    outcomes: list[Experience]
    took_part: list[CityCount]

    def _in(self, state: str) -> list[Network]:
        return [city.network for city in self.format.cities.all() if city.state == state]

    @property
    def cities(self) -> list[Network]:
        """The networks that own it."""
        return self._in(FormatCity.State.ACCEPTED)

    @property
    def invited(self) -> list[Network]:
        """The networks that have not answered; for owners and the invited only."""
        return self._in(FormatCity.State.INVITED)

    @property
    def asking(self) -> list[Network]:
        """The networks that want to join; for owners and for those who ask."""
        return self._in(FormatCity.State.ASKED)

    @property
    def refused(self) -> list[Network]:
        """The networks that asked and were not taken in; for owners only."""
        return self._in(FormatCity.State.REFUSED)

    @property
    def people(self) -> int:
        """Seats taken in all its workshops in sight."""
        return sum(city.people for city in self.took_part)

    @property
    def declined(self) -> list[Network]:
        """The networks that said no; for owners only."""
        return self._in(FormatCity.State.DECLINED)


def readable_format(viewer: Viewer, slug: str) -> ExchangeFormat:
    """The format with all its cities; raises ``DoesNotExist`` for what the viewer cannot see."""
    cities = FormatCity.objects.select_related("network__municipality__state").order_by("answered_at", "id")
    return visible_formats(viewer).prefetch_related(Prefetch("cities", queryset=cities)).get(slug=slug)


def format_page(viewer: Viewer, slug: str) -> FormatPage:
    """The page of a format: ten queries at most, two more for its owners. Raises ``DoesNotExist``."""
    exchange_format = readable_format(viewer, slug)
    editions = series_of(viewer, exchange_format.pk)
    coming = listed_workshops(viewer).filter(format=exchange_format, state=Workshop.State.OPEN)
    ahead = [w for w in with_own(with_hosts(coming, viewer), viewer).order_by(*SOONEST)[:20] if not w.is_over]
    outcomes = outcomes_of_format(viewer, exchange_format.pk)
    minuted = minuted_workshops(viewer, [e.workshop_id for e in editions if e.workshop_id])
    story = story_of(exchange_format, editions, outcomes, minuted, today=timezone.localdate())
    return FormatPage(
        format=exchange_format,
        editions=editions[::-1],
        story=story,
        outcomes=outcomes,
        took_part=counted_cities("exchange_format_cities", exchange_format.pk),
        coming=ahead,
        changes=acts_of("format", exchange_format.pk) if may_edit_format(viewer, exchange_format) else [],
    )


def waiting_invitations(viewer: Viewer) -> list[FormatCity]:
    """What waits for the viewer's answer: invitations to formats, and cities that want to join the viewer's own.

    One query, none for who coordinates nothing.
    """
    if not viewer.coordinates:
        return []
    own = list(viewer.coordinates)
    owned = FormatCity.objects.filter(format=OuterRef("format"), network_id__in=own, state=FormatCity.State.ACCEPTED)
    asked = Q(state=FormatCity.State.ASKED) & Exists(owned)
    rows = FormatCity.objects.filter(Q(network_id__in=own, state=FormatCity.State.INVITED) | asked)
    rows = rows.filter(format__in=visible_formats(viewer)).select_related("format", "network__municipality")
    return list(rows.order_by("invited_at", "id")[:10])


def matching(viewer: Viewer, q: str) -> QuerySet[ExchangeFormat]:
    """Formats whose hashtag, motto or words hold ``q``."""
    words = Q(hashtag__icontains=q.lstrip("#").strip() or "#") | Q(motto__icontains=q) | Q(about__icontains=q)
    return visible_formats(viewer).filter(words)


# --- editions -------------------------------------------------------------------------------------------------------


def host_choices(exchange_format: ExchangeFormat, edition: Edition | None) -> list[tuple[str, str]]:
    """The towns that can have hosted an edition: all that were ever in the format, and the one stored now."""
    towns = {
        city.network.municipality_id: city.network.municipality.name
        for city in exchange_format.cities.all()
        if city.state in (FormatCity.State.ACCEPTED, FormatCity.State.LEFT)
    }
    if edition is not None and edition.host is not None:
        towns.setdefault(edition.host.pk, edition.host.name)
    return list(towns.items())


def next_edition(exchange_format: ExchangeFormat) -> tuple[int, str | None]:
    """The number of the next edition, and the town whose turn it is: the one that has not hosted for longest."""
    rows = list(Edition.objects.filter(format=exchange_format).values_list("number", "host_id", "state"))
    # Of all editions, also of those out of sight: a number is taken once.
    number_of_next = answer_of("exchange_edition_number", exchange_format.pk) or 1
    accepted = exchange_format.cities.filter(state=FormatCity.State.ACCEPTED).order_by("answered_at", "id")
    order = list(accepted.values_list("network__municipality_id", flat=True))
    last: dict[str | None, int] = {}
    for number, host_id, state in rows:
        if state != Edition.State.CANCELLED:
            last[host_id] = max(number, last.get(host_id, 0))
    turn = min(order, key=lambda ags: (last.get(ags, 0), order.index(ags)), default=None)
    return number_of_next, turn


def proposed_edition(exchange_format: ExchangeFormat) -> dict[str, object]:
    """What a new edition's form begins with."""
    number, turn = next_edition(exchange_format)
    return {"number": number, "host": turn or "", "year": timezone.localdate().year, "state": Edition.State.PLANNED}


def slug_of(format_id: int) -> str:
    """The part of the address of a format, for links of whoever knows its number already. One query."""
    return ExchangeFormat.objects.filter(pk=format_id).values_list("slug", flat=True).first() or ""
