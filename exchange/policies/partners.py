"""Who may look for partner cities, and for which network."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny


def may_look_for_partners(viewer: Viewer, network_id: int | None = None) -> Decision:
    """Whether the viewer may see who would fit: people of a network, for their own one."""
    if not viewer.seats:
        return deny(_("Partnerkommunen schlagen wir Menschen vor, die zu einem Netzwerk gehören."))
    if network_id is not None and network_id not in viewer.network_ids:
        return deny(_("Sie können nur für Ihr eigenes Netzwerk suchen."))
    return ALLOW
