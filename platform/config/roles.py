"""The three roles of the database: the owner migrates, the runtime role serves, ops backs up, imports and erases.

A process signs in as the runtime role, unless its command is named here. What a role may do to which table is said
once, after each migration, by the owner: so no table is ever forgotten.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresConnection
from django.db.backends.postgresql.psycopg_any import sql

from config.refusal import Refusal


class Role(StrEnum):
    """Whom a process is to the database."""

    RUNTIME = "DATABASE_URL"
    OWNER = "DATABASE_OWNER_URL"
    OPS = "DATABASE_OPS_URL"


#: Commands that do not act for a person, with whom they are instead. All others serve: they see what is public, or
#: take a person as ``--person`` and act as them (``toolkit.acting``).
COMMANDS = {
    # Make and change tables.
    "migrate": Role.OWNER,
    "sqlmigrate": Role.OWNER,
    "dbshell": Role.OWNER,
    "restore": Role.OWNER,
    # See everything, or write for a whole country at once. Of what they do not see, the two of Django would write or
    # read half without a word.
    "backup": Role.OPS,
    "empty_chat": Role.OPS,
    "dumpdata": Role.OPS,
    "loaddata": Role.OPS,
    "import_associations": Role.OPS,
    "import_register": Role.OPS,
    "load_demo": Role.OPS,
}

#: Our own commands that ask no table, each with the reason.
WITHOUT_DATABASE = {
    "chat_wire": "Writes a file of the front end from a file of the chat.",
    "prepare_database": "Speaks to the server as its administrator, before there are roles or tables.",
}


def role_of_command(name: str) -> Role:
    """Whom ``manage.py name`` is to the database."""
    return COMMANDS.get(name, Role.RUNTIME)


@contextlib.contextmanager
def connected_as(role: Role) -> Iterator[None]:
    """Let this process be another role to the database, as long as the block lasts.

    Raises ``Refusal`` where the address of the role is not known.
    """
    if role is Role.RUNTIME:
        yield
        return
    address = address_of(role)
    before = dict(connections["default"].settings_dict)
    _sign_in(address)
    try:
        yield
    finally:
        _sign_in(before)


def _sign_in(address: dict[str, Any]) -> None:
    disconnect()
    for part in ("HOST", "PORT", "NAME", "USER", "PASSWORD", "OPTIONS"):
        connections["default"].settings_dict[part] = address.get(part, "")


def disconnect() -> None:
    """Give back every connection to the database that this process holds."""
    connection = connections["default"]
    connection.close()
    if isinstance(connection, PostgresConnection):
        connection.close_pool()


def url_of(role: Role) -> str:
    """The address of a role. Raises ``Refusal`` where it is not known."""
    try:
        url = str(getattr(settings, role.value))
    except ImproperlyConfigured as error:
        raise Refusal(str(error)) from error
    if not url:
        raise Refusal(f"{role.value} fehlt; deploy/env.example erklärt den Wert.")
    return url


def address_of(role: Role) -> dict[str, Any]:
    """Where a role signs in, as Django's settings have it. Raises ``Refusal`` where that is not known."""
    from config.settings.base import database_from

    return database_from(url_of(role), pool_size=0)


def user_of(role: Role) -> str:
    """The name of a role in the database, from its address."""
    return str(address_of(role)["USER"])


def grant_rights(using: str = "default", **signal: Any) -> None:
    """Give the runtime and the ops role their rights on all tables; receives ``post_migrate``."""
    # Emptying a database (as tests do) sends the signal too, but without a plan.
    if "plan" not in signal:
        return
    from django.db.migrations.recorder import MigrationRecorder

    runtime, ops = (sql.Identifier(user_of(role)) for role in (Role.RUNTIME, Role.OPS))
    history = sql.Identifier(MigrationRecorder.Migration._meta.db_table)
    with connections[using].cursor() as cursor:
        for statement in (
            # What was granted by hand goes: emptying a table asks no policy.
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {runtime}, {ops}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {runtime}, {ops}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {runtime}, {ops}",
            "REVOKE INSERT, UPDATE, DELETE ON {history} FROM {runtime}, {ops}",
        ):
            cursor.execute(sql.SQL(statement).format(runtime=runtime, ops=ops, history=history))
