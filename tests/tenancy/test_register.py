"""Loading a register: small hand-made files for what changes and for what goes wrong."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenancy.models import Municipality
from tenancy.services.register import RegisterFault, import_register, read_register, short_name
from tests.factories.tenancy import MunicipalityFactory

# --- short names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("Konstanz, Universitätsstadt", "Konstanz"),
        ("Halle (Saale), Stadt", "Halle (Saale)"),
        ("Eisleben, Lutherstadt", "Lutherstadt Eisleben"),
        ("Weißwasser/O.L., Stadt / Běła Woda", "Weißwasser/O.L."),
        ("Sachsenwald (Forstgutsbez.),gemfr.Geb.", "Sachsenwald (Forstgutsbez.)"),
        ("Harz (Landkreis Goslar), gemfr. Gebiet", "Harz (Landkreis Goslar)"),
        ("Frankfurt am Main, Stadt", "Frankfurt am Main"),
        ("Aach", "Aach"),
        ("Baden-Baden, Stadt", "Baden-Baden"),
    ],
)
def test_the_short_name_is_what_people_say(official, short):
    assert short_name(official) == short


# --- small files --------------------------------------------------------------------------------------------------

LAND = ("10", "08", "Baden-Württemberg", "")
DISTRICT = ("40", "08335", "Konstanz", "43")
SMALL = (
    LAND,
    DISTRICT,
    ("60", "08335043", "Konstanz, Universitätsstadt", "63"),
    ("60", "08335001", "Aach, Stadt", "63"),
)


def line(kind: str, key: str, name: str, type_: str, *, date: str = "20231130", population: str = "00000085770") -> str:
    """One line of 220 characters, in the columns of the data set description of GV100AD."""
    head = f"{kind}{date}{key}".ljust(22) + name.ljust(50) + " " * 50 + type_.ljust(6)
    numbers = "00000005673" + population + "00000045874" + "    " + "78420" if kind == "60" else ""
    return (head + numbers).ljust(220)


def write(folder: Path, *rows: tuple[str, str, str, str], date: str = "20231130") -> Path:
    path = folder / "register.txt"
    path.write_text("\n".join(line(*row, date=date) for row in rows) + "\n", encoding="utf-8")
    return path


def test_a_hand_made_file_is_read_like_the_real_one(tmp_path):
    register = read_register(write(tmp_path, *SMALL))
    assert register.date == datetime.date(2023, 11, 30)
    konstanz = register.municipalities["08335043"]
    assert (konstanz.name, konstanz.population, konstanz.postal_code, konstanz.kind) == (
        "Konstanz",
        85_770,
        "78420",
        "town",
    )


@pytest.mark.django_db
def test_a_newer_file_updates_and_marks_what_vanished_as_dissolved(tmp_path):
    import_register(write(tmp_path, *SMALL))
    renamed = ("60", "08335043", "Konstanz am See, Stadt", "63")
    new = ("60", "08335099", "Neudorf", "64")
    loaded = import_register(write(tmp_path, LAND, DISTRICT, renamed, new, date="20250101"))
    assert (loaded.total, loaded.new, loaded.dissolved) == (2, 1, 1)
    assert Municipality.objects.get(ags="08335043").name == "Konstanz am See"
    assert Municipality.objects.get(ags="08335001").dissolved_on == datetime.date(2025, 1, 1)
    assert Municipality.objects.count() == 3


@pytest.mark.django_db
def test_what_a_city_told_us_survives_a_newer_file(tmp_path):
    import_register(write(tmp_path, *SMALL))
    Municipality.objects.filter(ags="08335043").update(mail_domains=["konstanz.de"])
    import_register(write(tmp_path, *SMALL, date="20250101"))
    assert Municipality.objects.get(ags="08335043").mail_domains == ["konstanz.de"]


@pytest.mark.django_db
def test_with_force_an_older_file_is_loaded(tmp_path):
    import_register(write(tmp_path, *SMALL, date="20250101"))
    with pytest.raises(RegisterFault):
        import_register(write(tmp_path, *SMALL))
    assert import_register(write(tmp_path, *SMALL), force=True).total == 2


GOOD = [line(*row) for row in SMALL]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ([*GOOD, "etwas ganz anderes"], 5),
        ([*GOOD, GOOD[2][:60]], 5),
        ([*GOOD[:3], GOOD[3].replace("60202311", "60209911", 1)], 4),
        ([*GOOD, GOOD[2]], 5),
        ([*GOOD, line("60", "08999001", "Fremd", "64")], 5),
        ([*GOOD, line("60", "0833500x", "Fremd", "64")], 5),
        ([*GOOD, line("60", "08335002", "", "64")], 5),
        ([*GOOD, line("60", "08335002", "Fremd", "99")], 5),
        ([*GOOD, line("60", "08335002", "Fremd", "64", population="viele      ")], 5),
        ([*GOOD, line("60", "08335002", "Fremd", "64", date="20240101")], 5),
        ([*GOOD, line("10", "99", "Atlantis", "")], 5),
        ([GOOD[0], line("40", "09162", "München", "41")], 2),
    ],
)
def test_a_damaged_file_names_the_line_and_changes_nothing(tmp_path, lines, number):
    MunicipalityFactory(ags="08335043", name="Vorher")
    path = tmp_path / "damaged.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CommandError, match=rf"^Zeile {number}: .*Es wurde nichts geändert"):
        call_command("import_register", path)
    assert [town.name for town in Municipality.objects.all()] == ["Vorher"]


def test_a_file_of_bytes_names_the_line(tmp_path):
    path = tmp_path / "latin.txt"
    path.write_bytes("\n".join(GOOD).encode("latin-1"))
    with pytest.raises(RegisterFault, match=r"^Zeile 1: .*UTF-8"):
        read_register(path)


@pytest.mark.parametrize("content", ["", "\n\n", "\n".join(GOOD[:2])])
def test_a_file_without_municipalities_is_refused(tmp_path, content):
    path = tmp_path / "empty.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RegisterFault, match="keine Gemeinden"):
        read_register(path)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(RegisterFault, match=r"fehlt\.txt lässt sich nicht öffnen"):
        read_register(tmp_path / "fehlt.txt")
