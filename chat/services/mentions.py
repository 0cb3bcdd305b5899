"""Mentions among the notices: one for each conversation, after a minute in which nobody read it, and gone when read.

What is read at once is thus counted by the chat alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from chat import wall
from chat.models import MissedMail
from chat.queries.missed import Named, named_in, read_mentions
from chat.services.missed import remember_number
from notices.services.reading import read_by_keys
from tenancy.viewer import Viewer
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody, job_for_viewer
from toolkit.telling import tell

WAIT = timedelta(minutes=1)
FRESH = timedelta(days=7)


def key_of(conversation_id: int) -> str:
    """The key of the notice; ``chat_named`` knows it too."""
    return f"chat-mention-{conversation_id}"


@app.periodic(cron="* * * * *")
@job_for_nobody(
    "chat.look_for_mentions",
    because="It asks for numbers of people alone; each is then asked about as themselves.",
)
def look_for_mentions(*, timestamp: int) -> None:
    """Every minute: who was named and has not read it, and who has read it since."""
    for number in wall.who_was_named(timezone.now(), WAIT, FRESH):
        try:
            with transaction.atomic():
                note_mentions.configure(queueing_lock=f"mentions-{number}").defer(person_id=number)
        except AlreadyEnqueued:
            continue


@job_for_viewer("chat.note_mentions")
def note_mentions(viewer: Viewer) -> None:
    """Ask as the person, and keep the notices in step."""
    if viewer.person_id is not None:
        keep_mentions(viewer)


@verb
def keep_mentions(viewer: Viewer, *, at: datetime | None = None) -> int:
    """Tell the viewer where they were named and have not read it; notices of what they have read are read. How many."""
    now = at or timezone.now()
    MissedMail.objects.bulk_create([MissedMail(person_id=viewer.someone)], ignore_conflicts=True)
    MissedMail.objects.select_for_update().get(person_id=viewer.someone)
    read_by_keys(viewer, [key_of(number) for number in read_mentions(viewer, now - FRESH)])
    named = named_in(viewer, since=now - FRESH, before=now - WAIT)
    with translation.override(viewer.language):
        for place in named:
            remember_number(viewer, place.conversation_id, "noted", place.seq)
            _tell(viewer, place)
    return len(named)


def _tell(viewer: Viewer, place: Named) -> None:
    # The mail for what was missed tells of it too; two would be one too many.
    # Nor what the conversation is called: the notice stays when somebody is taken out of it.
    said = _("%(name)s hat Sie in einer Unterhaltung erwähnt.") % {"name": place.name}
    tell([viewer.someone], kind="mention", text=said, url=place.url, key=key_of(place.conversation_id))
