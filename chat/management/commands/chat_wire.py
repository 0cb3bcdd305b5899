"""Write ``frontend/wire/chat.ts`` from ``chat/wire.py``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from chat.wire_typescript import typescript


class Command(BaseCommand):
    help = "Writes frontend/wire/chat.ts, the socket's language for the islands, from chat/wire.py."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.ROOT / "frontend" / "wire" / "chat.ts"
        target.parent.mkdir(exist_ok=True)
        target.write_text(typescript(), encoding="utf-8")
        self.stdout.write(str(target))
