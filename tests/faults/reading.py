"""The way without a socket, in the end: whoever asks for a log by address is shown the same as everybody else."""

from __future__ import annotations

import asyncio
import time

import msgspec
from msgspec import Struct

from tests.faults.crowd.post import get
from tests.faults.crowd.words import Item, Outfit, mark_of
from tests.faults.field import Field
from tests.faults.model import Log

READERS = 8


class Page(Struct):
    """What is answered."""

    items: list[Item]
    more: bool = False


async def read_by_address(field: Field) -> list[Log]:
    """The logs of some people, and of conversations that are not theirs, page by page from one server or another."""
    readers = field.chance.sample(field.world.people, min(READERS, len(field.world.people)))
    logs = []
    for outfit in readers:
        inside = await asyncio.to_thread(
            field.engines.ask,
            "SELECT conversation_id FROM chat_participant WHERE person_id = %s AND left_seq IS NULL",
            outfit.person,
        )
        logs += [await _read(field, outfit, c, whole=True) for (c,) in inside]
        logs += [await _read(field, outfit, c, whole=False) for c in outfit.foreign]
    return logs


async def _read(field: Field, outfit: Outfit, c: int, *, whole: bool) -> Log:
    log = Log(f"{outfit.person} by address", outfit.person, c, whole, [], [])
    cookie = f"{field.world.cookie_name}={outfit.cookie}"
    more, last = True, 0
    while more:
        url = f"{field.chance.choice(field.servers).url}/chat/{c}/nachrichten/?nach={last}"
        answer = await get(url, cookie)
        if not answer.startswith(b"200 "):
            break
        page = msgspec.json.decode(answer[4:], type=Page)
        log.shown += [(item.seq, item.id, mark_of(item.text), time.monotonic()) for item in page.items]
        more, last = page.more and bool(page.items), log.shown[-1][0] if log.shown else 0
    return log
