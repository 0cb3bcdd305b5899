"""How a serving process ends: it says so, takes its leave of those on the line, and only then lets the server stop.

SIGTERM → not ready any more → ``DRAIN_SECONDS`` for whoever asks that → farewells → the server's own end. A second
SIGTERM ends at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from contextvars import Context
from types import FrameType

from django.conf import settings

logger = logging.getLogger(__name__)

#: All farewells together may take so long (seconds); whoever sends SIGTERM should wait 20.
LEAVE_WITHIN = 10.0

Farewell = Callable[[], Awaitable[None]]

_farewells: list[Farewell] = []
_ending = False
_watching = False
_leaving: asyncio.Task[None] | None = None


def is_ending() -> bool:
    """Whether this process was asked to end: nothing new should be sent to it."""
    return _ending


def register_farewell(farewell: Farewell) -> None:
    """Have something done in the event loop before the server stops."""
    _farewells.append(farewell)


def watch_for_the_end() -> None:
    """Take SIGTERM from the server that runs us (Daphne, uvicorn), and give it back after the farewells.

    To be called in the running event loop: by then the server has said what SIGTERM means to it.
    """
    global _watching  # noqa: PLW0603 -- a process ends once
    if _watching:
        return
    _watching = True
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    servers_own = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        if callable(servers_own):
            servers_own(number, frame)
        else:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)

    async def leave(number: int) -> None:
        await asyncio.sleep(settings.DRAIN_SECONDS)
        try:
            async with asyncio.timeout(LEAVE_WITHIN):
                for farewell in _farewells:
                    await farewell()
        except Exception:
            # Whatever it was: who asked us to end must not wait for it.
            logger.warning("A farewell failed.", exc_info=True)
        stop(number, None)

    def begin(number: int) -> None:
        global _leaving  # noqa: PLW0603 -- as above; and a task that nobody holds may vanish
        _leaving = loop.create_task(leave(number), context=Context())

    def asked(number: int, frame: FrameType | None) -> None:
        global _ending  # noqa: PLW0603 -- as above
        if _ending:
            stop(number, frame)
            return
        _ending = True
        loop.call_soon_threadsafe(begin, number)

    signal.signal(signal.SIGTERM, asked)
