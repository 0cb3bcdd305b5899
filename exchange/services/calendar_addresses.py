"""Verbs of the own calendar address."""

from __future__ import annotations

from exchange.models import CalendarAddress
from tenancy.viewer import Viewer
from toolkit.acting import verb


@verb
def renew_calendar_address(viewer: Viewer) -> int:
    """Make the address, or a new one; the old one is worthless from then on. Answers the generation."""
    address, created = CalendarAddress.objects.select_for_update().get_or_create(person_id=viewer.someone)
    if not created:
        address.generation += 1
        address.save(update_fields=["generation"])
    return address.generation
