"""A connection of an event loop's own: it asks without a thread, one question after the other, and as nobody.

For what a process asks all the time on behalf of many (the chat's log): a thread per question costs more than the
question. Nobody acts on it, ever: what it may see are public rows, and what functions of the database give to nobody.
Everything else goes through Django's own connections (``toolkit.database``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connections
from django.db.utils import DatabaseError, DatabaseErrorWrapper, InterfaceError, OperationalError

#: Longer than this no question waits, for a lock or for a network that is gone (seconds).
PATIENCE = 10.0

_NOT_FOR_IT = ("cursor_factory", "context", "prepare_threshold", "pool")


class Lost(OperationalError):
    """The connection broke, or could not be opened: what was to be written may be, or not."""


class LoopConnection:
    """One connection, opened when it is first needed and again when it broke. Whoever made it closes it."""

    def __init__(self, alias: str = "default") -> None:
        self._alias = alias
        self._raw: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def ask(self, question: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement, which is a transaction of its own: they are given after its commit.

        Raises Django's ``DatabaseError``, and ``Lost`` where it is not known whether it was carried out.
        """
        async with self._turn:
            raw = await self._opened()
            try:
                async with asyncio.timeout(PATIENCE):
                    with self._errors():
                        cursor = await raw.execute(question, arguments, prepare=True)
                        return await cursor.fetchall()
            except BaseException as error:
                # Also when whoever asked was cancelled: half a conversation with the database is of no use.
                if raw.closed or raw.pgconn.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                    await self._close()
                    if isinstance(error, (DatabaseError, InterfaceError, TimeoutError)):
                        raise Lost(str(error) or "The database took too long.") from error
                raise

    async def close(self) -> None:
        """Give it up; the next question opens another."""
        async with self._turn:
            await self._close()

    async def _close(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await raw.close()

    def _errors(self) -> DatabaseErrorWrapper:
        return DatabaseErrorWrapper(connections[self._alias])

    async def _opened(self) -> psycopg.AsyncConnection[Any]:
        if self._raw is not None and not self._raw.closed:
            return self._raw
        wrapper: Any = connections[self._alias]
        parameters = {name: value for name, value in wrapper.get_connection_params().items() if name not in _NOT_FOR_IT}
        try:
            async with asyncio.timeout(PATIENCE):
                with self._errors():
                    raw = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
                    try:
                        await raw.execute("SET TIME ZONE 'UTC'")
                        if wrapper.serves_as:
                            await raw.execute(f"SET ROLE {wrapper.serves_as}".encode())
                    except BaseException:
                        # Also when whoever asked was cancelled: what is half made is not kept.
                        await raw.close()
                        raise
        except (DatabaseError, InterfaceError, TimeoutError) as error:
            raise Lost(str(error) or "The database does not answer.") from error
        self._raw = raw
        return raw
