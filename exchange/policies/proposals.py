"""Rules of open space: who comes proposes and votes, who hosts takes into the programme."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import OpenSpace, Registration, SessionProposal, Workshop, WorkshopHost
from exchange.policies.workshops import is_host, may_edit_workshop, own_registrations
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny

_SEATS_ONLY = _("Vorschläge machen und abstimmen kann, wer einen Platz hat.")


def visible_proposals(viewer: Viewer) -> QuerySet[SessionProposal]:
    """Proposals for workshops in which the viewer has a seat or which they host, and the viewer's own."""
    if viewer.person_id is None:
        return SessionProposal.objects.none()
    seats = own_registrations(viewer).filter(state=Registration.State.SEAT)
    hosted = WorkshopHost.objects.filter(network_id__in=list(viewer.coordinates), state=WorkshopHost.State.ACCEPTED)
    return SessionProposal.objects.filter(
        Q(proposer_id=viewer.person_id)
        | Q(workshop__in=seats.values("workshop_id"))
        | Q(workshop__in=hosted.values("workshop_id"))
    )


def may_set_open_space(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether the viewer may ask for proposals: any host."""
    return may_edit_workshop(viewer, workshop)


def may_read_proposals(viewer: Viewer, workshop: Workshop, own: Registration | None) -> Decision:
    """Whether the viewer reads what was proposed: who has a seat, and the hosts."""
    if is_host(viewer, workshop) or (own is not None and own.state == Registration.State.SEAT):
        return ALLOW
    return deny(_SEATS_ONLY)


def may_propose(
    viewer: Viewer, workshop: Workshop, space: OpenSpace | None, own: Registration | None, *, at: datetime
) -> Decision:
    """Whether the viewer may propose a session, or vote for one: with a seat, as long as the hosts ask for it."""
    if space is None:
        return deny(_("Für diese Veranstaltung werden keine Vorschläge gesammelt."))
    if workshop.state != Workshop.State.OPEN:
        return deny(_("Vorschläge gibt es, solange die Veranstaltung ansteht."))
    if own is None or own.person_id != viewer.person_id or own.state != Registration.State.SEAT:
        return deny(_SEATS_ONLY)
    return ALLOW if at < space.until else deny(_("Die Zeit für Vorschläge und Stimmen ist vorbei."))


def may_withdraw_proposal(viewer: Viewer, proposal: SessionProposal) -> Decision:
    """Whether the viewer may take a proposal back: one's own, while it is not in the programme."""
    if viewer.person_id is None or proposal.proposer_id != viewer.person_id:
        return deny(_("Zurückziehen kann einen Vorschlag nur, wer ihn gemacht hat."))
    if proposal.state != SessionProposal.State.OPEN:
        return deny(_("Dieser Vorschlag steht nicht mehr offen."))
    return ALLOW


def may_take_proposal(viewer: Viewer, workshop: Workshop, proposal: SessionProposal) -> Decision:
    """Whether the viewer may take it into the programme: any host, once."""
    hosts = may_edit_workshop(viewer, workshop)
    if not hosts:
        return hosts
    if proposal.state != SessionProposal.State.OPEN:
        return deny(_("Dieser Vorschlag steht nicht mehr offen."))
    return ALLOW
