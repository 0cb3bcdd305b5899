"""Bring a backup into an empty installation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db.migrations.loader import MigrationLoader

from config import wall_check
from config.keeping import restoring
from config.keeping.progress import told
from config.refusal import Refusal
from config.roles import Role, url_of


class Command(BaseCommand):
    help = "Spielt eine Sicherung in eine leere Datenbank und ein leeres Dateiverzeichnis zurück und prüft alles nach."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="VERZEICHNIS", help="was „backup“ geschrieben hat")

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["directory"].expanduser().absolute()
        url, media = url_of(Role.OWNER), Path(settings.MEDIA_ROOT)
        try:
            # Asked before anything is written, so that the rights can be given in the end.
            url_of(Role.OPS)
            version = restoring.require_empty(url, media)
            with told() as tell:
                manifest = restoring.require_whole(source, known_migrations=_known(), tell=tell)
                with restoring.restored_files(source, manifest, media=media, tell=tell):
                    restoring.restore_database(source, manifest, url=url, version=version, tell=tell)
            # What is newer here than in the backup, and the rights of all roles.
            call_command("migrate", verbosity=0, interactive=False)
            wall_check.require_wall()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        rows, files = sum(manifest.rows.values()), len(manifest.files) - 1
        self.stdout.write(f"Zurückgespielt, Stand {manifest.made_at}: {rows} Zeilen, {files} Dateien; alles geprüft.")
        self.stdout.write("Alle melden sich neu an. Mails, die damals noch warteten, werden nicht mehr verschickt.")


def _known() -> set[str]:
    """All migrations of this version, as the manifest names them, with those that were merged into others."""
    loader = MigrationLoader(None)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}
