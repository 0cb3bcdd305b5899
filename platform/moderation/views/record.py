"""The record of acts: of a Land for its moderators, of a network for its coordinators."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from moderation.policies.record import may_read_network_record
from moderation.policies.reports import moderates_something
from moderation.queries.record import land_record_page, network_record_page
from tenancy.middleware import ViewerRequest
from tenancy.policies.networks import visible_networks
from toolkit.access import require


@require_safe
def land_record(request: ViewerRequest) -> HttpResponse:
    """Who did what in my Länder, and why."""
    if not moderates_something(request.viewer):
        raise Http404
    page, acts = land_record_page(request.viewer, request.GET.get("page", ""))
    return render(request, "moderation/record.html", {"page": page, "acts": acts, "tab": "record"})


@require_safe
def network_record(request: ViewerRequest, slug: str) -> HttpResponse:
    """Who did what in a network, and why: for its coordinators."""
    network = get_object_or_404(visible_networks(request.viewer), slug=slug)
    require(may_read_network_record(request.viewer, network.pk))
    page, acts = network_record_page(request.viewer, network.pk, request.GET.get("page", ""))
    return render(request, "moderation/record.html", {"page": page, "acts": acts, "network": network})
