"""One's own place: answer an offer, say who comes along, hand the seat over; and how the hosts give seats."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exchange.forms.seats import HandOverForm, RefuseForm, SeatsForm
from exchange.forms.workshops import CompanionsForm
from exchange.models import Registration, SeatHandover, Workshop, WorkshopHost
from exchange.policies import seats as rules
from exchange.queries import seats as seat_queries
from exchange.queries import workshops as queries
from exchange.services import places as verbs
from exchange.services import seat_rules
from exchange.views.formats import town_choices
from exchange.views.workshops import SECTION, detail, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, given, require


def _back(pk: int) -> HttpResponse:
    return redirect("exchange:workshop-detail", pk=pk)


@require_POST
def offer_answer(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take the offered seat with ``answer=yes``, let it go on with ``answer=no``."""
    workshop_or_404(request, pk)
    try:
        if request.POST.get("answer") == "yes":
            verbs.accept_offer(request.viewer, pk)
            messages.success(request, _("Sie haben einen Platz. Bis bald!"))
        else:
            verbs.decline_offer(request.viewer, pk)
            messages.success(request, _("Der Platz geht an die nächste Person. Sie warten nicht mehr."))
    except Conflict as error:
        messages.error(request, str(error))
    return _back(pk)


@require_POST
def companions_change(request: ViewerRequest, pk: int) -> HttpResponse:
    """Say anew how many come along."""
    workshop = workshop_or_404(request, pk)
    own = queries.own_place(request.viewer, workshop)
    require(rules.may_change_companions(workshop, own, at=timezone.now()))
    form = CompanionsForm(request.POST)
    if form.is_valid():
        try:
            verbs.change_companions(
                request.viewer, pk, form.cleaned_data["companions"], form.cleaned_data["companion_names"]
            )
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Gespeichert."))
            return _back(pk)
    return detail(request, pk, companions_form=form, status=422)


@require_http_methods(["GET", "POST"])
def seat_hand_over(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask a colleague of one's city to come instead; ``keep=1`` takes the question back."""
    viewer = request.viewer
    workshop = workshop_or_404(request, pk)
    if request.method == "POST" and request.POST.get("keep"):
        verbs.keep_seat(viewer, pk)
        messages.success(request, _("Sie behalten Ihren Platz."))
        return _back(pk)
    own = queries.own_place(viewer, workshop)
    require(rules.may_hand_over(workshop, own, at=timezone.now()))
    own = given(own)
    colleagues = seat_queries.colleagues_of(viewer, own.network_id)
    form = HandOverForm(request.POST or None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.hand_over(viewer, pk, form.cleaned_data["taker"])
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Die Frage ist unterwegs. Bis zur Antwort bleibt Ihr Platz Ihrer."))
            return _back(pk)
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "w": workshop, "form": form, "anybody": bool(colleagues)}
    return render(request, "exchange/seats_hand_over.html", context, status=status)


@require_POST
def handover_answer(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Take a colleague's seat with ``answer=yes``, or say no."""
    workshop_or_404(request, pk)
    accept = request.POST.get("answer") == "yes"
    try:
        verbs.answer_handover(request.viewer, pk, number, accept=accept)
    except SeatHandover.DoesNotExist as error:
        raise Http404 from error
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Sie haben einen Platz. Bis bald!") if accept else _("Gut, Sie haben abgesagt."))
    return _back(pk)


# --- for the hosts ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def seats_manage(request: ViewerRequest, pk: int) -> HttpResponse:
    """How seats are given, and who has which place."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_save_seats(request.viewer, workshop, at=timezone.now()))
    return _manage(request, workshop)


def _manage(
    request: ViewerRequest, workshop: Workshop, *, refusing: tuple[int, RefuseForm] | None = None
) -> HttpResponse:
    viewer, posted = request.viewer, request.method == "POST" and refusing is None
    quotas = seat_queries.quotas_of(viewer, workshop)
    hosts = [host.network for host in workshop.hosts.all() if host.state == WorkshopHost.State.ACCEPTED]
    cities = town_choices(seat_queries.cities_for_quotas(hosts, quotas))
    others = town_choices(queries.networks_to_invite(viewer, but=[number for number, _town in cities]))
    form = SeatsForm(
        request.POST if posted else None,
        stored=workshop,
        cities=cities,
        quotas={quota.network_id: quota.seats for quota in quotas},
        others=others,
    )
    if posted and form.is_valid():
        try:
            seat_rules.save_seats(viewer, workshop.pk, rules=form.rules, quotas=form.quotas)
        except Conflict as error:
            form.refuse(error.field, str(error))
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("exchange:seats-manage", pk=workshop.pk)
    context: dict[str, Any] = {
        **SECTION,
        "w": workshop,
        "form": form,
        "bars": seat_queries.bars_of(workshop, quotas, frozenset()),
        "released": any(quota.released for quota in quotas),
        "places": seat_queries.places_of(viewer, workshop),
        "refuse_form": RefuseForm(),
        "refusing": refusing,
    }
    status = 422 if posted or refusing is not None else 200
    return render(request, "exchange/seats_manage.html", context, status=status)


@require_POST
def place_approve(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Let somebody come who asked."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_decide_place(request.viewer, workshop))
    try:
        place = seat_rules.approve(request.viewer, pk, number)
    except Registration.DoesNotExist as error:
        raise Http404 from error
    if place.state == Registration.State.SEAT:
        messages.success(request, _("Zugesagt: Die Person hat einen Platz."))
    else:
        messages.success(request, _("Zugesagt: Die Person steht auf der Warteliste."))
    return redirect("exchange:seats-manage", pk=pk)


@require_POST
def place_refuse(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Say no to somebody who asked, with the reason."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_decide_place(request.viewer, workshop))
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _manage(request, workshop, refusing=(number, form))
    try:
        seat_rules.refuse(request.viewer, pk, number, reason=form.cleaned_data["reason"])
    except Registration.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Abgesagt. Die Person liest Ihre Begründung."))
    return redirect("exchange:seats-manage", pk=pk)
