"""A small client of the chat, from the text of ``platform/handbook/chat-protocol.md``, with nothing of the product."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin

TAKEN_EVERY = 50
ANSWER_WITHIN = 5.0
FORM = "application/x-www-form-urlencoded"
FINAL = (4400, 4401)  # the client's own fault, and nobody signed in: coming back would change nothing


@dataclass
class Refused(Exception):
    """What was wanted is not done, and never will be: ``code`` for programs, ``reason`` for people."""

    status: int
    code: str
    reason: str


@dataclass
class Log:
    """A conversation: all entries in the order they came, and its messages by number, as they look now."""

    last: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: bool = False


def uuid7() -> str:
    """A UUID of version 7: 48 bits of milliseconds, then chance."""
    millis, chance = time.time_ns() // 1_000_000, secrets.randbits(74)
    return str(uuid.UUID(int=millis << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (1 << 62) - 1))


class ChatClient:
    """Somebody's device: a line that comes back by itself, and the logs of the conversations it shows."""

    def __init__(self, url: str, session: str) -> None:
        self.url = url
        self.cookies = {"sessionid": session}
        self.person = 0
        self.beat: dict[str, Any] = {}
        self.errors: list[str] = []
        self.logs: dict[int, Log] = {}
        self.closed_with: list[int] = []
        self.told_to_wait: float | None = None
        self._welcome: dict[str, Any] = {}
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._line: ClientConnection | None = None
        self._ready = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._live()), asyncio.create_task(self._ping())]
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _live(self) -> None:
        """Hold a line; come back when it is lost, with waits that grow and scatter, until coming back is of no use."""
        tries = 0
        while not self.closed_with or self.closed_with[-1] not in FINAL:
            tries += 1
            with contextlib.suppress(OSError, InvalidHandshake, TimeoutError):
                tries = 0 if await self._hold() else tries
            await asyncio.sleep(self.told_to_wait or random.uniform(0.1, min(30.0, 0.5 * 2**tries)))
            self.told_to_wait = None

    async def _hold(self) -> bool:
        """One line from dialling to its end; whether it was welcomed."""
        address, cookie = self.url.replace("http", "ws", 1) + "/ws/chat/", {"Cookie": self._cookie()}
        async with connect(address, origin=Origin(self.url), additional_headers=cookie) as line:
            self._line, self._welcome = line, {}
            with contextlib.suppress(ConnectionClosed):
                await self.say(op="hello")
                async for frame in line:
                    event = json.loads(frame)
                    if event["op"] == "welcome":
                        self._welcome, self.person = event, event["person"]
                        for c, log in self.logs.items():
                            await self.say(op="subscribe", c=c, after=log.last)
                        self._ready.set()
                    await self._hear(event)
            self._ready.clear()
            self._line = None
            self.closed_with.append(line.close_code or 1006)
            return bool(self._welcome)

    async def _ping(self) -> None:
        while await self._ready.wait():
            await asyncio.sleep(self._welcome.get("beat", 15))
            await self.say(op="ping")

    async def say(self, raw: str = "", **frame: object) -> None:
        """Put a frame on the line, if there is one: what is lost is asked for, or sent again, later."""
        if self._line is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._line.send(raw or json.dumps(frame))

    def cut(self) -> None:
        """Lose the line as a network loses it: without a goodbye."""
        assert self._line is not None
        self._line.transport.abort()

    async def _hear(self, event: dict[str, Any]) -> None:
        match event["op"]:
            case "messages":
                await self._show(event)
            case "ack" | "nack":
                if (answer := self._answers.pop(event["id"], None)) is not None and not answer.done():
                    answer.set_result(event)
            case "beat":
                self.beat = event
                for c, log in self.logs.items():
                    if log.last < event["heads"].get(str(c), 0):
                        await self.say(op="sync", c=c, after=log.last)
            case "gone":
                self.logs.setdefault(event["c"], Log()).gone = True
            case "bye":
                self.told_to_wait = event["wait"]
            case "error":
                self.errors.append(event["code"])

    async def _show(self, event: dict[str, Any]) -> None:
        c, log = event["c"], self.logs[event["c"]]
        if event["after"] > log.last:
            await self.say(op="sync", c=c, after=log.last)
            return
        for entry in (entry for entry in event["items"] if entry["seq"] > log.last):
            log.last = entry["seq"]
            log.shown.append(entry)
            if entry["kind"] != "change":
                log.messages[entry["seq"]] = entry
            elif entry["now"] is not None:
                log.messages[entry["target"]] = entry["now"]
            if len(log.shown) % TAKEN_EVERY == 0 or entry is event["items"][-1]:
                await self.say(op="taken", c=c, seq=log.last)

    async def show(self, c: int) -> Log:
        """Show a conversation from its beginning on, also over lines to come."""
        await self._ready.wait()
        log = self.logs.setdefault(c, Log())
        await self.say(op="subscribe", c=c, after=log.last)
        return log

    async def send(self, c: int, body: str, *, id: str = "", by_post: bool = False, **more: object) -> int:
        """Send a message until it is stored; its number. ``Refused`` when it will never be stored."""
        message = {"id": id or uuid7(), "body": body, **more}
        while True:
            answer = await (self._post(c, message) if by_post else self._say_message(c, message))
            if answer is None:
                by_post = not by_post  # nobody knows: the same again, the other way
            elif "code" not in answer:
                return int(answer["seq"])
            elif answer.get("retry") is None:
                raise Refused(0, answer["code"], answer["reason"])
            else:
                await asyncio.sleep(answer["retry"])

    async def _say_message(self, c: int, message: dict[str, Any]) -> dict[str, Any] | None:
        answer = self._answers[message["id"]] = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._ready.wait()
                await self.say(op="send", c=c, **message)
                return await answer
        return None

    async def _post(self, c: int, message: dict[str, Any]) -> dict[str, Any] | None:
        with contextlib.suppress(OSError, HTTPException):
            status, answer = await self._request(f"{c}/senden/", json.dumps(message).encode(), "application/json")
            if answer or status < 500:
                return answer or {"code": "denied", "reason": f"HTTP {status}", "retry": None}
        return None

    async def read(self, c: int, seq: int) -> None:
        await self.say(op="read", c=c, seq=seq)

    async def react(self, c: int, seq: int, sign: str, *, on: bool = True) -> Any:
        return await self._deed(f"{c}/{seq}/reaktion/", sign=sign, on="1" if on else "0")

    async def edit(self, c: int, seq: int, body: str) -> Any:
        return await self._deed(f"{c}/{seq}/bearbeiten/", body=body)

    async def retract(self, c: int, seq: int) -> Any:
        return await self._deed(f"{c}/{seq}/zuruecknehmen/")

    async def older(self, c: int, seq: int) -> tuple[list[dict[str, Any]], bool]:
        """Up to 50 messages before a number, and whether there are older ones."""
        page = await self._ask(f"{c}/nachrichten/?vor={seq}")
        return page["items"], page["before"]

    async def sign_out(self) -> None:
        await asyncio.to_thread(self._fetch, "/konto/logout/", b"", FORM)

    async def _deed(self, path: str, **fields: str) -> Any:
        return (await self._ask(path, urlencode(fields).encode()))["seq"]

    async def _ask(self, path: str, data: bytes | None = None) -> dict[str, Any]:
        status, content = await self._request(path, data)
        if status >= 300 or not content:
            raise Refused(status, content.get("code", ""), content.get("reason", ""))
        return content

    async def _request(self, path: str, data: bytes | None = None, kind: str = FORM) -> tuple[int, dict[str, Any]]:
        return await asyncio.to_thread(self._fetch, f"/chat/{path}", data, kind)

    def _fetch(self, path: str, data: bytes | None, kind: str) -> tuple[int, dict[str, Any]]:
        if data is not None and "csrftoken" not in self.cookies:
            self._fetch("/chat/", None, FORM)
        headers = {"Cookie": self._cookie(), "Accept": "application/json"}
        if data is not None:
            headers |= {"Content-Type": kind, "X-CSRFToken": self.cookies["csrftoken"], "Origin": self.url}
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            for cookie in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: each.value for name, each in SimpleCookie(cookie).items()}
            if answer.url != request.full_url:
                return 302, {}  # led away to sign in
            return answer.status, json.load(answer) if "json" in answer.headers.get_content_type() else {}

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())
