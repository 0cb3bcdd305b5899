"""Rules of what comes after a workshop: an experience made of it, its next edition, its host's numbers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from exchange.models import Registration, Workshop
from exchange.policies.minutes import has_seat
from exchange.policies.workshops import hosts_of, is_host
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny

_ONLY_HOSTS = _("Das darf die Koordination einer der gastgebenden Kommunen.")


def networks_to_tell_for(viewer: Viewer, workshop: Workshop, own: Registration | None) -> frozenset[int]:
    """The viewer's networks for which they can tell of the workshop: those that host it, and the one they came for."""
    told = viewer.coordinates & hosts_of(workshop)
    if own is not None and has_seat(viewer, own):
        told |= {own.network_id}
    return frozenset(told & viewer.network_ids)


def may_tell_of_workshop(
    viewer: Viewer, workshop: Workshop, own: Registration | None, network_id: int | None = None, *, at: datetime
) -> Decision:
    """Whether the viewer may make an experience of it: hosts, and who had a seat, once it has begun."""
    networks = networks_to_tell_for(viewer, workshop, own)
    if not networks:
        return deny(_("Eine Erfahrung daraus machen die Gastgebenden und wer einen Platz hatte."))
    if network_id is not None and network_id not in networks:
        return deny(_("Sie können nur für Ihr eigenes Netzwerk schreiben."))
    if workshop.state not in (Workshop.State.OPEN, Workshop.State.HELD) or workshop.starts_at > at:
        return deny(_("Das geht, sobald die Veranstaltung begonnen hat."))
    return ALLOW


def may_repeat_workshop(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether the viewer may begin the next edition from it: any host, once it is no draft any more."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if workshop.state == Workshop.State.DRAFT:
        return deny(_("Das ist noch ein Entwurf."))
    return ALLOW


def may_read_host_numbers(viewer: Viewer, network_id: int) -> Decision:
    """Whether the viewer reads how many came to what a network hosted: everybody in that network."""
    if network_id not in viewer.network_ids:
        return deny(_("Diese Zahlen sehen Menschen, die zu diesem Netzwerk gehören."))
    return ALLOW
