"""What the programme puts on the page of a workshop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenancy.viewer import Viewer
from toolkit.panels import register_panel

if TYPE_CHECKING:
    from exchange.queries.workshops import WorkshopPage


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    return viewer


def _program(request: HttpRequest, page: WorkshopPage) -> str:
    """The programme, by day; two queries."""
    from exchange.queries.program import by_day, sessions_of

    days = by_day(sessions_of(_viewer(request), page.workshop))
    return render_to_string("exchange/program_panel.html", {"days": days}, request) if days else ""


def _about(request: HttpRequest, page: WorkshopPage) -> str:
    """Cost, contact, accessibility at length; one query where a person is named."""
    from exchange.queries.program import contact_of

    w = page.workshop
    if w.price is None and not any((w.cost, w.contact, w.contact_person_id, w.series_id, w.accessibility_notes)):
        return ""
    contact, seen = contact_of(_viewer(request), w)
    return render_to_string("exchange/program_about.html", {"w": w, "contact": contact, "contact_seen": seen}, request)


def _materials(request: HttpRequest, page: WorkshopPage) -> str:
    """What to read before and after; one query."""
    from exchange.models import Material
    from exchange.queries.program import materials_of

    rows = materials_of(_viewer(request), page.workshop)
    phases = [(label, [m for m in rows if m.phase == phase]) for phase, label in Material.Phase.choices]
    phases = [(label, some) for label, some in phases if some]
    return render_to_string("exchange/materials_panel.html", {"phases": phases}, request) if phases else ""


def _tools(request: HttpRequest, page: WorkshopPage) -> str:
    """For the hosts: to the programme, and to step back. No query."""
    from exchange.policies.program import may_edit_program, may_step_back

    viewer = _viewer(request)
    context = {
        "w": page.workshop,
        "may_edit": may_edit_program(viewer, page.workshop),
        "may_leave": [n for n in page.hosts if may_step_back(viewer, page.workshop, n.pk)],
    }
    return render_to_string("exchange/program_tools.html", context, request)


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop", _program, order=10)
    register_panel("workshop", _about, order=15)
    register_panel("workshop", _materials, order=50)
    register_panel("workshop-before", _tools, order=20)
