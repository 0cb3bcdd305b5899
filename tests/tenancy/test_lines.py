"""Pasted lists: every line is told exactly once, whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.lines import MAX_LINES, Line, TooMuch, decode, read_lines, split_line
from tenancy.models import TaskArea
from tenancy.task_areas import guess_task_area, task_area_named


def cells_of(line: Line[list[str]], cells: list[str]) -> list[str]:
    return cells


@given(st.text(max_size=400))
def test_every_line_that_holds_something_comes_back_exactly_once(text):
    lines = read_lines(text, ("never",), cells_of)
    numbers = [line.number for line in lines]
    assert numbers == sorted(set(numbers))
    rows = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = set(numbers)
    for number, row in enumerate(rows, start=1):
        if any(c.isalnum() and ord(c) < 0x3000 for c in row):
            assert number in told
    assert all(line.taken or line.error for line in lines)


@given(st.text(max_size=200))
def test_splitting_a_line_never_fails(text):
    assert all(isinstance(cell, str) for cell in split_line(text.replace("\n", " ").replace("\r", " ")))


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("Dezernat I; Kämmereiamt ;Finanzen", ["Dezernat I", "Kämmereiamt", "Finanzen"]),
        ("Dezernat I\tKämmereiamt", ["Dezernat I", "Kämmereiamt"]),
        ('"Amt für Bau; Planung";x', ["Amt für Bau; Planung", "x"]),
        ('"nie geschlossen;x', ["nie geschlossen;x"]),
        ("Amt für Kultur, Sport", ["Amt für Kultur", "Sport"]),
    ],
)
def test_cells_are_parted_as_spreadsheets_do(row, cells):
    assert split_line(row) == cells


def test_a_heading_is_left_out_and_numbers_stay():
    lines = read_lines("Name;Ort\nMara;Konstanz\n\nTim;Heilbronn", ("name", "ort"), cells_of)
    assert [(line.number, line.value) for line in lines] == [(2, ["Mara", "Konstanz"]), (4, ["Tim", "Heilbronn"])]


def test_half_a_character_is_told_and_not_fatal():
    (line,) = read_lines("Amt \ud800", (), cells_of)
    assert not line.taken


def test_a_list_that_is_too_long_is_refused_whole():
    with pytest.raises(TooMuch):
        read_lines("x\n" * (MAX_LINES + 1), (), cells_of)


def test_files_of_old_spreadsheets_are_read():
    assert decode("Bürgeramt".encode("cp1252")) == "Bürgeramt"
    assert decode("\ufeffBürgeramt".encode()) == "Bürgeramt"


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("Kämmereiamt", TaskArea.FINANCE),
        ("Personal- und Organisationsamt", TaskArea.PERSONNEL),
        ("Referat des Oberbürgermeisters", TaskArea.LEADERSHIP),
        ("Bürgeramt", TaskArea.CITIZENS),
        ("Amt für Digitales und Informationsverarbeitung", TaskArea.IT),
        ("Abfallwirtschaft", TaskArea.UTILITIES),
        ("Schulverwaltungsamt", TaskArea.YOUTH),
        ("Amt für Baurecht und Denkmalschutz", TaskArea.BUILDING),
        ("Wirtschaftsförderung", TaskArea.ECONOMY),
        ("Etwas ganz Anderes", TaskArea.OTHER),
    ],
)
def test_the_task_area_is_guessed_from_the_name(name, area):
    assert guess_task_area(name) == area


def test_a_task_area_is_found_by_its_label_or_its_beginning():
    assert task_area_named("umwelt und klima") == TaskArea.ENVIRONMENT
    assert task_area_named("Umwelt") == TaskArea.ENVIRONMENT
    assert task_area_named("Quatsch") is None
    assert task_area_named("") is None
