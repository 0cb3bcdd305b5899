"""What seats hand to the page of a workshop: the hosts' way to them."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from exchange.queries.workshops import WorkshopPage
from tenancy.viewer import Viewer
from toolkit.panels import register_panel


def _tools(request: HttpRequest, page: WorkshopPage) -> str:
    """The hosts' link to the seats. No query."""
    from exchange.policies.seats import may_save_seats

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if not may_save_seats(viewer, page.workshop, at=timezone.now()):
        return ""
    return render_to_string("exchange/seats_tools.html", {"w": page.workshop}, request)


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop-before", _tools, order=10)
