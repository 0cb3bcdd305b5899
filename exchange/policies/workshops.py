"""Rules of workshops and their seats: the hosts own a workshop with equal rights, and nobody is overbooked."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import ExchangeFormat, Registration, Workshop, WorkshopHost
from exchange.policies.formats import owners_of
from exchange.policies.published import may_invite_as
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.rules import within_sight

_ONLY_HOSTS = _("Das darf die Koordination einer der gastgebenden Kommunen.")
_ONLY_COORDINATION = _("Das darf nur die Koordination Ihres Netzwerks.")
_CANCELLED = _("Diese Veranstaltung ist abgesagt.")
_BEGUN = _("Die Veranstaltung hat schon begonnen.")
#: States of a place that count: the person is coming, or waits to.
LIVING = (
    Registration.State.REQUESTED,
    Registration.State.SEAT,
    Registration.State.OFFERED,
    Registration.State.QUEUED,
)
#: States of a place that takes seats.
TAKING = (Registration.State.SEAT, Registration.State.OFFERED)


# --- which may I see? ----------------------------------------------------------------------------------------------


def visible_workshops(viewer: Viewer) -> QuerySet[Workshop]:
    """Workshops within the viewer's sight; drafts are seen by the coordinators of their hosts alone."""
    return within_sight(Workshop.objects.all(), viewer)


def listed_workshops(viewer: Viewer) -> QuerySet[Workshop]:
    """What lists, feeds and REST show: everything in sight but drafts."""
    return visible_workshops(viewer).exclude(state=Workshop.State.DRAFT)


def own_registrations(viewer: Viewer) -> QuerySet[Registration]:
    """The viewer's own places, without those that ended."""
    if viewer.person_id is None:
        return Registration.objects.none()
    return Registration.objects.filter(person_id=viewer.person_id, state__in=LIVING)


def visible_registrations(viewer: Viewer, workshop: Workshop, own: Registration | None) -> QuerySet[Registration]:
    """The places whose names the viewer may read.

    Hosts' coordinators read all of them; who has a seat reads the others with a seat who show their names; everybody
    else none but their own. ``needs`` are for ``may_see_needs`` only.
    """
    rows = Registration.objects.filter(workshop=workshop, state__in=LIVING)
    if may_see_needs(viewer, workshop):
        return rows
    seats = rows.filter(state=Registration.State.SEAT)
    if own is not None and own.state == Registration.State.SEAT:
        return seats.filter(name_shown=True) | seats.filter(person_id=viewer.someone)
    return rows.none()


# --- may I do it, and if not, why? ---------------------------------------------------------------------------------


def hosts_of(workshop: Workshop) -> frozenset[int]:
    """The networks that host it; no query where ``hosts`` are prefetched with all their states."""
    accepted = WorkshopHost.State.ACCEPTED
    return frozenset(host.network_id for host in workshop.hosts.all() if host.state == accepted)


def asked_to_host(workshop: Workshop) -> frozenset[int]:
    """The networks that have not answered yet."""
    invited = WorkshopHost.State.INVITED
    return frozenset(host.network_id for host in workshop.hosts.all() if host.state == invited)


def is_host(viewer: Viewer, workshop: Workshop) -> bool:
    """Whether the viewer coordinates one of the cities that host it."""
    return not viewer.coordinates.isdisjoint(hosts_of(workshop))


def may_create_workshop(
    viewer: Viewer, network_id: int | None = None, exchange_format: ExchangeFormat | None = None
) -> Decision:
    """Whether the viewer may begin a workshop, for this network and as part of this format."""
    if not viewer.coordinates:
        return deny(_("Veranstaltungen legt die Koordination eines Netzwerks an."))
    if network_id is not None and network_id not in viewer.coordinates:
        return deny(_("Sie können nur für Ihr eigenes Netzwerk einladen."))
    if exchange_format is not None and viewer.coordinates.isdisjoint(owners_of(exchange_format)):
        return deny(_("In diesem Format laden die beteiligten Kommunen ein."))
    return ALLOW if network_id is None else may_invite_as(network_id)


def may_edit_workshop(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether the viewer may change it: any coordinator of a city that hosts it, until it is cancelled."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_("Eine abgesagte Veranstaltung lässt sich nicht mehr ändern."))
    return ALLOW


def may_open_workshop(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether it may be opened for sign-up: every city that was asked has answered, and it lies ahead."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if workshop.state != Workshop.State.DRAFT:
        return deny(_("Die Anmeldung wurde schon eröffnet."))
    if asked_to_host(workshop):
        return deny(_("Noch nicht alle eingeladenen Kommunen haben geantwortet."))
    if workshop.starts_at <= at or workshop.registration_ends_at <= at:
        return deny(_("Der Termin liegt in der Vergangenheit. Bitte ändern Sie ihn zuerst."))
    return ALLOW


def may_cancel_workshop(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether it may be cancelled: by any host, while it is open and not over. A draft is deleted instead."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if workshop.state == Workshop.State.DRAFT:
        return deny(_("Ein Entwurf wird nicht abgesagt, sondern gelöscht."))
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_CANCELLED)
    if workshop.ends_at <= at:
        return deny(_("Die Veranstaltung ist schon vorbei."))
    return ALLOW


def may_delete_workshop(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether a draft may be deleted: by its only host, so that nobody deletes what another city owns too."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if workshop.state != Workshop.State.DRAFT:
        return deny(_("Was schon eröffnet war, lässt sich absagen, aber nicht löschen."))
    if len(hosts_of(workshop)) > 1:
        return deny(_("Der Entwurf gehört mehreren Kommunen. Keine kann ihn allein löschen."))
    return ALLOW


def may_invite_host(viewer: Viewer, workshop: Workshop, network_id: int | None = None) -> Decision:
    """Whether another city may be asked to host; one that declined may be asked again."""
    hosts = may_edit_workshop(viewer, workshop)
    if not hosts or network_id is None:
        return hosts
    if network_id in hosts_of(workshop):
        return deny(_("Diese Kommune lädt schon mit ein."))
    if network_id in asked_to_host(workshop):
        return deny(_("Diese Kommune ist schon gefragt und hat noch nicht geantwortet."))
    return ALLOW


def may_recall_host(viewer: Viewer, workshop: Workshop, network_id: int) -> Decision:
    """Whether an unanswered question may be taken back. A city that accepted cannot be removed by others."""
    hosts = may_edit_workshop(viewer, workshop)
    if not hosts:
        return hosts
    if network_id in hosts_of(workshop):
        return deny(_("Eine gastgebende Kommune kann niemand entfernen."))
    if network_id not in asked_to_host(workshop):
        return deny(_("Diese Kommune wartet nicht auf eine Antwort."))
    return ALLOW


def may_answer_hosting(viewer: Viewer, workshop: Workshop, network_id: int) -> Decision:
    """Whether the viewer may accept or decline for a city that was asked to host."""
    if network_id not in viewer.coordinates:
        return deny(_ONLY_COORDINATION)
    if network_id not in asked_to_host(workshop):
        return deny(_("Für diese Kommune steht keine Einladung offen."))
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_CANCELLED)
    return ALLOW


def may_take_seat(viewer: Viewer, workshop: Workshop, own: Registration | None, *, at: datetime) -> Decision:
    """Whether the viewer may take a seat or a place in the queue. ``own`` is their living place, if they have one."""
    if not viewer.signed_in:
        return deny(_("Zum Anmelden brauchen Sie ein Konto. Bitte melden Sie sich an."))
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_CANCELLED)
    if workshop.state != Workshop.State.OPEN:
        return deny(_("Die Anmeldung ist nicht offen."))
    if workshop.starts_at <= at:
        return deny(_BEGUN)
    if own is not None:
        return deny(_("Sie sind schon angemeldet."))
    if workshop.registration_ends_at <= at:
        return deny(_("Die Anmeldefrist ist vorbei."))
    if not viewer.seats:
        return deny(_("Anmelden können sich Menschen, die zu einem Netzwerk gehören."))
    return ALLOW


def may_withdraw(viewer: Viewer, workshop: Workshop, own: Registration | None, *, at: datetime) -> Decision:
    """Whether the viewer may give the own place back: until the hosts' date, or until the workshop begins.

    Whoever has no seat yet may go as long as it has not begun: nobody counts on them.
    """
    if own is None or own.person_id != viewer.person_id:
        return deny(_("Sie sind nicht angemeldet."))
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_CANCELLED)
    if workshop.starts_at <= at:
        return deny(_BEGUN)
    if own.state == Registration.State.SEAT and workshop.withdraw_ends_at <= at:
        return deny(
            _("Abmelden war nur bis zu einem Tag möglich, der vorbei ist. Bitte wenden Sie sich an die Gastgebenden.")
        )
    return ALLOW


def may_see_online_url(viewer: Viewer, workshop: Workshop, own: Registration | None) -> Decision:
    """Whether the viewer reads the link: who has a seat, and the coordinators who host."""
    if is_host(viewer, workshop):
        return ALLOW
    if own is not None and own.person_id == viewer.person_id and own.state == Registration.State.SEAT:
        return ALLOW
    return deny(_("Den Link sehen Sie, sobald Sie einen Platz haben."))


def may_see_needs(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether the viewer reads who needs what, who waits, and the list for the door: the coordinators who host."""
    return ALLOW if is_host(viewer, workshop) else deny(_ONLY_HOSTS)


def may_join_workshop_room(viewer: Viewer, workshop: Workshop, own: Registration | None) -> Decision:
    """Whether the viewer may talk in the room; the same people who get the link."""
    if may_see_online_url(viewer, workshop, own):
        return ALLOW
    return deny(_("In diesem Raum sprechen alle, die einen Platz haben."))
