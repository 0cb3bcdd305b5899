"""Pages of the day: the list of who came, the code at the door, „Ich bin da“."""

from __future__ import annotations

import datetime

import segno
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.door_codes import door_code
from exchange.models import Registration
from exchange.policies import days as rules
from exchange.queries import days as queries
from exchange.queries.workshops import own_place
from exchange.services import days as verbs
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require
from toolkit.text import clean_query


def _back(pk: int, day: str, q: str, place: int) -> str:
    asked = urlencode({name: value for name, value in (("tag", day), ("q", q)) if value})
    return f"{reverse('exchange:attendance', kwargs={'pk': pk})}?{asked}#platz-{place}"


@require_http_methods(["GET", "POST"])
def attendance(request: ViewerRequest, pk: int) -> HttpResponse:
    """Tick off who came. POST: ``there`` or ``gone`` with the number of a registration, ``tag`` the day."""
    workshop = workshop_or_404(request, pk)
    now = timezone.now()
    require(rules.may_keep_attendance(request.viewer, workshop, at=now))
    asked = request.POST if request.method == "POST" else request.GET
    day, q = clean_query(asked.get("tag", "")), clean_query(asked.get("q", ""))
    if request.method == "POST":
        there = "there" in request.POST
        try:
            place = int(request.POST.get("there" if there else "gone", ""))
            wanted = datetime.date.fromisoformat(day)
            verbs.mark_attendance(request.viewer, pk, place, wanted, present=there)
        except (ValueError, OverflowError, Registration.DoesNotExist) as error:
            raise Http404 from error
        except Conflict as error:
            messages.error(request, str(error))
            return redirect("exchange:attendance", pk=pk)
        return redirect(_back(pk, day, q, place))
    found = queries.attendance_list(request.viewer, workshop, day, q, at=now)
    may_show_code = rules.may_show_door_code(request.viewer, workshop, at=now)
    context = {**SECTION, "w": workshop, "found": found, "q": q, "may_show_code": may_show_code}
    return render(request, "exchange/day_attendance.html", context)


@require_safe
def door(request: ViewerRequest, pk: int) -> HttpResponse:
    """The code at the door, to print or to show."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_show_door_code(request.viewer, workshop, at=timezone.now()))
    code = door_code(pk, queries.door_generation(workshop))
    address = request.build_absolute_uri(reverse("exchange:check-in", kwargs={"pk": pk, "code": code}))
    title = _("QR-Code zum Einchecken")
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=4, scale=1, omitsize=True, dark="#000", light="#fff", svgclass="door__svg", lineclass=None, title=title
    )
    context = {
        **SECTION,
        "w": workshop,
        "qr": mark_safe(drawn),  # noqa: S308 -- drawn by segno of our own address: squares, and no word from outside
        "address": address,
        "days": rules.days_of(workshop),
    }
    answer = render(request, "exchange/day_door.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def door_renew(request: ViewerRequest, pk: int) -> HttpResponse:
    """Make the code anew."""
    workshop_or_404(request, pk)
    verbs.renew_door_code(request.viewer, pk)
    messages.success(request, _("Der Code ist neu. Der alte gilt nicht mehr: Bitte tauschen Sie den Aushang aus."))
    return redirect("exchange:door", pk=pk)


@require_http_methods(["GET", "POST"])
def check_in(request: ViewerRequest, pk: int, code: str) -> HttpResponse:
    """Where the code at the door leads: one click says that one is there."""
    workshop = workshop_or_404(request, pk)
    verbs.require_code(workshop, code)
    viewer, now = request.viewer, timezone.now()
    if request.method == "POST":
        verbs.check_in(viewer, pk, code=code)
        messages.success(request, _("Schön, dass Sie da sind! Sie sind eingecheckt."))
        return redirect("exchange:workshop-detail", pk=pk)
    own, mine = own_place(viewer, workshop), queries.own_attendance(viewer, workshop)
    day = rules.day_at(workshop, now)
    context = {
        **SECTION,
        "w": workshop,
        "may_check_in": rules.may_check_in(viewer, workshop, own, mine, at=now),
        "there": day is not None and any(row.day == day.date for row in mine),
    }
    return render(request, "exchange/day_check_in.html", context)


@require_POST
def check_in_alone(request: ViewerRequest, pk: int) -> HttpResponse:
    """Say so without a code, where one takes part online."""
    workshop_or_404(request, pk)
    verbs.check_in(request.viewer, pk)
    messages.success(request, _("Schön, dass Sie da sind! Sie sind eingecheckt."))
    return redirect("exchange:workshop-detail", pk=pk)
