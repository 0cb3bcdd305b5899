"""What open space puts on the page of a workshop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from tenancy.viewer import Viewer
from toolkit.panels import register_panel

if TYPE_CHECKING:
    from exchange.queries.workshops import WorkshopPage


def _proposals(request: HttpRequest, page: WorkshopPage) -> str:
    """What was proposed; one query, two where the viewer reads it."""
    from exchange.policies.proposals import may_propose, may_read_proposals, may_set_open_space
    from exchange.queries.proposals import open_space_of, proposals_of

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if not viewer.signed_in:
        return ""
    w = page.workshop
    space = open_space_of(w)
    if space is None:
        return ""
    may_read = may_read_proposals(viewer, w, page.own)
    rows = proposals_of(viewer, w) if may_read else []
    context = {
        "w": w,
        "space": space,
        "proposals": rows,
        "may_read": may_read,
        "may_propose": may_propose(viewer, w, space, page.own, at=timezone.now()),
        "may_take": may_set_open_space(viewer, w),
        "is_closed": space.until <= timezone.now(),
        "left": max(0, space.votes_each - sum(bool(getattr(row, "has_mine", False)) for row in rows)),
        "person_id": viewer.person_id,
    }
    return render_to_string("exchange/proposal_panel.html", context, request)


def _tools(request: HttpRequest, page: WorkshopPage) -> str:
    from exchange.policies.proposals import may_set_open_space

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if not may_set_open_space(viewer, page.workshop):
        return ""
    return render_to_string("exchange/proposal_tools.html", {"w": page.workshop}, request)


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop", _proposals, order=40)
    register_panel("workshop-before", _tools, order=22)
