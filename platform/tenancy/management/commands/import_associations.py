"""Load the state associations of municipalities."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from tenancy.services.register import import_associations

SHIPPED = Path(__file__).parents[2] / "data" / "associations.csv"


class Command(BaseCommand):
    help = "Lädt die kommunalen Landesverbände und nimmt ihre Mitglieder nach der Art der Kommune an."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=SHIPPED, metavar="DATEI")

    def handle(self, *args: Any, **options: Any) -> None:
        associations, members = import_associations(options["file"])
        self.stdout.write(f"{associations} Verbände, {members} angenommene Mitgliedschaften.")
