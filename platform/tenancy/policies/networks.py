"""Who may see a network, and who may steer it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.models import Invitation, Network, Partnership
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.rules import within_sight

ONLY_COORDINATION = _("Das darf nur die Koordination dieses Netzwerks.")
ONLY_EITHER_SIDE = _("Das darf nur die Koordination eines der beiden Netzwerke.")


def visible_networks(viewer: Viewer) -> QuerySet[Network]:
    """The networks that are published, and the viewer's own."""
    return within_sight(Network.objects.all(), viewer)


def may_coordinate(viewer: Viewer, network_id: int) -> Decision:
    """Whether the viewer may change what the network says of itself, its offices, its people and its partners."""
    return ALLOW if network_id in viewer.coordinates else deny(ONLY_COORDINATION)


def may_see_members(viewer: Viewer, network_id: int) -> Decision:
    """Whether the viewer reads who is in the network: everybody of the programme, but no visitors.

    Which of the people are shown is still asked of ``visible_people``.
    """
    if viewer.in_programme or network_id in viewer.network_ids:
        return ALLOW
    return deny(_("Wer zum Netzwerk gehört, sehen nur Beteiligte des Programms."))


def may_publish_network(viewer: Viewer, network: Network, *, has_role_term: bool) -> Decision:
    """Whether the network's page may go public; it needs a name for its people first."""
    if network.pk not in viewer.coordinates:
        return deny(ONLY_COORDINATION)
    if network.published_at is not None:
        return deny(_("Das Netzwerk ist bereits veröffentlicht."))
    if not has_role_term:
        return deny(_("Legen Sie zuerst fest, wie Ihre Lotsinnen und Lotsen heißen."))
    return ALLOW


def visible_invitations(viewer: Viewer) -> QuerySet[Invitation]:
    """The invitations of the networks that the viewer coordinates."""
    return Invitation.objects.filter(network_id__in=viewer.coordinates)


def visible_partnerships(viewer: Viewer) -> QuerySet[Partnership]:
    """The living partnerships and requests of the networks that the viewer coordinates."""
    theirs = list(viewer.coordinates)
    rows = Partnership.objects.filter(ended_at=None)
    return rows.filter(asking_id__in=theirs) | rows.filter(asked_id__in=theirs)


def may_ask_partnership(viewer: Viewer, asking: Network, asked: Network) -> Decision:
    """Whether the viewer may ask another network to become a partner of their own."""
    if asking.pk not in viewer.coordinates:
        return deny(ONLY_COORDINATION)
    if asking.pk == asked.pk:
        return deny(_("Ein Netzwerk kann nicht sein eigener Partner sein."))
    if asking.published_at is None:
        return deny(_("Veröffentlichen Sie zuerst Ihr Netzwerk, damit das andere es kennenlernen kann."))
    return ALLOW


def may_accept_partnership(viewer: Viewer, partnership: Partnership) -> Decision:
    """Whether the viewer may say yes for the network that was asked."""
    if partnership.asked_id not in viewer.coordinates:
        return deny(_("Darüber entscheidet die Koordination des gefragten Netzwerks."))
    if partnership.ended_at is not None:
        return deny(_("Diese Anfrage wurde zurückgezogen oder beendet."))
    if partnership.accepted_at is not None:
        return deny(_("Die Partnerschaft besteht bereits."))
    return ALLOW


def may_end_partnership(viewer: Viewer, partnership: Partnership) -> Decision:
    """Whether the viewer may end a partnership, or take back or refuse the question; either side may."""
    if viewer.coordinates.isdisjoint({partnership.asking_id, partnership.asked_id}):
        return deny(ONLY_EITHER_SIDE)
    if partnership.ended_at is not None:
        return deny(_("Die Partnerschaft ist bereits beendet."))
    return ALLOW
