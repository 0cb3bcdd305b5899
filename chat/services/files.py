"""Files for a message: uploaded first, seen by nobody else, and sent with the message."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from redis import RedisError

from chat import wall
from chat.errors import BadFile
from chat.models import MessageFile
from chat.policies import may_send_message, visible_conversations, visible_files
from chat.services.scanning import ROOM, ask_the_scanner
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb
from toolkit.limits import within_limit
from toolkit.uploads import store
from toolkit.uploads.confined import Looked, looked_into
from toolkit.uploads.kinds import Kind, recognised
from toolkit.uploads.names import clean_name
from toolkit.uploads.refusals import MAX_BYTES, UploadRefused

logger = logging.getLogger(__name__)

#: So much one person may upload in a day (bytes), and so many files in an hour, dropped ones counted too.
DAY_BYTES = 200 * 1024 * 1024
HOUR_FILES = 200


def upload(viewer: Viewer, conversation_id: int, uploaded: UploadedFile) -> MessageFile:
    """Check a file, clean it, and keep it for a message that the viewer is about to send here.

    Raises ``Conversation.DoesNotExist`` for whoever is not in it, ``Denied`` for who may not write there, ``BadFile``
    with a sentence. It is kept whole or not at all. Not one transaction: looking into a file takes seconds, in which
    no connection is held.
    """
    name = clean_name(uploaded.name or "")
    _require_may_upload(viewer, conversation_id)
    if uploaded.size is not None and uploaded.size > MAX_BYTES:
        raise _bad(UploadRefused("too_large"), name)
    if not _within_the_hour(viewer):
        raise BadFile("quota", _("So viele Dateien in einer Stunde nehmen wir nicht an. Bitte später weiter."), name)
    if not connection.in_atomic_block:
        connection.close()
    try:
        with store.incoming(ROOM) as folder:
            source = folder / "source"
            with source.open("xb") as file:
                for piece in uploaded.chunks():
                    file.write(piece)
            kind = recognised(name, source)
            return _kept(viewer, conversation_id, name, kind, looked_into(kind, source))
    except UploadRefused as refusal:
        raise _bad(refusal, name) from refusal
    except OSError as error:
        logger.exception("A file could not be stored.")
        raise _bad(UploadRefused("unavailable"), name) from error


def _within_the_hour(viewer: Viewer) -> bool:
    try:
        return within_limit("chat-upload", str(viewer.person_id), times=HOUR_FILES, seconds=3600)
    except RedisError:
        # Counting is lost with the engine; the limit of the day stands in the database.
        return True


def _bad(refusal: UploadRefused, name: str) -> BadFile:
    return BadFile(refusal.code, str(refusal), name)


@verb
def _require_may_upload(viewer: Viewer, conversation_id: int) -> None:
    require(may_send_message(viewer, visible_conversations(viewer).get(pk=conversation_id)))


def _kept(viewer: Viewer, conversation_id: int, name: str, kind: Kind, looked: Looked) -> MessageFile:
    """On the disk first, then in the database: a row always has its file, and a file without a row is swept away."""
    key = uuid4()
    size = looked.file.stat().st_size
    place = store.put(ROOM, key, looked.file, looked.preview)
    try:
        return _recorded(viewer, conversation_id, key, name, kind, size, (looked.width, looked.height))
    except BaseException:
        # Whatever it was, also the end of the process: without a row nobody comes to this file any more.
        place.remove()
        raise


@verb
def _recorded(
    viewer: Viewer,
    conversation_id: int,
    key: UUID,
    name: str,
    kind: Kind,
    size: int,
    pixels: tuple[int | None, int | None],
) -> MessageFile:
    # Again: looking into the file took its time.
    require(may_send_message(viewer, visible_conversations(viewer).get(pk=conversation_id)))
    if wall.uploaded_since(timezone.now() - timedelta(days=1)) + size > DAY_BYTES:
        raise BadFile("quota", _("Höchstens 200 MB am Tag. Morgen nehmen wir wieder Dateien von Ihnen an."), name)
    assert viewer.person_id is not None  # noqa: S101 -- for the type checker; nobody else may write
    waits = bool(settings.CLAMD_ADDRESS)
    row = MessageFile.objects.create(
        key=key,
        conversation_id=conversation_id,
        uploader_id=viewer.person_id,
        name=name,
        media_type=kind.media_type,
        size=size,
        width=pixels[0],
        height=pixels[1],
        state=MessageFile.State.PENDING if waits else MessageFile.State.READY,
    )
    if waits:
        ask_the_scanner(key)
    return row


@verb
def drop_file(viewer: Viewer, key: UUID) -> int:
    """Take away a file of one's own that was not sent; gives its conversation. ``MessageFile.DoesNotExist`` else."""
    visible_files(viewer).filter(seq=None).get(key=key)
    conversation_id = wall.drop_file(key)
    if conversation_id is None:
        # Sent, or taken away, in another tab at this moment.
        raise MessageFile.DoesNotExist
    place = store.place_of(ROOM, key)
    transaction.on_commit(place.remove, robust=True)
    return conversation_id


def remove_files_of(conversation_id: int, seq: int) -> None:
    """Take the files of a message from the disk, after the commit; the hourly sweep would do the same."""
    for key in MessageFile.objects.filter(conversation_id=conversation_id, seq=seq).values_list("key", flat=True):
        transaction.on_commit(store.place_of(ROOM, key).remove, robust=True)


def path_of(row: MessageFile, *, preview: bool = False) -> Path:
    """Where a file lies on the disk."""
    place = store.place_of(ROOM, row.key)
    return place.preview if preview else place.file
