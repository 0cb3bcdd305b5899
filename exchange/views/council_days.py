"""The days on which a city's council sits, in the pages of its network."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from exchange.forms.council_days import CouncilDaysForm, RemoveDaysForm
from exchange.policies.dates import may_enter_council_days
from exchange.queries.dates import council_days, network_by_slug
from exchange.services.council_days import add_council_days, remove_council_days
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from toolkit.access import Conflict, require


def _network(request: ViewerRequest, slug: str) -> Network:
    try:
        found = network_by_slug(request.viewer, slug)
    except Network.DoesNotExist as error:
        raise Http404 from error
    if not request.viewer.in_programme:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def council_day_list(request: ViewerRequest, slug: str) -> HttpResponse:
    """Read them; the coordination of the network pastes new ones."""
    network = _network(request, slug)
    may_enter = may_enter_council_days(request.viewer, network)
    form = CouncilDaysForm(request.POST or None, initial={"name": _("Gemeinderat")})
    status = 200
    if request.method == "POST":
        require(may_enter)
        status = 422
        if form.is_valid():
            try:
                new = add_council_days(request.viewer, network.pk, form.pairs)
            except Conflict as error:
                form.add_error(error.field or None, str(error))
            else:
                said = ngettext("{n} Sitzungstag ist neu.", "{n} Sitzungstage sind neu.", new)
                messages.success(request, said.format(n=new))
                return redirect("exchange:council-days", slug=slug)
    days = council_days(request.viewer, network, since=timezone.localdate())
    context = {"section": "networks", "network": network, "days": days, "form": form, "may_enter": may_enter}
    return render(request, "exchange/council_days.html", context, status=status)


@require_POST
def council_days_remove(request: ViewerRequest, slug: str) -> HttpResponse:
    """Take some of them away."""
    network = _network(request, slug)
    require(may_enter_council_days(request.viewer, network))
    held = council_days(request.viewer, network, since=timezone.localdate())
    form = RemoveDaysForm(request.POST, held=[(row.pk, "") for row in held])
    if form.is_valid():
        gone = remove_council_days(request.viewer, network.pk, form.cleaned_data["gone"])
        said = ngettext("{n} Sitzungstag ist weg.", "{n} Sitzungstage sind weg.", gone)
        messages.success(request, said.format(n=gone))
    else:
        messages.info(request, _("Kein Sitzungstag war ausgewählt."))
    return redirect("exchange:council-days", slug=slug)
