"""The record: who did what to which thing, and why. Rows are only ever added (a trigger refuses change)."""

from __future__ import annotations

from typing import Any

from toolkit.models import AuditEntry
from toolkit.unseen import insert_unseen


def record(
    verb: str,
    *,
    person_id: int | None,
    subject: str,
    subject_id: int | str,
    network_id: int | None = None,
    state_code: str = "",
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one line of the record in the current transaction.

    ``verb`` is like ``application.approved``; ``changes`` maps a field to ``[before, after]``; ``network_id`` and
    ``state_code`` say whose record it is, so that a city and its association find it. Whoever acts need not be among
    those who read it.
    """
    entry = AuditEntry(
        verb=verb,
        person_id=person_id,
        subject=subject,
        subject_id=str(subject_id),
        network_id=network_id,
        state_code=state_code,
        reason=reason,
        changes=changes or {},
    )
    insert_unseen(entry)
    return entry
