"""A process of clients: it dials its seats, speaks as it is told, and says what it got and when.

The clients share the machine with the servers, so they do as little as can be done: no library between the socket and
the counting, and one regular expression per frame. Moments are of the monotonic clock, which all processes share.
"""

from __future__ import annotations

import asyncio
import base64
import os
import socket as tcp
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from tests.bench.chat.dialects import DIALECTS, SEQ, STAMP, WORDS, Dialect, Seat

#: So many sockets a process dials at the same time: the servers' queue for new ones is 50 long.
DIALLING = 20
JOINS_WITHIN_SECONDS = 180.0
ATTEMPTS = 5
#: A sender who does not get their own message back counts it as lost and goes on.
PATIENCE_SECONDS = 15.0
#: After so many entries a client says how far it has come, where its language asks for that.
TAKEN_EVERY = 50


@dataclass(frozen=True, slots=True)
class Load:
    """What is said, and in which time (monotonic seconds) it counts.

    ``every`` 0: each sender says the next thing as soon as it gets its own; else all senders in turn, one each
    ``every`` seconds, and what was said within the time counts whenever it came. Without senders, sockets say ``pulse``
    every ``pulse`` seconds.
    """

    begins: float
    counts_from: float
    counts_to: float
    ends: float
    every: float = 0.0
    length: int = len(WORDS)
    pulse: float = 0.0


@dataclass(slots=True)
class Report:
    """What a process got. ``waits``: seconds from saying to showing, for others than the sender, a sample of them."""

    delivered: int = 0
    sent: int = 0
    lost: int = 0
    waits: array[float] = field(default_factory=lambda: array("d"))
    closed: dict[int, int] = field(default_factory=dict)
    refused: int = 0
    refusal: str = ""
    #: Processor seconds of the clients while the load passed: on a small machine they are part of what is waited for.
    worked: float = 0.0


class Socket(asyncio.Protocol):
    """One seat's websocket."""

    def __init__(self, seat: Seat, dialect: Dialect, hear: Callable[[Socket, bytes], None]) -> None:
        self.seat, self.dialect, self._hear = seat, dialect, hear
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.closed_with = 0
        self.waiting_since = 0.0
        self.untold = 0
        self._open = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a websocket."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        host = f"127.0.0.1:{self.seat.port}"
        lines = [
            f"GET {self.dialect.path(self.seat)} HTTP/1.1",
            *(f"Host: {host}", f"Origin: http://{host}", f"Cookie: {self.seat.cookie}"),
            *("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"),
        ]
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def say(self, payload: bytes, opcode: int = 1) -> None:
        """Send one frame, masked with zeros: that is allowed, and costs nothing."""
        if self.transport is None or self.transport.is_closing():
            return
        size = len(payload)
        if size < 126:
            head = bytes((0x80 | opcode, 0x80 | size))
        elif size < 65536:
            head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
        else:
            head = bytes((0x80 | opcode, 0xFF)) + size.to_bytes(8, "big")
        self.transport.write(head + b"\0\0\0\0" + payload)

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        if self._rest:
            data = self._rest + data
        if not self._open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            if b" 101 " not in data[:20]:
                self._fail(data[:200].decode(errors="replace"))
                return
            self._open = True
            data = data[end + 4 :]
            for command in self.dialect.greeting(self.seat):
                self.say(command)
            if not self.dialect.joined:
                self.joined.set_result(None)
        at, size = 0, len(data)
        while size - at >= 2:
            start, length = at + 2, data[at + 1]
            if length == 126:
                start, length = at + 4, int.from_bytes(data[at + 2 : at + 4], "big")
            elif length == 127:
                start, length = at + 10, int.from_bytes(data[at + 2 : at + 10], "big")
            if start + length > size or start > size:
                break
            self._frame(data[at] & 15, data[start : start + length])
            at = start + length
        self._rest = data[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == 1:
            if not self.joined.done() and payload.startswith(self.dialect.joined):
                self.joined.set_result(None)
            self._hear(self, payload)
        elif opcode == 9:
            self.say(payload, 10)
        elif opcode == 8:
            self.closed_with = int.from_bytes(payload[:2], "big")
            if self.transport is not None:
                self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """The server, or the network, has hung up."""
        self.closed_with = self.closed_with or 1006
        self._fail("hung up")

    def _fail(self, reason: str) -> None:
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(reason))


class Process:
    """All seats of this process."""

    def __init__(self, side: str, seats: list[Seat]) -> None:
        self.dialect = DIALECTS[side]
        self.seats = seats
        self.sockets: list[Socket] = []
        self.report = Report()
        self.load: Load | None = None

    async def dial(self) -> tuple[float, float]:
        """Join with everybody; says when the first dialled and when the last was in."""
        gate = asyncio.Semaphore(DIALLING)
        loop = asyncio.get_running_loop()

        async def one(seat: Seat) -> None:
            async with gate:
                for left in reversed(range(ATTEMPTS)):
                    line = _line(seat)
                    await loop.sock_connect(line, ("127.0.0.1", seat.port))
                    _, socket = await loop.create_connection(lambda: Socket(seat, self.dialect, self.hear), sock=line)
                    try:
                        await socket.joined
                    except ConnectionError:
                        # A server that is too slow for its own patience hangs up; people come back.
                        if not left:
                            raise
                    else:
                        self.sockets.append(socket)
                        return

        began = time.monotonic()
        async with asyncio.timeout(JOINS_WITHIN_SECONDS):
            await asyncio.gather(*(one(seat) for seat in self.seats))
        return began, time.monotonic()

    def hear(self, socket: Socket, payload: bytes) -> None:
        """Count the messages of a frame."""
        now = time.monotonic()
        stamps = STAMP.findall(payload)
        if not stamps:
            if payload.startswith(self.dialect.refusals or (b"\0",)):
                self.report.refused += 1
                self.report.refusal = self.report.refusal or payload[:200].decode(errors="replace")
            return
        if self.dialect.taken is not None:
            self._take(socket, payload, len(stamps))
        load, report, me = self.load, self.report, socket.seat.number
        if load is None:
            return
        own = False
        for moment, sender in stamps:
            said = int(moment) / 1e9
            mine = int(sender) == me
            own = own or mine
            if load.counts_from <= (said if load.every else now) < load.counts_to:
                report.delivered += 1
                if not mine:
                    report.waits.append(now - said)
        if own and not load.every and socket.seat.sends:
            self._speak(socket)

    def _take(self, socket: Socket, payload: bytes, entries: int) -> None:
        socket.untold += entries
        if socket.untold >= TAKEN_EVERY and self.dialect.taken is not None:
            socket.untold = 0
            socket.say(self.dialect.taken(socket.seat, int(SEQ.findall(payload)[-1])))

    def _speak(self, socket: Socket) -> None:
        load = self.load
        now = time.monotonic()
        if load is None or now >= load.counts_to:
            return
        socket.waiting_since = now
        words = (WORDS * (load.length // len(WORDS) + 1))[: load.length]
        if now >= load.counts_from:
            self.report.sent += 1
        text = f"{int(now * 1e9)} {socket.seat.number} {words}"
        socket.say(self.dialect.message(socket.seat, text))

    async def run(self, load: Load) -> None:
        """Speak and listen until the load ends."""
        self.load = load
        speakers = [socket for socket in self.sockets if socket.seat.sends]
        for socket in self.sockets:
            if not socket.seat.reads and socket.transport is not None:
                socket.transport.pause_reading()
        await asyncio.sleep(max(0.0, load.begins - time.monotonic()))
        worked = time.process_time()
        if load.pulse:
            await self._beat(load)
        elif load.every and speakers:
            await self._in_turn(load, speakers)
        elif speakers:
            await self._each(load, speakers)
        await asyncio.sleep(max(0.0, load.ends - time.monotonic()))
        self.report.worked = time.process_time() - worked
        for socket in self.sockets:
            if socket.closed_with:
                self.report.closed[socket.closed_with] = self.report.closed.get(socket.closed_with, 0) + 1

    async def _in_turn(self, load: Load, speakers: list[Socket]) -> None:
        due, turn = load.begins, 0
        while due < load.counts_to:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self._speak(speakers[turn % len(speakers)])
            due, turn = due + load.every, turn + 1

    async def _each(self, load: Load, speakers: list[Socket]) -> None:
        for socket in speakers:
            self._speak(socket)
        while time.monotonic() < load.counts_to:
            await asyncio.sleep(0.2)
            late = time.monotonic() - PATIENCE_SECONDS
            for socket in speakers:
                if socket.waiting_since < late:
                    self.report.lost += 1
                    self._speak(socket)

    async def _beat(self, load: Load) -> None:
        """Each socket once in ``pulse`` seconds, all of them spread over it."""
        count = len(self.sockets)
        due, turn = load.begins, 0
        while due < load.counts_to and self.dialect.pulse:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.sockets[turn % count].say(self.dialect.pulse)
            due, turn = due + load.pulse / count, turn + 1

    def hang_up(self) -> None:
        """Say goodbye as browsers do."""
        for socket in self.sockets:
            socket.say((1000).to_bytes(2, "big"), 8)


def _line(seat: Seat) -> tcp.socket:
    line = tcp.socket()
    line.setblocking(False)
    if not seat.reads:
        # Else the system would read megabytes for whoever does not.
        line.setsockopt(tcp.SOL_SOCKET, tcp.SO_RCVBUF, 16 * 1024)
    return line


async def _work(pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    side, seats = await loop.run_in_executor(None, pipe.recv)
    process = Process(side, seats)
    try:
        pipe.send(await process.dial())
    except (OSError, TimeoutError) as error:
        pipe.send(f"{type(error).__name__}: {error}")
        return
    load = await loop.run_in_executor(None, pipe.recv)
    if load is not None:
        await process.run(load)
        pipe.send(process.report)
    process.hang_up()
    await asyncio.sleep(0.3)


def work(pipe: Connection) -> None:
    """The life of the process: seats come through the pipe, then a load (or None); a report goes back."""
    asyncio.run(_work(pipe))
