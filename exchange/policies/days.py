"""Rules of the day: when one may say that one is there, who ticks whom off, and who reads it.

A workshop is held once its end has passed and nobody called it off; no job needs to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.models import Attendance, CertificateBundle, Registration, Workshop, WorkshopHost
from exchange.policies.workshops import is_host
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny

#: So long before a day begins one may already say that one is there.
EARLY = timedelta(minutes=60)
#: An evening that ends after midnight is one day.
ONE_SITTING = timedelta(hours=16)
#: So long attendance is kept after the end, and with it the certificates.
KEPT = timedelta(days=365)

_ONLY_HOSTS = _("Das darf die Koordination einer der gastgebenden Kommunen.")
_NO_SEAT = _("Einchecken kann, wer einen Platz hat. Bitte wenden Sie sich an die Gastgebenden.")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a workshop. ``number`` counts from 1."""

    number: int
    date: date
    begins: datetime
    ends: datetime

    def open_at(self, at: datetime) -> bool:
        """Whether one may check in for it."""
        return self.begins - EARLY <= at < self.ends


# --- which days? ---------------------------------------------------------------------------------------------------


def days_of(workshop: Workshop) -> list[Day]:
    """The days of a workshop, each from the hour it begins to the hour it ends."""
    begins, ends = timezone.localtime(workshop.starts_at), timezone.localtime(workshop.ends_at)
    if begins.date() == ends.date() or ends - begins <= ONE_SITTING:
        return [Day(1, begins.date(), begins, ends)]
    last = ends.time() if ends.time() > begins.time() else time(23, 59)
    count = (ends.date() - begins.date()).days + 1
    days = []
    for number in range(count):
        here = begins.date() + timedelta(days=number)
        to = ends if number == count - 1 else timezone.make_aware(datetime.combine(here, last))
        since = timezone.make_aware(datetime.combine(here, begins.time()))
        # The last day of „Monday 10 o'clock to Wednesday 9 o'clock“ begins before it ends.
        days.append(Day(number + 1, here, since if since < to else to - timedelta(hours=1), to))
    return days


def day_at(workshop: Workshop, at: datetime) -> Day | None:
    """The day on which one may check in at a moment."""
    return next((day for day in days_of(workshop) if day.open_at(at)), None)


def begun_days(workshop: Workshop, at: datetime) -> list[Day]:
    """The days for which a list can be kept."""
    return [day for day in days_of(workshop) if day.begins - EARLY <= at]


def is_held(workshop: Workshop, at: datetime) -> bool:
    """Whether it took place: it is over, and was neither called off nor left a draft."""
    return workshop.state in (Workshop.State.OPEN, Workshop.State.HELD) and workshop.ends_at <= at


# --- which may I see? ----------------------------------------------------------------------------------------------


def visible_attendance(viewer: Viewer) -> QuerySet[Attendance]:
    """Who was there: the hosts' coordinators read all of it, everybody else their own."""
    if viewer.person_id is None:
        return Attendance.objects.none()
    hosted = WorkshopHost.objects.filter(network_id__in=list(viewer.coordinates), state=WorkshopHost.State.ACCEPTED)
    return Attendance.objects.filter(Q(person_id=viewer.person_id) | Q(workshop_id__in=hosted.values("workshop_id")))


def visible_bundles(viewer: Viewer) -> QuerySet[CertificateBundle]:
    """Files with the certificates of everybody: for the hosts' coordinators."""
    if not viewer.coordinates:
        return CertificateBundle.objects.none()
    hosted = WorkshopHost.objects.filter(network_id__in=list(viewer.coordinates), state=WorkshopHost.State.ACCEPTED)
    return CertificateBundle.objects.filter(workshop_id__in=hosted.values("workshop_id"))


# --- may I do it, and if not, why? ---------------------------------------------------------------------------------


def _takes_place(workshop: Workshop) -> Decision:
    if workshop.state == Workshop.State.CANCELLED:
        return deny(_("Diese Veranstaltung ist abgesagt."))
    if workshop.state == Workshop.State.DRAFT:
        return deny(_("Das ist noch ein Entwurf."))
    return ALLOW


def may_keep_attendance(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether the viewer may tick off who came: any host, from an hour before, until the list is deleted."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if not (takes_place := _takes_place(workshop)):
        return takes_place
    if workshop.starts_at - EARLY > at:
        return deny(_("Die Anwesenheitsliste öffnet eine Stunde vor Beginn."))
    if workshop.ends_at + KEPT <= at:
        return deny(_("Die Anwesenheit ist ein Jahr nach der Veranstaltung gelöscht worden."))
    return ALLOW


def may_show_door_code(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether the viewer may print or show the code at the door, and make it anew: any host, until it is over."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if not (takes_place := _takes_place(workshop)):
        return takes_place
    if not workshop.has_place:
        return deny(_("Online gibt es keine Tür: Wer teilnimmt, meldet sich auf der Seite der Veranstaltung."))
    return deny(_("Die Veranstaltung ist schon vorbei.")) if workshop.ends_at <= at else ALLOW


def may_check_in(
    viewer: Viewer, workshop: Workshop, own: Registration | None, mine: Sequence[Attendance], *, at: datetime
) -> Decision:
    """Whether the viewer may say that they are there, now. ``mine`` is their own attendance in it."""
    if own is None or own.person_id != viewer.person_id or own.state != Registration.State.SEAT:
        return deny(_NO_SEAT)
    if not (takes_place := _takes_place(workshop)):
        return takes_place
    day = day_at(workshop, at)
    if day is None:
        if workshop.ends_at <= at:
            return deny(_("Die Veranstaltung ist schon vorbei."))
        return deny(_("Einchecken können Sie ab einer Stunde vor Beginn und bis zum Ende."))
    if any(row.day == day.date for row in mine):
        return deny(_("Sie sind für heute schon eingecheckt."))
    return ALLOW


def may_check_in_alone(
    viewer: Viewer, workshop: Workshop, own: Registration | None, mine: Sequence[Attendance], *, at: datetime
) -> Decision:
    """Whether the viewer may do so without a code: who takes part online."""
    if not (may := may_check_in(viewer, workshop, own, mine, at=at)):
        return may
    online = own is not None and (own.mode or workshop.mode) == Workshop.Mode.ONLINE
    return ALLOW if online else deny(_("Vor Ort checken Sie mit dem Code an der Tür ein."))


def may_get_certificate(viewer: Viewer, workshop: Workshop, mine: Sequence[Attendance], *, at: datetime) -> Decision:
    """Whether the viewer gets the own certificate: who was there, once it is over."""
    if not any(row.person_id == viewer.person_id for row in mine):
        return deny(_("Einen Nachweis bekommt, wer als anwesend eingetragen ist."))
    return ALLOW if is_held(workshop, at) else deny(_("Den Nachweis gibt es, sobald die Veranstaltung vorbei ist."))


def may_get_all_certificates(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether the viewer gets the certificates of everybody who was there: any host, once it is over."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    return ALLOW if is_held(workshop, at) else deny(_("Nachweise gibt es, sobald die Veranstaltung vorbei ist."))
