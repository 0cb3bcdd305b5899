"""What follows when a place changed: who is told, who enters the room, and when to look again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from chat.public import join_room
from exchange.models import Registration
from exchange.services.invitations import places_changed
from tenancy.viewer import Viewer
from toolkit.acting import acting
from toolkit.jobs import job_for_nobody, job_for_viewer
from toolkit.past_sight import rows_of
from toolkit.telling import tell

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: A moment in the words of whoever reads it.
LAZY_DAY = lazy(date_format, str)
_STATE = Registration.State


@dataclass(frozen=True, slots=True)
class Change:
    """What became of somebody's place: ``seat``, ``offered`` with ``until``, or ``lapsed``."""

    person_id: int
    became: str
    until: datetime | None


def after(
    changes: Iterable[Change], workshop_id: int, title: str, room_id: int | None, *, fresh: int | None = None
) -> None:
    """In the transaction of the changes: tell people, let them into the room, and look again when an offer ends."""
    every = list(changes)
    places_changed(workshop_id, [c.person_id for c in every if c.became == _STATE.SEAT])
    seated = [c.person_id for c in every if c.became == _STATE.SEAT]
    if room_id is not None:
        _enter(room_id, seated)
    if told := [number for number in seated if number != fresh]:
        _tell(told, workshop_id, "workshop.seat", _("Sie haben jetzt einen Platz bei „{title}“."), title=title)
    offers: dict[datetime, list[int]] = {}
    for change in every:
        if change.became == _STATE.OFFERED and change.until is not None:
            offers.setdefault(change.until, []).append(change.person_id)
    for until, people in offers.items():
        sentence = _("Ein Platz bei „{title}“ ist für Sie frei. Bitte nehmen Sie ihn bis {day} Uhr an.")
        day = LAZY_DAY(timezone.localtime(until), "j. F, H:i")
        _tell(people, workshop_id, "invitation.seat", sentence, title=title, day=day)
        look_again(until)
    lapsed = [c.person_id for c in every if c.became == _STATE.LAPSED]
    if lapsed:
        sentence = _("Der Platz bei „{title}“, der für Sie frei war, ist an die nächste Person gegangen.")
        _tell(lapsed, workshop_id, "workshop.lapsed", sentence, title=title)


def look_again(moment: datetime) -> None:
    """Enqueue a look at what is due at a moment. Part of the caller's transaction."""
    seats_due.configure(schedule_at=moment).defer()


def _tell(people: Iterable[int], workshop_id: int, kind: str, sentence: _StrPromise, **words: object) -> None:
    tell(
        people,
        kind=kind,
        text=format_lazy(sentence, **words),
        url=reverse("exchange:workshop-detail", kwargs={"pk": workshop_id}),
        key=f"workshop-{workshop_id}-{kind.partition('.')[2]}",
        mail=True,
    )


def _enter(room_id: int, people: list[int]) -> None:
    """Let people into the room. Where time alone gave the seat nobody acts, and each enters as themselves."""
    if acting().person_id is not None:
        join_room(room_id, people)
        return
    for number in people:
        enter_room.defer(person_id=number, room_id=room_id)


@job_for_viewer("exchange.enter_room")
def enter_room(viewer: Viewer, *, room_id: int) -> None:
    """Enter the room of a workshop in which one has got a seat."""
    with transaction.atomic():
        join_room(room_id, [viewer.someone])


@app.periodic(cron="*/5 * * * *")
@job_for_nobody(
    "exchange.seats_due",
    because="It does what the clock of the database demands of places, by one function, and tells whom it concerns.",
)
def seats_due(*, timestamp: int = 0) -> None:
    """When an offer ends or quotas are released, and every five minutes: give the seats that are free by now."""
    with transaction.atomic():
        rows = rows_of("exchange_allocate_due")
        for (workshop_id, title, room_id), changed in groupby(rows, key=lambda row: row[:3]):
            after([Change(*row[3:]) for row in changed], workshop_id, title, room_id)
