"""Telling people in their browsers that somebody wrote: soon, but not to those who are reading it anyway."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from chat import wall
from chat.models import MissedMail
from chat.queries.missed import Missed, missed_by, wish_of
from chat.services.missed import remember
from notices.queries.quiet import loud_moments
from notices.services.push import push
from tenancy.viewer import Viewer
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody, job_for_viewer

#: So long an open page has time to say that its person read it.
WAIT = timedelta(seconds=10)
#: What is older comes too late for this way; the mail tells of it.
FRESH = timedelta(minutes=10)


@app.periodic(cron="* * * * * */15")
@job_for_nobody(
    "chat.look_for_browsers",
    because="It asks for numbers of people alone; each is then asked about as themselves.",
)
def look_for_browsers(*, timestamp: int) -> None:
    """Every fifteen seconds: who has a browser to tell, and something to be told."""
    now = timezone.now()
    people = wall.who_is_due(now, WAIT, FRESH)
    loud = loud_moments(people, now)
    for number in people:
        if number not in loud:
            _ask_about(number)


def _ask_about(person_id: int) -> None:
    try:
        with transaction.atomic():
            tell_browsers.configure(queueing_lock=f"push-{person_id}").defer(person_id=person_id)
    except AlreadyEnqueued:
        return


@job_for_viewer("chat.tell_browsers")
def tell_browsers(viewer: Viewer) -> None:
    """Ask as the person what they have not read, and tell it to their browsers."""
    if viewer.person_id is not None:
        push_missed(viewer)


@verb
def push_missed(viewer: Viewer, *, at: datetime | None = None) -> int:
    """Tell the viewer's browsers in which conversations somebody wrote, each once; how many conversations.

    Two at once wait for each other, as with the mails.
    """
    now = at or timezone.now()
    MissedMail.objects.bulk_create([MissedMail(person_id=viewer.someone)], ignore_conflicts=True)
    MissedMail.objects.select_for_update().get(person_id=viewer.someone)
    missed = missed_by(viewer, now, wish_of(viewer), by="pushed", fresh=FRESH)
    remember(viewer, missed, "pushed")
    with translation.override(viewer.language):
        for place in missed:
            push(
                viewer,
                title="Lotsennetz",
                body=_line(place),
                url=reverse("chat:conversation", kwargs={"pk": place.conversation_id}),
                tag=f"chat-{place.conversation_id}",
            )
    return len(missed)


def _line(place: Missed) -> str:
    """Where, never what: a screen may be seen by others."""
    if place.is_direct:
        return _("Neue Nachricht von %(name)s") % {"name": place.title}
    return _("Neue Nachricht in „%(title)s“") % {"title": place.title}
