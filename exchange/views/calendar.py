"""The calendar file of one workshop, and the page of addresses to subscribe to."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie

from exchange import calendars
from exchange.policies.workshops import may_see_online_url
from exchange.queries import feeds
from exchange.queries import workshops as queries
from exchange.services.calendar_addresses import renew_calendar_address
from exchange.views.calendar_feeds import calendar_file
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest


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
        place="" if own is None else own.state,
    )
    data = calendars.calendar_of([entry], name=workshop.title, told=calendars.TOLD)
    return calendar_file(data, f"veranstaltung-{workshop.pk}")


@dataclass(frozen=True, slots=True)
class Offered:
    """A feed that the page of addresses offers."""

    title: str
    address: str
    icon: str
    tone: str


def _offered(request: ViewerRequest) -> list[Offered]:
    """The public one, those of one's own cities, and those of the formats that one sees."""
    whole = request.build_absolute_uri
    found = [
        Offered(_("Alle öffentlichen Veranstaltungen"), whole(reverse("exchange:public-calendar")), "public", "blue")
    ]
    for network in feeds.cities_of(request.viewer):
        address = whole(reverse("exchange:city-calendar", kwargs={"slug": network.slug}))
        title = _("{town} lädt ein").format(town=network.municipality.name)
        found.append(Offered(title, address, "location_city", "mint"))
    for exchange_format in feeds.formats_of(request.viewer):
        address = whole(reverse("exchange:format-calendar", kwargs={"slug": exchange_format.slug}))
        found.append(Offered(f"#{exchange_format.hashtag}", address, "tag", "violet"))
    return found


@login_not_required
@require_safe
def calendar_address(request: ViewerRequest) -> HttpResponse:
    """All addresses to subscribe to: the secret one of one's own calendar, and those of everybody."""
    viewer = request.viewer
    generation = feeds.calendar_generation(viewer.someone) if viewer.signed_in else None
    address = ""
    if generation is not None:
        token = calendars.token_for(viewer.someone, generation)
        address = request.build_absolute_uri(reverse("exchange:own-calendar", kwargs={"token": token}))
    context = {**SECTION, "address": address, "feeds": _offered(request)}
    return render(request, "exchange/workshop_calendar.html", context)


@require_POST
def calendar_renew(request: ViewerRequest) -> HttpResponse:
    """Make the address, or a new one."""
    first = renew_calendar_address(request.viewer) == 1
    said = _("Ihre Adresse ist da.") if first else _("Ihre neue Adresse gilt ab sofort, die alte nicht mehr.")
    messages.success(request, said)
    return redirect("exchange:calendar-address")
