"""Pages of feedback: say how it was, ask questions of one's own, read what was said."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exchange.forms.feedback import AFTER, CHANGE, GOOD, FeedbackAnswerForm, FeedbackQuestionsForm
from exchange.policies import feedback as rules
from exchange.queries import feedback as queries
from exchange.services import feedback as verbs
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import require


@require_http_methods(["GET", "POST"])
def feedback(request: ViewerRequest, pk: int) -> HttpResponse:
    """Say how it was."""
    workshop, viewer = workshop_or_404(request, pk), request.viewer
    entitled, given = queries.is_entitled(workshop), queries.has_given(viewer, workshop)
    require(rules.may_give_feedback(viewer, workshop, entitled=entitled, given=given, at=timezone.now()))
    form = FeedbackAnswerForm(request.POST or None, own=queries.questions_of(viewer, workshop))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        verbs.give_feedback(
            viewer,
            pk,
            helpful=data["helpful"],
            recommend=data["recommend"],
            good=data["good"],
            change=data["change"],
            after=data["after"],
            own=form.own_answers(),
        )
        messages.success(request, _("Danke! Ihre Antwort ist ohne Namen gespeichert."))
        return redirect("exchange:workshop-detail", pk=pk)
    context = {**SECTION, "w": workshop, "form": form}
    return render(request, "exchange/feedback_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def questions(request: ViewerRequest, pk: int) -> HttpResponse:
    """The hosts' own questions."""
    workshop, viewer = workshop_or_404(request, pk), request.viewer
    require(rules.may_ask_questions(viewer, workshop, at=timezone.now()))
    form = FeedbackQuestionsForm(request.POST or None, questions=queries.questions_of(viewer, workshop))
    if request.method == "POST" and form.is_valid():
        verbs.ask_questions(viewer, pk, form.questions())
        messages.success(request, _("Gespeichert. Gefragt wird nach dem Ende der Veranstaltung."))
        return redirect("exchange:workshop-detail", pk=pk)
    context = {**SECTION, "w": workshop, "form": form, "fixed": FeedbackAnswerForm()}
    return render(request, "exchange/feedback_questions.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def results(request: ViewerRequest, pk: int) -> HttpResponse:
    """What was said, from five answers on."""
    workshop, viewer, now = workshop_or_404(request, pk), request.viewer, timezone.now()
    require(rules.may_read_feedback(viewer, workshop, at=now))
    found = queries.results_of(viewer, workshop, (str(GOOD), str(CHANGE), str(AFTER)))
    context = {
        **SECTION,
        "w": workshop,
        "found": found,
        "enough": rules.ENOUGH,
        "until": workshop.ends_at + rules.TAKEN if rules.is_taken(workshop, now) else None,
        "asked": FeedbackAnswerForm().fields,
    }
    return render(request, "exchange/feedback_results.html", context)
