"""Hears the hints of all processes through Redis, for ever, also after Redis went away and came back empty."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from chat.hints import channel_name

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hint:
    """Conversations that have come so far (0: others are in them), a person of whom something changed (0: nobody).

    ``writing``: who is writing in which conversation, as heard by another process.
    """

    heads: dict[int, int] = field(default_factory=dict)
    person_id: int = 0
    writing: tuple[tuple[int, int], ...] = ()


def understood(data: bytes) -> Hint | None:
    """The hint in a message of Redis; None where it is none."""
    try:
        raw: dict[str, Any] = json.loads(data)
        heads = {int(number): int(head) for number, head in raw.get("t", {}).items()}
        if "c" in raw:
            heads[int(raw["c"])] = int(raw.get("h", 0))
        writing = tuple((int(talk), int(person)) for talk, person in raw.get("w", ()))
        return Hint(heads, int(raw.get("p", 0)), writing)
    except (ValueError, TypeError, AttributeError):
        logger.warning("A chat hint was not understood.")
        return None


class Ear:
    """``hears`` is set while hints arrive. ``missed`` is told when they do (again), ``hear`` gets each."""

    def __init__(self, missed: Callable[[], None], hear: Callable[[Hint], None]) -> None:
        self.hears = asyncio.Event()
        self._missed, self._hear = missed, hear

    async def listen(self) -> None:
        """Hear hints for ever. After a broken connection whatever was missed is looked for at once."""
        wait = 0.2
        while True:
            try:
                async with (
                    redis.asyncio.Redis.from_url(
                        settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2.0
                    ) as client,
                    client.pubsub(ignore_subscribe_messages=False) as hints,
                ):
                    await hints.subscribe(channel_name())
                    async for message in hints.listen():
                        wait = 0.2
                        if message["type"] == "subscribe":
                            self.hears.set()
                            self._missed()
                        elif message["type"] == "message" and (hint := understood(message["data"])):
                            self._hear(hint)
            except (RedisError, OSError) as error:
                logger.warning("Chat hints are not heard (%s); trying again.", error)
            self.hears.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, 2.0)
