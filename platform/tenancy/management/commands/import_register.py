"""Load the official register of municipalities (GV100AD of the Statistisches Bundesamt)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.progress import Progress

from tenancy.services.register import RegisterFault, import_register

COORDINATES = Path(__file__).parents[2] / "data" / "coordinates.csv"


class Command(BaseCommand):
    help = "Lädt das amtliche Gemeindeverzeichnis. Ein zweites Mal ändert nichts."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="DATEI", help="GV100AD-Datei")
        parser.add_argument("--force", action="store_true", help="auch eine ältere oder viel kürzere Datei laden")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
                task = bar.add_task("Kommunen", total=None)
                loaded = import_register(
                    options["file"],
                    coordinates=COORDINATES,
                    force=options["force"],
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )
        except RegisterFault as fault:
            raise CommandError(f"{fault} Es wurde nichts geändert.") from fault
        with connection.cursor() as cursor:
            # Or the first suggestions would be planned for an empty table.
            cursor.execute("ANALYZE tenancy_municipality")
        self.stdout.write(
            f"{loaded.total} Kommunen, Stand {loaded.date:%d.%m.%Y}: {loaded.new} neu, {loaded.dissolved} aufgelöst."
        )
