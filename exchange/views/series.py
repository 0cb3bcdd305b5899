"""Meetings that come again: the preview of their dates, and the page of a series."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.forms.series import RepeatForm
from exchange.models import WorkshopSeries
from exchange.policies.program import may_repeat
from exchange.queries import series as queries
from exchange.services import series as verbs
from exchange.views.workshops import SECTION, network_of, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require


def _days(request: ViewerRequest) -> list[date]:
    found = []
    for said in request.POST.getlist("days")[:60]:
        try:
            found.append(date.fromisoformat(said))
        except ValueError:
            continue
    return found


@require_http_methods(["GET", "POST"])
def workshop_repeat(request: ViewerRequest, pk: int) -> HttpResponse:
    """First the rule, then its dates with the holidays among them, then all of them at once."""
    workshop = workshop_or_404(request, pk)
    require(may_repeat(request.viewer, workshop))
    form = RepeatForm(request.POST or None, first=timezone.localtime(workshop.starts_at).date())
    context: dict[str, Any] = {**SECTION, "w": workshop, "form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = 200
            context["planned"] = queries.planned(workshop, form.rule, queries.lands_of(workshop))
            context["chosen"] = _days(request) if "make" in request.POST else [
                one.day for one in context["planned"] if not one.holidays
            ]  # fmt: skip
            if "make" in request.POST:
                try:
                    made = verbs.repeat_workshop(
                        request.viewer,
                        pk,
                        rule=form.rule,
                        days=context["chosen"],
                        open_at_once=form.cleaned_data["open_at_once"],
                    )
                except Conflict as error:
                    form.add_error(None, str(error))
                    status = 422
                else:
                    messages.success(request, _("Die Reihe ist angelegt."))
                    return redirect("exchange:series", pk=made.pk)
    return render(request, "exchange/series_form.html", context, status=status)


@login_not_required
@require_safe
def series_detail(request: ViewerRequest, pk: int) -> HttpResponse:
    """What comes, what was, what fell out."""
    try:
        page = queries.series_page(request.viewer, pk)
    except WorkshopSeries.DoesNotExist as error:
        raise Http404 from error
    return render(request, "exchange/series.html", {**SECTION, "page": page})


@require_POST
def series_answer(request: ViewerRequest, pk: int) -> HttpResponse:
    """Accept with ``answer=yes``, decline with ``answer=no``, for the city ``network`` and all dates that wait."""
    try:
        page = queries.series_page(request.viewer, pk)
    except WorkshopSeries.DoesNotExist as error:
        raise Http404 from error
    network = network_of(request)
    if network not in {one.pk for one in page.asked}:
        raise Http404
    accept = request.POST.get("answer") == "yes"
    number = verbs.answer_series(request.viewer, pk, network, accept=accept)
    sentence = ngettext("Für einen Termin geantwortet.", "Für {n} Termine geantwortet.", number)
    messages.success(request, sentence.format(n=number))
    return redirect("exchange:series", pk=pk) if accept else redirect("exchange:workshop-list")
