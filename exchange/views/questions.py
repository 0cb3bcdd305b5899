"""The hosts' page of questions, and one's own answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exchange.forms.questions import AnswersForm, QuestionForm, answers_in
from exchange.models import Question
from exchange.policies import questions as rules
from exchange.queries import questions as queries
from exchange.queries.workshops import own_place
from exchange.services import questions as verbs
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require


def _question_or_404(request: ViewerRequest, pk: int, number: int) -> Question:
    question = rules.visible_questions(request.viewer).filter(workshop_id=pk, pk=number).first()
    if question is None:
        raise Http404
    return question


@require_http_methods(["GET", "POST"])
def question_list(request: ViewerRequest, pk: int) -> HttpResponse:
    """What is asked, what was answered, and a form to ask something more."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_write_questions(request.viewer, workshop))
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.add_question(request.viewer, pk, words=form.words)
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Die Frage steht jetzt im Formular der Anmeldung."))
            return redirect("exchange:question-list", pk=pk)
    tallies = queries.tallies(request.viewer, workshop)
    context: dict[str, Any] = {
        **SECTION,
        "w": workshop,
        "form": form,
        "asked": [tally for tally in tallies if tally.question.retired_at is None],
        "retired": [tally for tally in tallies if tally.question.retired_at is not None],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/question_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
def question_edit(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Change a question."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_write_questions(request.viewer, workshop))
    question = _question_or_404(request, pk, number)
    form = QuestionForm(request.POST or None, stored=question)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_question(request.viewer, number, words=form.words)
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("exchange:question-list", pk=pk)
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "w": workshop, "form": form, "question": question}
    return render(request, "exchange/question_edit.html", context, status=status)


@require_POST
def question_deed(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Move a question up or down, put it away, or bring it back: ``deed`` is up, down, remove or restore."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_write_questions(request.viewer, workshop))
    _question_or_404(request, pk, number)
    deed = request.POST.get("deed", "")
    if deed == "remove":
        if verbs.remove_question(request.viewer, number):
            messages.success(request, _("Die Frage wird nicht mehr gestellt. Die Antworten bleiben stehen."))
        else:
            messages.success(request, _("Die Frage ist gelöscht."))
    elif deed == "restore":
        verbs.bring_back_question(request.viewer, number)
        messages.success(request, _("Die Frage wird wieder gestellt."))
    elif deed in ("up", "down"):
        verbs.shift_question(request.viewer, number, up=deed == "up")
    else:
        raise Http404
    return redirect("exchange:question-list", pk=pk)


@require_http_methods(["GET", "POST"])
def own_answers(request: ViewerRequest, pk: int) -> HttpResponse:
    """Correct one's own answers, until the sign-up ends."""
    workshop = workshop_or_404(request, pk)
    own = own_place(request.viewer, workshop)
    require(rules.may_correct_answers(request.viewer, workshop, own, at=timezone.now()))
    asked = queries.questions_of(request.viewer, workshop)
    answered = queries.own_answers(request.viewer, workshop, own) if own is not None else {}
    form = AnswersForm(request.POST if request.method == "POST" else None, questions=asked, answered=answered)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.correct_answers(request.viewer, pk, answers=answers_in(form, asked))
        except Conflict as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Ihre Antworten sind gespeichert."))
            return redirect("exchange:workshop-detail", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/question_answers.html", {**SECTION, "w": workshop, "form": form}, status=status)
