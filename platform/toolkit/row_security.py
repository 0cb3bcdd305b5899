"""The second wall: row level security, made by migration operations, so that a forgotten filter shows an empty list.

A policy compares what a row carries with what the acting one holds, in the terms below. It never calls a function
per row. Where a verb must reach a row that its viewer does not see (telling others, taking something out of sight,
words for the search), it goes through one function of the owner's that checks the rule itself: ``definer``.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations

from toolkit.audience import COORDINATORS_BASE, MODERATORS_BASE, PUBLIC

#: ``int[]`` the acting one holds; the public key where nobody acts.
KEYS = f"coalesce(nullif(current_setting('app.keys', true), ''), '{{{PUBLIC}}}')::int[]"
#: The acting person's number, or NULL.
PERSON = "nullif(current_setting('app.person', true), '')::bigint"
#: The hash of a token that the acting one holds, or NULL.
TOKEN = "nullif(current_setting('app.token', true), '')"  # noqa: S105 -- the name of a setting

#: Rows with an audience, in sight of whoever shares a key with it.
IN_SIGHT = f"audience && {KEYS}"
EVERYBODY = "true"
SOMEBODY = f"{PERSON} IS NOT NULL"


def holds(key: str) -> str:
    """Whether the acting one holds the key that an SQL expression over the row gives."""
    return f"({key})::int = ANY ({KEYS})"


def coordinates(column: str) -> str:
    """Whether the acting one coordinates the network of a column."""
    return holds(f"{COORDINATORS_BASE} + {column}")


def in_network(column: str) -> str:
    """Whether the acting one is in the network of a column."""
    return holds(column)


def moderates(column: str) -> str:
    """Whether the acting one moderates in the Land of a column."""
    return holds(f"{MODERATORS_BASE} + nullif({column}, '')::int")


def is_person(column: str) -> str:
    """Whether a column names the acting one."""
    return f"{column} = {PERSON}"


def through(parent: str, column: str, *, key: str = "id", also: str = "true") -> str:
    """Whether the acting one sees the parent that a column points to; the parent's own policy decides."""
    # Not EXISTS: beside an OR, PostgreSQL answers that by reading all parents in sight first.
    return f"(SELECT true FROM {parent} parent WHERE parent.{key} = {column} AND {also} LIMIT 1) IS TRUE"  # noqa: S608 -- names of ours, in a migration


def either(*conditions: str) -> str:
    return "(" + " OR ".join(f"({condition})" for condition in conditions) + ")"


def both(*conditions: str) -> str:
    return "(" + " AND ".join(f"({condition})" for condition in conditions) + ")"


def protect(
    table: str,
    *,
    select: str,
    insert: str | None = None,
    update: str | None = None,
    delete: str | None = None,
    update_to: str | None = None,
) -> migrations.RunSQL:
    """Put ``table`` behind the wall: who sees a row, may add it, change it, remove it; ``None``: nobody.

    Each is an SQL condition over the row. ``update_to`` is asked of the row as it will be (else ``update`` is).
    PostgreSQL asks ``select`` as well of what an update or ``INSERT … RETURNING`` leaves behind: whoever moves a row
    out of their own sight needs a ``definer`` function.
    """
    policies = [f"CREATE POLICY may_select ON {table} FOR SELECT USING ({select})"]
    if insert is not None:
        policies.append(f"CREATE POLICY may_insert ON {table} FOR INSERT WITH CHECK ({insert})")
    if update is not None:
        policies.append(
            f"CREATE POLICY may_update ON {table} FOR UPDATE USING ({update}) WITH CHECK ({update_to or update})"
        )
    if delete is not None:
        policies.append(f"CREATE POLICY may_delete ON {table} FOR DELETE USING ({delete})")
    undo = "".join(
        f"DROP POLICY IF EXISTS may_{command} ON {table};" for command in ("select", "insert", "update", "delete")
    )
    return migrations.RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; " + "; ".join(policies) + ";",
        f"{undo} ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def definer(
    signature: str, returns: str, body: str, *, language: str = "sql", volatile: str = "STABLE"
) -> migrations.RunSQL:
    """A function that runs as the owner, past the policies: narrow, and with the rule inside.

    ``signature`` is ``name(argument type, …)``; ``body`` may use the terms above, which still speak of the acting one.
    """
    return migrations.RunSQL(
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} {volatile} SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $body${body}$body$;",
        f"DROP FUNCTION {signature};",
    )


def as_definers(functions: Sequence[str]) -> migrations.RunSQL:
    """Let trigger functions from before the wall run as the owner, so that they reach what they keep in step."""
    return migrations.RunSQL(
        "".join(f"ALTER FUNCTION {name}() SECURITY DEFINER SET search_path = public, pg_temp;" for name in functions),
        "".join(f"ALTER FUNCTION {name}() SECURITY INVOKER;" for name in functions),
    )


def stays(table: str, *columns: str) -> migrations.RunSQL:
    """Whose a row is stays what it was, whoever may change the rest of it.

    A policy sees the row before and the row after, never both: who may change a row could make it one of another
    format or network. The owner's functions and the ops role are not asked, as with policies.
    """
    before, after = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_keeps_its_place() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF row_security_active(TG_RELID) THEN
                RAISE insufficient_privilege USING MESSAGE = TG_TABLE_NAME || ': row-level security keeps whose it is.';
            END IF;
            RETURN NEW;
        END $body$;
        CREATE TRIGGER {table}_keeps_its_place BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (ROW({before}) IS DISTINCT FROM ROW({after})) EXECUTE FUNCTION {table}_keeps_its_place();
        """,
        f"DROP TRIGGER {table}_keeps_its_place ON {table}; DROP FUNCTION {table}_keeps_its_place();",
    )
