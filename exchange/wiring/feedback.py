"""What feedback puts on the page of a workshop, and its words on the record."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.queries.workshops import WorkshopPage
from exchange.services import feedback as _jobs  # noqa: F401 -- for its jobs to be known
from moderation.public import register_verbs
from tenancy.viewer import Viewer
from toolkit.panels import register_panel


def _panel(request: HttpRequest, page: WorkshopPage) -> str:
    """Asks who was there how it was, for three weeks. Two queries, none before the end."""
    from exchange.policies import feedback as rules
    from exchange.queries import feedback as queries

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    workshop, now = page.workshop, timezone.now()
    if page.own is None or not rules.is_taken(workshop, now) or not queries.is_entitled(workshop):
        return ""
    context = {
        "w": workshop,
        "given": queries.has_given(viewer, workshop),
        "until": workshop.ends_at + rules.TAKEN,
    }
    return render_to_string("exchange/feedback_panel.html", context, request)


def _tools(request: HttpRequest, page: WorkshopPage) -> str:
    """The hosts' links to their questions, and to what was said. No query."""
    from exchange.policies import feedback as rules

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    now = timezone.now()
    context = {
        "w": page.workshop,
        "may_read": rules.may_read_feedback(viewer, page.workshop, at=now),
        "may_ask": rules.may_ask_questions(viewer, page.workshop, at=now),
    }
    if not (context["may_read"] or context["may_ask"]):
        return ""
    return render_to_string("exchange/feedback_tools.html", context, request)


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop", _panel, order=65)
    register_panel("workshop-after", _tools, order=50)
    register_verbs({"workshop.feedback_questions": _("Fragen für die Rückmeldung geändert")})
