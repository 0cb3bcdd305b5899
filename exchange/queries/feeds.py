"""What stands in calendar feeds, and by what one knows that nothing changed since they were last fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, Func, Max, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from exchange.models import ExchangeFormat, Registration, Workshop, WorkshopHost
from exchange.policies.formats import visible_formats
from exchange.policies.workshops import LIVING, listed_workshops
from exchange.queries.workshops import SOONEST, with_format
from tenancy.models import Network
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.audience import Rung
from toolkit.past_sight import answer_of

#: So long what is over stays in a feed, and so long what was called off stays in it as cancelled.
KEPT = timedelta(days=365)
KEPT_CANCELLED = timedelta(days=180)
#: So long one's own events stay in one's own calendar.
KEPT_OWN = timedelta(days=180)

#: What a calendar shows of a workshop; the rest is not read.
_SHOWN = (
    "title", "summary", "description", "mode", "starts_at", "ends_at", "place", "online_url", "state", "cancel_reason",
    "updated_at", "calendar_uid", "calendar_sequence", "format",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    """How the rows of a feed stand: two stands are equal exactly when the feeds made of them are.

    ``newest`` is when one of them was last changed; None where there is none.
    """

    rows: int
    newest: datetime | None
    mixed: int


def stand_of(rows: QuerySet[Workshop], *more: Any) -> Stand:
    """How these workshops stand, with ``more`` of each that a calendar shows. One query, no text is read.

    A row that comes into sight or leaves it changes the number and the mixture; a change raises ``version``. What
    format it belongs to, and whether one sees that, is in it too.
    """
    words = Func(
        Value("/"),
        *("pk", "version", "calendar_sequence", "state", "updated_at", "format__hashtag", "format__version", *more),
        function="concat_ws",
        output_field=TextField(),
    )
    mixture = Func(words, Value(0), function="hashtextextended", output_field=BigIntegerField())
    found = rows.order_by().aggregate(
        # Summed up as they come: neither an order nor a long string of them is needed.
        rows=Count("pk"), newest=Max("updated_at"), mixed=Cast(Sum(mixture), TextField()),
    )  # fmt: skip
    return Stand(found["rows"], found["newest"], int(found["mixed"] or 0))


def feed(viewer: Viewer, *, now: datetime) -> QuerySet[Workshop]:
    """What the viewer may see but drafts: what comes, a year of what was, half a year of what was cancelled."""
    rows = listed_workshops(viewer).filter(ends_at__gt=now - KEPT)
    return rows.exclude(Q(state=Workshop.State.CANCELLED) & Q(ends_at__lte=now - KEPT_CANCELLED))


def of_format(rows: QuerySet[Workshop], exchange_format: ExchangeFormat) -> QuerySet[Workshop]:
    """Those of a format."""
    return rows.filter(format=exchange_format)


def of_city(rows: QuerySet[Workshop], network: Network) -> QuerySet[Workshop]:
    """Those that a city hosts."""
    hosted = WorkshopHost.objects.filter(workshop=OuterRef("pk"), network=network, state=WorkshopHost.State.ACCEPTED)
    return rows.filter(Exists(hosted))


def shown(rows: QuerySet[Workshop], viewer: Viewer) -> list[Workshop]:
    """The rows as a calendar needs them, soonest first. Two queries."""
    return list(with_format(rows.only(*_SHOWN), viewer).order_by(*SOONEST))


def format_with_calendar(viewer: Viewer, slug: str) -> ExchangeFormat:
    """The format whose calendar is asked for; raises ``DoesNotExist`` for what the viewer cannot see. One query."""
    return visible_formats(viewer).get(slug=slug)


def city_with_calendar(viewer: Viewer, slug: str) -> Network:
    """The published network whose calendar is asked for; raises ``DoesNotExist``. One query."""
    return visible_networks(viewer).filter(published_at__isnull=False).select_related("municipality").get(slug=slug)


def cities_of(viewer: Viewer) -> list[Network]:
    """The viewer's own cities, as far as they are published. One query, none for who is in no network."""
    if not viewer.seats:
        return []
    rows = visible_networks(viewer).filter(pk__in=viewer.network_ids, published_at__isnull=False)
    return list(rows.select_related("municipality").order_by("municipality__sort_key"))


def formats_of(viewer: Viewer, *, most: int = 20) -> list[ExchangeFormat]:
    """The formats that the viewer sees and everybody may subscribe to. One query."""
    return list(visible_formats(viewer).filter(rung=Rung.PUBLIC).order_by("hashtag")[:most])


# --- one's own ------------------------------------------------------------------------------------------------------


def own_feed(viewer: Viewer, *, now: datetime) -> QuerySet[Workshop]:
    """The workshops at which the viewer has a place or waits for one, with ``own_state``; cancelled ones too."""
    own = Q(registrations__person_id=viewer.someone, registrations__state__in=LIVING)
    rows = listed_workshops(viewer).filter(own, ends_at__gt=now - KEPT_OWN)
    return rows.annotate(own_state=F("registrations__state"))


def own_stand(rows: QuerySet[Workshop]) -> Stand:
    """How the own calendar stands: a place that was won or lost changes it too. One query."""
    return stand_of(rows, "registrations__state", "registrations__mode")


def has_link(workshop: Workshop) -> bool:
    """Whether who has this place reads the link to take part."""
    return getattr(workshop, "own_state", "") == Registration.State.SEAT


def calendar_generation(person_id: int) -> int | None:
    """The number that the person's secret calendar address is made with; None while there is none. One query."""
    # Asked before anybody acts: the address alone says whose it is.
    generation: int | None = answer_of("exchange_calendar_generation", person_id)
    return generation
