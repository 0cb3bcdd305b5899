"""What moves put on the page of a workshop; and the jobs of invitations and reminders become known."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from exchange.queries.workshops import WorkshopPage
from exchange.services import invitations as _invitations  # noqa: F401 -- for its job to be known
from exchange.services import reminders as _reminders  # noqa: F401 -- for its jobs to be known
from toolkit.panels import register_panel


def _moves_panel(request: HttpRequest, page: WorkshopPage) -> str:
    """What it was before, and why it was moved. One query where it was moved, else none."""
    from exchange.queries.moves import moves_of

    workshop = page.workshop
    if workshop.state != "open" or not workshop.calendar_sequence:
        return ""
    moves = moves_of(workshop)
    return render_to_string("exchange/workshop_moves.html", {"moves": moves}, request) if moves else ""


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop", _moves_panel, order=5)
