"""The socket carries; it does not think: decode, call a service with a new viewer, answer."""

from __future__ import annotations

import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from chat import wire
from chat.delivery import Caller
from chat.errors import BadBody, TooFast
from chat.models import Conversation
from chat.services.messages import draft_of, mark_read, result_of
from chat.switchboard import Line, Switchboard, in_thread, switchboard
from chat.wall import Outcome
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as

UNAVAILABLE_RETRY = 2.0


def _carry_out(viewer: Viewer, command: wire.AnyCommand) -> wire.AnyEvent | None:
    """Do what was said; runs in a thread, with the database."""
    match command:
        case wire.Read():
            try:
                mark_read(viewer, command.c, command.seq)
            except Conversation.DoesNotExist:
                return wire.Gone(c=command.c)
            return None
        case _:
            return None


def _refusal(command: wire.Send, error: Exception) -> wire.Nack:
    """What the sender of a message is told that was not stored."""

    def refuse(code: str, reason: object, retry: float | None = None) -> wire.Nack:
        return wire.Nack(id=command.id, c=command.c, code=code, reason=str(reason), retry=retry)

    match error:
        case Conversation.DoesNotExist():
            return refuse("unknown", _("Sie sind nicht (mehr) in dieser Unterhaltung."))
        case TooFast():
            return refuse("too_fast", error, error.retry_after)
        case Denied():
            return refuse("denied", error)
        case Conflict():
            return refuse("conflict", error)
        case BadBody():
            return refuse(error.code, error)
        case _:
            # Not known whether it is stored: the client keeps it and asks again, which is always safe.
            return refuse("unavailable", _("Das hat gerade nicht geklappt."), UNAVAILABLE_RETRY)


class ChatConsumer(AsyncWebsocketConsumer):
    """One line of a signed-in person; see the handbook for what is said on it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The life of a line, as Channels has it, but without a task for each frame and a thread for each event.

        Without a layer, too: what is told to a line goes through the switchboard of the process.
        """
        self.line: Line | None = None
        self.bad = 0
        self.frames = 0
        self.frames_since = 0.0
        self.base_send = send
        try:
            while True:
                message = await receive()
                match message["type"]:
                    case "websocket.receive":
                        await self.receive(message.get("text"), message.get("bytes"))
                    case "websocket.connect":
                        await self.let_in(scope["caller"])
                    case "websocket.disconnect":
                        return
        finally:
            # Also when the server gives this up by itself.
            await self.let_go()

    async def let_in(self, caller: Caller | None) -> None:
        """Let people with a living session in; everybody else is told to sign in (4401)."""
        await self.accept()
        if caller is None:
            await self.close(wire.CLOSE_SIGNED_OUT)
            return
        line = Line(
            caller.person_id, caller.session_key, caller.auth_hash, self._send_text, self._close, caller.language
        )
        if await switchboard().join(line):
            self.line = line
        else:
            await self.close(wire.CLOSE_TOO_MANY)

    async def let_go(self) -> None:
        """The line is closed, by whomever."""
        if self.line is not None:
            await switchboard().leave(self.line)

    async def _send_text(self, frame: str) -> None:
        await self.base_send({"type": "websocket.send", "text": frame})  # type: ignore[arg-type]  # the stubs want both keys, the servers one

    async def _close(self, code: int) -> None:
        await self.close(code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame: too fast and not understood are said, and end the line when they go on."""
        line = self.line
        if line is None or line.closing:
            return
        now = time.monotonic()
        if now - self.frames_since > wire.FRAMES_SECONDS:
            self.frames, self.frames_since = 0, now
        self.frames += 1
        if self.frames > wire.FRAMES * settings.CHAT_PACE:
            self._complain(line, "too_fast", wire.CLOSE_TOO_MANY)
            return
        try:
            if text_data is None:
                raise wire.Malformed("binary")
            command = wire.decode(text_data)
        except wire.Malformed:
            self._complain(line, "malformed", wire.CLOSE_MALFORMED)
            return
        self.bad = 0
        await self._obey(line, command)

    def _complain(self, line: Line, code: str, close: int) -> None:
        self.bad += 1
        if self.bad >= wire.PATIENCE:
            line.hang_up(close)
        else:
            line.post(wire.Fault(code=code, reason=""))

    async def _obey(self, line: Line, command: wire.AnyCommand) -> None:
        board = switchboard()
        match command:
            case wire.Subscribe() | wire.Sync():
                if command.c not in line.sent and len(line.sent) >= wire.SUBSCRIPTIONS:
                    line.post(wire.Fault(code="too_fast", reason=""))
                    return
                board.subscribe(line, command.c, command.after)
                return
            case wire.Unsubscribe():
                board.unsubscribe(line, command.c)
                return
            case wire.Writing():
                board.writing(line, command.c)
                return
            case wire.Taken():
                board.taken(line, command.c, command.seq)
                return
            case wire.Send():
                self._send_message(board, line, command)
                return
            case wire.Hello():
                line.post(wire.Welcome(person=line.person_id, beat=wire.HEARTBEAT))
                board.here.say_how_all_stands(line)
                return
            case wire.Ping():
                board.here.say_how_all_stands(line)
                return
        try:
            event = await in_thread(_as_viewer)(line.person_id, command)
        except DatabaseError:
            line.post(wire.Fault(code="unavailable", reason=""))
            return
        if event is not None:
            line.post(event)

    def _send_message(self, board: Switchboard, line: Line, command: wire.Send) -> None:
        """Hand a message to the writer, and go on listening: ``ack`` or ``nack`` follow."""

        def refuse(error: Exception) -> None:
            with translation.override(line.language):
                line.post(_refusal(command, error))

        def done(outcome: Outcome | DatabaseError) -> None:
            if isinstance(outcome, DatabaseError):
                refuse(outcome)
            elif outcome.seq is not None and outcome.at is not None:
                line.post(wire.Ack(id=command.id, c=command.c, seq=outcome.seq, at=outcome.at))
            else:
                with translation.override(line.language):
                    result = result_of(draft, outcome)
                if isinstance(result, Exception):
                    refuse(result)

        try:
            with translation.override(line.language):
                draft = draft_of(
                    line.person_id,
                    command.c,
                    command.id,
                    command.body,
                    reply=command.reply,
                    mentions=command.mentions,
                    everyone=command.everyone,
                    files=command.files,
                )
        except BadBody as error:
            refuse(error)
        else:
            board.writer.submit(draft, done)


def _as_viewer(person_id: int, command: wire.AnyCommand) -> wire.AnyEvent | None:
    """Ask anew who this is by now, for every command, and answer in their language."""
    viewer = viewer_by_id(person_id)
    with acting_as(viewer), translation.override(viewer.language):
        return _carry_out(viewer, command)
