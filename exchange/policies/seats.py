"""Rules of places: who may answer an offer, bring somebody, hand a seat over, and decide on who comes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import Registration, SeatHandover, Workshop, WorkshopQuota
from exchange.policies.workshops import is_host, may_edit_workshop, visible_workshops
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny

_BEGUN = _("Die Veranstaltung hat schon begonnen.")
_NOT_OPEN = _("Die Anmeldung ist nicht offen.")
_STATE = Registration.State
#: How a place can have ended without its person ending it; they read it on the page.
ANSWERED = (_STATE.REFUSED, _STATE.LAPSED)


def visible_quotas(viewer: Viewer) -> QuerySet[WorkshopQuota]:
    """What is kept for which city: for everybody who sees the workshop."""
    return WorkshopQuota.objects.filter(workshop__in=visible_workshops(viewer))


def visible_handovers(viewer: Viewer) -> QuerySet[SeatHandover]:
    """Questions whether a seat goes from one to another: for these two."""
    if viewer.person_id is None:
        return SeatHandover.objects.none()
    return SeatHandover.objects.filter(Q(giver_id=viewer.person_id) | Q(taker_id=viewer.person_id))


def own_answers(viewer: Viewer) -> QuerySet[Registration]:
    """The viewer's own places that ended by an answer of the hosts, or by an offer that ran out."""
    if viewer.person_id is None:
        return Registration.objects.none()
    return Registration.objects.filter(person_id=viewer.person_id, state__in=ANSWERED)


def may_answer_offer(own: Registration | None, *, at: datetime) -> Decision:
    """Whether an offer can still be taken. ``own`` is the viewer's living place."""
    if own is None or own.state != _STATE.OFFERED or own.offered_until is None:
        return deny(_("Für Sie ist gerade kein Platz frei."))
    if own.offered_until <= at:
        return deny(_("Die Frist für diesen Platz ist vorbei."))
    return ALLOW


def may_change_companions(workshop: Workshop, own: Registration | None, *, at: datetime) -> Decision:
    """Whether the viewer may say anew how many come along. ``own`` is their living place."""
    if own is None:
        return deny(_("Sie sind nicht angemeldet."))
    if workshop.state != Workshop.State.OPEN:
        return deny(_NOT_OPEN)
    return deny(_BEGUN) if workshop.starts_at <= at else ALLOW


def may_hand_over(workshop: Workshop, own: Registration | None, *, at: datetime) -> Decision:
    """Whether the viewer may hand the own seat over to a colleague of their city; also after one can withdraw."""
    if own is None or own.state != _STATE.SEAT:
        return deny(_("Weitergeben können Sie nur einen Platz, den Sie haben."))
    if workshop.state != Workshop.State.OPEN:
        return deny(_NOT_OPEN)
    if workshop.approval:
        return deny(_("Hier entscheiden die Gastgebenden, wer kommt. Ein Platz lässt sich nicht weitergeben."))
    return deny(_BEGUN) if workshop.starts_at <= at else ALLOW


def may_take_over(workshop: Workshop, own: Registration | None, *, at: datetime) -> Decision:
    """Whether the viewer may take a seat that a colleague hands over."""
    if own is not None and own.state in (_STATE.SEAT, _STATE.OFFERED):
        return deny(_("Sie haben schon einen Platz."))
    if workshop.state != Workshop.State.OPEN or workshop.approval:
        return deny(_NOT_OPEN)
    return deny(_BEGUN) if workshop.starts_at <= at else ALLOW


def may_decide_place(viewer: Viewer, workshop: Workshop, place: Registration | None = None) -> Decision:
    """Whether the viewer may say yes or no to who asks to come: the coordinators who host."""
    if not is_host(viewer, workshop):
        return deny(_("Das darf die Koordination einer der gastgebenden Kommunen."))
    if workshop.state != Workshop.State.OPEN:
        return deny(_NOT_OPEN)
    if place is not None and place.state != _STATE.REQUESTED:
        return deny(_("Über diese Anmeldung ist schon entschieden."))
    return ALLOW


def may_save_seats(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether the viewer may set how seats are given: any host, until it begins."""
    hosts = may_edit_workshop(viewer, workshop)
    if not hosts:
        return hosts
    return deny(_BEGUN) if workshop.starts_at <= at else ALLOW
