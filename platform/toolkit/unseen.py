"""Adding rows that whoever adds them may not see."""

from __future__ import annotations

from django.db import connection, models


def insert_unseen(row: models.Model) -> None:
    """Insert a row that its writer may add, but not read back: a line of the record, a report.

    Saving would let PostgreSQL return the new number, and what is returned must be in sight. So the number is taken
    first, and nothing comes back.
    """
    meta = row._meta
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [meta.db_table, meta.pk.column])
        row.pk = cursor.fetchone()[0]
    # Django's own insert without what it asks back; ``bulk_create`` would ask for the number even where it is given.
    type(row)._base_manager.get_queryset()._insert(  # type: ignore[attr-defined]  # private, and the only way
        [row], fields=meta.local_concrete_fields, using=connection.alias, returning_fields=None
    )
    row._state.adding = False
    row._state.db = connection.alias
