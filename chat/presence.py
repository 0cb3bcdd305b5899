"""Who is here and who is writing, of those who let it be seen: shown and kept (in Redis) for seconds.

One sees that others are here only while one lets oneself be seen (``ChatWish.show_presence``, off at first). Without
Redis people see those at the same process; a Redis that came back empty knows all again after the next sweep.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from collections.abc import Iterable

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from chat import wire
from chat.attendance import Attendance
from chat.familiar import Familiar
from chat.hints import channel_name
from chat.lines import Line
from chat.talks import Talk, Talks

logger = logging.getLogger(__name__)

#: Who is not said to be here for so long (seconds) is gone; it is said with each sweep.
HOLDS_SECONDS = 10.0
#: In larger conversations nobody is told who is here: with each change all would get a long list.
SHOWN_UP_TO = 200
#: So often a line is heard to be writing (seconds).
WRITES_EVERY = 3.0


class Presence:
    """Of the people of this process, and of what the others say."""

    def __init__(self, here: Attendance, talks: Talks, familiar: Familiar) -> None:
        self._here, self._talks, self._familiar = here, talks, familiar
        here.welcome = self.welcome
        self._seen: set[int] = set()
        self._process = secrets.token_hex(4)
        self._client: redis.asyncio.Redis | None = None

    async def look(self) -> None:
        """Say who is here, hear who is elsewhere, and tell those who show a conversation in which that changed."""
        mine = {
            person
            for person, lines in self._here.people.items()
            if any(line.shows_presence and not line.closing for line in lines)
        }
        if not mine and not self._seen:
            return
        seen = mine | await self._elsewhere(mine)
        changed, self._seen = seen ^ self._seen, seen
        for conversation_id in self._talks.shown() if changed else ():
            talk = self._talks.of(conversation_id)
            if not changed.isdisjoint(talk.seats.keys()):
                self._tell(talk, talk.lines)

    def welcome(self, line: Line) -> None:
        """Tell a line who is here, in all that it shows."""
        for conversation_id in line.sent:
            self.show(line, conversation_id)

    def show(self, line: Line, conversation_id: int) -> None:
        """Tell a line who is here of a conversation it has just begun to show."""
        self._tell(self._talks.of(conversation_id), [line])

    async def say_who_writes(self, conversation_id: int, person_id: int) -> None:
        """Tell the others who show a conversation that somebody of it is writing."""
        talk = self._talks.of(conversation_id)
        if person_id not in talk.seats:
            return
        await self._familiar.meet([person_id])
        face = self._familiar.face(person_id)
        frame = wire.encode(wire.Typing(c=conversation_id, person=person_id, name=face.name if face else ""))
        for line in talk.lines:
            if line.person_id != person_id and line.person_id in talk.seats and not line.full:
                line.post_text(frame)

    def forget(self) -> None:
        """Nobody is here any more."""
        self._seen = set()

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(RedisError, OSError):
                await client.aclose()

    def _tell(self, talk: Talk, lines: Iterable[Line]) -> None:
        if len(talk.seats) > SHOWN_UP_TO:
            return
        listening = [line for line in lines if line.shows_presence and line.person_id in talk.seats and not line.full]
        if listening:
            frame = wire.encode(wire.Presence(c=talk.id, people=sorted(self._seen & talk.seats.keys())))
            for line in listening:
                line.post_text(frame)

    async def _elsewhere(self, mine: Iterable[int]) -> set[int]:
        name, now = f"{channel_name()}:here", time.time()
        try:
            if self._client is None:
                self._client = redis.asyncio.Redis.from_url(
                    settings.REDIS_URL, socket_timeout=1.0, socket_connect_timeout=0.5
                )
            async with self._client.pipeline(transaction=False) as pipe:
                if own := {f"{person}:{self._process}": now + HOLDS_SECONDS for person in mine}:
                    pipe.zadd(name, own)
                pipe.zremrangebyscore(name, "-inf", now)
                pipe.zrange(name, 0, -1)
                pipe.expire(name, 60)
                *_answers, found, _kept = await pipe.execute()
        except (RedisError, OSError) as error:
            logger.debug("Who is elsewhere is not known now (%s).", error)
            return set()
        people = (member.decode().partition(":") for member in found)
        return {int(person) for person, _colon, process in people if process != self._process}


def may_write_now(line: Line) -> bool:
    """Whether others are to hear that a line is writing: its person wants it, and it was not said just now."""
    now = time.monotonic()
    if not line.shows_typing or now - line.wrote_at < WRITES_EVERY:
        return False
    line.wrote_at = now
    return True
