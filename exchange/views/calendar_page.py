"""The calendar page: a month as a table, a week, a month as a list, a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from exchange.policies.workshops import may_create_workshop
from exchange.queries.calendar import Span, calendar_page, span_from
from exchange.queries.narrowing import WorkshopFilter, filter_from
from exchange.views.workshops import SECTION
from tenancy.middleware import ViewerRequest


def _address(wanted: WorkshopFilter, view: str, day: date) -> str:
    return wanted.address(ansicht=view, am=day.isoformat())


def _views(wanted: WorkshopFilter, span: Span) -> dict[str, str]:
    """Where the same day is looked at in another view; from a month that holds today one comes to its week."""
    day = span.today if span.view in ("monat", "liste") and span.holds_today else span.day
    return {view: _address(wanted, view, day) for view in ("liste", "woche", "monat")}


@login_not_required
@require_safe
def calendar(request: ViewerRequest) -> HttpResponse:
    """Everything one may see, by days: ``?ansicht=monat|woche|liste|tag&am=2027-03-01``, filters as in the list."""
    viewer = request.viewer
    wanted = replace(filter_from(request.GET), past=False)
    span = span_from(request.GET.get("ansicht", ""), request.GET.get("am", ""), today=timezone.localdate())
    page = calendar_page(viewer, wanted, span, land=viewer.seats[0].state_code if viewer.seats else "")
    reset = WorkshopFilter()
    context = {
        **SECTION,
        "page": page,
        "span": span,
        "wanted": wanted,
        "views": _views(wanted, span),
        "earlier": _address(wanted, span.view, span.earlier) if span.earlier else "",
        "later": _address(wanted, span.view, span.later) if span.later else "",
        "now_address": "" if span.holds_today else _address(wanted, span.view, span.today),
        # A day's own page, to which its date is added.
        "day_address": wanted.address(ansicht="tag") + "&am=",
        "week_address": wanted.address(ansicht="woche") + "&am=",
        "now": timezone.now(),
        "reset_address": _address(reset, span.view, span.day),
        "last_day": span.ends - timedelta(days=1),
        "may_create": may_create_workshop(viewer),
    }
    return render(request, "exchange/calendar.html", context)
