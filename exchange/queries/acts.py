"""What the record says of a thing, in words, for those who own it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.models import Network, Person
from toolkit.models import AuditEntry

_WORDS = {
    "format.created": gettext_lazy("hat das Format angelegt"),
    "format.changed": gettext_lazy("hat geändert"),
    "format.city_invited": gettext_lazy("hat eingeladen"),
    "format.city_recalled": gettext_lazy("hat die Einladung zurückgenommen"),
    "format.city_accepted": gettext_lazy("hat zugesagt"),
    "format.city_declined": gettext_lazy("hat abgelehnt"),
    "format.city_asked": gettext_lazy("hat gefragt, ob die Kommune mitmachen kann"),
    "format.asking_taken_back": gettext_lazy("hat die Bitte um Aufnahme zurückgenommen"),
    "format.city_let_in": gettext_lazy("hat eine Kommune aufgenommen"),
    "format.city_refused": gettext_lazy("hat eine Kommune nicht aufgenommen"),
    "format.city_left": gettext_lazy("ist ausgeschieden"),
    "format.edition_added": gettext_lazy("hat eine Folge eingetragen"),
    "format.edition_changed": gettext_lazy("hat eine Folge geändert"),
    "workshop.created": gettext_lazy("hat den Entwurf angelegt"),
    "workshop.changed": gettext_lazy("hat geändert"),
    "workshop.opened": gettext_lazy("hat die Anmeldung eröffnet"),
    "workshop.cancelled": gettext_lazy("hat abgesagt"),
    "workshop.host_invited": gettext_lazy("hat eine Kommune gefragt, ob sie mit einlädt"),
    "workshop.host_recalled": gettext_lazy("hat die Frage zurückgenommen"),
    "workshop.host_accepted": gettext_lazy("lädt mit ein"),
    "workshop.host_declined": gettext_lazy("lädt nicht mit ein"),
    "workshop.seats_changed": gettext_lazy("hat die Plätze geändert"),
    "workshop.place_approved": gettext_lazy("hat eine Anmeldung bestätigt"),
    "workshop.place_refused": gettext_lazy("hat eine Anmeldung abgelehnt"),
    "workshop.attendance_begun": gettext_lazy("hat die Anwesenheitsliste begonnen"),
    "workshop.attendance_taken_back": gettext_lazy("hat ein Häkchen der Anwesenheit zurückgenommen"),
    "workshop.door_code_renewed": gettext_lazy("hat den Code an der Tür erneuert"),
    "workshop.feedback_questions": gettext_lazy("hat die Fragen für die Rückmeldung geändert"),
    "workshop.certificates_made": gettext_lazy("hat Teilnahmenachweise erstellen lassen"),
}
_FIELDS = {
    "hashtag": gettext_lazy("Hashtag"),
    "motto": gettext_lazy("Motto"),
    "about": gettext_lazy("Darum geht es"),
    "elements": gettext_lazy("Was dazugehört"),
    "since": gettext_lazy("Seit (Jahr)"),
    "rung": gettext_lazy("Sichtbarkeit"),
    "title": gettext_lazy("Titel"),
    "summary": gettext_lazy("Kurz gesagt"),
    "description": gettext_lazy("Darum geht es"),
    "agenda": gettext_lazy("Ablauf"),
    "accessibility": gettext_lazy("Barrierefreiheit"),
    "kind": gettext_lazy("Was ist es?"),
    "mode": gettext_lazy("Art"),
    "starts_at": gettext_lazy("Beginn"),
    "ends_at": gettext_lazy("Ende"),
    "place": gettext_lazy("Ort"),
    "online_url": gettext_lazy("Link zur Teilnahme"),
    "seats": gettext_lazy("Plätze"),
    "seats_online": gettext_lazy("Plätze online"),
    "quotas": gettext_lazy("Plätze je Kommune"),
    "offer_hours": gettext_lazy("Frist für freie Plätze"),
    "approval": gettext_lazy("Zustimmung der Gastgebenden"),
    "withdraw_until": gettext_lazy("Abmelden bis"),
    "quota_release_at": gettext_lazy("Für alle offen ab"),
    "registration_ends_at": gettext_lazy("Anmelden bis"),
    "number": gettext_lazy("Nummer"),
    "state": gettext_lazy("Stand"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the record: when, who, what they did, and the reason if one was given."""

    at: datetime
    name: str
    town: str
    what: str
    reason: str


def _what(entry: AuditEntry) -> str:
    said = str(_WORDS.get(entry.verb, entry.verb))
    fields = [str(_FIELDS[name]) for name in entry.changes if name in _FIELDS]
    return _("{act}: {fields}").format(act=said, fields=", ".join(fields)) if fields else said


def acts_of(subject: str, subject_id: int, *, most: int = 12) -> list[Act]:
    """The latest acts on a thing, newest first. Three queries."""
    # The record is read by each city for itself; what several own together, all of them read here.
    asked = "SELECT * FROM exchange_acts(%s, %s, %s)"
    entries = list(AuditEntry.objects.raw(asked, [subject, subject_id, most]))
    people = Person.objects.filter(pk__in={e.person_id for e in entries if e.person_id})
    names = {person.pk: person.name for person in people}
    networks = Network.objects.filter(pk__in={e.network_id for e in entries if e.network_id})
    towns = dict(networks.values_list("pk", "municipality__name"))
    return [
        Act(e.at, names.get(e.person_id or 0, "–"), towns.get(e.network_id or 0, ""), _what(e), e.reason)
        for e in entries
    ]
