"""What the chat hangs into lower floors, called once when everything is loaded."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat.cards import register_card
from chat.policies import has_blocked, may_enter_network_room
from chat.queries.cards import network_cards, people_cards
from chat.queries.conversations import unread_total
from chat.queries.reports import reported_message
from chat.room_rules import register_room_rule
from chat.services import keeping, mentions, missed, pushing, scanning  # noqa: F401 -- for their jobs to be known
from chat.services.conversations import membership_ended, membership_started
from chat.services.moderation import hide_message, restore_message
from chat.switchboard import farewell
from moderation.public import Reportable, register_reportable
from tenancy.hooks import register_membership_hook
from tenancy.models import Network
from tenancy.policies.networks import may_coordinate, visible_networks
from tenancy.viewer import Viewer
from toolkit.access import Decision, deny
from toolkit.context import register_frame
from toolkit.ending import register_farewell
from toolkit.panels import register_panel


def _chat_count(request: HttpRequest) -> int:
    return unread_total(request.viewer)  # type: ignore[attr-defined]  # set by ViewerMiddleware


def _block_panel(request: HttpRequest, person: Any) -> str:
    """On the page of somebody else: to take no more messages from them, or again."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by ViewerMiddleware
    if not viewer.signed_in or viewer.person_id == person.pk:
        return ""
    context = {"person": person, "blocked": has_blocked(viewer, person.pk)}
    return render_to_string("chat/_block.html", context, request)


def _may_enter_network_room(viewer: Viewer, network_id: int) -> Decision:
    network = visible_networks(viewer).filter(pk=network_id).first()
    return deny(_("Diesen Raum gibt es nicht.")) if network is None else may_enter_network_room(viewer, network)


def _network_link(network_id: int) -> str:
    slug = Network.objects.filter(pk=network_id).values_list("slug", flat=True).first()
    return reverse("tenancy:network-detail", kwargs={"slug": slug}) if slug else ""


def _network_title(viewer: Viewer, network_id: int) -> str:
    return visible_networks(viewer).filter(pk=network_id).values_list("name", flat=True).first() or ""


def _network_panel(request: HttpRequest, network: Any) -> str:
    """The way into the network's room, on its page, for its people."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by ViewerMiddleware
    if not may_enter_network_room(viewer, network):
        return ""
    return render_to_string("chat/_network_room.html", {"network": network}, request)


def _keeping_link(request: HttpRequest, network: Any) -> str:
    """To the city's rule on how long what its people say is kept, for its coordination."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by ViewerMiddleware
    if not may_coordinate(viewer, network.pk):
        return ""
    return render_to_string("chat/_keeping_link.html", {"network": network}, request)


def connect() -> None:
    """Give the frame its count, hear who leaves a network, let messages be reported, say goodbye at the end."""
    register_frame("chat_count", _chat_count)
    register_membership_hook(started=membership_started, ended=membership_ended)
    register_room_rule("network", _may_enter_network_room, _network_link, _network_title)
    register_panel("network", _network_panel, order=20)
    register_panel("network-admin", _keeping_link, order=800)
    register_panel("person", _block_panel, order=900)
    register_card("tenancy:person-detail", people_cards)
    register_card("tenancy:network-detail", network_cards)
    register_farewell(farewell)
    register_reportable(Reportable("message", reported_message, hide_message, restore_message, _("Nachricht")))
