"""The list of networks, and one network in its own words."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenancy.forms.networks import NetworkSearchForm
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from tenancy.policies.networks import may_ask_partnership, may_coordinate, visible_networks, visible_partnerships
from tenancy.queries.networks import (
    network_list,
    network_page,
    network_pins,
    partnerships_with,
    states_with_networks,
)
from tenancy.services.partnerships import accept_partnership, ask_partnership, end_partnership
from tenancy.views.common import for_coordination, network_or_404, page_links
from toolkit.access import Conflict
from toolkit.markdown import render_markdown
from toolkit.panels import panels_for


@login_not_required
@require_safe
def networks(request: ViewerRequest) -> HttpResponse:
    """Map and list of all networks."""
    form = NetworkSearchForm(request.GET or None, states=states_with_networks(request.viewer))
    form.is_valid()
    asked = form.cleaned_data if form.is_bound else {}
    q, state = asked.get("q", ""), asked.get("land", "")
    mark = request.GET.get("seite", "")
    page = network_list(request.viewer, q=q, state=state, mark=mark)
    pins = network_pins(request.viewer)
    for pin in pins:
        pin["strong"] = len(pins) <= 40
    return render(
        request,
        "tenancy/network_list.html",
        {
            "section": "networks",
            "form": form,
            "page": page,
            "pins": pins,
            "searched": bool(q or state),
            **page_links(request, page.previous, page.next),
        },
    )


@login_not_required
@require_safe
def network(request: ViewerRequest, slug: str) -> HttpResponse:
    """One network, in the city's own words."""
    found = network_or_404(request, slug)
    return render(
        request,
        "tenancy/network_detail.html",
        {
            "section": "networks",
            "network": found,
            "data": network_page(request.viewer, found),
            "about_html": render_markdown(found.about),
            "qualification_html": render_markdown(found.qualification),
            "panels": panels_for("network", request, found),
            "admin_panels": panels_for("network-admin", request, found),
            "may_coordinate": may_coordinate(request.viewer, found.pk),
            "may_ask": _own_networks_that_may_ask(request, found),
        },
    )


def _own_networks_that_may_ask(request: ViewerRequest, asked: Network) -> list[Network]:
    """The viewer's own networks that could ask this one; costs nothing for those who coordinate nothing."""
    if not request.viewer.coordinates:
        return []
    own = visible_networks(request.viewer).filter(pk__in=request.viewer.coordinates)
    return [network for network in own if may_ask_partnership(request.viewer, network, asked)]


# --- partners ---------------------------------------------------------------------------------------------------


@require_safe
@for_coordination
def partners(request: ViewerRequest, network: Network) -> HttpResponse:
    """Partnerships and questions of a network."""
    rows = partnerships_with(network)
    return render(
        request,
        "tenancy/network_partners.html",
        {
            "section": "networks",
            "network": network,
            "received": [row for row in rows if row.accepted_at is None and row.asked_id == network.pk],
            "sent": [row for row in rows if row.accepted_at is None and row.asking_id == network.pk],
            "partners": [
                (row, row.asked if row.asking_id == network.pk else row.asking) for row in rows if row.accepted_at
            ],
        },
    )


@require_POST
@for_coordination
def partnership_ask(request: ViewerRequest, network: Network, asked: str) -> HttpResponse:
    """Ask another network to become a partner."""
    other = network_or_404(request, asked)
    try:
        ask_partnership(request.viewer, network.pk, other.pk)
        messages.success(request, _("Wir haben %(network)s gefragt.") % {"network": other.name})
    except Conflict as conflict:
        messages.error(request, str(conflict))
    return redirect("tenancy:network-partners", slug=network.slug)


@require_POST
def partnership_accept(request: ViewerRequest, pk: int) -> HttpResponse:
    """Say yes to a question."""
    row = get_object_or_404(visible_partnerships(request.viewer).select_related("asked", "asking"), pk=pk)
    accept_partnership(request.viewer, row.pk)
    messages.success(request, _("%(network)s ist jetzt Ihr Partnernetzwerk.") % {"network": row.asking.name})
    return redirect("tenancy:network-partners", slug=row.asked.slug)


@require_POST
def partnership_end(request: ViewerRequest, pk: int) -> HttpResponse:
    """End a partnership, take back or refuse a question."""
    row = get_object_or_404(visible_partnerships(request.viewer).select_related("asked", "asking"), pk=pk)
    end_partnership(request.viewer, row.pk)
    messages.success(request, _("Erledigt. Das andere Netzwerk erfährt davon."))
    mine = row.asking if row.asking_id in request.viewer.coordinates else row.asked
    return redirect("tenancy:network-partners", slug=mine.slug)
