"""What the server must know before the first migration: three roles and the database, as statements.

The embedded PostgreSQL and one's own (``manage.py prepare_database``) run the very same statements. Each is there only
where something is missing, so a second run has none. Nothing here needs Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

OLDEST_SERVER = 15
PASSWORD_SHOWN = "…"  # noqa: S105 -- what stands in its place

# Owner and rights as "role RIGHT"; "- RIGHT" is everybody's.
_DATABASE = """
SELECT pg_get_userbyid(datdba), ARRAY(
    SELECT CASE grantee WHEN 0 THEN '-' ELSE pg_get_userbyid(grantee) END || ' ' || privilege_type
    FROM aclexplode(coalesce(datacl, acldefault('d', datdba))))
FROM pg_database WHERE datname = %s
"""
_SCHEMA = """
SELECT pg_get_userbyid(nspowner), ARRAY(
    SELECT CASE grantee WHEN 0 THEN '-' ELSE pg_get_userbyid(grantee) END || ' ' || privilege_type
    FROM aclexplode(coalesce(nspacl, acldefault('n', nspowner))))
FROM pg_namespace WHERE nspname = 'public'
"""

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Account:
    """A role of the database, and the password it signs in with; empty where the server lets it in without."""

    name: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who shall be there: ``runtime`` serves, ``owner`` migrates, ``ops`` goes past the policies."""

    database: str
    runtime: Account
    owner: Account
    ops: Account
    #: Throwaway clusters alone: the owner also makes the databases of the tests.
    owner_makes_databases: bool = False

    def accounts(self) -> tuple[Account, Account, Account]:
        return self.runtime, self.owner, self.ops


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing to do: ``run`` it, or show ``text``, in which no password stands."""

    run: sql.Composed
    text: str


@dataclass(frozen=True, slots=True)
class Inside:
    """How the database is inside. The defaults are those of one that was just made."""

    schema_owner: str = "pg_database_owner"
    public_may: bool = True
    may_use: frozenset[str] = frozenset()
    owning: tuple[str, ...] = ()


def outside_statements(
    connection: Connection, wanted: Wanted, signs_in: Callable[[Account], bool]
) -> Iterator[Statement]:
    """What to run in any database of the server. ``signs_in`` says whether an account's password is the right one."""
    for account, options in (
        (wanted.runtime, _options(bypass=False, inherit=False, makes_databases=False)),
        # Inherits, because up to PostgreSQL 15 the owner of a database would not own its schema otherwise.
        (wanted.owner, _options(bypass=False, inherit=True, makes_databases=wanted.owner_makes_databases)),
        (wanted.ops, _options(bypass=True, inherit=False, makes_databases=False)),
    ):
        yield from _role(connection, account, options, signs_in)
    for group, grantor in connection.execute(
        "SELECT pg_get_userbyid(roleid), pg_get_userbyid(grantor) FROM pg_auth_members "
        "WHERE pg_get_userbyid(member) = %s ORDER BY 1",
        [wanted.runtime.name],
    ):
        yield _statement(connection, "REVOKE {} FROM {} GRANTED BY {}", group, wanted.runtime.name, grantor)
    yield from _database(connection, wanted)


def inside_statements(connection: Connection, wanted: Wanted, inside: Inside) -> Iterator[Statement]:
    """What to run in the database itself."""
    # One that was made before there were roles: all of it belonged to the one that serves.
    for name in inside.owning:
        yield _statement(connection, "REASSIGN OWNED BY {} TO {}", name, wanted.owner.name)
    if inside.schema_owner not in {"pg_database_owner", wanted.owner.name}:
        yield _statement(connection, "ALTER SCHEMA public OWNER TO {}", wanted.owner.name)
    if inside.public_may:
        yield _statement(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for account in (wanted.runtime, wanted.ops):
        if account.name not in inside.may_use:
            yield _statement(connection, "GRANT USAGE ON SCHEMA public TO {}", account.name)


def look_inside(connection: Connection, wanted: Wanted) -> Inside:
    """How the database of this connection is."""
    found = connection.execute(_SCHEMA).fetchone()
    owner, rights = found or ("", [])
    owning = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND EXISTS (SELECT FROM pg_shdepend WHERE deptype = 'o' "
        "AND refobjid = pg_roles.oid AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())) "
        "ORDER BY 1",
        [[wanted.runtime.name, wanted.ops.name]],
    ).fetchall()
    return Inside(
        schema_owner=owner,
        public_may=any(right.startswith("- ") for right in rights),
        # What somebody may as the owner goes with the ownership.
        may_use=frozenset(right.removesuffix(" USAGE") for right in rights if right.endswith(" USAGE")) - {owner},
        owning=tuple(name for (name,) in owning),
    )


def database_exists(connection: Connection, name: str) -> bool:
    """Whether the server of this connection has a database of that name."""
    return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def prepare_outside(server: Connection, wanted: Wanted) -> None:
    """Make roles and database where they are missing. Needs a superuser, and a connection that commits by itself."""
    for statement in list(outside_statements(server, wanted, signs_in=lambda account: True)):
        server.execute(statement.run)


def prepare_inside(database: Connection, wanted: Wanted) -> None:
    """Set the rights inside of the database of this connection where they are not right."""
    for statement in list(inside_statements(database, wanted, look_inside(database, wanted))):
        database.execute(statement.run)


def _options(*, bypass: bool, inherit: bool, makes_databases: bool) -> dict[str, bool]:
    return {
        "rolcanlogin": True,
        "rolsuper": False,
        "rolbypassrls": bypass,
        "rolcreatedb": makes_databases,
        "rolcreaterole": False,
        "rolreplication": False,
        "rolinherit": inherit,
    }


_WORDS = {
    "rolcanlogin": "LOGIN",
    "rolsuper": "SUPERUSER",
    "rolbypassrls": "BYPASSRLS",
    "rolcreatedb": "CREATEDB",
    "rolcreaterole": "CREATEROLE",
    "rolreplication": "REPLICATION",
    "rolinherit": "INHERIT",
}


def _role(
    connection: Connection, account: Account, options: dict[str, bool], signs_in: Callable[[Account], bool]
) -> Iterator[Statement]:
    columns = sql.SQL(", ").join(map(sql.Identifier, options))
    found = connection.execute(
        sql.SQL("SELECT {} FROM pg_roles WHERE rolname = %s").format(columns), [account.name]
    ).fetchone()
    wrong = {
        name: value for index, (name, value) in enumerate(options.items()) if found is None or found[index] != value
    }
    words = [_WORDS[name] if value else f"NO{_WORDS[name]}" for name, value in wrong.items()]
    if account.password and (found is None or not signs_in(account)):
        words.append("PASSWORD {}")
    if not words:
        return
    template = f"{'CREATE' if found is None else 'ALTER'} ROLE {{}} {' '.join(words)}"
    name = sql.Identifier(account.name)
    # Hashed here already, so that it cannot get into the server's log.
    secret = [_hashed(connection, account)] if "PASSWORD {}" in words else []
    yield Statement(
        run=sql.SQL(template).format(name, *map(sql.Literal, secret)),
        text=sql.SQL(template).format(name, *(sql.Literal(PASSWORD_SHOWN) for _ in secret)).as_string(connection),
    )


def _hashed(connection: Connection, account: Account) -> str:
    hashed = connection.pgconn.encrypt_password(account.password.encode(), account.name.encode(), b"scram-sha-256")
    return hashed.decode()


def _database(connection: Connection, wanted: Wanted) -> Iterator[Statement]:
    found = connection.execute(_DATABASE, [wanted.database]).fetchone()
    if found is None:
        yield _statement(
            connection,
            "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0",
            wanted.database,
            wanted.owner.name,
        )
    elif found[0] != wanted.owner.name:
        yield _statement(connection, "ALTER DATABASE {} OWNER TO {}", wanted.database, wanted.owner.name)
    rights = [] if found is None else found[1]
    if found is None or any(right.startswith("- ") for right in rights):
        yield _statement(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", wanted.database)
    for account in (wanted.runtime, wanted.ops):
        # What somebody may as the owner goes with the ownership.
        if f"{account.name} CONNECT" not in rights or (found and found[0] == account.name):
            yield _statement(connection, "GRANT CONNECT ON DATABASE {} TO {}", wanted.database, account.name)


def _statement(connection: Connection, template: str, *names: str) -> Statement:
    composed = sql.SQL(template).format(*map(sql.Identifier, names))
    return Statement(run=composed, text=composed.as_string(connection))
