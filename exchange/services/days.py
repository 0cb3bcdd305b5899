"""Verbs of the day: ticking off who came, checking in, a new code for the door."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from exchange.door_codes import fits
from exchange.models import Attendance, DoorCode, Registration, Workshop
from exchange.policies.days import (
    KEPT,
    begun_days,
    day_at,
    may_check_in,
    may_check_in_alone,
    may_keep_attendance,
    may_show_door_code,
    visible_attendance,
)
from exchange.policies.workshops import hosts_of, own_registrations, visible_workshops
from exchange.services.hosting import record_act
from tenancy.viewer import Viewer
from toolkit.access import Conflict, deny, given, require
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody
from toolkit.past_sight import answer_of, locked

_OLD_CODE = deny(_("Dieser Code gilt nicht mehr. Bitte scannen Sie den Code an der Tür noch einmal."))


def _locked(viewer: Viewer, workshop_id: int) -> Workshop:
    """The workshop, locked, so that one person is ticked off once; raises ``DoesNotExist``."""
    locked("exchange_lock_workshop", Workshop, workshop_id)
    return visible_workshops(viewer).get(pk=workshop_id)


def _acting(viewer: Viewer, workshop: Workshop) -> int | None:
    return min(viewer.coordinates & hosts_of(workshop), default=None)


@verb
def mark_attendance(
    viewer: Viewer,
    workshop_id: int,
    registration_id: int,
    day: date,
    *,
    present: bool,
    at: datetime | None = None,
) -> bool:
    """Tick somebody with a seat off the list of a day, or take the tick back; answers whether that changed anything.

    Raises ``DoesNotExist`` of workshop or registration, ``Denied``, and ``Conflict`` for a day that is none of its.
    The record says who began the list of a day and who took ticks back; who set each tick stands in its row.
    """
    now = at or timezone.now()
    workshop = _locked(viewer, workshop_id)
    require(may_keep_attendance(viewer, workshop, at=now))
    if day not in {known.date for known in begun_days(workshop, now)}:
        raise Conflict(_("An diesem Tag ist noch keine Liste offen."))
    rows = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT)
    registration = rows.get(pk=registration_id)
    kept = visible_attendance(viewer).filter(workshop=workshop, day=day)
    known = kept.filter(registration=registration).first()
    if present == (known is not None):
        return False
    if known is not None:
        known.delete()
        record_act(viewer, "attendance_taken_back", workshop, network_id=_acting(viewer, workshop))
        return True
    if not kept.exists():
        record_act(viewer, "attendance_begun", workshop, network_id=_acting(viewer, workshop))
    Attendance.objects.create(
        workshop=workshop,
        registration=registration,
        person_id=registration.person_id,
        day=day,
        at=now,
        by=Attendance.By.LIST,
        marked_by_id=viewer.someone,
    )
    return True


@verb
def check_in(viewer: Viewer, workshop_id: int, *, code: str = "", at: datetime | None = None) -> Attendance:
    """Say that one is there, today: with the code at the door, or without one where one takes part online.

    Raises ``Workshop.DoesNotExist`` and ``Denied``, also for a code that was made anew meanwhile.
    """
    now = at or timezone.now()
    workshop = _locked(viewer, workshop_id)
    own = own_registrations(viewer).filter(workshop=workshop).first()
    mine = list(visible_attendance(viewer).filter(workshop=workshop, person_id=viewer.someone))
    if code:
        require_code(workshop, code)
        require(may_check_in(viewer, workshop, own, mine, at=now))
    else:
        require(may_check_in_alone(viewer, workshop, own, mine, at=now))
    day = day_at(workshop, now)
    own, day = given(own), given(day)
    return Attendance.objects.create(
        workshop=workshop,
        registration=own,
        person_id=viewer.someone,
        day=day.date,
        at=now,
        by=Attendance.By.CODE if code else Attendance.By.SELF,
        marked_by_id=viewer.someone,
    )


def require_code(workshop: Workshop, code: str) -> None:
    """Go on only with the code that hangs at the door now; raises ``Denied``."""
    if not fits(code, workshop.pk, answer_of("exchange_door_generation", workshop.pk) or 0):
        require(_OLD_CODE)


@verb
def renew_door_code(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> int:
    """Make the code at the door anew; the old one is worthless from then on. Answers the generation."""
    workshop = _locked(viewer, workshop_id)
    require(may_show_door_code(viewer, workshop, at=at or timezone.now()))
    code, _created = DoorCode.objects.select_for_update().get_or_create(workshop=workshop)
    code.generation += 1
    code.save(update_fields=["generation"])
    record_act(viewer, "door_code_renewed", workshop, network_id=_acting(viewer, workshop))
    return code.generation


@app.periodic(cron="41 3 * * *")
@job_for_nobody("exchange.forget_attendance", because="It deletes what is past its time, whosever it is.")
def forget_attendance(*, timestamp: int) -> None:
    """Every night: delete who was there a year after the end."""
    with transaction.atomic():
        answer_of("exchange_forget_attendance", timezone.now() - KEPT)
