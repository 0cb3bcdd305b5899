"""What formats and workshops hand to the floors below: panels, tasks, and who may enter their rooms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.public import register_room_rule
from tenancy.hooks import register_membership_hook
from tenancy.models import Membership
from tenancy.viewer import Viewer
from toolkit.access import Decision, deny
from toolkit.panels import register_panel
from toolkit.tasks import Task, register_tasks

_NO_ROOM = _("Diesen Raum gibt es nicht.")


def _may_join_format(viewer: Viewer, subject_id: int) -> Decision:
    from exchange.policies.formats import may_join_format_room, visible_formats

    found = visible_formats(viewer).filter(pk=subject_id).prefetch_related("cities").first()
    return deny(_NO_ROOM) if found is None else may_join_format_room(viewer, found)


def _format_title(viewer: Viewer, subject_id: int) -> str:
    from exchange.policies.formats import visible_formats

    hashtag = visible_formats(viewer).filter(pk=subject_id).values_list("hashtag", flat=True).first()
    return f"#{hashtag}" if hashtag else ""


def _format_link(subject_id: int) -> str:
    from exchange.queries.formats import slug_of

    slug = slug_of(subject_id)
    return reverse("exchange:format-detail", kwargs={"slug": slug}) if slug else ""


def _may_join_workshop(viewer: Viewer, subject_id: int) -> Decision:
    from exchange.policies.workshops import may_join_workshop_room, own_registrations, visible_workshops

    found = visible_workshops(viewer).filter(pk=subject_id).prefetch_related("hosts").first()
    if found is None:
        return deny(_NO_ROOM)
    return may_join_workshop_room(viewer, found, own_registrations(viewer).filter(workshop=found).first())


def _workshop_title(viewer: Viewer, subject_id: int) -> str:
    from exchange.policies.workshops import visible_workshops

    return visible_workshops(viewer).filter(pk=subject_id).values_list("title", flat=True).first() or ""


def _workshop_link(subject_id: int) -> str:
    return reverse("exchange:workshop-detail", kwargs={"pk": subject_id})


def _network_panel(request: HttpRequest, network: Any) -> str:
    """What the network invites to next, and the formats that it owns, on its page."""
    from exchange.queries.formats import formats_of_network
    from exchange.queries.workshops import workshops_of_network

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    context = {
        "workshops": workshops_of_network(viewer, network.pk),
        "formats": formats_of_network(viewer, network.pk),
    }
    if not any(context.values()):
        return ""
    return render_to_string("exchange/workshop_panel.html", {**context, "network": network}, request)


def _tasks(request: HttpRequest) -> list[Task]:
    """Invitations that wait for the answer of a city; two queries, none for who coordinates nothing."""
    from exchange.queries import formats, workshops

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    tasks = [
        Task(
            title=format_lazy(
                _("#{hashtag}: {town} möchte mitmachen")
                if city.state == "asked"
                else _("#{hashtag}: Macht {town} mit?"),
                hashtag=city.format.hashtag,
                town=city.network.municipality.name,
            ),
            url=reverse("exchange:format-detail", kwargs={"slug": city.format.slug}),
            state=_("Antwort fehlt"),
            kind="warning",
            order=20,
        )
        for city in formats.waiting_invitations(viewer)
    ]
    tasks += [
        Task(
            title=format_lazy(
                _("„{title}“: Lädt {town} mit ein?"),
                title=host.workshop.title,
                town=host.network.municipality.name,
            ),
            url=reverse("exchange:workshop-detail", kwargs={"pk": host.workshop_id}),
            state=_("Antwort fehlt"),
            kind="warning",
            order=20,
        )
        for host in workshops.waiting_invitations(viewer)
    ]
    return tasks


def _membership_ended(membership: Membership) -> None:
    from exchange.services.seats import membership_ended

    membership_ended(membership)


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_room_rule("format", _may_join_format, _format_link, _format_title)
    register_room_rule("workshop", _may_join_workshop, _workshop_link, _workshop_title)
    register_membership_hook(ended=_membership_ended)
    register_panel("network", _network_panel, order=30)
    register_tasks(_tasks)
