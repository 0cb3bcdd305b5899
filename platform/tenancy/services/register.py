"""Loading the official register: read and checked as a whole first, then written in one transaction."""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import gv100ad
from django.db import transaction

from tenancy.models import Association, AssociationMember, District, Municipality, State
from toolkit.text import fold, sort_key

#: ISO 3166-2 codes by the register's number of the Land.
ABBREVIATIONS = {
    "01": "SH", "02": "HH", "03": "NI", "04": "HB", "05": "NW", "06": "HE", "07": "RP", "08": "BW",
    "09": "BY", "10": "SL", "11": "BE", "12": "BB", "13": "MV", "14": "SN", "15": "ST", "16": "TH",
}  # fmt: skip

_TYPE = gv100ad.MunicipalityType
KINDS = {
    _TYPE.MARKT: Municipality.Kind.MARKET,
    _TYPE.KREISFREIE_STADT: Municipality.Kind.CITY_STATE_OR_DISTRICT_FREE,
    _TYPE.STADTKREIS: Municipality.Kind.CITY_STATE_OR_DISTRICT_FREE,
    _TYPE.STADT: Municipality.Kind.TOWN,
    _TYPE.GROSSE_KREISSTADT: Municipality.Kind.TOWN,
    _TYPE.KREISANGEHOERIGE_GEMEINDE: Municipality.Kind.MUNICIPALITY,
    _TYPE.GEMEINDEFREIES_GEBIET_BEWOHNT: Municipality.Kind.UNINCORPORATED,
    _TYPE.GEMEINDEFREIES_GEBIET_UNBEWOHNT: Municipality.Kind.UNINCORPORATED,
}

#: A newer register never lost more than a few per cent of its municipalities; a file cut off in the middle does.
SMALLEST_SHARE_OF_BEFORE = 0.9
#: The city states are direct members of the Deutscher Städtetag: Berlin, Bremen, Bremerhaven, Hamburg.
CITY_STATES = ("11000000", "04011000", "04012000", "02000000")

Progress = Callable[[int, int], None]


class RegisterFault(Exception):
    """The file cannot be loaded. The message is a German sentence that names the line, where there is one."""


@dataclass
class Register:
    """A register file as read: all rows checked, nothing written yet."""

    date: datetime.date
    states: dict[str, State] = field(default_factory=dict)
    districts: dict[str, District] = field(default_factory=dict)
    municipalities: dict[str, Municipality] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did, in numbers of municipalities."""

    date: datetime.date
    total: int
    new: int
    dissolved: int


def short_name(official: str) -> str:
    """The name people say: „Konstanz“ for „Konstanz, Universitätsstadt“.

    What follows the comma is a title; only „Lutherstadt“ belongs to the name and comes first.
    """
    name, _comma, title = official.partition(",")
    return f"Lutherstadt {name.strip()}" if title.strip() == "Lutherstadt" else name.strip()


class _Lines:
    """Hands lines to the reader and remembers the number of the last one."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.number = 0

    def readline(self) -> str:
        line = self.stream.readline()
        if line:
            self.number += 1
        return line.decode("utf-8")


def _records(stream: BinaryIO) -> Iterator[tuple[int, gv100ad.Municipality]]:
    lines = _Lines(stream)
    reader = gv100ad.GV100ADReader(lines).read()
    while True:
        try:
            record = next(reader, None)
        except UnicodeDecodeError as error:
            raise RegisterFault(f"Zeile {lines.number}: Die Zeile ist nicht in UTF-8 geschrieben.") from error
        except (ValueError, IndexError) as error:
            raise RegisterFault(
                f"Zeile {lines.number}: Die Zeile ist beschädigt und lässt sich nicht lesen ({error})."
            ) from error
        if record is None:
            return
        yield lines.number, record


def read_register(path: Path) -> Register:
    """Read and check a GV100AD file. Raises ``RegisterFault`` with line and reason at the first thing wrong."""
    try:
        with path.open("rb") as stream:
            return _read(stream)
    except OSError as error:
        raise RegisterFault(f"Die Datei {path.name} lässt sich nicht öffnen: {error.strerror}.") from error


def _read(stream: BinaryIO) -> Register:
    register: Register | None = None
    for number, record in _records(stream):
        if register is None:
            register = Register(date=record.timestamp)
        if record.timestamp != register.date:
            raise RegisterFault(f"Zeile {number}: Der Gebietsstand {record.timestamp} passt nicht zu {register.date}.")
        if not record.name.strip():
            raise RegisterFault(f"Zeile {number}: Der Name fehlt.")
        if isinstance(record, gv100ad.FederalState):
            _add_state(register, number, record)
        elif isinstance(record, gv100ad.District):
            _add_district(register, number, record)
        elif isinstance(record, gv100ad.Municipality):
            _add_municipality(register, number, record)
    if register is None or not register.municipalities:
        raise RegisterFault("Die Datei enthält keine Gemeinden.")
    return register


def _add_state(register: Register, number: int, record: gv100ad.FederalState) -> None:
    code = record.regional_code
    if code not in ABBREVIATIONS:
        raise RegisterFault(f"Zeile {number}: Ein Land mit dem Schlüssel „{code}“ gibt es nicht.")
    register.states[code] = State(code=code, name=record.name, abbreviation=ABBREVIATIONS[code])


def _add_district(register: Register, number: int, record: gv100ad.District) -> None:
    key = record.regional_code
    if key[:2] not in register.states:
        raise RegisterFault(f"Zeile {number}: Das Land „{key[:2]}“ dieses Kreises fehlt in der Datei.")
    register.districts[key] = District(key=key, state_id=key[:2], name=short_name(record.name))


def _add_municipality(register: Register, number: int, record: gv100ad.Municipality) -> None:
    ags = record.regional_code
    if len(ags) != 8 or not ags.isdecimal():
        raise RegisterFault(f"Zeile {number}: „{ags}“ ist kein Gemeindeschlüssel aus acht Ziffern.")
    if ags in register.municipalities:
        raise RegisterFault(f"Zeile {number}: Der Gemeindeschlüssel {ags} kommt zweimal vor.")
    if ags[2:5] == "000" and ags[:2] in register.states:
        # Waters and a border river belong to a Land, but to no district of it (07000999, 13000999).
        register.districts.setdefault(
            ags[:5], District(key=ags[:5], state_id=ags[:2], name=register.states[ags[:2]].name)
        )
    if ags[:5] not in register.districts:
        raise RegisterFault(f"Zeile {number}: Der Kreis „{ags[:5]}“ dieser Gemeinde fehlt in der Datei.")
    if record.type not in KINDS:
        raise RegisterFault(f"Zeile {number}: Die Art der Gemeinde {ags} fehlt.")
    name = short_name(record.name)
    register.municipalities[ags] = Municipality(
        ags=ags,
        state_id=ags[:2],
        district_id=ags[:5],
        official_name=record.name,
        name=name,
        kind=KINDS[record.type],
        population=record.inhabitants,
        postal_code=record.postal_code,
        sort_key=sort_key(name),
        search_key=fold(name),
        register_date=register.date,
    )


def import_register(
    path: Path, *, coordinates: Path | None = None, force: bool = False, progress: Progress = lambda done, total: None
) -> Loaded:
    """Bring the register in the database to the state of the file; all of it or, with a fault, nothing.

    Rows that vanished are marked dissolved with the date of the file. Raises ``RegisterFault`` for a damaged file, an
    older one than what is loaded, and one that looks cut off; ``force`` accepts the last two.
    """
    register = read_register(path)
    if coordinates is not None:
        _place(register, coordinates)
    with transaction.atomic():
        # One import at a time, or two would mark each other's rows; the first row is as good a lock as any.
        known = dict(Municipality.objects.select_for_update().values_list("ags", "dissolved_on"))
        if not force:
            _refuse_step_back(register, known)
        State.objects.bulk_create(
            register.states.values(),
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "abbreviation"],
        )
        District.objects.bulk_create(
            register.districts.values(), update_conflicts=True, unique_fields=["key"], update_fields=["name", "state"]
        )
        rows = list(register.municipalities.values())
        for start in range(0, len(rows), 1000):
            Municipality.objects.bulk_create(
                rows[start : start + 1000],
                update_conflicts=True,
                unique_fields=["ags"],
                # What cities told us (mail domains) is not the register's, and stays.
                update_fields=[
                    "state", "district", "official_name", "name", "kind", "population", "postal_code", "sort_key",
                    "search_key", "latitude", "longitude", "register_date", "dissolved_on",
                ],
            )  # fmt: skip
            progress(min(start + 1000, len(rows)), len(rows))
        gone = [ags for ags, ended in known.items() if ended is None and ags not in register.municipalities]
        Municipality.objects.filter(ags__in=gone).update(dissolved_on=register.date)
    new = sum(1 for ags in register.municipalities if ags not in known)
    return Loaded(date=register.date, total=len(rows), new=new, dissolved=len(gone))


def _refuse_step_back(register: Register, known: dict[str, datetime.date | None]) -> None:
    living = [ags for ags, ended in known.items() if ended is None]
    newest = Municipality.objects.order_by("-register_date").values_list("register_date", flat=True).first()
    if newest and register.date < newest:
        raise RegisterFault(
            f"Die Datei ist vom {register.date:%d.%m.%Y}, geladen ist schon der Stand vom {newest:%d.%m.%Y}. "
            "Mit --force wird sie trotzdem geladen."
        )
    if len(register.municipalities) < SMALLEST_SHARE_OF_BEFORE * len(living):
        raise RegisterFault(
            f"Die Datei nennt nur {len(register.municipalities)} Gemeinden, bekannt sind {len(living)}. "
            "Das sieht nach einer abgeschnittenen Datei aus. Mit --force wird sie trotzdem geladen."
        )


def _place(register: Register, path: Path) -> None:
    """Give municipalities their coordinates in degrees; the few unknown ones stand in the middle of their district."""
    with path.open(encoding="utf-8", newline="") as stream:
        known = {row["ags"]: (float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(stream)}
    by_district: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for ags, place in known.items():
        by_district[ags[:5]].append(place)
    for ags, municipality in register.municipalities.items():
        around = [known[ags]] if ags in known else by_district[ags[:5]]
        if around:
            municipality.latitude = sum(latitude for latitude, _ in around) / len(around)
            municipality.longitude = sum(longitude for _, longitude in around) / len(around)


_ASSOCIATION_KINDS = {
    "cities": Association.Kind.CITIES,
    "municipalities": Association.Kind.MUNICIPALITIES,
    "cities and municipalities": Association.Kind.BOTH,
    "counties": Association.Kind.COUNTIES,
}
_CITIES = (Municipality.Kind.CITY_STATE_OR_DISTRICT_FREE, Municipality.Kind.TOWN)
_MEMBERS = {
    Association.Kind.CITIES: _CITIES,
    Association.Kind.MUNICIPALITIES: (Municipality.Kind.MARKET, Municipality.Kind.MUNICIPALITY),
    Association.Kind.BOTH: (*_CITIES, Municipality.Kind.MARKET, Municipality.Kind.MUNICIPALITY),
    Association.Kind.COUNTIES: (),
}


@transaction.atomic
def import_associations(path: Path) -> tuple[int, int]:
    """Load the state associations from a CSV file and assume their members by kind; returns how many of each.

    A membership stays ``assumed`` until somebody of the association confirms it; existing ones are left as they are.
    """
    members = 0
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        kind = next(value for text, value in reversed(_ASSOCIATION_KINDS.items()) if row["members"].startswith(text))
        state_code = row["land_code"] if row["land_code"] != "00" else None
        association, _new = Association.objects.update_or_create(
            name=row["association"],
            defaults={"kind": kind, "state_id": state_code, "verified": row["checked"] == "yes"},
        )
        if state_code:
            towns = Municipality.objects.filter(state_id=state_code, kind__in=_MEMBERS[kind], dissolved_on=None)
        elif kind == Association.Kind.CITIES:
            towns = Municipality.objects.filter(ags__in=CITY_STATES)
        else:
            continue
        links = [AssociationMember(association=association, municipality=town) for town in towns]
        AssociationMember.objects.bulk_create(links, ignore_conflicts=True, batch_size=2000)
        members += len(links)
    return len(rows), members
