"""What the catalogue of the database says of its tables, policies and functions."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tests.database.base import arranging


def rows(statement: str, *parameters: str) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall())


def all_tables() -> set[str]:
    """Every table there is, whether a model knows it or not; those that belong to an extension left out."""
    with arranging():
        return {
            name
            for (name,) in rows(
                "SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
                "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
            )
        }


def protected_tables() -> set[str]:
    """Tables with row level security switched on."""
    with arranging():
        return {
            name
            for (name,) in rows(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p') "
                "AND relnamespace = 'public'::regnamespace"
            )
        }
