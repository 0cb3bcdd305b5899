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
#: So often a client says ``ping`` (seconds).
HEARTBEAT = 15
#: Frames that are not understood, or come too fast, one after another, until the line is closed.
PATIENCE = 3
#: So many frames a client may send in so many seconds.
FRAMES = 100
FRAMES_SECONDS = 10.0
#: Lines of one person to one process.
LINES = 30
#: Conversations that one line may subscribe to at a time.
SUBSCRIPTIONS = 50

CLOSE_MALFORMED = 4400
CLOSE_SIGNED_OUT = 4401
CLOSE_TOO_MANY = 4429
CLOSE_SLOW = 4008
#: The server ends; 1012 would be its name, but Daphne sends no codes of its own range.
CLOSE_RESTART = 4012

#: Error codes of ``nack`` and ``error``.
CODES = (
    "malformed",
    "unknown",
    "denied",
    "conflict",
    "empty",
    "too_long",
    "unclean",
    "too_many_files",
    "no_such_file",
    "no_such_message",
    "too_fast",
    "unavailable",
)

Number = Annotated[int, Meta(ge=1, lt=2**53)]
Seq = Annotated[int, Meta(ge=0, lt=2**53)]


# --- commands -----------------------------------------------------------------------------------------------------


class Command(Struct, tag_field="op", frozen=True, forbid_unknown_fields=False):
    """What a client may say."""


class Hello(Command, tag="hello", frozen=True):
    """First word on a new line; answered by ``welcome``."""


class Subscribe(Command, tag="subscribe", frozen=True):
    """Bring me everything of conversation ``c`` after number ``after``, and then whatever comes."""

    c: Number
    after: Seq


class Unsubscribe(Command, tag="unsubscribe", frozen=True):
    """I no longer show conversation ``c``; counts go on."""

    c: Number


class Send(Command, tag="send", frozen=True):
    """Store this message; ``id`` is a UUID (version 7) that I made and keep until I get ``ack`` or ``nack``."""

    c: Number
    id: UUID
    body: str
    #: Number of the message that this one answers.
    reply: Number | None = None
    #: People who are named in it, and whether everybody is.
    mentions: tuple[Number, ...] = ()
    everyone: bool = False
    #: Files that were uploaded before.
    files: tuple[UUID, ...] = ()


class Said(Struct, frozen=True):
    """The same by POST, where the address names the conversation."""

    id: UUID
    body: str
    reply: Number | None = None
    mentions: tuple[Number, ...] = ()
    everyone: bool = False
    files: tuple[UUID, ...] = ()


class Read(Command, tag="read", frozen=True):
    """I have read conversation ``c`` up to number ``seq``."""

    c: Number
    seq: Seq


class Sync(Command, tag="sync", frozen=True):
    """I miss something of conversation ``c``: go back to number ``after``."""

    c: Number
    after: Seq


class Ping(Command, tag="ping", frozen=True):
    """Are you there? Answered by ``beat``."""


class Taken(Command, tag="taken", frozen=True):
    """I have shown conversation ``c`` up to number ``seq``: the window moves on."""

    c: Number
    seq: Seq


class Writing(Command, tag="writing", frozen=True):
    """I am writing in conversation ``c``; said again every few seconds while it goes on."""

    c: Number


AnyCommand = Hello | Subscribe | Unsubscribe | Send | Read | Sync | Ping | Taken | Writing


# --- events -------------------------------------------------------------------------------------------------------


class Event(Struct, tag_field="op", frozen=True):
    """What the server says."""


class Quote(Struct, frozen=True):
    """What a message answers: who said it and how it begins; an empty line when it is gone."""

    seq: int
    sender: int | None
    name: str
    line: str


class File(Struct, frozen=True):
    """A file of a message. ``state`` is ``pending`` (being checked), ``ready``, ``refused`` or ``gone``.

    Addresses are empty unless it is ready; ``preview`` is there for pictures. Sizes in bytes and pixels.
    """

    id: UUID
    name: str
    type: str
    size: int
    state: str
    url: str
    preview: str
    width: int | None = None
    height: int | None = None


class Reaction(Struct, frozen=True):
    """Who reacted with one sign, by number."""

    sign: str
    people: list[int]


class Item(Struct, frozen=True):
    """One entry of a log, as it may be shown to whoever gets it.

    ``kind`` is ``text``, ``note`` or ``change``; a change carries what it did (``what``), the number of the message
    that looks different (``target``) and how it looks now (``now``). A hidden message and one that is gone
    (``retracted``, ``expired``) have neither text nor HTML nor files.
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
    what: str = ""
    now: Item | None = None
    reply: Quote | None = None
    #: The first message of the thread it belongs to, and how many answers the thread has that begins with it.
    thread: int | None = None
    replies: int = 0
    mentions: list[int] = []
    everyone: bool = False
    edited: datetime | None = None
    gone: str = ""
    pinned: bool = False
    files: list[File] = []
    reactions: list[Reaction] = []


class Welcome(Event, tag="welcome", frozen=True):
    """The line is open: who I am, and how often to say ``ping`` (seconds). A ``beat`` follows."""

    person: int
    beat: int


class Ack(Event, tag="ack", frozen=True):
    """Your message is stored under this number; said after the commit only."""

    id: UUID
    c: int
    seq: int
    at: datetime


class Nack(Event, tag="nack", frozen=True):
    """Your message is not stored. With ``retry`` (seconds) send the same again later; without, it never will be."""

    id: UUID
    c: int
    code: str
    reason: str
    retry: float | None = None


class Messages(Event, tag="messages", frozen=True):
    """The entries that follow on number ``after``, in order, all that I may see; ``more`` follows by itself.

    Who holds less than ``after`` has missed something and says ``sync``; what one has already, one drops.
    """

    c: int
    after: int
    items: list[Item]
    more: bool = False


class Head(Event, tag="head", frozen=True):
    """Something new in a conversation that I did not subscribe to: its last number, and the last line said there."""

    c: int
    head: int
    at: datetime
    sender: int | None
    name: str
    line: str
    #: Whom that message names, and whether everybody.
    mentions: list[int] = []
    everyone: bool = False


class Beat(Event, tag="beat", frozen=True):
    """How everything of mine stands: answer to ``ping``, and sent by itself when a read mark or a seat changed.

    ``heads`` is the last number of every conversation I am in; ``unread`` counts the unread messages of those that
    have some (100: more); ``count`` is the number of conversations with something unread, silent ones left out.
    """

    heads: dict[int, int]
    unread: dict[int, int]
    count: int
    #: Conversations with something unread that names me.
    mentioned: list[int] = []


class Gone(Event, tag="gone", frozen=True):
    """I am not in this conversation (any more); nothing of it comes."""

    c: int


class Typing(Event, tag="typing", frozen=True):
    """Somebody is writing in a conversation that I show; holds for some seconds, or until something of theirs comes."""

    c: int
    person: int
    name: str


class Presence(Event, tag="presence", frozen=True):
    """Who of a conversation that I show is here now, of those who let it be seen."""

    c: int
    people: list[int]


class Bye(Event, tag="bye", frozen=True):
    """This server ends soon: come back after so many seconds, without hurry, to whichever answers then."""

    wait: float


class Fault(Event, tag="error", frozen=True):
    """The last frame was not understood, or its command refused."""

    code: str
    reason: str


AnyEvent = Welcome | Ack | Nack | Messages | Head | Beat | Gone | Typing | Presence | Bye | Fault


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


def encode_items(items: list[Item]) -> str:
    """Entries as a JSON list, safe inside of a ``<script type="application/json">``."""
    text = _encoder.encode(items).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
