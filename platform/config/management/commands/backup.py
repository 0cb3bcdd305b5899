"""Back up the database and the files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.keeping.making import make_backup
from config.keeping.progress import told
from config.refusal import Refusal
from config.roles import Role, url_of


class Command(BaseCommand):
    help = "Sichert Datenbank und Dateien in ein neues Verzeichnis. Das Netz kann dabei weiterlaufen."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="VERZEICHNIS", help="gibt es noch nicht, oder ist leer")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["directory"].expanduser().absolute()
        try:
            with told() as tell:
                manifest = make_backup(target, url=url_of(Role.OPS), media=settings.MEDIA_ROOT, tell=tell)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        rows, files = sum(manifest.rows.values()), len(manifest.files) - 1
        self.stdout.write(f"Gesichert in {target}: {rows} Zeilen in {len(manifest.rows)} Tabellen, {files} Dateien.")
