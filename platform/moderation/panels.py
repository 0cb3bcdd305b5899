"""What moderation adds to pages of other floors."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.links import queue_path
from moderation.policies.record import may_read_network_record
from moderation.queries.reports import open_count
from tenancy.models import Network
from toolkit.tasks import Task


def record_link(request: HttpRequest, network: Network) -> str:
    """The way to a network's record, for its coordinators; nothing for everybody else."""
    viewer = request.viewer  # type: ignore[attr-defined]  # set by ViewerMiddleware
    if not may_read_network_record(viewer, network.pk):
        return ""
    return render_to_string("moderation/record_link.html", {"network": network}, request=request)


def waiting_reports(request: HttpRequest) -> list[Task]:
    """What waits for a moderator, for the start page. One query for a moderator, none for others."""
    waiting = open_count(request.viewer)  # type: ignore[attr-defined]  # set by ViewerMiddleware
    if not waiting:
        return []
    words = ngettext("Eine Meldung wartet auf Sie", "{n} Meldungen warten auf Sie", waiting)
    return [Task(words.format(n=waiting), queue_path(), _("offen"), "warning", order=4)]
