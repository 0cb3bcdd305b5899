"""Asking the functions that go past the second wall (``toolkit.row_security.definer``)."""

from __future__ import annotations

from typing import Any

from django.db import connection, models


def rows_of(function: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """All rows that a function answers. Its name is written in our code, never taken from outside."""
    places = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}({places})", arguments)  # noqa: S608 -- a name of ours, see above
        return cursor.fetchall()


def answer_of(function: str, *arguments: Any) -> Any:
    """The single value that a function answers; None where it answers nothing."""
    rows = rows_of(function, *arguments)
    return rows[0][0] if rows else None


def locked(function: str, row: type[models.Model], number: int) -> None:
    """Hold a row in sight until the transaction ends, by the function that may.

    For verbs of those who see a row and may not change it: ``select_for_update`` finds only what one may change.
    Raises ``row.DoesNotExist`` for what is out of sight. Read the row afterwards, not before.
    """
    if answer_of(function, number) is None:
        raise row.DoesNotExist  # type: ignore[attr-defined]  # every model has it
