"""A door in front of a server that cuts lines: after any number of bytes, in the middle of whatever is said."""

from __future__ import annotations

import asyncio
import contextlib
import random
from urllib.parse import urlsplit

CHUNK = 16 * 1024


class _Pair:
    """One line through the door. ``budget`` is how many bytes may still pass, either way, before it is cut."""

    def __init__(self, one: asyncio.StreamWriter, other: asyncio.StreamWriter) -> None:
        self.writers = (one, other)
        self.budget: int | None = None

    def abort(self) -> None:
        for writer in self.writers:
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self.budget is not None:
                    piece, self.budget = piece[: self.budget], max(0, self.budget - len(piece))
                writer.write(piece)
                # What was let through must have left before the line is gone.
                await writer.drain()
                if self.budget == 0:
                    break
        self.abort()


class Door:
    """Leads to one address."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 0)
        self._pairs: set[_Pair] = set()
        self._server: asyncio.Server | None = None
        self.cuts = 0

    async def open(self) -> str:
        """The address to use instead."""
        self._server = await asyncio.start_server(self._enter, self._host)
        return f"http://{self._host}:{self._server.sockets[0].getsockname()[1]}"

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(writer, inner_writer)
        self._pairs.add(pair)
        try:
            await asyncio.gather(pair.carry(reader, inner_writer), pair.carry(inner_reader, writer))
        finally:
            self._pairs.discard(pair)

    def cut(self, chance: random.Random, share: float) -> None:
        """Let a share of all lines pass a few bytes more, and then none."""
        for pair in list(self._pairs):
            if pair.budget is None and chance.random() < share:
                self.cuts += 1
                pair.budget = chance.choice([1, 2, 3, chance.randint(4, 200), chance.randint(200, 4000)])

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for pair in list(self._pairs):
            pair.abort()
