"""Rules of the programme and of the materials: whoever sees the workshop reads it, its hosts write it."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import Material, Session, Workshop, WorkshopHost, WorkshopSeries
from exchange.policies.workshops import hosts_of, may_edit_workshop, own_registrations, visible_workshops
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny


def visible_sessions(viewer: Viewer) -> QuerySet[Session]:
    """The programme of every workshop in the viewer's sight."""
    return Session.objects.filter(workshop__in=visible_workshops(viewer))


def visible_materials(viewer: Viewer) -> QuerySet[Material]:
    """What the viewer may read before and after: of workshops in sight, some only with a seat; hosts read all."""
    rows = Material.objects.filter(workshop__in=visible_workshops(viewer))
    seats = own_registrations(viewer).filter(state="seat")
    hosted = WorkshopHost.objects.filter(network_id__in=list(viewer.coordinates), state=WorkshopHost.State.ACCEPTED)
    return rows.filter(
        Q(seats_only=False) | Q(workshop__in=seats.values("workshop_id")) | Q(workshop__in=hosted.values("workshop_id"))
    )


def may_edit_program(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether the viewer may write the programme and put materials there: any host, as with the workshop itself."""
    return may_edit_workshop(viewer, workshop)


def may_step_back(viewer: Viewer, workshop: Workshop, network_id: int) -> Decision:
    """Whether a city may stop hosting: for itself alone, and while another one goes on."""
    if network_id not in viewer.coordinates:
        return deny(_("Aus einer Veranstaltung kann sich jede Kommune nur selbst zurückziehen."))
    hosts = hosts_of(workshop)
    if network_id not in hosts:
        return deny(_("Diese Kommune lädt nicht mit ein."))
    if len(hosts) < 2:
        return deny(_("Ihre Kommune lädt allein ein. Sie können die Veranstaltung absagen oder den Entwurf löschen."))
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_("Diese Veranstaltung ist abgesagt."))
    return ALLOW


def visible_series(viewer: Viewer) -> QuerySet[WorkshopSeries]:
    """Series of which the viewer sees a date, and those that they made."""
    mine = Q(pk__in=visible_workshops(viewer).filter(series__isnull=False).values("series_id"))
    if viewer.person_id is not None:
        mine |= Q(created_by_id=viewer.person_id)
    return WorkshopSeries.objects.filter(mine)


def may_repeat(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether a workshop may be made to come again: by a host, once."""
    hosts = may_edit_workshop(viewer, workshop)
    if not hosts:
        return hosts
    if workshop.series_id is not None:
        return deny(_("Diese Veranstaltung gehört schon zu einer Reihe."))
    return ALLOW
