"""What came out of a workshop or a format: the experiences that were begun from it, as far as the viewer reads them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from exchange.models import Experience
from exchange.policies.experiences import published_experiences
from exchange.policies.workshops import visible_workshops
from tenancy.viewer import Viewer

MOST = 12


def _shown(rows: QuerySet[Experience]) -> list[Experience]:
    rows = rows.select_related("network__municipality", "author").prefetch_related("experience_topics__tag")
    return list(rows.order_by("-published_at", "-id")[:MOST])


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
