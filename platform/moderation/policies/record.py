"""Who reads the record of acts: associations that of their Land, coordinators that of their network."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.models import AuditEntry

#: Acts of moderation name what somebody wrote, perhaps in a conversation: the author and the association know.
NOT_FOR_NETWORKS = "moderation."


def visible_land_record(viewer: Viewer) -> QuerySet[AuditEntry]:
    """The acts in the Länder in which the viewer moderates."""
    return AuditEntry.objects.filter(state_code__in=viewer.moderated_states)


def visible_network_record(viewer: Viewer, network_id: int) -> QuerySet[AuditEntry]:
    """The acts of one network that the viewer coordinates, without those of moderation."""
    if network_id not in viewer.coordinates:
        return AuditEntry.objects.none()
    return AuditEntry.objects.filter(network_id=network_id).exclude(verb__startswith=NOT_FOR_NETWORKS)


def may_read_network_record(viewer: Viewer, network_id: int) -> Decision:
    """Whether the viewer reads the record of a network: its coordinators."""
    if network_id in viewer.coordinates:
        return ALLOW
    return deny(_("Das Protokoll eines Netzwerks liest nur seine Koordination."))
