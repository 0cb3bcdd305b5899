"""Public holidays and school holidays of every Land, for whoever looks for a date that suits several cities.

Public holidays are computed by the package ``holidays``. School holidays come from ``data/school_holidays.csv``
(OpenHolidays API, ODbL 1.0, see ``data/README.md``); after the last day of a Land in it nothing is known, and
``school_known_until`` says so.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import holidays

#: The two-digit code of a Land in the official register, and its letters in ISO 3166-2.
LETTERS = {
    "01": "SH", "02": "HH", "03": "NI", "04": "HB", "05": "NW", "06": "HE", "07": "RP", "08": "BW",
    "09": "BY", "10": "SL", "11": "BE", "12": "BB", "13": "MV", "14": "SN", "15": "ST", "16": "TH",
}  # fmt: skip
#: Whom to thank for the school holidays, wherever they are shown.
SCHOOL_SOURCE = "OpenHolidays API, ODbL 1.0"

_FILE = Path(__file__).with_name("data") / "school_holidays.csv"


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A public holiday of a Land; ``partly`` where only parts of the Land keep it."""

    name: str
    partly: bool = False


@dataclass(frozen=True, slots=True)
class SchoolHoliday:
    """School holidays of a Land, first and last day included."""

    name: str
    first_day: datetime.date
    last_day: datetime.date

    def includes(self, day: datetime.date) -> bool:
        return self.first_day <= day <= self.last_day


def _spoken(language: str) -> str:
    return "en_US" if language.startswith("en") else "de"


@cache
def _public(land: str, year: int, language: str) -> dict[datetime.date, PublicHoliday]:
    letters = LETTERS.get(land)
    if letters is None:
        return {}
    everywhere = holidays.country_holidays("DE", subdiv=letters, years=year, language=language)
    found = {day: PublicHoliday(name) for day, name in everywhere.items()}
    # What the law keeps for the communities with a Catholic majority, such as Mariä Himmelfahrt in Bavaria.
    parts = holidays.country_holidays("DE", subdiv=letters, years=year, language=language, categories=("catholic",))
    return {day: PublicHoliday(name, partly=True) for day, name in parts.items()} | found


def public_holiday(land: str, day: datetime.date, *, language: str = "de") -> PublicHoliday | None:
    """The public holiday that a Land (two digits) keeps on a day; None where there is none, or no such Land."""
    return _public(land, day.year, _spoken(language)).get(day)


@cache
def _school() -> dict[str, list[SchoolHoliday]]:
    digits = {letters: land for land, letters in LETTERS.items()}
    found: dict[str, list[SchoolHoliday]] = {land: [] for land in LETTERS}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first, last = (datetime.date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
            found[digits[row["land"]]].append(SchoolHoliday(row["name"], first, last))
    return {land: sorted(rows, key=lambda row: row.first_day) for land, rows in found.items()}


def school_holiday(land: str, day: datetime.date) -> SchoolHoliday | None:
    """The school holidays in which a day of a Land (two digits) lies; None where there are none that we know."""
    return next((rest for rest in _school().get(land, ()) if rest.includes(day)), None)


def school_known_until(land: str) -> datetime.date | None:
    """The last day of which we can say whether it is a school holiday; None for a Land that does not exist."""
    return max((rest.last_day for rest in _school().get(land, ())), default=None)


@dataclass(frozen=True, slots=True)
class LandDay:
    """What a day is in one Land; ``unknown`` where nobody has told the school holidays yet."""

    land: str
    public: PublicHoliday | None
    school: SchoolHoliday | None
    unknown: bool

    @property
    def is_free(self) -> bool:
        """Whether many are away: on a public holiday, also one of parts of the Land, or in the school holidays."""
        return self.public is not None or self.school is not None


def in_lands(lands: Iterable[str], day: datetime.date, *, language: str = "de") -> list[LandDay]:
    """What a day is in each of the Länder (two digits), in their order; unknown codes are left out."""
    found = []
    for land in lands:
        until = school_known_until(land)
        if until is not None:
            public, school = public_holiday(land, day, language=language), school_holiday(land, day)
            found.append(LandDay(land, public, school, unknown=day > until))
    return found
