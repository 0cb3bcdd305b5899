"""Make a backup: one snapshot of the database, counted and dumped, and then the files."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config.keeping import folder as folders
from config.keeping import programs
from config.refusal import Refusal

#: Sessions would let in again who has signed out since. Jobs were done meanwhile: their mails would go out twice.
LEFT_OUT = (
    "django_session",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"

#: Told how far it is: what is being done, how much of how many.
Tell = Callable[[str, int, int], None]


def make_backup(target: Path, *, url: str, media: Path, tell: Tell) -> folders.Manifest:
    """Write a backup of the database at ``url`` and the files below ``media`` to the folder ``target``.

    It appears there when it is whole, and not before. Raises ``Refusal`` where the folder holds something already or
    the role does not see everything.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refusal(f"{target} ist nicht leer. Bitte ein Verzeichnis nennen, das es noch nicht gibt.")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfertig")
    try:
        unfinished.mkdir(mode=0o700, parents=True)
        manifest = _write(unfinished, url, media, tell)
        os.sync()
        unfinished.rename(target)
    except OSError as error:
        raise Refusal(f"{error.filename or target}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _write(target: Path, url: str, media: Path, tell: Tell) -> folders.Manifest:
    dump = target / folders.DUMP
    with _snapshot(url) as (connection, snapshot):
        rows = dict(_counted(connection, tell))
        migrations = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
        version = connection.info.server_version
        tell("Datenbank sichern", 0, 1)
        programs.run(
            *("pg_dump", url, version // 10000, "--format=custom", f"--snapshot={snapshot}", f"--file={dump}"),
            *(f"--exclude-table-data=public.{table}" for table in LEFT_OUT),
        )
        tell("Datenbank sichern", 1, 1)
    files = {folders.DUMP: folders.sha256(dump)} | dict(_copied(media, target / folders.MEDIA, tell))
    manifest = folders.Manifest(
        made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        postgresql=f"{version // 10000}.{version % 10000}",
        rows=rows,
        files=files,
        migrations=[name for (name,) in migrations],
        left_out=list(LEFT_OUT),
    )
    folders.write_manifest(target, manifest)
    return manifest


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection[tuple[Any, ...]], str]]:
    """One moment of the database, which pg_dump looks at as well; whoever writes meanwhile is not kept waiting."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # Counting behind the policies is an error and not a smaller number.
            connection.execute("SET LOCAL row_security = off")
            ((snapshot,),) = connection.execute("SELECT pg_export_snapshot()").fetchall()
            yield connection, snapshot
    except psycopg.Error as error:
        role = psycopg.conninfo.conninfo_to_dict(url).get("user", "")
        raise Refusal(programs.sentence("Die Datenbank", str(role), str(error).strip().splitlines()[0])) from error


def _counted(connection: psycopg.Connection[tuple[Any, ...]], tell: Tell) -> Iterator[tuple[str, int]]:
    tables = [table for (table,) in connection.execute(TABLES).fetchall()]
    for number, table in enumerate(tables, start=1):
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))
        ((rows,),) = connection.execute(count).fetchall()
        yield table, 0 if table in LEFT_OUT else rows
        tell("Zeilen zählen", number, len(tables))


def _copied(media: Path, target: Path, tell: Tell) -> Iterator[tuple[str, str]]:
    target.mkdir(mode=0o700)
    names = folders.files_below(media)
    for number, name in enumerate(names, start=1):
        try:
            yield f"{folders.MEDIA}/{name.as_posix()}", folders.copied(media / name, target / name)
        except FileNotFoundError:
            # Deleted since we looked; the database's moment is the one before.
            continue
        tell("Dateien sichern", number, len(names))
