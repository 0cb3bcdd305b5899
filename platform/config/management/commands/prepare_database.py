"""Make the three roles and the database on a PostgreSQL of one's own."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg.conninfo import conninfo_to_dict

from config import database_roles
from config.database_roles import Account, Connection, Inside, Statement, Wanted
from config.roles import Role

ADMIN = "DATABASE_ADMIN_URL"


class Command(BaseCommand):
    help = (
        "Richtet auf einem eigenen PostgreSQL die drei Rollen und die Datenbank ein, die in DATABASE_URL, "
        "DATABASE_OWNER_URL und DATABASE_OPS_URL stehen. Ein zweites Mal ändert nichts."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--admin", default="", metavar="URL", help=f"Adresse eines Superusers des Servers (sonst {ADMIN})"
        )
        parser.add_argument("--dry-run", action="store_true", help="nur zeigen, was ausgeführt würde")

    def handle(self, *args: Any, **options: Any) -> None:
        if "DATABASE_URL" not in os.environ:
            raise CommandError(
                "Ohne DATABASE_URL ist die eingebettete Datenbank gemeint, die „start“ selbst einrichtet."
            )
        wanted, server = self._wanted()
        admin = options["admin"] or os.environ.get(ADMIN, "")
        if not admin:
            raise CommandError(f"Wer darf Rollen anlegen? Bitte --admin oder {ADMIN} angeben.")
        place = _parts(admin, ADMIN)
        if (place.get("host"), place.get("port", "5432")) != server:
            raise CommandError(f"{ADMIN} nennt einen anderen Server als DATABASE_URL.")
        with _connected(admin, ADMIN) as connection:
            self._require_able(connection, wanted, dry=options["dry_run"])
            done = self._run(connection, self._outside(connection, wanted), dry=options["dry_run"])
            exists = database_roles.database_exists(connection, wanted.database)
            if not exists:
                done += self._run(
                    connection, list(database_roles.inside_statements(connection, wanted, Inside())), dry=True
                )
        if exists:
            with _connected(admin, ADMIN, dbname=wanted.database) as connection:
                _require_utf8(connection, wanted.database)
                inside = database_roles.look_inside(connection, wanted)
                statements = list(database_roles.inside_statements(connection, wanted, inside))
                done += self._run(connection, statements, dry=options["dry_run"])
        if options["dry_run"]:
            return
        for role in Role:
            with _connected(getattr(settings, role.value), role.value):
                pass
        if not done:
            self.stdout.write("Alles war schon eingerichtet; nichts wurde geändert.")
        else:
            self.stdout.write("Eingerichtet. Als Nächstes: manage.py migrate")

    def _wanted(self) -> tuple[Wanted, tuple[str | None, str]]:
        """What the three addresses ask for, and the server that all of them name."""
        accounts, places = [], set()
        for role in Role:
            parts = _parts(getattr(settings, role.value), role.value)
            accounts.append(Account(parts.get("user", ""), parts.get("password", "")))
            places.add((parts.get("host"), parts.get("port", "5432"), parts.get("dbname", "")))
        if len(places) != 1:
            raise CommandError(
                "DATABASE_URL, DATABASE_OWNER_URL und DATABASE_OPS_URL müssen dieselbe Datenbank nennen."
            )
        if len({account.name for account in accounts}) != len(accounts):
            raise CommandError("DATABASE_URL, DATABASE_OWNER_URL und DATABASE_OPS_URL müssen drei Rollen nennen.")
        host, port, database = places.pop()
        runtime, owner, ops = accounts
        return Wanted(database, runtime, owner, ops), (host, port)

    def _require_able(self, connection: Connection, wanted: Wanted, *, dry: bool) -> None:
        """Refuse what could not be carried out, or would take something away that is needed elsewhere."""
        version = connection.info.server_version // 10000
        if version < database_roles.OLDEST_SERVER:
            raise CommandError(
                f"Der Server ist PostgreSQL {version}; gebraucht wird {database_roles.OLDEST_SERVER} oder neuer."
            )
        able = connection.execute("SELECT rolsuper, current_user FROM pg_roles WHERE rolname = current_user").fetchone()
        superuser, name = able or (False, "")
        superusers = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname = ANY (%s)",
            [[account.name for account in wanted.accounts()]],
        ).fetchall()
        if superusers:
            raise CommandError(
                f"„{superusers[0][0]}“ ist Superuser des Servers und darf keine der drei Rollen sein. "
                "Bitte in der Adresse eine andere nennen; sie wird angelegt."
            )
        if not superuser:
            said = f"„{name}“ aus {ADMIN} ist kein Superuser und kann das nicht ausführen."
            if not dry:
                raise CommandError(f"{said} Mit --dry-run steht da, was ein Superuser ausführen müsste.")
            self.stderr.write(said)

    @staticmethod
    def _outside(connection: Connection, wanted: Wanted) -> list[Statement]:
        addresses = {
            account.name: getattr(settings, role.value) for role, account in zip(Role, wanted.accounts(), strict=True)
        }

        def signs_in(account: Account) -> bool:
            # Into the administrator's database where ours is not there yet.
            exists = database_roles.database_exists(connection, wanted.database)
            try:
                psycopg.connect(
                    addresses[account.name],
                    dbname=wanted.database if exists else connection.info.dbname,
                    connect_timeout=5,
                ).close()
            except psycopg.OperationalError:
                return False
            return True

        return list(database_roles.outside_statements(connection, wanted, signs_in))

    def _run(self, connection: Connection, statements: list[Statement], *, dry: bool) -> int:
        for statement in statements:
            self.stdout.write(f"{statement.text};")
            if not dry:
                try:
                    connection.execute(statement.run)
                except psycopg.Error as error:
                    raise CommandError(f"Der Server hat das abgelehnt ({_first_line(error)}).") from error
        return len(statements)


def _parts(url: str, name: str) -> dict[str, str]:
    if not url:
        raise CommandError(f"{name} fehlt; deploy/env.example erklärt den Wert.")
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        # The message would repeat the address, and with it the password.
        raise CommandError(f"{name} ist keine Adresse von PostgreSQL.") from None
    if not parts.get("user") or not (parts.get("dbname") or name == ADMIN):
        raise CommandError(f"In {name} fehlt die Rolle oder die Datenbank.")
    return parts


@contextmanager
def _connected(url: str, name: str, *, dbname: str = "") -> Iterator[Connection]:
    parts = _parts(url, name)
    dbname = dbname or parts.get("dbname", parts["user"])
    place = f"{parts.get('host', 'lokal')}/{dbname}"
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=5, dbname=dbname)
    except psycopg.OperationalError as error:
        raise CommandError(f"Die Datenbank aus {name} ({place}) lässt uns nicht ein ({_first_line(error)}).") from error
    with connection:
        yield connection


def _require_utf8(connection: Connection, database: str) -> None:
    ((encoding,),) = connection.execute("SHOW server_encoding").fetchall()
    if encoding != "UTF8":
        raise CommandError(f"Die Datenbank {database} ist in {encoding} angelegt; gebraucht wird UTF8.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
