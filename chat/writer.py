"""Stores what is said on all lines of a process, in batches: what comes while one is committed makes the next."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from chat import wall_of_loop
from chat.services.messages import RATE_SECONDS, Receipt, rate, result_of
from chat.wall import Draft, Outcome
from chat.wall_of_loop import Asked, News
from toolkit.database.loop import LoopConnection, Lost

logger = logging.getLogger(__name__)

#: So many messages at most make a batch: a transaction, and one wait for the disk.
BATCH = 200
#: With so many waiting, further ones are asked to come again.
WAITING = 5_000

Result = Receipt | Exception
#: Told what became of a draft: the outcome, or the error of a database of which it is not known what it did.
Done = Callable[[Outcome | DatabaseError], None]


class Writer:
    """One for a process. It acts as nobody and speaks for everybody; ``chat_append`` asks the seat of each sender.

    ``ask`` says what is wanted to be known of a conversation beside the storing, ``tell`` gets it after the commit,
    and ``hint`` the new last numbers, for other processes.
    """

    def __init__(
        self,
        ask: Callable[[int], Asked],
        tell: Callable[[Sequence[News]], None],
        hint: Callable[[dict[int, int]], None],
    ) -> None:
        self._ask, self._tell, self._hint = ask, tell, hint
        self._connection = LoopConnection()
        self._waiting: deque[tuple[Draft, Done]] = deque()
        self._task: asyncio.Task[None] | None = None

    def submit(self, draft: Draft, done: Done) -> None:
        """Store a draft soon; drafts of one conversation keep their order. ``done`` is called after the commit."""
        if len(self._waiting) >= WAITING:
            done(DatabaseError("Too much is waiting to be stored."))
            return
        self._waiting.append((draft, done))
        if self._task is None:
            # Knows nothing of whoever happened to come first: neither who acts there, nor in what language.
            self._task = asyncio.create_task(self._work(), context=Context())

    async def store(self, draft: Draft) -> Result:
        """Store a draft; the receipt, or the error that its sender is to get. Sending again is always safe."""
        future: asyncio.Future[Outcome | DatabaseError] = asyncio.get_running_loop().create_future()
        self.submit(draft, lambda outcome: None if future.done() else future.set_result(outcome))
        outcome = await future
        return outcome if isinstance(outcome, DatabaseError) else result_of(draft, outcome)

    async def close(self) -> None:
        """Store what waits, then give the connection up."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._connection.close()

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                await self._commit(batch)
        finally:
            self._task = None

    async def _commit(self, batch: Sequence[tuple[Draft, Done]]) -> None:
        drafts = [draft for draft, _done in batch]
        outcomes: list[Outcome | DatabaseError]
        try:
            try:
                stored, news = await self._say(drafts)
            except Lost:
                # A connection that rested while the database was started anew. What was stored already is recognised.
                stored, news = await self._say(drafts)
            outcomes = list(stored)
        except Lost as error:
            logger.warning("%d messages could not be stored now: %s", len(drafts), error)
            outcomes, news = [error] * len(drafts), []
        except DatabaseError as error:
            if len(drafts) > 1:
                # One bad draft must not hurt the others, and two that waited for each other succeed one by one.
                for one in batch:
                    await self._commit([one])
                return
            logger.warning("A message could not be stored.", exc_info=True)
            outcomes, news = [error], []
        except Exception as error:
            # A mistake of ours: whoever waits must be told, and the next batch is another one.
            logger.exception("The writer failed.")
            outcomes, news = [DatabaseError(str(error))] * len(drafts), []
        for (_draft, done), outcome in zip(batch, outcomes, strict=True):
            done(outcome)
        try:
            self._tell(news)
        except Exception:
            # What is stored is stored, and the next batch must not wait for ever: the sweep brings it to its readers.
            logger.exception("What was stored could not be handed out.")
        heads: dict[int, int] = {}
        for draft, outcome in zip(drafts, outcomes, strict=True):
            if isinstance(outcome, Outcome) and outcome.word == "stored" and outcome.seq is not None:
                heads[draft.talk] = max(outcome.seq, heads.get(draft.talk, 0))
        if heads:
            self._hint(heads)

    async def _say(self, drafts: Sequence[Draft]) -> tuple[list[Outcome], list[News]]:
        asked = [self._ask(talk) for talk in {draft.talk for draft in drafts}]
        return await wall_of_loop.say(
            self._connection,
            drafts,
            timezone.now(),
            asked,
            rate=rate(),
            within=timedelta(seconds=RATE_SECONDS),
        )
