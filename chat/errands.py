"""Tasks that nobody waits for: apart from whoever happened to begin them, and heard of when they fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

logger = logging.getLogger(__name__)

Work = Coroutine[Any, Any, None]


def apart(work: Work) -> asyncio.Task[None]:
    """A task that knows nothing of whoever happened to begin it: neither who acts there, nor in what language."""
    return asyncio.create_task(work, context=Context())


class Errands:
    """What is under way. ``once`` runs a thing that empties a list of its own: one at a time is enough."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[str] = set()

    def start(self, work: Callable[[], Work]) -> None:
        """Begin it apart. It is not even made when it is given up before it began."""
        task = apart(self.quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def once(self, what: str, work: Callable[[], Work]) -> None:
        """Start it unless it is under way."""
        if what not in self._under_way:
            self._under_way.add(what)
            self.start(lambda: self._counted(what, work))

    async def _counted(self, what: str, work: Callable[[], Work]) -> None:
        try:
            await work()
        finally:
            self._under_way.discard(what)

    async def quietly(self, work: Callable[[], Work]) -> None:
        """Do it here; what fails is written down, and the sweep comes back to it."""
        try:
            await work()
        except Exception:
            # The database may be away for a moment, in ways that differ by driver and pool. Without an answer on who
            # is a member nothing is handed out. One that fails must not take others along.
            logger.warning("The chat could not look after its lines now.", exc_info=True)

    def give_up(self) -> list[asyncio.Task[None]]:
        """End all that is under way; what is begun from here on is another thing."""
        ending, self._tasks, self._under_way = list(self._tasks), set(), set()
        for task in ending:
            task.cancel()
        return ending
