"""Hints: a word through Redis that something changed. They carry no content, and losing one loses nothing.

The database is the log. Every process also looks for itself every two seconds (``chat.switchboard``).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Mapping
from contextvars import Context
from functools import cache
from typing import Any

import redis
import redis.asyncio
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
        _client().publish(channel_name(), _frame(hint))
    except redis.RedisError as error:
        _silent_until = time.monotonic() + PAUSE
        logger.warning("A chat hint was not carried (%s); readers are served by the sweep.", error)


def _frame(hint: dict[str, Any]) -> str:
    return json.dumps(hint, separators=(",", ":"))


def hint_conversation(conversation_id: int, head: int = 0) -> None:
    """After the commit: look at this conversation. Zero for other people in it, else the number of its last entry."""
    transaction.on_commit(lambda: _publish({"c": conversation_id, "h": head}), robust=True)


def hint_person(person_id: int) -> None:
    """After the commit: look at this person (read marks, a new conversation, a suspension, an ended session)."""
    transaction.on_commit(lambda: _publish({"p": person_id}), robust=True)


class Hinter:
    """The same from an event loop, which never waits for Redis: what gathers meanwhile makes the next hint."""

    def __init__(self) -> None:
        self._heads: dict[int, int] = {}
        self._writing: list[tuple[int, int]] = []
        self._task: asyncio.Task[None] | None = None
        self._client: redis.asyncio.Redis | None = None
        self._silent_until = 0.0

    def conversations(self, heads: Mapping[int, int]) -> None:
        """Let all processes look at these conversations, which have come so far."""
        self._heads |= heads
        self._begin()

    def writing(self, conversation_id: int, person_id: int) -> None:
        """Let all processes hear that somebody is writing."""
        self._writing.append((conversation_id, person_id))
        self._begin()

    async def close(self) -> None:
        """Carry what waits, and hang up."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                await client.aclose()

    def _begin(self) -> None:
        if time.monotonic() < self._silent_until:
            self._heads, self._writing = {}, []
        elif self._task is None:
            self._task = asyncio.create_task(self._carry(), context=Context())

    async def _carry(self) -> None:
        try:
            while self._heads or self._writing:
                hint = {"t": self._heads, "w": self._writing}
                self._heads, self._writing = {}, []
                if self._client is None:
                    self._client = redis.asyncio.Redis.from_url(
                        settings.REDIS_URL, socket_timeout=1.0, socket_connect_timeout=0.5
                    )
                await self._client.publish(channel_name(), _frame(hint))
        except (redis.RedisError, OSError) as error:
            self._silent_until = time.monotonic() + PAUSE
            self._heads, self._writing = {}, []
            logger.warning("A chat hint was not carried (%s); readers are served by the sweep.", error)
        finally:
            self._task = None
