"""What the questions at sign-up put on the page of a workshop, and their words on the record."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.queries.workshops import WorkshopPage
from moderation.public import register_verbs
from tenancy.viewer import Viewer
from toolkit.panels import register_panel


def _answers_panel(request: HttpRequest, page: WorkshopPage) -> str:
    """One's own answers, with the way to correct them. Two queries, none for who has no place."""
    from exchange.policies.questions import may_correct_answers
    from exchange.queries.questions import every_question, in_words, own_answers

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if page.own is None:
        return ""
    answered = own_answers(viewer, page.workshop, page.own)
    rows = [
        (question, in_words(answered[question.pk]) if question.pk in answered else "")
        for question in every_question(viewer, page.workshop)
        if question.retired_at is None or question.pk in answered
    ]
    may = may_correct_answers(viewer, page.workshop, page.own, at=timezone.now())
    context = {"w": page.workshop, "rows": rows, "may_correct": may}
    return render_to_string("exchange/question_panel.html", context, request) if rows else ""


def _tools(request: HttpRequest, page: WorkshopPage) -> str:
    """The hosts' way to the questions. No query."""
    from exchange.policies.questions import may_write_questions

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if not may_write_questions(viewer, page.workshop):
        return ""
    return render_to_string("exchange/question_tools.html", {"w": page.workshop}, request)


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop", _answers_panel, order=30)
    register_panel("workshop-before", _tools, order=15)
    register_verbs(
        {
            "workshop.question_added": _("Frage zur Anmeldung gestellt"),
            "workshop.question_changed": _("Frage zur Anmeldung geändert"),
            "workshop.question_removed": _("Frage zur Anmeldung herausgenommen"),
        }
    )
