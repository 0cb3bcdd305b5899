"""What of decisions and reports is known beyond what one sees: by narrow functions of the database."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection


class Standing(NamedTuple):
    """The decision that holds for a thing now: its number and what it does."""

    pk: int
    action: str


class Reported(NamedTuple):
    """The words that a decision was about, and how many reports it answered; never whose."""

    excerpt: str
    reports: int


def standing_decision(kind: str, object_id: int) -> Standing | None:
    """The decision that holds for a thing now, of whichever Land; None where the acting one has no part in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, action FROM moderation_standing(%s, %s)", [kind, object_id])
        row = cursor.fetchone()
    return Standing(*row) if row else None


def reported(decision_id: int) -> Reported:
    """What was reported, for moderators and the author of it; nothing for others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT excerpt, reports FROM moderation_reported(%s)", [decision_id])
        row = cursor.fetchone()
    return Reported(row[0] or "", row[1]) if row else Reported("", 0)
