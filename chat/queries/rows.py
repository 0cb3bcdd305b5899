"""The rows of a log as the page draws them: days, the line where the new begins, messages that follow on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from chat.wire import Item

#: Messages of one person within so long stand under one name.
TOGETHER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a day, the line „Neu seit“, or a message."""

    day: date | None = None
    new_since: datetime | None = None
    item: Item | None = None
    follows: bool = False
    own: bool = False


def rows_of(items: Sequence[Item], *, person_id: int | None, read_seq: int) -> list[Row]:
    """Rows for entries in order; the line stands before the first message of others after ``read_seq``."""
    rows: list[Row] = []
    before: Item | None = None
    marked = False
    for item in items:
        day = timezone.localtime(item.at).date()
        if before is None or timezone.localtime(before.at).date() != day:
            rows.append(Row(day=day))
            before = None
        if not marked and item.seq > read_seq and item.sender != person_id:
            rows.append(Row(new_since=item.at))
            marked, before = True, None
        follows = before is not None and before.sender == item.sender and item.at - before.at < TOGETHER
        rows.append(Row(item=item, follows=follows, own=item.sender is not None and item.sender == person_id))
        before = item
    return rows
