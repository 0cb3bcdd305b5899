"""Jobs around files: ask the virus scanner, and sweep away what belongs to nobody any more.

All of them act for nobody: they know files by their keys alone, and hand those to functions of the database.
"""

from __future__ import annotations

import contextlib
import logging
import time
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from chat import wall
from chat.hints import hint_conversation
from chat.models import MessageFile
from toolkit.jobs import job_for_nobody
from toolkit.uploads import clamd, store

logger = logging.getLogger(__name__)

#: Below ``MEDIA_ROOT``.
ROOM = "chat"
#: So long a file may lie there without being sent.
UNSENT = timedelta(days=1)
#: What lies on the disk and is known to nobody may be an upload that is just being stored (seconds).
GRACE = 3600
#: So long a file may wait for the scanner until it is enqueued anew: its job may have been lost with a backup.
WAITING = timedelta(hours=1)
SWEPT_AT_ONCE = 500

FOUND = gettext_noop("Der Virenscanner hat die Datei beanstandet. Sie wurde nicht behalten.")
LOST = gettext_noop("Die Datei ist nicht mehr da.")


@job_for_nobody(
    "chat.scan_file",
    because="It has the key of a file and hands on what the scanner says; it reads nothing from the database.",
    queue="files",
    # Whoever sent it sees that it is being checked. Tried until the scanner answers, twice a minute.
    retry=RetryStrategy(wait=30),
)
def scan_file(*, key: str) -> None:
    """Ask the scanner about a file that waits; without a scanner nothing needs to wait."""
    file = UUID(key)
    verdict, why = _verdict(file)
    with transaction.atomic():
        told = wall.file_checked(file, verdict, why, timezone.now())
        if told is not None:
            hint_conversation(*told)
        if verdict == MessageFile.State.REFUSED:
            transaction.on_commit(store.place_of(ROOM, file).remove, robust=True)


def ask_the_scanner(file: UUID) -> None:
    """Enqueue the question, in the transaction of the caller; once, also where it is enqueued already."""
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        scan_file.configure(queueing_lock=f"scan:{file}").defer(key=str(file))


def _verdict(file: UUID) -> tuple[str, str]:
    if not settings.CLAMD_ADDRESS:
        return MessageFile.State.READY, ""
    try:
        finding = clamd.scanned(settings.CLAMD_ADDRESS, store.place_of(ROOM, file).file)
    except FileNotFoundError:
        # Dropped or taken back meanwhile; or a disk that lost it.
        return MessageFile.State.REFUSED, LOST
    if finding.virus:
        logger.warning("The scanner found %s in file %s; it was taken away.", finding.virus, file)
        return MessageFile.State.REFUSED, FOUND
    return MessageFile.State.READY, ""


@app.periodic(cron="23 * * * *")
@job_for_nobody(
    "chat.sweep_files",
    because="It compares keys of files on the disk with those that the database still needs.",
    queue="files",
)
def sweep_files(*, timestamp: int) -> None:
    """Every hour: forget what was never sent, take from the disk what nobody needs, remind the scanner of the rest."""
    now = timezone.now()
    with transaction.atomic():
        for key in wall.drop_unsent_files(now - UNSENT):
            transaction.on_commit(store.place_of(ROOM, key).remove, robust=True)
    before = time.time() - GRACE
    keys = store.keys_older_than(ROOM, before)
    while some := list(islice(keys, SWEPT_AT_ONCE)):
        kept = wall.files_kept(some)
        for key in some:
            if key not in kept:
                store.place_of(ROOM, key).remove()
    store.forget_unfinished(ROOM, before)
    for key in wall.files_waiting(now - WAITING):
        ask_the_scanner(key)
