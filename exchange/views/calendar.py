"""Calendar files: one workshop, a format, and one's own by a secret address."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie

from exchange import calendars
from exchange.models import Registration
from exchange.policies.workshops import may_see_online_url
from exchange.queries import workshops as queries
from exchange.services.calendar_addresses import renew_calendar_address
from exchange.views.formats import format_or_404
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from tenancy.viewer import viewer_by_id
from toolkit.acting import acting_as

#: So long an event stays in one's own calendar after it is over.
KEPT = timedelta(days=180)


def _file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


@login_not_required
@require_safe
@cache_control(private=True, max_age=60)
@vary_on_cookie
def workshop_calendar(request: ViewerRequest, pk: int) -> HttpResponse:
    """One workshop; the link to take part only for who has a seat or hosts."""
    workshop = workshop_or_404(request, pk)
    own = queries.own_place(request.viewer, workshop)
    entry = calendars.Entry(
        workshop,
        online_url=workshop.online_url if may_see_online_url(request.viewer, workshop, own) else "",
        waiting=own is not None and own.state == Registration.State.QUEUED,
    )
    return _file(calendars.calendar_of([entry], name=workshop.title), f"veranstaltung-{workshop.pk}")


@login_not_required
@require_safe
@cache_control(private=True, max_age=300)
@vary_on_cookie
def format_calendar(request: ViewerRequest, slug: str) -> HttpResponse:
    """All workshops of a format that the one who asks may see; for a calendar program, what is public."""
    exchange_format = format_or_404(request, slug)
    rows = queries.format_calendar(request.viewer, exchange_format)
    data = calendars.calendar_of([calendars.Entry(row) for row in rows], name=f"#{exchange_format.hashtag}")
    return _file(data, exchange_format.slug)


@login_not_required
@require_safe
@cache_control(private=True, no_store=True)
def own_calendar(request: ViewerRequest, token: str) -> HttpResponse:
    """One's own events. The address is the secret; whoever renews it locks the old one out."""
    parts = calendars.person_of(token)
    generation = queries.calendar_generation(parts[0]) if parts else None
    if parts is None or generation is None or not calendars.fits(parts[0], generation, parts[1]):
        raise Http404
    viewer = viewer_by_id(parts[0])
    if not viewer.signed_in:
        raise Http404
    with acting_as(viewer):
        entries = [
            calendars.Entry(
                workshop,
                online_url=workshop.online_url if own.state == Registration.State.SEAT else "",
                waiting=own.state == Registration.State.QUEUED,
            )
            for workshop, own in queries.own_calendar(viewer, since=timezone.now() - KEPT)
        ]
    answer = _file(calendars.calendar_of(entries, name="Lotsennetz"), "lotsennetz")
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def calendar_address(request: ViewerRequest) -> HttpResponse:
    """The secret address of one's own calendar, and how to use it."""
    generation = queries.calendar_generation(request.viewer.someone)
    address = ""
    if generation is not None:
        token = calendars.token_for(request.viewer.someone, generation)
        address = request.build_absolute_uri(reverse("exchange:own-calendar", kwargs={"token": token}))
    return render(request, "exchange/workshop_calendar.html", {**SECTION, "address": address})


@require_POST
def calendar_renew(request: ViewerRequest) -> HttpResponse:
    """Make the address, or a new one."""
    first = renew_calendar_address(request.viewer) == 1
    said = _("Ihre Adresse ist da.") if first else _("Ihre neue Adresse gilt ab sofort, die alte nicht mehr.")
    messages.success(request, said)
    return redirect("exchange:calendar-address")
