"""What the record says of a thing, in words, for those who own it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.models import Session, Workshop
from tenancy.models import Network, Person
from toolkit.audience import Rung
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
    "workshop.host_stepped_back": gettext_lazy("lädt nicht mehr mit ein"),
    "workshop.session_added": gettext_lazy("hat ins Programm eingetragen"),
    "workshop.session_changed": gettext_lazy("hat im Programm geändert"),
    "workshop.session_moved": gettext_lazy("hat im Programm verschoben"),
    "workshop.session_removed": gettext_lazy("hat aus dem Programm genommen"),
    "workshop.series": gettext_lazy("hat eine Reihe daraus gemacht"),
    "workshop.open_space": gettext_lazy("hat Vorschläge geregelt"),
    "workshop.material_added": gettext_lazy("hat Unterlagen dazugelegt"),
    "workshop.material_removed": gettext_lazy("hat Unterlagen weggenommen"),
    "format.city_left": gettext_lazy("ist ausgeschieden"),
    "format.edition_added": gettext_lazy("hat eine Folge eingetragen"),
    "format.edition_changed": gettext_lazy("hat eine Folge geändert"),
    "workshop.created": gettext_lazy("hat den Entwurf angelegt"),
    "workshop.changed": gettext_lazy("hat geändert"),
    "workshop.opened": gettext_lazy("hat die Anmeldung eröffnet"),
    "workshop.cancelled": gettext_lazy("hat abgesagt"),
    "workshop.question_added": gettext_lazy("hat eine Frage zur Anmeldung gestellt"),
    "workshop.question_changed": gettext_lazy("hat eine Frage zur Anmeldung geändert"),
    "workshop.question_removed": gettext_lazy("hat eine Frage zur Anmeldung herausgenommen"),
    "workshop.minutes_begun": gettext_lazy("hat das Protokoll begonnen"),
    "workshop.minutes_steered": gettext_lazy("hat geändert, wer das Protokoll liest oder schreibt"),
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
    "accessibility_notes": gettext_lazy("Mehr zur Barrierefreiheit"),
    "contact": gettext_lazy("Kontakt"),
    "contact_person_id": gettext_lazy("Ansprechperson"),
    "price": gettext_lazy("Kosten je Person"),
    "cost": gettext_lazy("Kosten in Worten"),
    "session": gettext_lazy("Programmpunkt"),
    "dates": gettext_lazy("Termine der Reihe"),
    "proposals_at": gettext_lazy("Vorschläge bis"),
    "material": gettext_lazy("Unterlagen"),
    "speakers": gettext_lazy("Wer spricht"),
    "track": gettext_lazy("Strang"),
    "text": gettext_lazy("Mehr dazu"),
    "moved": gettext_lazy("Punkte verschoben"),
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
    "reminder_days": gettext_lazy("Erinnerungen"),
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
    #: What became of each field: its label, before, after.
    changes: tuple[tuple[str, str, str], ...] = ()


def _what(entry: AuditEntry) -> str:
    said = str(_WORDS.get(entry.verb, entry.verb))
    fields = [str(_FIELDS[name]) for name in entry.changes if name in _FIELDS]
    return _("{act}: {fields}").format(act=said, fields=", ".join(fields)) if fields else said


#: Values of fields with choices, in the words of the pages.
_CHOICES: dict[str, dict[str, Any]] = {
    "mode": dict(Workshop.Mode.choices),
    "kind": dict([*Workshop.Kind.choices, *Session.Kind.choices]),
    "rung": dict(Rung.choices),
}
_LONGEST = 400


def _value(name: str, value: Any, names: dict[int, str]) -> str:
    """A kept value as people read it."""
    if value in (None, "", []):
        return ""
    if name == "contact_person_id":
        return names.get(value, "…")
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    if name.endswith("_at") and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return date_format(localtime(datetime.fromisoformat(value)), "j. F Y, H:i")
    if isinstance(value, list):
        # An agenda as it was kept before there were sessions.
        value = "; ".join(f"{p.get('time', '')} {p.get('title', '')}" if isinstance(p, dict) else str(p) for p in value)
    said = str(value)
    return f"{said[:_LONGEST]}…" if len(said) > _LONGEST else said


def _changes(entry: AuditEntry, names: dict[int, str]) -> tuple[tuple[str, str, str], ...]:
    pairs = [
        (name, pair) for name, pair in entry.changes.items()
        if name in _FIELDS and isinstance(pair, list) and len(pair) == 2
    ]  # fmt: skip
    return tuple(
        (str(_FIELDS[name]), _value(name, before, names), _value(name, after, names)) for name, (before, after) in pairs
    )


def _named_in(entry: AuditEntry) -> list[int]:
    return [number for number in entry.changes.get("contact_person_id") or [] if isinstance(number, int)]


def acts_of(subject: str, subject_id: int, *, most: int = 12) -> list[Act]:
    """The latest acts on a thing, newest first. Three queries."""
    # The record is read by each city for itself; what several own together, all of them read here.
    asked = "SELECT * FROM exchange_acts(%s, %s, %s)"
    entries = list(AuditEntry.objects.raw(asked, [subject, subject_id, most]))
    people = Person.objects.filter(
        pk__in={e.person_id for e in entries if e.person_id} | {n for e in entries for n in _named_in(e)}
    )
    names = {person.pk: person.name for person in people}
    networks = Network.objects.filter(pk__in={e.network_id for e in entries if e.network_id})
    towns = dict(networks.values_list("pk", "municipality__name"))
    return [
        Act(
            e.at,
            names.get(e.person_id or 0, "–"),
            towns.get(e.network_id or 0, ""),
            _what(e),
            e.reason,
            _changes(e, names),
        )
        for e in entries
    ]
