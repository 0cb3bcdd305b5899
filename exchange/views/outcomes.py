"""What comes after a workshop: an experience, the next edition, numbers of a host."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exchange.policies.outcomes import may_read_host_numbers
from exchange.queries import numbers
from exchange.services import outcomes as verbs
from exchange.views.seats import safe_cell
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from tenancy.queries.networks import network_by_slug
from toolkit.access import require


@require_POST
def make_experience(request: ViewerRequest, pk: int) -> HttpResponse:
    """Make an experience of a workshop, for ``network`` or the one that fits."""
    workshop_or_404(request, pk)
    chosen = request.POST.get("network", "")
    network = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 6 else None
    made = verbs.make_experience(request.viewer, pk, network_id=network)
    messages.success(request, _("Ihr Entwurf ist angelegt. Ergänzen Sie, was Sie gelernt haben."))
    return redirect("exchange:experience-edit", pk=made.pk)


@require_POST
def repeat_workshop(request: ViewerRequest, pk: int) -> HttpResponse:
    """Begin the next edition."""
    workshop = workshop_or_404(request, pk)
    made = verbs.repeat_workshop(request.viewer, pk)
    turn = verbs.proposed_host_name(workshop)
    if turn:
        words = _("Der Entwurf steht. Als Nächstes ist {town} mit dem Gastgeben an der Reihe. Prüfen Sie Tag und Ort.")
        messages.success(request, words.format(town=turn))
    else:
        messages.success(request, _("Der Entwurf steht, am selben Wochentag in einem Jahr. Prüfen Sie Tag und Ort."))
    return redirect("exchange:workshop-edit", pk=made.pk)


def _network(request: ViewerRequest, slug: str) -> Network:
    network = get_object_or_404(network_by_slug(request.viewer, slug))
    require(may_read_host_numbers(request.viewer, network.pk))
    return network


@require_safe
def host_numbers(request: ViewerRequest, slug: str) -> HttpResponse:
    """What a network hosted, year by year: numbers without names."""
    network = _network(request, slug)
    context = {**SECTION, "network": network, "numbers": numbers.host_numbers(network.pk)}
    return render(request, "exchange/host_numbers.html", context)


@require_safe
def host_numbers_csv(request: ViewerRequest, slug: str) -> HttpResponse:
    """The same as a table for spreadsheets."""
    network = _network(request, slug)
    found = numbers.host_numbers(network.pk)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow([_("Jahr"), _("Veranstaltungen"), _("Abgesagt"), _("Plätze vergeben"), _("Dabei gewesen"),
                     _("Kommunen")])  # fmt: skip
    for year in found.years:
        writer.writerow([year.year, year.events, year.cancelled, year.seats, year.attended, year.cities])
    writer.writerow([])
    writer.writerow([_("Kommune"), _("Plätze vergeben")])
    for city in found.cities:
        writer.writerow([safe_cell(city.network.municipality.name), city.people])
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="veranstaltungen-{network.slug}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer
