"""Bring a backup into an empty installation, and check that all of it came."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config.keeping import folder as folders
from config.keeping import programs
from config.keeping.making import TABLES, Tell
from config.refusal import Refusal


def require_whole(source: Path, *, known_migrations: Collection[str], tell: Tell) -> folders.Manifest:
    """Read a backup and check every file of it. Raises ``Refusal`` that names what is missing, damaged or too new."""
    manifest = folders.read_manifest(source)
    newer = sorted(set(manifest.migrations) - set(known_migrations))
    if newer:
        raise Refusal(f"Die Sicherung ist von einer neueren Fassung von Lotsennetz (sie kennt {newer[-1]}).")
    tell("Sicherung prüfen", 0, 1)
    wrong = list(folders.damaged(source, manifest))
    if wrong:
        raise Refusal("\n  – ".join(["Die Sicherung ist beschädigt, nichts wurde geändert:", *wrong]))
    tell("Sicherung prüfen", 1, 1)
    return manifest


def require_empty(url: str, media: Path) -> int:
    """Refuse unless database and folder are empty; return the major version of the server."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            found = connection.execute(TABLES).fetchone()
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise Refusal(f"Die Datenbank aus DATABASE_OWNER_URL antwortet nicht ({reason}).") from error
    if found is not None:
        raise Refusal("Die Datenbank ist nicht leer; zurückgespielt wird nur in eine leere. Nichts wurde geändert.")
    if folders.files_below(media):
        raise Refusal(f"{media} ist nicht leer; zurückgespielt wird nur in ein leeres. Nichts wurde geändert.")
    return version


def restore_database(source: Path, manifest: folders.Manifest, *, url: str, version: int, tell: Tell) -> None:
    """Restore all tables as their owner, in one transaction, and count. Rights are given by the next ``migrate``."""
    tell("Datenbank zurückspielen", 0, 1)
    programs.run(
        *("pg_restore", url, version, "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"),
        source / folders.DUMP,
    )
    tell("Datenbank zurückspielen", 1, 1)
    with psycopg.connect(url, autocommit=True) as connection:
        tables = [table for (table,) in connection.execute(TABLES).fetchall()]
        wrong = [f"Die Tabelle {table} fehlt." for table in sorted(manifest.rows.keys() - set(tables))]
        for number, table in enumerate(tables, start=1):
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))
            ((rows,),) = connection.execute(count).fetchall()
            if rows != manifest.rows.get(table):
                wrong.append(f"Die Tabelle {table} hat {rows} Zeilen statt {manifest.rows.get(table, 0)}.")
            tell("Zeilen zählen", number, len(tables))
        if wrong:
            raise Refusal("\n  – ".join(["Es kam nicht alles zurück:", *wrong]))
        # Without figures of how much is where, the first hours would be slow.
        connection.execute("ANALYZE")


@contextmanager
def restored_files(source: Path, manifest: folders.Manifest, *, media: Path, tell: Tell) -> Iterator[None]:
    """Copy the files back, each with the content that was backed up. They appear when the block has ended well."""
    unfinished = media.with_name(f".{media.name}.{os.getpid()}.unfertig")
    names = sorted(name for name in manifest.files if name != folders.DUMP)
    try:
        unfinished.mkdir(mode=0o700, parents=True)
        for number, name in enumerate(names, start=1):
            target = unfinished / Path(name).relative_to(folders.MEDIA)
            if folders.copied(source / name, target) != manifest.files[name]:
                raise Refusal(f"{name} ist nicht mehr, was gesichert wurde (SHA-256).")
            tell("Dateien zurückspielen", number, len(names))
        for path in (unfinished, *unfinished.rglob("*")):
            # As uploads lie there: the group reads them too, for whoever backs up is in it and not their owner.
            path.chmod(0o750 if path.is_dir() else 0o640)
        yield
        if media.is_dir():
            # Empty folders alone: asked before.
            shutil.rmtree(media)
        unfinished.rename(media)
    except OSError as error:
        raise Refusal(f"{error.filename or media}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
