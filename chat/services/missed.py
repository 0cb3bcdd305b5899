"""Mail for what was missed: one for everything of a person, never twice, never at night, never more than wished."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from chat import wall
from chat.models import ChatWish, MissedMail, MissedTold
from chat.queries.missed import FRESH, Missed, away_for, missed_by, was_here, wish_of
from notices.queries.quiet import loud_moments
from tenancy.models import Person
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody, job_for_viewer
from toolkit.mail import send_mail

#: After a mail the next one waits so long; when nothing was read since the one before, so much longer.
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_SALT = "chat.missed"


@app.periodic(cron="*/5 * * * *")
@job_for_nobody(
    "chat.look_for_missed",
    because="It asks for numbers of people alone; each is then asked about as themselves.",
)
def look_for_missed(*, timestamp: int) -> None:
    """Every five minutes: who is away and missed something gets a job of their own."""
    now = timezone.now()
    people = wall.who_missed(now, away_for(), FRESH)
    loud = loud_moments(people, now)
    for number in people:
        if number not in loud:
            ask_about(number)


def ask_about(person_id: int) -> None:
    """Enqueue the question what somebody missed, unless it waits already."""
    try:
        with transaction.atomic():
            tell_missed.configure(queueing_lock=f"missed-{person_id}").defer(person_id=person_id)
    except AlreadyEnqueued:
        return


@job_for_viewer("chat.tell_missed")
def tell_missed(viewer: Viewer) -> None:
    """Ask as the person what they missed, and write it to them."""
    if viewer.person_id is not None:
        mail_missed(viewer)


@verb
def mail_missed(viewer: Viewer, *, at: datetime | None = None) -> bool:
    """Write one mail of everything the viewer missed and may still see; no: there was nothing to write, or not now.

    Two at once wait for each other: the second finds that all was told.
    """
    now = at or timezone.now()
    MissedMail.objects.bulk_create([MissedMail(person_id=viewer.someone)], ignore_conflicts=True)
    last = MissedMail.objects.select_for_update().get(person_id=viewer.someone)
    wish = wish_of(viewer)
    if not wish.mail_missed or was_here(viewer, now - away_for()) or loud_moments([viewer.someone], now):
        return False
    turn = last.turn if last.sent_at is not None and not was_here(viewer, last.sent_at) else 0
    if last.sent_at is not None and now - last.sent_at < (DAY if turn > 1 else HOUR):
        return False
    missed = missed_by(viewer, now, wish)
    if not any(place.oldest <= now - away_for() for place in missed):
        return False
    remember(viewer, missed, "seq")
    last.sent_at, last.turn = now, turn + 1
    last.save(update_fields=["sent_at", "turn"])
    _write(viewer, missed)
    return True


def remember(viewer: Viewer, missed: list[Missed], by: Literal["seq", "pushed"]) -> None:
    """Keep up to which number the viewer was told."""
    for place in missed:
        remember_number(viewer, place.conversation_id, by, place.up_to)


def remember_number(viewer: Viewer, conversation_id: int, by: Literal["seq", "pushed", "noted"], number: int) -> None:
    """Keep that the viewer was told up to a number of a conversation, in one of the ways; it only rises."""
    MissedTold.objects.bulk_create(
        [MissedTold(person_id=viewer.someone, conversation_id=conversation_id, seq=0)], ignore_conflicts=True
    )
    MissedTold.objects.filter(person_id=viewer.someone, conversation_id=conversation_id).update(
        **{by: Greatest(by, Value(number))}
    )


def _write(viewer: Viewer, missed: list[Missed]) -> None:
    person = Person.objects.get(pk=viewer.someone)
    off = f"{settings.SITE_URL}{reverse('chat:missed-off', kwargs={'token': token_of(person.pk)})}"
    context: dict[str, Any] = {
        "person": person,
        "missed": missed,
        "count": sum(place.count for place in missed),
        "only": missed[0] if len(missed) == 1 else None,
        "site": settings.SITE_URL,
        "off": off,
    }
    headers = {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    send_mail([person.email], "chat/mail/missed", context, language=person.language, headers=headers)


def token_of(person_id: int) -> str:
    """What stands in the mail to switch such mails off without signing in."""
    return signing.dumps(person_id, salt=_SALT, compress=False)


def viewer_of(token: str) -> Viewer | None:
    """Whose mail a token came with; None for what is not ours."""
    try:
        number = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    viewer = viewer_by_id(number)
    return viewer if viewer.person_id is not None else None


@verb
def switch_missed_mail(viewer: Viewer, *, on: bool) -> None:
    """Keep whether the viewer wants mails for what they missed."""
    ChatWish.objects.update_or_create(person_id=viewer.someone, defaults={"mail_missed": on})
