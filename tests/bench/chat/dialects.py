"""The two languages that clients of the measurement speak: this product's, and the tutorial's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from chat.ids import new_client_id

#: A text is its moment (ns of the monotonic clock), its sender's number, and words. In a frame it is found by this,
#: in both languages, and in each entry once (``html`` begins otherwise).
STAMP = re.compile(rb'"(?:text|message)": ?"(\d+) (\d+) ')
SEQ = re.compile(rb'"c":\d+,"seq":(\d+),"id"')
WORDS = "Guten Tag, das Amt hat den Antrag heute vorgelegt und wartet auf Antwort."


@dataclass(frozen=True, slots=True)
class Seat:
    """One socket of one person in one room. ``after`` is the last number that this client has got before."""

    number: int
    room: int
    port: int
    cookie: str
    after: int = 0
    sends: bool = False
    reads: bool = True


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one says things. ``joined`` begins the frame that says one is in; without it, an open socket says so."""

    path: Callable[[Seat], str]
    greeting: Callable[[Seat], list[bytes]]
    message: Callable[[Seat, str], bytes]
    taken: Callable[[Seat, int], bytes] | None = None
    pulse: bytes = b""
    joined: bytes = b""
    refusals: tuple[bytes, ...] = ()


def _say(**command: object) -> bytes:
    return json.dumps(command).encode()


DIALECTS = {
    "product": Dialect(
        path=lambda seat: "/ws/chat/",
        greeting=lambda seat: [_say(op="hello"), _say(op="subscribe", c=seat.room, after=seat.after)],
        message=lambda seat, text: _say(op="send", c=seat.room, id=str(new_client_id()), body=text),
        taken=lambda seat, seq: _say(op="taken", c=seat.room, seq=seq),
        pulse=_say(op="ping"),
        joined=b'{"op":"messages"',
        refusals=(b'{"op":"nack"', b'{"op":"error"', b'{"op":"gone"'),
    ),
    "tutorial": Dialect(
        path=lambda seat: f"/ws/chat/{seat.room}/",
        greeting=lambda seat: [],
        message=lambda seat, text: _say(message=text),
    ),
}
