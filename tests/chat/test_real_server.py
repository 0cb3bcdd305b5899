"""The same over real sockets, on Daphne in a process of its own: two people, a cut line, a removal, a restart."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chat.ids import new_client_id
from chat.services.conversations import leave_conversation
from chat.switchboard import in_thread
from tenancy.viewer import viewer_for
from tests.browser.harness.server import Server, running_server
from tests.chat.lines import session_of

if TYPE_CHECKING:
    from tenancy.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


class Client:
    """Written from the handbook alone: it keeps the log of one conversation and the messages not acknowledged."""

    def __init__(self, server: Server, person: Person, c: int) -> None:
        self.server, self.person, self.c = server, person, c
        self.log: list[tuple[int, str]] = []
        self.waiting: dict[str, str] = {}
        self.numbers: dict[str, int] = {}
        self.gone = False
        self.wait = 0.0
        self.closed_with = 0
        self.raw: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._cookie = ""

    async def dial(self, origin: str | None = None) -> None:
        if not self._cookie:
            store = await in_thread(session_of)(self.person)
            self._cookie = f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
        self.raw = await connect(
            self.server.url.replace("http", "ws") + "/ws/chat/",
            origin=origin or self.server.url,  # type: ignore[arg-type]  # a NewType of str
            additional_headers={"Cookie": self._cookie},
        )
        self._reader = asyncio.create_task(self._listen(self.raw))
        await self.say(op="hello")
        await self.say(op="subscribe", c=self.c, after=self.last)
        for number, body in self.waiting.items():
            await self.say(op="send", c=self.c, id=number, body=body)

    @property
    def last(self) -> int:
        return self.log[-1][0] if self.log else 0

    async def say(self, **command: Any) -> None:
        assert self.raw is not None
        await self.raw.send(json.dumps(command))

    async def write(self, body: str) -> None:
        number = str(new_client_id())
        self.waiting[number] = body
        with contextlib.suppress(ConnectionClosed):  # kept, and sent again on the next line
            await self.say(op="send", c=self.c, id=number, body=body)

    async def _listen(self, raw: ClientConnection) -> None:
        try:
            async for frame in raw:
                event = json.loads(frame)
                match event["op"]:
                    case "ack":
                        self.numbers[event["id"]] = event["seq"]
                        self.waiting.pop(event["id"], None)
                    case "nack":
                        assert event["retry"] is not None, event
                        await asyncio.sleep(event["retry"])
                        await self.say(op="send", c=self.c, id=event["id"], body=self.waiting[event["id"]])
                    case "messages" if event["after"] > self.last:
                        await self.say(op="sync", c=self.c, after=self.last)
                    case "messages":
                        for item in event["items"]:
                            if item["seq"] > self.last:
                                self.log.append((item["seq"], item["text"]))
                    case "gone":
                        self.gone = True
                    case "bye":
                        self.wait = event["wait"]
        except ConnectionClosed:
            pass
        self.closed_with = raw.close_code or 0

    async def cut(self) -> None:
        """As a network does it: without a goodbye."""
        assert self.raw is not None
        self.raw.transport.abort()
        await self.hang_up()

    async def hang_up(self) -> None:
        if self.raw is not None:
            await self.raw.close()
        if self._reader is not None:
            await self._reader


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Any:
    with running_server(str(connection.settings_dict["NAME"]), tmp_path) as running:
        yield running


@asynccontextmanager
async def two(server: Server, one: Person, other: Person, c: int) -> AsyncIterator[tuple[Client, Client]]:
    clients = Client(server, one, c), Client(server, other, c)
    for client in clients:
        await client.dial()
    try:
        yield clients
    finally:
        for client in clients:
            await client.hang_up()


async def until(true: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 -- what is waited for happens in another process
            await asyncio.sleep(0.02)


async def test_two_people_get_every_message_once_and_in_order_through_cut_lines(server, pilot, neighbour, direct):
    async with two(server, pilot, neighbour, direct) as (one, other):
        for number in range(9):
            await one.write(f"Konstanz {number}")
            await other.write(f"Heilbronn {number}")
            if number in (3, 6):
                cut = one if number == 3 else other
                await cut.cut()
                await (other if number == 3 else one).write(f"Währenddessen {number}")
                await cut.dial()
        await until(lambda: not one.waiting and not other.waiting)
        await until(lambda: len(one.log) == len(other.log) == 20)
    assert one.log == other.log
    assert [seq for seq, _text in one.log] == list(range(1, 21))
    texts = [text for _seq, text in one.log]
    assert len(set(texts)) == 20
    for who in ("Konstanz", "Heilbronn"):
        mine = [text for text in texts if text.startswith(who)]
        assert mine == sorted(mine)


async def test_who_is_removed_hears_nothing_said_afterwards(server, pilot, neighbour, group):
    async with two(server, pilot, neighbour, group) as (one, other):
        await one.write("Davor")
        await until(lambda: len(other.log) == 1)
        await in_thread(lambda: leave_conversation(viewer_for(neighbour), group))()
        await one.write("Danach")
        await until(lambda: "Danach" in [text for _seq, text in one.log])  # after the note that somebody left
        await until(lambda: other.gone)
        await asyncio.sleep(0.5)
    assert [text for _seq, text in other.log] == ["Davor"]


async def test_another_site_cannot_open_a_line_with_my_cookies(server, pilot, direct):
    client = Client(server, pilot, direct)
    with pytest.raises(InvalidStatus) as refused:
        await client.dial(origin="https://evil.example")
    assert refused.value.response.status_code == 403


async def test_a_line_without_a_session_is_told_to_sign_in(server):
    raw = await connect(server.url.replace("http", "ws") + "/ws/chat/", origin=server.url)
    with pytest.raises(ConnectionClosed) as closed:
        await raw.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def _readiness(server: Server) -> int:
    try:
        with urllib.request.urlopen(f"{server.url}/gesund/bereit/", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("asgi", ["daphne", "uvicorn"])
async def test_a_server_that_ends_says_goodbye_and_keeps_what_was_said(
    asgi, transactional_db, tmp_path, pilot, neighbour, direct
):
    with running_server(str(connection.settings_dict["NAME"]), tmp_path, asgi=asgi, DRAIN_SECONDS="0.5") as server:
        async with two(server, pilot, neighbour, direct) as (one, other):
            await one.write("Moin")
            await until(lambda: len(one.log) == len(other.log) == 1)
            assert await asyncio.to_thread(_readiness, server) == 200
            began = time.monotonic()
            server.process.terminate()
            await asyncio.sleep(0.1)
            assert await asyncio.to_thread(_readiness, server) == 503
            await one.write("Bis gleich")
            await until(lambda: one.closed_with != 0 and other.closed_with != 0)
            assert await asyncio.to_thread(server.process.wait, 20) in {0, -15}
        assert time.monotonic() - began < 20
        assert (one.closed_with, other.closed_with) == (4012, 4012)
        assert 1.0 <= one.wait <= 10.0
        assert one.wait != other.wait
        assert one.log == other.log == [(1, "Moin"), (2, "Bis gleich")]
