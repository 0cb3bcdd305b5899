"""Files of messages, as they are shown beside them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from chat.markup import one_line
from chat.models import Message, MessageFile
from chat.policies import visible_files
from chat.wire import File
from tenancy.viewer import Viewer


def files_of(messages: Sequence[Message]) -> dict[int, list[File]]:
    """Files by number of their message, for messages of one conversation that their reader sees. At most one query."""
    if not messages:
        return {}
    rows = MessageFile.objects.filter(
        conversation_id=messages[0].conversation_id, seq__in=[message.seq for message in messages]
    ).order_by("created_at", "id")
    files: dict[int, list[File]] = {}
    for row in rows:
        files.setdefault(row.seq or 0, []).append(shown(row))
    return files


def line_of(message: Message, *, limit: int) -> str:
    """A message in one line; empty when nothing of it is shown any more."""
    gone = message.hidden_at or message.retracted_at or message.expired_at
    return "" if gone else one_line(message.body, message.file_count, limit=limit)


def file_to_hand_out(viewer: Viewer, key: UUID) -> MessageFile | None:
    """The file of a key, if the viewer may have it and it has been checked."""
    return visible_files(viewer).filter(key=key, state=MessageFile.State.READY).first()


def unsent_files(viewer: Viewer, conversation_id: int, keys: Sequence[UUID]) -> list[File]:
    """Which of these files the viewer uploaded for this conversation and has not sent, in the order of uploading."""
    rows = visible_files(viewer).filter(conversation_id=conversation_id, seq=None, key__in=keys)
    return [shown(row) for row in rows.order_by("created_at", "id")]


def shown(row: MessageFile) -> File:
    """A file as it is told: with addresses once it may be had."""
    ready = row.state == MessageFile.State.READY
    return File(
        id=row.key,
        name=row.name,
        type=row.media_type,
        size=row.size,
        state=row.state,
        url=reverse("chat:file", kwargs={"key": row.key}) if ready else "",
        preview=reverse("chat:file-preview", kwargs={"key": row.key}) if ready and row.width else "",
        width=row.width,
        height=row.height,
    )
