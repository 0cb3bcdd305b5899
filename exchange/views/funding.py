"""Whether a Land's programme funds a workshop, how much, and the list of participants for it: for its hosts."""

from __future__ import annotations

import csv
import io

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.forms.funding import CostForm
from exchange.funding import euro, funding_of, programme_of
from exchange.policies.days import days_of
from exchange.policies.workshops import may_see_needs
from exchange.queries.funding import authorities_of, functions_of
from exchange.queries.workshops import participants
from exchange.views.seats import safe_cell
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import require


@require_safe
def workshop_funding(request: ViewerRequest, pk: int) -> HttpResponse:
    """Eligible or why not, and the amount with its steps for ``?kosten=``."""
    workshop = workshop_or_404(request, pk)
    require(may_see_needs(request.viewer, workshop))
    networks = authorities_of(workshop)
    lands = [network.municipality.state_id for network in networks]
    programme = programme_of(lands)
    if programme is None:
        raise Http404
    form = CostForm(request.GET) if "kosten" in request.GET else CostForm()
    right = form.is_bound and form.is_valid()
    funding = funding_of(
        programme,
        kind=workshop.kind,
        kind_label=str(workshop.get_kind_display()),
        authorities=[n.municipality.name for n in networks if n.municipality.state_id == programme.land],
        days=len(days_of(workshop)),
        cost=form.cleaned_data["kosten"] if right else None,
    )
    context = {
        **SECTION,
        "w": workshop,
        "form": form,
        "funding": funding,
        "amount": euro(funding.amount) if funding.amount is not None else "",
    }
    return render(request, "exchange/funding.html", context, status=422 if form.is_bound and not right else 200)


@require_safe
def funding_list(request: ViewerRequest, pk: int) -> HttpResponse:
    """The list for the application: authority, name, and function as far as the person shows it."""
    workshop = workshop_or_404(request, pk)
    require(may_see_needs(request.viewer, workshop))
    seated = participants(request.viewer, workshop, None).seated
    functions = functions_of(request.viewer, seated)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow([_("Verwaltung"), _("Name"), _("Funktion")])
    for place in seated:
        function = functions.get((place.person_id, place.network_id), "")
        cells = [place.network.municipality.official_name, place.person.name, function]
        writer.writerow([safe_cell(str(cell)) for cell in cells])
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="foerderung-{workshop.pk}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer
