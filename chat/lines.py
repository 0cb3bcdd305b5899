"""One open socket, as the switchboard holds it: what it shows, how far it has got, what waits to be read by it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from chat import wire

logger = logging.getLogger(__name__)

#: Frames and bytes that wait for a client which does not read, until its line is closed. It comes back by cursor.
OUTBOX_FRAMES = 256
OUTBOX_BYTES = 1024 * 1024

#: Entries and bytes that a client may have got and not yet taken, and how long (seconds) it is waited for then.
WINDOW_ENTRIES = 200
WINDOW_BYTES = 1024 * 1024
WINDOW_SECONDS = 30.0

SendText = Callable[[str], Coroutine[Any, Any, None]]
Close = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class Window:
    """What a client that says ``taken`` has got and not yet taken; ``out``: frames as (last number, entries, bytes).

    A server takes frames from us as fast as we give them, and keeps those that a slow client does not read. So it is
    the client itself that says how far it has come.
    """

    out: dict[int, deque[tuple[int, int, int]]] = field(default_factory=dict)
    entries: int = 0
    bytes: int = 0
    #: When it became full (monotonic seconds); None: there is room.
    full_since: float | None = None

    def give(self, conversation_id: int, last: int, entries: int, size: int) -> None:
        """A frame goes out."""
        self.out.setdefault(conversation_id, deque()).append((last, entries, size))
        self.entries += entries
        self.bytes += size
        if self.full_since is None and (self.entries >= WINDOW_ENTRIES or self.bytes >= WINDOW_BYTES):
            self.full_since = time.monotonic()

    def take(self, conversation_id: int, last: int) -> bool:
        """The client has shown everything up to a number. Whether it was full, and is half empty now."""
        frames = self.out.get(conversation_id, deque())
        while frames and frames[0][0] <= last:
            _last, entries, size = frames.popleft()
            self.entries -= entries
            self.bytes -= size
        if not frames:
            self.out.pop(conversation_id, None)
        if self.full_since is None or self.entries > WINDOW_ENTRIES // 2 or self.bytes > WINDOW_BYTES // 2:
            return False
        self.full_since = None
        return True


@dataclass(eq=False, slots=True)
class Line:
    """One open socket. ``sent`` holds, per conversation it shows, the number up to which everything was handed over."""

    person_id: int
    session_key: str
    auth_hash: str
    send_text: SendText
    close: Close
    language: str = "de"
    shows_typing: bool = True
    shows_presence: bool = False
    wrote_at: float = -60.0
    sent: dict[int, int] = field(default_factory=dict)
    #: Conversations in which it is brought nearer page by page, beside the others.
    catching_up: set[int] = field(default_factory=set)
    closing: bool = False
    #: There from the first ``taken`` on: a client that never says it is held by the outbox alone.
    window: Window | None = None
    _waiting: deque[str] | None = None
    _bytes: int = 0
    _writer: asyncio.Task[None] | None = None
    _goodbye: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Whether nothing more is handed over until the client has taken what it got."""
        return self.window is not None and self.window.full_since is not None

    @property
    def given_up(self) -> bool:
        """Whether it was waited for long enough."""
        since = self.window.full_since if self.window else None
        return since is not None and time.monotonic() - since > WINDOW_SECONDS

    def behind(self, conversation_id: int, head: int) -> bool:
        """Whether it is to be served: it shows the conversation, and has not got all of it up to a number."""
        return self.sent[conversation_id] < head and conversation_id not in self.catching_up and not self.full

    def hand_over(self, conversation_id: int, last: int, entries: int, frame: str) -> None:
        """Post entries of a conversation, up to a number."""
        self.sent[conversation_id] = last
        self.post_text(frame)
        if self.window is not None:
            self.window.give(conversation_id, last, entries, len(frame))

    def take(self, conversation_id: int, last: int) -> bool:
        """The client has shown everything up to a number; whether more can be handed over again."""
        if self.window is None:
            self.window = Window()
        return self.window.take(conversation_id, last)

    def post(self, event: wire.AnyEvent) -> None:
        self.post_text(wire.encode(event))

    def post_text(self, frame: str) -> None:
        """Hand over a frame without waiting for the reader: a slow one must not hold up the others."""
        if self.closing:
            return
        if self._writer is None:
            self._send_at_once(frame)
            return
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(frame)
        self._bytes += len(frame)
        if len(self._waiting) > OUTBOX_FRAMES or self._bytes > OUTBOX_BYTES:
            self.hang_up(wire.CLOSE_SLOW)

    def _send_at_once(self, frame: str) -> None:
        """Most servers take a frame without waiting: then a task for each would cost more than the sending."""
        sending = self.send_text(frame)
        try:
            pause = sending.send(None)
        except StopIteration:
            return
        except Exception:
            self._broken()
        else:
            self._writer = asyncio.create_task(self._write(_rest(sending, pause)), context=Context())

    def _broken(self) -> None:
        # Each server breaks in its own way here, and all mean: the transport is gone. The consumer hears of it by
        # itself and says goodbye to the switchboard.
        self.closing = True
        logger.debug("A line broke while it was written to.", exc_info=True)

    async def _write(self, begun: Awaitable[None]) -> None:
        try:
            await begun
            while self._waiting:
                frame = self._waiting.popleft()
                self._bytes -= len(frame)
                await self.send_text(frame)
        except Exception:
            self._broken()
        finally:
            self._writer = self._waiting = None

    def hang_up(self, code: int) -> None:
        """Close with a code, once; nothing is handed over afterwards."""
        if self.closing:
            return
        self.closing = True
        self._waiting = None
        self._goodbye = asyncio.create_task(self._close(code), context=Context())

    async def _close(self, code: int) -> None:
        with contextlib.suppress(Exception):
            await self.close(code)


@types.coroutine
def _rest(begun: Coroutine[Any, Any, None], pause: Any) -> Generator[Any, Any, None]:
    """What is left of a coroutine that was begun by hand and waits for something."""
    while True:
        answer, error = None, None
        try:
            answer = yield pause
        except BaseException as caught:
            # Not for us: being cancelled, say, is an answer to the coroutine, which gets it below.
            error = caught
        try:
            pause = begun.send(answer) if error is None else begun.throw(error)
        except StopIteration:
            return
