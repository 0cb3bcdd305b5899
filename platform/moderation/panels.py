"""What moderation adds to pages of lower floors."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from moderation.policies.record import may_read_network_record
from tenancy.models import Network


def record_link(request: HttpRequest, network: Network) -> str:
    """The way to a network's record, for its coordinators; nothing for everybody else."""
    viewer = request.viewer  # type: ignore[attr-defined]  # set by ViewerMiddleware
    if not may_read_network_record(viewer, network.pk):
        return ""
    return render_to_string("moderation/record_link.html", {"network": network}, request=request)
