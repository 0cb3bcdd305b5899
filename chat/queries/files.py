"""Files of messages, as they are shown beside them."""

from __future__ import annotations

from collections.abc import Sequence

from chat.models import Message, MessageFile
from chat.wire import File


def files_of(messages: Sequence[Message]) -> dict[int, list[File]]:
    """Files by number of their message, for messages of one conversation that their reader sees. At most one query."""
    if not messages:
        return {}
    rows = MessageFile.objects.filter(
        conversation_id=messages[0].conversation_id, seq__in=[message.seq for message in messages]
    ).order_by("created_at", "id")
    files: dict[int, list[File]] = {}
    for row in rows:
        files.setdefault(row.seq or 0, []).append(_shown(row))
    return files


def _shown(row: MessageFile) -> File:
    return File(
        id=row.key,
        name=row.name,
        type=row.media_type,
        size=row.size,
        state=row.state,
        url="",
        preview="",
        width=row.width,
        height=row.height,
    )
