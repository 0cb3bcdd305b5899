"""Invitations by mail: who has a seat has the entry in the calendar, who lost it has it struck out.

Whoever changes a place or a workshop only says so. A job of each person's own then compares what they were told last
with what is true, and writes where that differs: once for each change, whoever says it how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exchange import invitations
from exchange.calendars import Facts, address_of, facts_of, line_of
from exchange.invitations import Method, Told
from exchange.models import CalendarMail, Registration, Workshop, WorkshopHost, WorkshopMove
from exchange.policies.workshops import own_registrations, visible_workshops
from exchange.queries.workshops import with_format
from tenancy.models import Person
from tenancy.viewer import Viewer
from toolkit.acting import verb
from toolkit.jobs import job_for_viewer
from toolkit.mail import CalendarPart, send_mail


def place_changed(registration: Registration) -> None:
    """Say that somebody's place became another. Part of the caller's transaction."""
    places_changed(registration.workshop_id, [registration.person_id])


def places_changed(workshop_id: int, person_ids: Iterable[int]) -> None:
    """Say that these people's places became others. Part of the caller's transaction."""
    jobs: list[dict[str, Any]] = [
        {"person_id": person_id, "workshop": workshop_id} for person_id in sorted(set(person_ids))
    ]
    if jobs:
        tell_calendar.batch_defer(*jobs)


def calendar_changed(workshop: Workshop, changes: Mapping[str, Sequence[Any]] | None = None, reason: str = "") -> None:
    """Say that what calendars show of an open workshop is another now; for its hosts, who see all places.

    ``changes`` is ``{field: [before, after]}``; they stand on the page as a move, with the ``reason``.
    """
    if changes:
        shown = {name: list(pair) for name, pair in changes.items() if name in _SHOWN}
        for one, other in (("starts_at", "ends_at"), ("ends_at", "starts_at")):
            # From when to when, also where only one of the two is another.
            if one in shown and other not in shown:
                shown[other] = [getattr(workshop, other).isoformat()] * 2
        if "online_url" in changes:
            shown["online_url"] = ["…", "…"]
        WorkshopMove.objects.create(
            workshop=workshop, sequence=workshop.calendar_sequence, changes=shown, reason=reason[:200]
        )
    seated = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT)
    places_changed(workshop.pk, seated.values_list("person_id", flat=True))


#: What a move shows on the page and in mails; the link is for those with a seat.
_SHOWN = ("title", "starts_at", "ends_at", "place", "mode")


@job_for_viewer("exchange.tell_calendar")
def tell_calendar(viewer: Viewer, *, workshop: int) -> None:
    """Compare one person's calendar with what is true, and write to them."""
    if viewer.person_id is not None:
        mail_calendar(viewer, workshop)


@verb
def mail_calendar(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> str:
    """Write to the viewer where their entry is not as it should be; what was written, or nothing: ``""``.

    Two at once wait for each other: the second finds that all was told.
    """
    now = at or timezone.now()
    known = CalendarMail.objects.filter(workshop_id=workshop_id, person_id=viewer.someone)
    if not known.exists():
        if not _seat(viewer, workshop_id):
            return ""
        CalendarMail.objects.bulk_create(
            [CalendarMail(workshop_id=workshop_id, person_id=viewer.someone)], ignore_conflicts=True
        )
    last = known.select_for_update().get()
    person = Person.objects.get(pk=viewer.someone)
    with translation.override(person.language):
        workshop = with_format(visible_workshops(viewer), viewer).filter(pk=workshop_id).first()
        seat = _seat(viewer, workshop_id)
        if seat is not None:
            if workshop is None or workshop.ends_at <= now:
                return ""
            if workshop.state == Workshop.State.OPEN:
                return _invite(person, last, workshop, seat, now)
        if not last.invited or Told.read(last.told).ends_at <= now:
            return ""
        if seat is not None and workshop is not None and workshop.state != Workshop.State.CANCELLED:
            return ""
        return _call_back(viewer, person, last, workshop, now)


def _seat(viewer: Viewer, workshop_id: int) -> Registration | None:
    return own_registrations(viewer).filter(workshop_id=workshop_id, state=Registration.State.SEAT).first()


def _hosts(workshop: Workshop) -> list[str]:
    rows = WorkshopHost.objects.filter(workshop=workshop, state=WorkshopHost.State.ACCEPTED).order_by("id")
    return list(rows.values_list("network__municipality__name", flat=True))


def _keep(last: CalendarMail, told: Told, workshop: Workshop | None, now: datetime, *, invited: bool) -> None:
    """Count the mail; the sequence rises with each, also for who comes a second time."""
    least = workshop.calendar_sequence if workshop is not None else 0
    last.sequence = max(least, last.sequence + 1) if last.told_at is not None else least
    last.seen_sequence = max(last.seen_sequence, least)
    last.invited, last.told, last.told_at = invited, told.stored(), now
    last.save(update_fields=["sequence", "seen_sequence", "invited", "told", "told_at"])


def _invite(person: Person, last: CalendarMail, workshop: Workshop, seat: Registration, now: datetime) -> str:
    """The invitation, or what changed since the last one; nothing where nothing did."""
    told = invitations.told_of(workshop, seat, _hosts(workshop))
    before = Told.read(last.told) if last.invited else None
    if before is not None and before.same_as(told):
        return ""
    moves = WorkshopMove.objects.filter(workshop=workshop, sequence__gt=last.seen_sequence).exclude(reason="")
    reasons = list(moves.order_by("sequence").values_list("reason", flat=True)) if before is not None else []
    _keep(last, told, workshop, now, invited=True)
    online = workshop.online_url if workshop.has_online else ""
    facts = replace(
        facts_of(workshop, online_url=online, mode=told.mode),
        sequence=last.sequence, stamp=now, title=told.title, place=told.place,
    )  # fmt: skip
    kind = "changed" if before is not None else "invited"
    words = {
        "changes": invitations.differences(before, told) if before is not None else [],
        "reasons": reasons,
        "online_url": online,
    }
    _send(person, kind, "REQUEST", facts, told, words)
    return kind


def _call_back(viewer: Viewer, person: Person, last: CalendarMail, workshop: Workshop | None, now: datetime) -> str:
    """Strike the entry out; from what the person was told, for they may not see the workshop any more."""
    told = Told.read(last.told)
    _keep(last, told, workshop, now, invited=False)
    cancelled = workshop is not None and workshop.state == Workshop.State.CANCELLED
    reason = workshop.cancel_reason if workshop is not None and cancelled else ""
    waiting = own_registrations(viewer).filter(workshop_id=last.workshop_id).exists()
    kind = "cancelled" if cancelled else "waiting" if waiting else "given_back"
    said = {
        "cancelled": _("Abgesagt: {reason}").format(reason=reason),
        "waiting": _("Sie haben keinen Platz mehr und stehen wieder auf der Warteliste."),
        "given_back": _("Ihr Platz ist zurückgegeben."),
    }[kind]
    page = address_of(last.workshop_id)
    facts = Facts(
        uid=told.uid, sequence=last.sequence, stamp=now, starts_at=told.starts_at, ends_at=told.ends_at,
        title=told.title, status="CANCELLED", place=told.place, words=f"{line_of(said)}\n\n{page}", url=page,
    )  # fmt: skip
    _send(person, kind, "CANCEL", facts, told, {"reason": reason})
    return kind


def _send(person: Person, kind: str, method: Method, facts: Facts, told: Told, words: dict[str, Any]) -> None:
    context = {
        "person": person,
        "kind": kind,
        "title": told.title,
        "day": date_format(timezone.localtime(told.starts_at), "j. F Y"),
        "when": invitations.span(told.starts_at, told.ends_at),
        "place": told.place,
        "hosts": invitations.names_of(told.hosts),
        "page": facts.url,
        **words,
    }
    text = invitations.message(method, facts, hosts=told.hosts, name=person.name, email=person.email)
    part = CalendarPart(method=method, text=text)
    send_mail([person.email], "exchange/mail/invitation", context, language=person.language, calendar=part)
