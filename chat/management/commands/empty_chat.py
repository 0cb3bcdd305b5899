"""Empty what had its time now, and not only at night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from chat.services.keeping import empty_all
from toolkit.acting import acting_as_nobody


class Command(BaseCommand):
    """Goes through all conversations; can be stopped at any time, and goes on where it stopped."""

    help = "Leert Nachrichten, deren Frist vorbei ist. Geschieht sonst jede Nacht von selbst."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0

        def tell(number: int, entries: int) -> None:
            nonlocal done
            done += 1
            if self.stdout.isatty() or entries:
                self.stdout.write(f"Unterhaltung {number}: {entries} Einträge geleert ({done}. Unterhaltung)")

        with acting_as_nobody():
            total = empty_all(tell=tell)
        self.stdout.write(f"Fertig: {total} Einträge in {done} Unterhaltungen.")
