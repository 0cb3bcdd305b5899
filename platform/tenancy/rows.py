"""What the lines of a list mean: offices of an administration, and people to be invited. Nothing is stored here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tenancy.lines import Line, read_lines
from tenancy.models import Membership
from tenancy.task_areas import guess_task_area, task_area_named
from toolkit.text import fold

MOST_PILOTS = 99

_OFFICE_HEADER = (
    *("dezernat", "division", "bereich", "fachbereich", "amt", "aemter", "office", "name", "aufgabenfeld", "aufgabe"),
    *("feld", "min", "max", "mindestens", "hoechstens", "minimum", "maximum", "lotsen min", "lotsen max"),
)
_PEOPLE_HEADER = (
    *("adresse", "mail", "e mail", "email", "mailadresse", "e mail adresse", "vorname", "nachname", "familienname"),
    *("name", "amt", "fachbereich", "rolle", "given name", "family name", "office", "role"),
)

#: Folded words that people write for a role.
_ROLE_WORDS = {
    "lotse": Membership.Role.PILOT,
    "lotsin": Membership.Role.PILOT,
    "lotsin oder lotse": Membership.Role.PILOT,
    "digitallotse": Membership.Role.PILOT,
    "digitallotsin": Membership.Role.PILOT,
    "pilot": Membership.Role.PILOT,
    "koordination": Membership.Role.COORDINATOR,
    "koordinator": Membership.Role.COORDINATOR,
    "koordinatorin": Membership.Role.COORDINATOR,
    "coordinator": Membership.Role.COORDINATOR,
    "amtsleitung": Membership.Role.OFFICE_HEAD,
    "amtsleiter": Membership.Role.OFFICE_HEAD,
    "amtsleiterin": Membership.Role.OFFICE_HEAD,
    "leitung": Membership.Role.OFFICE_HEAD,
    "office head": Membership.Role.OFFICE_HEAD,
}


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One office of a list; empty numbers mean the network's rule."""

    division: str
    name: str
    task_area: str
    pilots_min: int | None
    pilots_max: int | None


def read_offices(text: str) -> list[Line[OfficeRow]]:
    """Read „Dezernat; Amt; Aufgabenfeld; min; max“; a line of one cell is an office, of two a division and an office.

    Commas part nothing here, for names of offices hold them.
    """
    first: dict[str, int] = {}

    def understand(line: Line[OfficeRow], cells: list[str]) -> OfficeRow | None:
        if len(cells) > 5 and any(cells[5:]):
            line.refuse(_("Zu viele Spalten: Dezernat; Amt; Aufgabenfeld; min; max."))
            return None
        cells = ["", *cells] if len(cells) == 1 else cells
        division, name, label, low, high = (*cells[:5], *[""] * (5 - len(cells[:5])))
        if not name:
            line.refuse(_("Der Name des Amts fehlt."))
        elif len(name) > 160 or len(division) > 120:
            line.refuse(_("Der Name ist zu lang: höchstens 160 Zeichen fürs Amt, 120 fürs Dezernat."))
        elif fold(name) in first:
            line.refuse(_("Das Amt steht schon in Zeile %(line)d.") % {"line": first[fold(name)]})
        if line.error:
            return None
        numbers = _pilots(line, low, high)
        if numbers is None:
            return None
        first[fold(name)] = line.number
        return OfficeRow(division, name, _area(line, name, label), *numbers)

    return read_lines(text, _OFFICE_HEADER, understand, marks=";\t")


def _area(line: Line[OfficeRow], name: str, label: str) -> str:
    area = task_area_named(label) if label else None
    if area is None:
        area = guess_task_area(f"{name} {label}")
        if label:
            line.notes.append(
                _("Das Aufgabenfeld „%(label)s“ kennen wir nicht; wir haben „%(guess)s“ genommen.")
                % {"label": label[:60], "guess": area.label}
            )
    return area.value


def _pilots(line: Line[OfficeRow], low: str, high: str) -> tuple[int | None, int | None] | None:
    numbers: list[int | None] = []
    for text in (low, high):
        if not text:
            numbers.append(None)
        elif re.fullmatch(r"[0-9]{1,2}", text):
            numbers.append(int(text))
        else:
            line.refuse(_("„%(text)s“ ist keine Zahl von 0 bis %(max)d.") % {"text": text[:20], "max": MOST_PILOTS})
            return None
    smallest, largest = numbers
    if smallest is not None and largest is not None and largest < smallest:
        line.refuse(_("Höchstens %(max)d ist weniger als mindestens %(min)d.") % {"max": largest, "min": smallest})
        return None
    return smallest, largest


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a list; ``role`` and ``office`` are empty where the line says nothing."""

    email: str
    given_name: str
    family_name: str
    office: str
    role: str


def read_people(text: str) -> list[Line[PersonRow]]:
    """Read „Adresse; Vorname; Nachname; Amt; Rolle“; the address may stand as „Vorname Nachname <Adresse>“."""
    first: dict[str, int] = {}

    def understand(line: Line[PersonRow], cells: list[str]) -> PersonRow | None:
        address, given, family, office, role = (*cells[:5], *[""] * (5 - len(cells[:5])))
        if len(cells) > 5 and any(cells[5:]):
            line.refuse(_("Zu viele Spalten: Adresse; Vorname; Nachname; Amt; Rolle."))
            return None
        if (named := re.fullmatch(r"(.*?)\s*<([^<>]+)>", address)) is not None:
            address = named[2]
            if not given and not family:
                given, _space, family = named[1].strip(' "').rpartition(" ")
        address = address.strip().lower()
        try:
            validate_email(address)
        except ValidationError:
            line.refuse(_("„%(text)s“ ist keine E-Mail-Adresse.") % {"text": address[:60]})
            return None
        if len(address) > 254 or len(given) > 80 or len(family) > 80:
            line.refuse(_("Adresse oder Name ist zu lang."))
            return None
        if role and fold(role) not in _ROLE_WORDS:
            line.refuse(
                _("Die Rolle „%(role)s“ kennen wir nicht: Lotsin oder Lotse, Koordination, Amtsleitung.")
                % {"role": role[:40]}
            )
            return None
        if address in first:
            line.refuse(_("Die Adresse steht schon in Zeile %(line)d.") % {"line": first[address]})
            return None
        first[address] = line.number
        return PersonRow(address, given, family, office, _ROLE_WORDS[fold(role)].value if role else "")

    return read_lines(text, _PEOPLE_HEADER, understand)
