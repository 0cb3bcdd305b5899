"""What the day puts on the page of a workshop, and its words on the record."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.queries.workshops import WorkshopPage
from exchange.services import certificates as _more_jobs  # noqa: F401 -- for its jobs to be known
from exchange.services import days as _jobs  # noqa: F401 -- as above
from moderation.public import register_verbs
from tenancy.viewer import Viewer
from toolkit.panels import register_panel


def _day_panel(request: HttpRequest, page: WorkshopPage) -> str:
    """Who has a seat: check in on the day, and what one has of it afterwards. One query at most."""
    from exchange.policies import days as rules
    from exchange.queries.days import own_attendance

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    workshop, own, now = page.workshop, page.own, timezone.now()
    day = rules.day_at(workshop, now)
    if own is None or own.state != "seat" or workshop.state == "cancelled" or (day is None and workshop.ends_at > now):
        return ""
    mine = own_attendance(viewer, workshop)
    context = {
        "w": workshop,
        "day": day,
        "there": day is not None and any(row.day == day.date for row in mine),
        "mine": mine,
        "certificate": rules.may_get_certificate(viewer, workshop, mine, at=now),
        "may_check_in_alone": rules.may_check_in_alone(viewer, workshop, own, mine, at=now),
    }
    return render_to_string("exchange/day_panel.html", context, request) if day or mine else ""


def _attendance_tools(request: HttpRequest, page: WorkshopPage) -> str:
    """The hosts' links to the list and to the code at the door. No query."""
    from exchange.policies import days as rules

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    now = timezone.now()
    context = {
        "w": page.workshop,
        "may_keep": rules.may_keep_attendance(viewer, page.workshop, at=now),
        "may_show_code": rules.may_show_door_code(viewer, page.workshop, at=now),
    }
    if not (context["may_keep"] or context["may_show_code"]):
        return ""
    return render_to_string("exchange/day_tools.html", context, request)


def _certificate_tools(request: HttpRequest, page: WorkshopPage) -> str:
    """The hosts' link to the certificates. No query."""
    from exchange.policies.days import may_get_all_certificates

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if not may_get_all_certificates(viewer, page.workshop, at=timezone.now()):
        return ""
    return render_to_string("exchange/day_certificate_tools.html", {"w": page.workshop}, request)


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop", _day_panel, order=60)
    register_panel("workshop-day", _attendance_tools, order=40)
    register_panel("workshop-after", _certificate_tools, order=45)
    register_verbs(
        {
            "workshop.attendance_begun": _("Anwesenheitsliste begonnen"),
            "workshop.attendance_taken_back": _("Häkchen der Anwesenheit zurückgenommen"),
            "workshop.door_code_renewed": _("Code an der Tür erneuert"),
            "workshop.certificates_made": _("Teilnahmenachweise erstellt"),
        }
    )
