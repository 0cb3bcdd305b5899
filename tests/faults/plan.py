"""How long, how hard, and in which order: everything that is left to chance follows from the seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What breaks. Each is one fault; people come and go all the time besides."""

    SERVER_KILLED = "a server killed with -9"
    CACHE_LOST = "Valkey killed, back empty"
    DATABASE_STOPPED = "PostgreSQL stopped at once"
    LINES_CUT = "lines cut at any byte"
    SLOW_READERS = "readers that do not read"
    CLOCKS_CHANGED = "clocks set forward and back"
    DOUBLE_TABS = "all sent twice and thrice"
    STORM = "everybody comes back at once"


@dataclass(frozen=True)
class Plan:
    """One run. ``rate`` is how many messages are written in a second, as long as somebody may write."""

    seed: int
    messages: int = 10_000
    faults: int = 16
    rate: float = 110.0
    people: int = 40
    conversations: int = 48
    servers: tuple[str, ...] = ("daphne", "uvicorn", "daphne")

    def schedule(self) -> list[Kind]:
        """The faults in their order: every kind as often as every other, or nearly."""
        chance = random.Random(f"{self.seed}/faults")
        faults: list[Kind] = []
        while len(faults) < self.faults:
            round_of_all: list[Kind] = [kind for kind in Kind if kind is not Kind.SLOW_READERS]
            chance.shuffle(round_of_all)
            # It takes long, and goes on beside the others: not among the last, which would be waited for.
            round_of_all.insert(chance.randrange(3), Kind.SLOW_READERS)
            faults += round_of_all
        return faults[: self.faults]
