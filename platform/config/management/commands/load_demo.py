"""Fill an empty installation with the demo: four real networks, invented people, a living exchange."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.loader import load_demo
from tenancy.models import Association, Municipality


class Command(BaseCommand):
    help = "Lädt die Vorführdaten. Ein zweites Mal ändert nichts."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SETTINGS_MODULE.endswith("production"):
            raise CommandError("Die Vorführdaten gehören nicht in den echten Betrieb und werden dort nicht geladen.")
        if not Municipality.objects.exists():
            raise CommandError("Erst das Gemeindeverzeichnis laden: manage.py import_register DATEI")
        if not Association.objects.exists():
            raise CommandError("Erst die Verbände laden: manage.py import_associations")
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12)
        report = load_demo(password=password, say=self.stdout.write)
        if report is None:
            self.stdout.write("Die Vorführdaten sind schon da; nichts wurde geändert.")
            return
        self.stdout.write("Anmelden können sich zum Beispiel:")
        for role, email in report:
            self.stdout.write(f"  {role:<34} {email}")
        self.stdout.write(f"  Passwort für alle: {password}")
