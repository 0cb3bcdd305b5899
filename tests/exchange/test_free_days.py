"""Public holidays computed from the calendar, school holidays read from the file."""

from __future__ import annotations

import datetime

import pytest
from dateutil.easter import easter

from exchange.free_days import (
    LETTERS,
    in_lands,
    public_holiday,
    school_holiday,
    school_known_until,
)

DIGITS = {letters: land for land, letters in LETTERS.items()}
YEARS = range(2025, 2035)
NORTH = {"SH", "HH", "NI", "HB"}
EAST = {"BB", "MV", "SN", "ST", "TH"}


def keepers(day: datetime.date, *, partly: bool = False) -> set[str]:
    """The Länder that keep a day, everywhere or in parts."""
    found = {letters: public_holiday(land, day) for letters, land in DIGITS.items()}
    return {letters for letters, rest in found.items() if rest is not None and rest.partly == partly}


@pytest.mark.parametrize("year", YEARS)
def test_corpus_christi_is_kept_sixty_days_after_easter_in_six_laender_and_in_parts_of_two(year):
    day = easter(year) + datetime.timedelta(days=60)
    assert keepers(day) == {"BW", "BY", "HE", "NW", "RP", "SL"}
    assert keepers(day, partly=True) == {"SN", "TH"}


@pytest.mark.parametrize("year", YEARS)
def test_epiphany_is_kept_in_three_laender(year):
    assert keepers(datetime.date(year, 1, 6)) == {"BW", "BY", "ST"}


@pytest.mark.parametrize("year", YEARS)
def test_reformation_day_is_kept_in_the_north_and_the_east(year):
    assert keepers(datetime.date(year, 10, 31)) == NORTH | EAST


@pytest.mark.parametrize("year", YEARS)
def test_the_day_of_repentance_is_the_wednesday_before_the_23rd_of_november_in_saxony_alone(year):
    eve = datetime.date(year, 11, 22)
    day = eve - datetime.timedelta(days=(eve.weekday() - 2) % 7)
    assert day.weekday() == 2
    assert keepers(day) == {"SN"}


def test_the_assumption_is_kept_in_the_saarland_and_in_parts_of_bavaria():
    day = datetime.date(2027, 8, 15)
    assert keepers(day) == {"SL"}
    assert keepers(day, partly=True) == {"BY"}


def test_unity_day_is_kept_everywhere_and_named_in_the_language_of_the_reader():
    day = datetime.date(2027, 10, 3)
    assert keepers(day) == set(DIGITS)
    kept = public_holiday("08", day)
    assert kept is not None
    assert kept.name == "Tag der Deutschen Einheit"
    english = public_holiday("08", day, language="en")
    assert english is not None
    assert english.name == "German Unity Day"


def test_school_holidays_include_their_first_and_their_last_day():
    summer = school_holiday("08", datetime.date(2027, 8, 10))
    assert summer is not None
    assert summer.name == "Sommerferien"
    one = datetime.timedelta(days=1)
    assert school_holiday("08", summer.first_day) == summer
    assert school_holiday("08", summer.last_day) == summer
    assert school_holiday("08", summer.first_day - one) != summer
    assert school_holiday("08", summer.last_day + one) != summer


def test_every_land_has_school_holidays_in_each_year_that_is_known():
    for land in LETTERS:
        until = school_known_until(land)
        assert until is not None
        assert until > datetime.date(2028, 1, 1)
        assert any(school_holiday(land, datetime.date(2027, 8, day)) for day in (1, 15, 31)), land


def test_beyond_the_last_day_of_the_file_nothing_is_said_and_that_is_said():
    until = school_known_until("08")
    assert until is not None
    known, beyond = in_lands(["08"], until)[0], in_lands(["08"], until + datetime.timedelta(days=1))[0]
    assert not known.unknown
    assert known.school is not None
    assert beyond.unknown
    assert beyond.school is None


def test_a_land_that_does_not_exist_is_left_out():
    day = datetime.date(2027, 1, 1)
    assert public_holiday("99", day) is None
    assert school_holiday("99", day) is None
    assert school_known_until("99") is None
    assert [row.land for row in in_lands(["08", "99", "06"], day)] == ["08", "06"]
