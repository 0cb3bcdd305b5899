"""What date polls hand to other places: links where a date is missing, and what waits for an answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.viewer import Viewer
from toolkit.panels import register_panel
from toolkit.tasks import Task, register_tasks


def _workshop_tools(request: HttpRequest, page: Any) -> str:
    """For its hosts: „Termin gemeinsam finden“ as long as it is a draft, and the polls there are for it. One query."""
    from exchange.policies.dates import may_create_poll
    from exchange.queries.dates import polls_of_workshop

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if viewer.coordinates.isdisjoint(network.pk for network in page.hosts):
        return ""
    context = {
        "polls": polls_of_workshop(viewer, page.workshop.pk),
        "may_create": may_create_poll(viewer, workshop=page.workshop),
        "query": f"workshop={page.workshop.pk}",
    }
    return render_to_string("exchange/poll_tools.html", context, request)


def _format_tools(request: HttpRequest, page: Any) -> str:
    """„Termin gemeinsam finden“ for the cities of a format. No query."""
    from exchange.policies.dates import may_create_poll

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    may_create = may_create_poll(viewer, exchange_format=page.format)
    context = {"may_create": may_create, "query": f"format={page.format.slug}"}
    return render_to_string("exchange/poll_tools.html", context, request) if may_create else ""


def _network_panel(request: HttpRequest, network: Any) -> str:
    """When the council sits next, for the programme; the coordination enters it. One query."""
    from exchange.policies.dates import may_enter_council_days
    from exchange.queries.dates import council_days

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    if not viewer.in_programme:
        return ""
    days = council_days(viewer, network, since=timezone.localdate())[:3]
    may_enter = may_enter_council_days(viewer, network)
    context = {"days": days, "network": network, "may_enter": may_enter}
    return render_to_string("exchange/council_days_panel.html", context, request) if days or may_enter else ""


def _tasks(request: HttpRequest) -> list[Task]:
    """Polls that wait for an answer, or for a decision. One query; two for who coordinates."""
    from exchange.queries.dates import undecided_polls, waiting_polls

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    asked = [
        Task(
            title=format_lazy(_("„{title}“: Wann können Sie?"), title=poll.title),
            url=reverse("exchange:poll-detail", kwargs={"pk": poll.pk}),
            state=_("Antwort fehlt"),
            kind="warning",
            order=25,
        )
        for poll in waiting_polls(viewer, at=timezone.now())
    ]
    undecided = [
        Task(
            title=format_lazy(_("„{title}“: Termin festlegen"), title=poll.title),
            url=reverse("exchange:poll-detail", kwargs={"pk": poll.pk}),
            state=_("Entscheidung fehlt"),
            kind="warning",
            order=24,
        )
        for poll in undecided_polls(viewer)
    ]
    return [*undecided, *asked]


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop-before", _workshop_tools, order=25)
    register_panel("format-tools", _format_tools, order=25)
    register_panel("network", _network_panel, order=60)
    register_tasks(_tasks)
