"""What clients and the crowd's conductor say to each other and to the server, as far as a client needs it."""

from __future__ import annotations

import random
import zlib
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct


class Shown(Struct):
    """Another message inside of an entry: how it looks now, or how it begins."""

    seq: int
    line: str = ""
    text: str = ""


class Item(Struct):
    """An entry of a log; of unknown kinds the number counts all the same."""

    seq: int
    id: str
    text: str = ""
    kind: str = ""
    now: Shown | None = None
    reply: Shown | None = None

    def inside(self) -> list[int]:
        """The numbers of other messages of which it shows words."""
        return [other.seq for other in (self.now, self.reply) if other is not None and (other.text or other.line)]


class Event(Struct):
    """Whatever the server says: of all its words those that a client acts upon."""

    op: str
    c: int = 0
    after: int = 0
    items: list[Item] = msgspec.field(default_factory=list)
    id: str = ""
    seq: int = 0
    code: str = ""
    retry: float | None = None
    head: int = 0
    line: str = ""
    heads: dict[int, int] = msgspec.field(default_factory=dict)


KNOWN = {"welcome", "ack", "nack", "messages", "head", "beat", "gone", "error", "bye"}
_events = msgspec.json.Decoder(Event)
_anything = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


def event_of(frame: str | bytes) -> Event | None:
    """The event in a frame; None for one of a kind that this client does not know."""
    try:
        return _events.decode(frame)
    except msgspec.ValidationError:
        if _anything.decode(frame)["op"] in KNOWN:
            raise
        return None


def frame_of(command: dict[str, Any]) -> str:
    return _encoder.encode(command).decode()


def mark_of(text: str) -> int:
    """A number that stands for a text."""
    return zlib.crc32(text.encode())


class Outfit(Struct):
    """Somebody of the crowd: cookie of their session, number of devices, conversations they are in and are not in."""

    person: int
    cookie: str
    devices: int
    conversations: list[int]
    foreign: list[int]


class Scene(Struct):
    """All that the crowd has to know. ``doors`` are addresses that lead to servers through something that cuts."""

    seed: int
    servers: list[str]
    doors: list[str]
    cookie_name: str
    people: list[Outfit]
    result: str


WORDS = (
    *("Bürgeramt", "Förderantrag", "Straßenbeleuchtung", "Terminvergabe", "**wichtig**", "`E-Akte`", "Personalrat"),
    *("Mängelmelder", "Schulung", "Lotsinnen", "und", "oder", "Grüße", "🙂", "<b>", "1. eins", "[x](y)"),
)


def some_text(chance: random.Random, name: str) -> str:
    """A text like those that people write: mostly short, with marks, umlauts and signs; now and then long."""
    size = 120 if chance.random() < 0.02 else chance.randint(1, 12)
    return " ".join([name, *chance.choices(WORDS, k=size)])


def client_id(milliseconds: int, chance: random.Random) -> str:
    """A UUID of version 7 by a clock that may be wrong."""
    number = (milliseconds & (1 << 48) - 1) << 80 | chance.getrandbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=number))
