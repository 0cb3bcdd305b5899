"""Rules of minutes: hosts and those with a seat read them, hosts write; with leave those with a seat write too."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import Minutes, MinutesSection, MinutesVersion, Registration, Workshop, WorkshopHost
from exchange.policies.workshops import is_host, own_registrations
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.rules import within_sight

_ONLY_HOSTS = _("Das darf die Koordination einer der gastgebenden Kommunen.")


# --- which may I see? ----------------------------------------------------------------------------------------------


def visible_minutes(viewer: Viewer) -> QuerySet[Minutes]:
    """Minutes of workshops that the viewer hosts or has a seat in, and those released for a rung the viewer is on."""
    seen = Q(pk__in=within_sight(Minutes.objects.all(), viewer).order_by().values("pk"))
    if viewer.signed_in:
        seats = own_registrations(viewer).filter(state=Registration.State.SEAT)
        seen |= Q(workshop__in=seats.values("workshop"))
    return Minutes.objects.filter(seen)


def visible_sections(viewer: Viewer) -> QuerySet[MinutesSection]:
    """The sections of minutes that the viewer reads; those taken out are left out."""
    return MinutesSection.objects.filter(minutes__in=visible_minutes(viewer), removed=False)


def visible_versions(viewer: Viewer) -> QuerySet[MinutesVersion]:
    """What was written before, for hosts and those with a seat; others read what was released, not its making."""
    hosted = WorkshopHost.objects.filter(network__in=list(viewer.coordinates), state=WorkshopHost.State.ACCEPTED)
    seats = own_registrations(viewer).filter(state=Registration.State.SEAT)
    inside = Q(minutes__workshop__in=hosted.values("workshop")) | Q(minutes__workshop__in=seats.values("workshop"))
    return MinutesVersion.objects.filter(inside)


# --- may I do it, and if not, why? ---------------------------------------------------------------------------------


def has_seat(viewer: Viewer, own: Registration | None) -> bool:
    """Whether the viewer's own place is a seat."""
    return own is not None and own.person_id == viewer.person_id and own.state == Registration.State.SEAT


def may_begin_minutes(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether minutes may be begun: by any host, once the workshop is open."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if workshop.state == Workshop.State.DRAFT:
        return deny(_("Ein Protokoll gibt es, sobald die Anmeldung eröffnet ist."))
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_("Diese Veranstaltung ist abgesagt."))
    return ALLOW


def may_write_minutes(
    viewer: Viewer, workshop: Workshop, minutes: Minutes | None, own: Registration | None
) -> Decision:
    """Whether the viewer may add and change sections: hosts, and those with a seat where the hosts let them."""
    if is_host(viewer, workshop):
        return ALLOW
    if not has_seat(viewer, own):
        return deny(_("Am Protokoll schreiben die Gastgebenden und, wenn sie es erlauben, alle mit einem Platz."))
    if minutes is None or not minutes.seats_write:
        return deny(_("Zurzeit schreiben die Gastgebenden das Protokoll."))
    return ALLOW


def may_steer_minutes(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether the viewer may release them, take that back, and say who writes: any host."""
    return ALLOW if is_host(viewer, workshop) else deny(_ONLY_HOSTS)
