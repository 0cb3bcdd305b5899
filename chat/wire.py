"""The whole language of the chat's socket. ``frontend/wire/chat.ts`` is made from it; the handbook explains it.

A frame is one JSON object with ``op``. What the server says are events, what it is told are commands. Numbers of
conversations and messages are plain integers below 2**53; moments are RFC 3339 in UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

#: A frame from a client may be this long (bytes); looked at before anything is decoded.
FRAME_LIMIT = 64 * 1024
#: So often a client says ``ping`` (seconds), and so long a server waits for one before it hangs up.
HEARTBEAT = 15
PATIENCE = 75
#: Frames that are not understood, one after another, until the line is closed.
PATIENCE_FRAMES = 3
MAX_CURSORS = 20

CLOSE_MALFORMED = 4400
CLOSE_SIGNED_OUT = 4401
CLOSE_TOO_MANY = 4429
CLOSE_SLOW = 4008
CLOSE_RESTART = 1012

#: Error codes of ``nack`` and ``error``.
CODES = ("malformed", "unknown", "denied", "conflict", "empty", "too_long", "unclean", "too_fast", "unavailable")

Number = Annotated[int, Meta(ge=1, lt=2**53)]
Seq = Annotated[int, Meta(ge=0, lt=2**53)]


# --- commands -----------------------------------------------------------------------------------------------------


class Command(Struct, tag_field="op", frozen=True, forbid_unknown_fields=False):
    """What a client may say."""


class Hello(Command, tag="hello"):
    """First word on a new line; answered by ``welcome``."""


class Subscribe(Command, tag="subscribe"):
    """Bring me everything of conversation ``c`` after number ``after``, and then whatever comes."""

    c: Number
    after: Seq


class Unsubscribe(Command, tag="unsubscribe"):
    """I no longer show conversation ``c``; counts go on."""

    c: Number


class Send(Command, tag="send"):
    """Store this message; ``id`` is a UUID (version 7) that I made and keep until I get ``ack`` or ``nack``."""

    c: Number
    id: UUID
    body: str


class Read(Command, tag="read"):
    """I have read conversation ``c`` up to number ``seq``."""

    c: Number
    seq: Seq


class Sync(Command, tag="sync"):
    """I miss something of conversation ``c``: go back to number ``after``."""

    c: Number
    after: Seq


class Ping(Command, tag="ping"):
    """Are you there? Answered by ``heads`` of all my conversations."""


AnyCommand = Hello | Subscribe | Unsubscribe | Send | Read | Sync | Ping


# --- events -------------------------------------------------------------------------------------------------------


class Event(Struct, tag_field="op", frozen=True):
    """What the server says."""


class Item(Struct, frozen=True):
    """One entry of a log, as it may be shown to whoever gets it.

    ``kind`` is ``text``, ``note`` or ``change``; a change carries the number of the message that looks different
    (``target``) and how it looks now (``now``). A hidden message has neither text nor HTML.
    """

    c: int
    seq: int
    id: UUID
    kind: str
    at: datetime
    sender: int | None
    name: str
    initials: str
    place: str
    hue: str
    text: str
    html: str
    hidden: bool = False
    ref: int = 0
    target: int | None = None
    now: Item | None = None


class Head(Struct, frozen=True):
    """How a conversation stands: last number, own read mark, unread messages (100: more), and its last line."""

    c: int
    head: int
    read: int
    unread: int
    muted: bool
    title: str
    line: str
    at: datetime


class Welcome(Event, tag="welcome"):
    """The line is open; ``beat`` is how often to say ``ping`` (seconds)."""

    person: int
    beat: int
    unread: int


class Ack(Event, tag="ack"):
    """Your message is stored under this number; said after the commit only."""

    id: UUID
    c: int
    seq: int
    at: datetime


class Nack(Event, tag="nack"):
    """Your message is not stored. With ``retry`` (seconds) send the same again later; without, it never will be."""

    id: UUID
    c: int
    code: str
    reason: str
    retry: float | None = None


class Messages(Event, tag="messages"):
    """Entries in the order of their numbers, without holes within the batch; ``more`` follows by itself."""

    c: int
    items: list[Item]
    more: bool = False


class Heads(Event, tag="heads"):
    """How conversations stand; ``unread`` is the number of those with something unread, silent ones left out."""

    items: list[Head]
    unread: int


class Beat(Event, tag="beat"):
    """Answer to ``ping``: the last number of every conversation one is in, and the count of unread ones."""

    heads: dict[int, int]
    unread: int


class Gone(Event, tag="gone"):
    """You are not in this conversation (any more)."""

    c: int


class Error(Event, tag="error"):
    """The last frame was not understood, or its command refused."""

    code: str
    reason: str


class Bye(Event, tag="bye"):
    """The server goes; come back after ``wait`` seconds."""

    wait: float


AnyEvent = Welcome | Ack | Nack | Messages | Heads | Beat | Gone | Error | Bye


class Malformed(ValueError):
    """The frame is not a command."""


_decoder = msgspec.json.Decoder(AnyCommand)
_encoder = msgspec.json.Encoder()


def decode(frame: str) -> AnyCommand:
    """The command in a frame; raises ``Malformed`` for everything else, whatever it is. Size first."""
    if len(frame) > FRAME_LIMIT:
        raise Malformed("too long")
    try:
        raw = frame.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("half a character") from error
    if len(raw) > FRAME_LIMIT:
        raise Malformed("too long")
    try:
        return _decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise Malformed(str(error)) from error


def encode(event: AnyEvent) -> str:
    """The frame of an event."""
    return _encoder.encode(event).decode()
