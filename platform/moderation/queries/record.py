"""The record of acts as associations and coordinators read it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from moderation.policies.record import visible_land_record, visible_network_record
from moderation.public import verbs
from tenancy.models import Network, Person
from tenancy.viewer import Viewer
from toolkit.models import AuditEntry
from toolkit.pagination import Page, page_by_key

PER_PAGE = 30

#: What the verbs of the record say; rooms add theirs by ``moderation.public.register_verbs``.
VERBS = {
    "application.confirmed": _("Antrag eingegangen"),
    "application.approved": _("Antrag zugelassen"),
    "application.declined": _("Antrag abgelehnt"),
    "person.created": _("Konto angelegt"),
    "network.published": _("Netzwerk veröffentlicht"),
    "membership.started": _("Mitgliedschaft begonnen"),
    "membership.changed": _("Mitgliedschaft geändert"),
    "membership.ended": _("Mitgliedschaft beendet"),
    "invitation.sent": _("Einladung verschickt"),
    "invitation.link": _("Einladungslink angelegt"),
    "invitation.renewed": _("Einladung erneuert"),
    "invitation.withdrawn": _("Einladung zurückgezogen"),
    "partnership.asked": _("Partnerschaft angefragt"),
    "partnership.accepted": _("Partnerschaft angenommen"),
    "partnership.ended": _("Partnerschaft beendet"),
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
            what=str(VERBS.get(entry.verb) or verbs().get(entry.verb) or entry.verb),
            who=people[entry.person_id].name if entry.person_id in people else "",
            network=networks[entry.network_id].name if entry.network_id in networks else "",
        )
        for entry in entries
    ]
