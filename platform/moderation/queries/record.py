"""The record of acts as associations and coordinators read it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from moderation.policies.record import visible_land_record, visible_network_record
from tenancy.models import Network, Person
from tenancy.viewer import Viewer
from toolkit.models import AuditEntry
from toolkit.pagination import Page, page_by_key

PER_PAGE = 30

#: What the verbs of the record say; one that is not here is shown as it was written.
VERBS = {
    "moderation.hide": _("Beitrag ausgeblendet"),
    "moderation.keep": _("Gemeldeten Beitrag sichtbar gelassen"),
    "moderation.restore": _("Beitrag wieder eingeblendet"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the record. ``who`` is empty where nobody acted or the person is gone."""

    entry: AuditEntry
    what: str
    who: str
    network: str


def land_record_page(viewer: Viewer, mark: str = "") -> tuple[Page[AuditEntry], list[Act]]:
    """The acts in the viewer's Länder, newest first. Three queries."""
    page = page_by_key(visible_land_record(viewer), ("-at", "-id"), mark, size=PER_PAGE)
    return page, _told(page.items)


def network_record_page(viewer: Viewer, network_id: int, mark: str = "") -> tuple[Page[AuditEntry], list[Act]]:
    """The acts of one network that the viewer coordinates, newest first. Three queries."""
    page = page_by_key(visible_network_record(viewer, network_id), ("-at", "-id"), mark, size=PER_PAGE)
    return page, _told(page.items)


def _told(entries: list[AuditEntry]) -> list[Act]:
    people = Person.objects.in_bulk([entry.person_id for entry in entries if entry.person_id])
    networks = Network.objects.in_bulk([entry.network_id for entry in entries if entry.network_id])
    return [
        Act(
            entry=entry,
            what=str(VERBS.get(entry.verb, entry.verb)),
            who=people[entry.person_id].name if entry.person_id in people else "",
            network=networks[entry.network_id].name if entry.network_id in networks else "",
        )
        for entry in entries
    ]
