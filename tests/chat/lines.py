"""A client of the socket for tests: it speaks and listens in the words of the protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from chat.consumers import ChatConsumer
from chat.delivery import Caller, in_thread
from chat.switchboard import switchboard
from tests.database.base import arranging

if TYPE_CHECKING:
    from tenancy.models import Person

T = TypeVar("T")


class Line:
    """A client of the protocol; speaks and listens in words."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.raw = communicator

    async def say(self, **command: Any) -> None:
        await self.raw.send_to(text_data=json.dumps(command))

    async def hear(self, patience: float = 3) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(await self.raw.receive_from(patience))
        return answer

    async def hear_op(self, op: str, patience: float = 3) -> dict[str, Any]:
        """The next event of this kind; others in between are let pass."""
        async with asyncio.timeout(patience):
            while True:
                event = await self.hear(patience)
                if event["op"] == op:
                    return event

    async def silent(self, seconds: float = 0.3) -> bool:
        return bool(await self.raw.receive_nothing(seconds))

    async def closed(self, patience: float = 3) -> int:
        """The code with which the server hangs up."""
        async with asyncio.timeout(patience):
            while True:
                event = await self.raw.receive_output(patience)
                if event["type"] == "websocket.close":
                    return int(event["code"])


def arrange(function: Callable[[], T]) -> Awaitable[T]:
    """Set a scene, or look at what is left, as the test itself; whatever else runs in a thread begins as nobody."""

    def arranged() -> T:
        with arranging():
            return function()

    return cast("Awaitable[T]", in_thread(arranged)())


def session_of(person: Person) -> SessionStore:
    """A session in which the person is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return store


Dial = Callable[["Person | None"], Awaitable[Line]]


@asynccontextmanager
async def telephone() -> AsyncIterator[Dial]:
    """Opens lines as people; hangs up at the end of the block."""
    open_lines: list[WebsocketCommunicator] = []

    async def dial(person: Person | None) -> Line:
        communicator = WebsocketCommunicator(ChatConsumer.as_asgi(), "/ws/chat/")
        scope = cast("dict[str, Any]", communicator.scope)
        scope["caller"] = None
        if person:
            session = await in_thread(session_of)(person)
            scope["caller"] = Caller(
                person.pk, session.session_key or "", person.get_session_auth_hash(), person.language
            )
        await communicator.connect()
        open_lines.append(communicator)
        return Line(communicator)

    try:
        yield dial
    finally:
        for communicator in open_lines:
            await communicator.disconnect()
        # Hanging up is given a second, which is not enough on a busy machine; and this loop ends, connections do not.
        await switchboard().rest()
