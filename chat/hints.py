"""Hints: a word through Redis that something changed. They carry no content, and losing one loses nothing.

The database is the log. Every process also looks for itself every two seconds (``chat.switchboard``).
"""

from __future__ import annotations

import json
import logging
import time
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection, transaction

logger = logging.getLogger(__name__)

#: After a failure nobody asks Redis again for so long (seconds): a send must not wait for an engine that is down.
PAUSE = 2.0
_silent_until = 0.0


def channel_name() -> str:
    """The one channel of all hints about this database: several installations may share one Redis."""
    return f"lotsennetz:chat:{connection.settings_dict['NAME']}"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1.0, socket_connect_timeout=0.5)


def _publish(hint: dict[str, Any]) -> None:
    global _silent_until  # noqa: PLW0603 -- one breaker per process, as there is one Redis
    if time.monotonic() < _silent_until:
        return
    try:
        _client().publish(channel_name(), json.dumps(hint, separators=(",", ":")))
    except redis.RedisError as error:
        _silent_until = time.monotonic() + PAUSE
        logger.warning("A chat hint was not carried (%s); readers are served by the sweep.", error)


def hint_conversation(conversation_id: int, head: int = 0) -> None:
    """After the commit: look at this conversation. Zero for other people in it, else the number of its last entry."""
    transaction.on_commit(lambda: _publish({"c": conversation_id, "h": head}), robust=True)


def hint_person(person_id: int) -> None:
    """After the commit: look at this person (read marks, a new conversation, a suspension, an ended session)."""
    transaction.on_commit(lambda: _publish({"p": person_id}), robust=True)
