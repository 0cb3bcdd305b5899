"""What the second wall refuses: asked as the role that serves, for somebody, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.db.models import Model, QuerySet

from tenancy.viewer import Viewer
from tests.database.undoing import undone
from toolkit.acting import acting_as
from toolkit.unseen import insert_unseen


def refused(viewer: Viewer, write: Callable[[], object]) -> None:
    """A policy of the table, or that its rows stay where they are, refuses what ``write`` does for the viewer."""
    with acting_as(viewer), undone(), pytest.raises(ProgrammingError, match=r"row-level security|stays as it is"):
        write()


def not_added(viewer: Viewer, row: Model) -> None:
    """The viewer cannot add this row, not even without reading it back."""
    refused(viewer, lambda: insert_unseen(row))


def untouched(viewer: Viewer, rows: QuerySet[Any], **changes: object) -> None:
    """The viewer neither changes nor removes any of the rows."""
    with acting_as(viewer):
        with undone():
            assert rows.update(**changes) == 0
        with undone():
            assert rows._raw_delete(rows.db) == 0  # without what hangs on them


def asked(viewer: Viewer, statement: str, *parameters: Any) -> Any:
    """The first value of a statement's answer to the viewer, or None."""
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        row = cursor.fetchone()
    return row[0] if row else None


def by_the_wall(model: type[Model], viewer: Viewer) -> set[int]:
    """What the role that serves gets of a whole table."""
    with acting_as(viewer):
        return set(model._default_manager.values_list("pk", flat=True))


def numbers(rows: Iterable[Any]) -> set[int]:
    """Their primary keys."""
    return {row.pk for row in rows}
