"""Reminders: who has a seat is reminded as many days before as the hosts say, once, never of what was called off."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from exchange import invitations
from exchange.calendars import address_of, line_of, place_of, title_of
from exchange.models import CalendarMail, Registration, Workshop
from exchange.policies.workshops import own_registrations, visible_workshops
from exchange.queries.workshops import with_format
from notices.queries.quiet import loud_moments, own_wish
from tenancy.models import Person
from tenancy.viewer import Viewer
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody, job_for_viewer
from toolkit.mail import send_mail
from toolkit.past_sight import rows_of
from toolkit.telling import tell

#: A reminder waits for the end of somebody's quiet hours as long as so much is left then; and it comes by day.
LEFT = timedelta(hours=12)
BY_DAY = range(8, 20)


@app.periodic(cron="7 * * * *")
@job_for_nobody(
    "exchange.look_for_reminders",
    because="It asks for numbers of people and workshops alone; each is then asked about as the person.",
)
def look_for_reminders(*, timestamp: int) -> None:
    """Every hour: who is to be reminded gets a job of their own."""
    for person_id, workshop_id, _days in rows_of("exchange_due_reminders", timezone.now()):
        try:
            with transaction.atomic():
                lock = f"reminder-{workshop_id}-{person_id}"
                remind.configure(queueing_lock=lock).defer(person_id=person_id, workshop=workshop_id)
        except AlreadyEnqueued:
            continue


@job_for_viewer("exchange.remind")
def remind(viewer: Viewer, *, workshop: int) -> None:
    """Ask as the person whether there is something to be reminded of, and write it to them."""
    if viewer.person_id is not None:
        mail_reminder(viewer, workshop)


@verb
def mail_reminder(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> bool:
    """Remind the viewer of a workshop in which they have a seat; no: there is nothing to say, or not now.

    In the page always, by mail as they wish. Two at once wait for each other: the second finds that it was said.
    """
    now = at or timezone.now()
    seats = own_registrations(viewer).filter(workshop_id=workshop_id, state=Registration.State.SEAT)
    if not seats.exists() or timezone.localtime(now).hour not in BY_DAY:
        return False
    CalendarMail.objects.bulk_create(
        [CalendarMail(workshop_id=workshop_id, person_id=viewer.someone)], ignore_conflicts=True
    )
    last = CalendarMail.objects.select_for_update().get(workshop_id=workshop_id, person_id=viewer.someone)
    seat = seats.first()
    workshop = with_format(visible_workshops(viewer), viewer).filter(pk=workshop_id).first()
    if seat is None or workshop is None or workshop.state != Workshop.State.OPEN or workshop.starts_at <= now:
        return False
    days = _due(workshop, seat, last, now)
    if days is None:
        return False
    loud = loud_moments([viewer.someone], now).get(viewer.someone)
    if loud is not None and workshop.starts_at - loud >= LEFT:
        return False
    last.reminded_of, last.reminded_days = workshop.starts_at, days
    last.save(update_fields=["reminded_of", "reminded_days"])
    _say(viewer, workshop, seat, now)
    return True


def _due(workshop: Workshop, seat: Registration, last: CalendarMail, now: datetime) -> int | None:
    """How many days before it is that the viewer is to be reminded now, if at all."""
    reached = [days for days in workshop.reminder_days if now >= workshop.starts_at - timedelta(days=days)]
    if not reached:
        return None
    days = min(reached)
    told = last.reminded_of == workshop.starts_at and last.reminded_days is not None and last.reminded_days <= days
    # Who was written to within that time knows it.
    heard = last.told_at or seat.seated_at or seat.created_at
    return None if told or heard >= workshop.starts_at - timedelta(days=days) else days


def _say(viewer: Viewer, workshop: Workshop, seat: Registration, now: datetime) -> None:
    left = (timezone.localtime(workshop.starts_at).date() - timezone.localtime(now).date()).days
    title = line_of(title_of(workshop))
    sentences = {0: _("Heute: „{title}“"), 1: _("Morgen: „{title}“")}
    plural = ngettext_lazy("In {left} Tag: „{title}“", "In {left} Tagen: „{title}“", left)
    sentence = format_lazy(sentences.get(left, plural), title=title, left=left)
    tell(
        [viewer.someone],
        kind="workshop.reminder",
        text=sentence,
        url=address_of(workshop.pk).removeprefix(settings.SITE_URL),
        key=f"workshop-{workshop.pk}-reminder-{left}",
    )
    if not own_wish(viewer).mail:
        return
    person = Person.objects.get(pk=viewer.someone)
    with translation.override(person.language):
        context = {
            "person": person,
            "sentence": str(sentence),
            "title": title,
            "when": invitations.span(workshop.starts_at, workshop.ends_at),
            "place": place_of(workshop, seat.mode),
            "online_url": workshop.online_url if workshop.has_online else "",
            "page": address_of(workshop.pk),
            "site": settings.SITE_URL,
        }
    send_mail([person.email], "exchange/mail/reminder", context, language=person.language)
