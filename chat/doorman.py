"""Who wants in: the sessions of all lines that come at the same moment are looked up together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.http import parse_cookie

from chat import delivery
from chat.delivery import Caller, in_thread

logger = logging.getLogger(__name__)

Application = Callable[[Any, Any, Any], Awaitable[None]]
#: So many sessions at most are in one question.
AT_ONCE = 200


class Doorman:
    """Says for session keys whose they are. What comes while one question is asked makes the next."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Caller | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def caller(self, session_key: str) -> Caller | None:
        """The person who is signed in by this session; None for nobody."""
        if not session_key:
            return None
        future = self._waiting.get(session_key)
        if future is None:
            future = self._waiting[session_key] = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = asyncio.create_task(self._look(), context=Context())
        # Somebody else may wait for the same: whoever gives up must not take it from them.
        return await asyncio.shield(future)

    async def _look(self) -> None:
        try:
            while self._waiting:
                keys = [key for key, _ in zip(list(self._waiting), range(AT_ONCE), strict=False)]
                futures = {key: self._waiting.pop(key) for key in keys}
                found: dict[str, Caller] = {}
                try:
                    found = await in_thread(delivery.callers)(keys)
                except Exception as error:
                    # Without an answer nobody comes in: the line breaks, and the client comes back.
                    logger.warning("Sessions could not be looked up now.", exc_info=True)
                    for future in futures.values():
                        future.set_exception(ConnectionError(str(error)))
                        future.exception()  # heard of above, also where nobody waits any more
                    continue
                for key, future in futures.items():
                    future.set_result(found.get(key))
        finally:
            self._task = None


_doormen: WeakKeyDictionary[asyncio.AbstractEventLoop, Doorman] = WeakKeyDictionary()


def signed_in(application: Application) -> Application:
    """Say by ``scope["caller"]`` who is signed in by the session's cookie: a ``Caller``, or None for nobody.

    While that cannot be asked, nobody is let in.
    """

    async def looked_up(scope: dict[str, Any], receive: Any, send: Any) -> None:
        loop = asyncio.get_running_loop()
        if loop not in _doormen:
            _doormen[loop] = Doorman()
        try:
            caller = await _doormen[loop].caller(_session_key(scope))
        except ConnectionError:
            await send({"type": "websocket.close", "code": 1013})
            return
        await application(scope | {"caller": caller}, receive, send)

    return looked_up


def _session_key(scope: Mapping[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            return parse_cookie(value.decode("latin1")).get(settings.SESSION_COOKIE_NAME, "")
    return ""
