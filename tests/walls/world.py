"""One small world: its rows by table, as the tables have them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

Row = dict[str, Any]

NOW = "2026-05-01T10:00:00+00:00"
DAY = "2026-01-01"
RUNGS = ("office", "network", "partners", "land", "all", "public")
SHARED_RUNGS = RUNGS[1:]


@dataclass
class World:
    """One world: its rows by table, and the two Länder it lies in."""

    number: int
    rng: Random
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _by_id: dict[str, dict[Any, Row]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def lands(self) -> tuple[str, str]:
        return f"{10 + 2 * self.number:02d}", f"{11 + 2 * self.number:02d}"

    def add(self, table: str, **values: Any) -> Row:
        """A new row, numbered anew in each world; ``id`` may be given where it is no number."""
        row = {"id": self.number * 1000 + len(self.rows[table]) + 1} | values
        self.rows[table].append(row)
        self._by_id[table][row["id"]] = row
        return row

    def get(self, table: str, number: Any) -> Row:
        return self._by_id[table][number]

    def some(self, table: str) -> Row:
        return self.rng.choice(self.rows[table])

    def chance(self, part: float) -> bool:
        return self.rng.random() < part
