"""One open socket, as the switchboard holds it: what it shows, how far it has got, what waits to be read by it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
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

SendText = Callable[[str], Coroutine[Any, Any, None]]
Close = Callable[[int], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Line:
    """One open socket. ``sent`` holds, per conversation it shows, the number up to which everything was handed over."""

    person_id: int
    session_key: str
    auth_hash: str
    send_text: SendText
    close: Close
    language: str = "de"
    sent: dict[int, int] = field(default_factory=dict)
    #: Conversations in which it is brought nearer page by page, beside the others.
    catching_up: set[int] = field(default_factory=set)
    closing: bool = False
    _waiting: deque[str] | None = None
    _bytes: int = 0
    _writer: asyncio.Task[None] | None = None
    _goodbye: asyncio.Task[None] | None = None

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
            error = caught
        try:
            pause = begun.send(answer) if error is None else begun.throw(error)
        except StopIteration:
            return
