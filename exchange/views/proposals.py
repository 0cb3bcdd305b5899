"""Open space: the form to propose, votes, and what hosts do with proposals."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exchange.forms.proposals import OpenSpaceForm, ProposalForm
from exchange.models import SessionProposal, Workshop
from exchange.policies.proposals import may_propose, may_set_open_space
from exchange.queries.proposals import open_space_of, proposals_of
from exchange.queries.workshops import own_place
from exchange.services import proposals as verbs
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require


def _back(workshop: Workshop) -> HttpResponse:
    answer = redirect("exchange:workshop-detail", pk=workshop.pk)
    answer["Location"] += "#h-vorschlaege"
    return answer


@require_http_methods(["GET", "POST"])
def proposal_new(request: ViewerRequest, pk: int) -> HttpResponse:
    """Propose a session."""
    workshop = workshop_or_404(request, pk)
    own = own_place(request.viewer, workshop)
    require(may_propose(request.viewer, workshop, open_space_of(workshop), own, at=timezone.now()))
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.propose(request.viewer, pk, **form.cleaned_data)
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Ihr Vorschlag steht zur Abstimmung."))
            return _back(workshop)
    context = {**SECTION, "w": workshop, "form": form}
    return render(request, "exchange/proposal_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def open_space(request: ViewerRequest, pk: int) -> HttpResponse:
    """The hosts ask for proposals, or stop asking."""
    workshop = workshop_or_404(request, pk)
    require(may_set_open_space(request.viewer, workshop))
    form = OpenSpaceForm(request.POST or None, stored=open_space_of(workshop), workshop=workshop)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.set_open_space(
                request.viewer, pk, until=form.cleaned_data["until"], votes_each=form.cleaned_data["votes_each"]
            )
        except Conflict as error:
            form.add_error("until_day", str(error))
        else:
            messages.success(request, _("Gespeichert."))
            return _back(workshop)
    context = {**SECTION, "w": workshop, "form": form}
    return render(request, "exchange/proposal_space.html", context, status=422 if request.method == "POST" else 200)


def _proposal(request: ViewerRequest, workshop: Workshop, number: int) -> SessionProposal:
    found = next((p for p in proposals_of(request.viewer, workshop) if p.pk == number), None)
    if found is None:
        raise Http404
    return found


def _done(request: ViewerRequest, pk: int, number: int, act: Any, sentence: str) -> HttpResponse:
    workshop = workshop_or_404(request, pk)
    _proposal(request, workshop, number)
    try:
        act(request.viewer, number)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)
    return _back(workshop)


@require_POST
def proposal_vote(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Give it a vote; with ``back`` take it back."""
    if request.POST.get("back"):
        return _done(request, pk, number, verbs.unvote, _("Ihre Stimme ist zurückgenommen."))
    return _done(request, pk, number, verbs.vote, _("Ihre Stimme ist gezählt."))


@require_POST
def proposal_withdraw(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Take one's own proposal back."""
    return _done(request, pk, number, verbs.withdraw_proposal, _("Ihr Vorschlag ist zurückgezogen."))


@require_POST
def proposal_take(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Into the programme with it; the hosts then say when and where."""
    workshop = workshop_or_404(request, pk)
    _proposal(request, workshop, number)
    session = verbs.take_proposal(request.viewer, number)
    messages.success(request, _("Steht im Programm. Bitte prüfen Sie Zeit und Ort."))
    return redirect("exchange:session-edit", pk=pk, number=session.pk)
