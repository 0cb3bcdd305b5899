"""What came out of a workshop or a format: the experiences that were begun from it, as far as the viewer reads them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from exchange.models import ExchangeFormat, Experience, Workshop
from exchange.policies.experiences import published_experiences
from exchange.policies.formats import visible_formats
from exchange.policies.workshops import visible_workshops
from tenancy.viewer import Viewer

MOST = 12


def _shown(rows: QuerySet[Experience]) -> list[Experience]:
    rows = rows.select_related("network__municipality", "author").prefetch_related("experience_topics__tag")
    return list(rows.order_by("-published_at", "-id")[:MOST])


@dataclass(frozen=True, slots=True)
class Origin:
    """What an experience came out of, as far as the viewer sees it."""

    workshop: Workshop | None
    format: ExchangeFormat | None


def origin_of(viewer: Viewer, experience: Experience) -> Origin:
    """What it came out of. One query for each that there is."""
    workshop = format_ = None
    if experience.workshop_id is not None:
        workshop = visible_workshops(viewer).filter(pk=experience.workshop_id).first()
    if experience.exchange_format_id is not None:
        format_ = visible_formats(viewer).filter(pk=experience.exchange_format_id).first()
    return Origin(workshop, format_)


def outcomes_of_format(viewer: Viewer, format_id: int) -> list[Experience]:
    """Published experiences that link to the format, or to one of its workshops in sight, newest first. Two queries.

    Proposals join them here once there are any.
    """
    workshops = visible_workshops(viewer).filter(format=format_id).order_by().values("pk")
    linked = Q(exchange_format=format_id, workshop=None) | Q(workshop__in=workshops)
    return _shown(published_experiences(viewer).filter(linked))


def outcomes_of_workshop(viewer: Viewer, workshop_id: int) -> list[Experience]:
    """Published experiences that link to a workshop in sight, newest first. Two queries."""
    return _shown(published_experiences(viewer).filter(workshop=workshop_id))
