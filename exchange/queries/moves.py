"""How a workshop was moved, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.invitations import changes_in_words
from exchange.models import Workshop, WorkshopMove


@dataclass(frozen=True, slots=True)
class Move:
    """When it was moved, what changed from what to what, and why."""

    at: datetime
    changes: list[str]
    reason: str


def moves_of(workshop: Workshop, *, most: int = 5) -> list[Move]:
    """The latest moves of a workshop in sight, newest first. One query."""
    rows = WorkshopMove.objects.filter(workshop=workshop).order_by("-sequence")[:most]
    return [Move(row.moved_at, changes_in_words(row.changes, workshop), row.reason) for row in rows]
