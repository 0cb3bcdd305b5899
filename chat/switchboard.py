"""One per process, between Redis and the open lines: whoever shows a conversation gets its log, in order and once.

Three things make it look at a conversation: a hint through Redis, a client that subscribes, and the sweep, which
asks every two seconds for itself. Looking always means the same: ask who of the people here is in it now, read from
the log what they have not got, hand it to them. So a lost hint costs two seconds and never a message, and whoever was
removed gets nothing that was committed later.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from redis.exceptions import RedisError

from chat import delivery, wire
from chat.hints import channel_name
from toolkit.acting import acting_as_nobody

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
#: Frames and bytes that wait for a client which does not read, until its line is closed. It comes back by cursor.
OUTBOX_FRAMES = 256
OUTBOX_BYTES = 1024 * 1024

SendText = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Line:
    """One open socket. ``sent`` holds, per conversation it shows, the number up to which everything was handed over."""

    person_id: int
    session_key: str
    auth_hash: str
    send_text: SendText
    close: Close
    sent: dict[int, int] = field(default_factory=dict)
    catching_up: set[int] = field(default_factory=set)
    closing: bool = False
    _waiting: deque[str] = field(default_factory=deque)
    _bytes: int = 0
    _writer: asyncio.Task[None] | None = None

    def post(self, event: wire.AnyEvent) -> None:
        self.post_text(wire.encode(event))

    def post_text(self, frame: str) -> None:
        """Hand over a frame without waiting for the reader: a slow one must not hold up the others."""
        if self.closing:
            return
        self._waiting.append(frame)
        self._bytes += len(frame)
        if len(self._waiting) > OUTBOX_FRAMES or self._bytes > OUTBOX_BYTES:
            self.hang_up(wire.CLOSE_SLOW)
        elif self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._waiting:
                frame = self._waiting.popleft()
                self._bytes -= len(frame)
                await self.send_text(frame)
        except Exception:
            # Each server breaks in its own way here, and all mean: the transport is gone. The consumer hears of it
            # by itself and says goodbye to the switchboard.
            self.closing = True
            logger.debug("A line broke while it was written to.", exc_info=True)
        finally:
            self._writer = None

    def hang_up(self, code: int) -> None:
        """Close with a code, once; nothing is handed over afterwards."""
        if self.closing:
            return
        self.closing = True
        self._waiting.clear()
        task = asyncio.create_task(self._close(code))
        task.add_done_callback(lambda _done: None)
        self._writer = task

    async def _close(self, code: int) -> None:
        with contextlib.suppress(Exception):
            await self.close(code)


def in_thread(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Run with the database in any thread, and give its connection back to the pool afterwards.

    It begins as nobody, whoever acts where it is called: what is asked for a person says so itself (``acting_as``).
    Channels' own wrapper queues a whole process behind one thread by default, and its test tools switch the giving
    back off.
    """

    def call(*arguments: Any) -> Any:
        close_old_connections()
        try:
            with acting_as_nobody():
                return function(*arguments)
        finally:
            close_old_connections()

    return sync_to_async(call, thread_sensitive=False)


def _apart(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that knows nothing of whoever happened to begin it: neither who acts there, nor in what language."""
    return asyncio.create_task(work, context=Context())


class Switchboard:
    """The open lines of this process (of this event loop), and what looks after them."""

    def __init__(self) -> None:
        self.lines: set[Line] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._looking: set[int] = set()
        self._again: set[int] = set()
        self._jobs: set[asyncio.Task[None]] = set()
        self._delivered: dict[int, int] = {}
        self._listening = asyncio.Event()

    # --- lines ---

    async def join(self, line: Line) -> bool:
        """Take a line in; no when the person holds too many already."""
        if sum(1 for other in self.lines if other.person_id == line.person_id) >= wire.LINES:
            return False
        self.lines.add(line)
        if not self._tasks:
            self._tasks = [_apart(self._listen()), _apart(self._sweep())]
        # Better to hear before reading; but a Redis that is down keeps nobody out.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), 1.0)
        return True

    async def leave(self, line: Line) -> None:
        """Forget a line; the last one turns out the light."""
        line.closing = True
        self.lines.discard(line)
        if self.lines:
            return
        ending, self._tasks = [*self._tasks, *self._jobs], []
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        self._listening.clear()
        self._delivered.clear()
        # A look that was cancelled before its first step cannot say itself that it is over.
        self._looking.clear()
        self._again.clear()

    def subscribe(self, line: Line, conversation_id: int, after: int) -> None:
        """Bring a line everything of a conversation after a number, then whatever comes."""
        line.sent[conversation_id] = after
        self.look(conversation_id)

    # --- looking ---

    def look(self, conversation_id: int) -> None:
        """Serve whoever is behind in a conversation; asked again meanwhile, it looks once more."""
        if conversation_id in self._looking:
            self._again.add(conversation_id)
            return
        self._looking.add(conversation_id)
        self._start(self._look(conversation_id))

    def _start(self, work: Any) -> None:
        task = _apart(work)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def _look(self, conversation_id: int) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                try:
                    await self._serve(conversation_id)
                except Exception:
                    # The database may be away for a moment, in ways that differ by driver and pool. Without an answer
                    # on who is a member nothing is handed out; the sweep comes back to this.
                    logger.warning("Conversation %d could not be served now.", conversation_id, exc_info=True)
                    return
                if conversation_id not in self._again:
                    return
        finally:
            self._looking.discard(conversation_id)

    async def _serve(self, conversation_id: int) -> None:
        lines = [line for line in self.lines if not line.closing]
        if not lines:
            return
        people = {line.person_id for line in lines}
        cursors = [
            line.sent[conversation_id]
            for line in lines
            if conversation_id in line.sent and conversation_id not in line.catching_up
        ]
        news = await in_thread(delivery.read)(conversation_id, people, cursors)
        frames: dict[tuple[int, int, int], str] = {}
        delivered = self._delivered.get(conversation_id, 0)
        for line in lines:
            joined = news.seats.get(line.person_id)
            if conversation_id in line.sent:
                self._hand_over(line, conversation_id, joined, news, frames)
            elif joined is not None and news.last and news.said > joined and news.head > delivered:
                line.post(news.last)
        if len(self._delivered) > 10_000:
            self._delivered.clear()
        self._delivered[conversation_id] = news.head

    def _hand_over(
        self,
        line: Line,
        conversation_id: int,
        joined: int | None,
        news: delivery.News,
        frames: dict[tuple[int, int, int], str],
    ) -> None:
        if joined is None:
            del line.sent[conversation_id]
            line.post(wire.Gone(c=conversation_id))
            return
        if conversation_id in line.catching_up:
            return
        after = line.sent[conversation_id]
        cursor = max(after, joined)
        if cursor < news.start:
            line.catching_up.add(conversation_id)
            self._start(self._catch_up(line, conversation_id))
            return
        items = delivery.own_part(news.items, cursor, joined)
        if not items:
            line.sent[conversation_id] = cursor
            return
        span = (after, items[-1].seq, joined)
        if span not in frames:
            frames[span] = wire.encode(wire.Messages(c=conversation_id, after=after, items=items))
        line.sent[conversation_id] = items[-1].seq
        line.post_text(frames[span])
        if news.more:
            self._again.add(conversation_id)

    async def _catch_up(self, line: Line, conversation_id: int) -> None:
        """Bring one line that is far behind nearer, page by page, without holding up the others."""
        try:
            while not line.closing and conversation_id in line.sent:
                after = line.sent[conversation_id]
                items, more = await in_thread(delivery.page)(line.person_id, conversation_id, after)
                # Another `sync` may have moved the cursor while we read.
                if line.sent.get(conversation_id) != after:
                    continue
                if items:
                    line.sent[conversation_id] = items[-1].seq
                    line.post(wire.Messages(c=conversation_id, after=after, items=items, more=more))
                if not more:
                    break
        except Exception:
            # Whatever failed, nothing was handed out past the cursor: the line stays behind, and the sweep comes back.
            logger.warning("A line could not catch up now.", exc_info=True)
            return
        finally:
            line.catching_up.discard(conversation_id)
        self.look(conversation_id)

    async def tell_person(self, person_id: int) -> None:
        """Something of a person changed: say how everything stands to all of their lines, or end them."""
        mine = [line for line in self.lines if line.person_id == person_id and not line.closing]
        if not mine:
            return
        await self._check_rights(mine)
        beat = await in_thread(delivery.beat)(person_id)
        frame = wire.encode(beat)
        for line in mine:
            line.post_text(frame)
            for conversation_id in [c for c in line.sent if c not in beat.heads]:
                del line.sent[conversation_id]
                line.post(wire.Gone(c=conversation_id))

    # --- what comes from outside ---

    async def _listen(self) -> None:
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
                            self._listening.set()
                            self._look_at_all()
                        elif message["type"] == "message":
                            self._hear(message["data"])
            except (RedisError, OSError) as error:
                logger.warning("Chat hints are not heard (%s); trying again.", error)
            self._listening.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, 2.0)

    def _hear(self, data: bytes) -> None:
        try:
            hint = json.loads(data)
            conversation_id, person_id, head = int(hint.get("c", 0)), int(hint.get("p", 0)), int(hint.get("h", 0))
        except (ValueError, TypeError, AttributeError):
            logger.warning("A chat hint was not understood.")
            return
        if conversation_id and (not head or head > self._delivered.get(conversation_id, 0)):
            self.look(conversation_id)
        if person_id:
            self._start(self._quietly(self.tell_person(person_id)))

    async def _quietly(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:
            # A task of its own, that nobody waits for: one that fails must be heard of, and must not take others along.
            logger.warning("The chat could not look after a line now.", exc_info=True)

    def _look_at_all(self) -> None:
        for conversation_id in {number for line in self.lines for number in line.sent}:
            self.look(conversation_id)

    # --- the sweep ---

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._quietly(self.sweep_once())

    async def sweep_once(self) -> None:
        """Look for oneself: who is behind, who is not in a conversation any more, whose session is over."""
        lines = [line for line in self.lines if not line.closing]
        await self._check_rights(lines)
        shown = {number for line in lines for number in line.sent}
        if not shown:
            return
        heads, seats = await in_thread(delivery.standing)(shown, {line.person_id for line in lines})
        for line in lines:
            for conversation_id, sent in list(line.sent.items()):
                behind = sent < heads.get(conversation_id, 0) and conversation_id not in line.catching_up
                if behind or (conversation_id, line.person_id) not in seats:
                    self.look(conversation_id)

    async def _check_rights(self, lines: Iterable[Line]) -> None:
        holders = {(line.person_id, line.session_key, line.auth_hash) for line in lines}
        if not holders:
            return
        started = time.monotonic()
        good = await in_thread(delivery.still_signed_in)(holders)
        for line in lines:
            if (line.person_id, line.session_key, line.auth_hash) not in good:
                line.hang_up(wire.CLOSE_SIGNED_OUT)
        if time.monotonic() - started > 1.0:
            logger.warning("Checking the sessions of %d lines took more than a second.", len(holders))


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """The switchboard of the running event loop: one per process, and one per test."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        _boards[loop] = Switchboard()
    return _boards[loop]
