"""Migration operations that let the database keep a promise by trigger, written once for all rooms.

The functions run as the owner of the tables: what they keep in step may lie out of the writer's sight.
"""

from __future__ import annotations

from django.db import migrations


def audience_trigger(table: str, expression: str) -> migrations.RunSQL:
    """Fill ``NEW.audience`` on every insert and update of ``table`` from a PL/pgSQL ``expression`` over ``NEW``.

    An ``audience`` sent by a client is overwritten, so there is one rule and no way around it.
    """
    name = f"{table}_fill_audience"
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        BEGIN
            NEW.audience := ({expression});
            RETURN NEW;
        END $body$;
        CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


def refresh_trigger(table: str, events: str, statement: str, *, name: str = "") -> migrations.RunSQL:
    """After ``events`` (such as ``INSERT OR DELETE``) on ``table`` run ``statement``, which may use ``OLD``/``NEW``.

    The statement touches the rows whose audience depends on this one; their own trigger then computes it again.
    ``name`` is needed where a higher floor watches a table of a lower one.
    """
    name = name or f"{table}_refresh"
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        BEGIN
            {statement}
            RETURN NULL;
        END $body$;
        CREATE TRIGGER {name} AFTER {events} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )
