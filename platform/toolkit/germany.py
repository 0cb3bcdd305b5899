"""The dotted map of Germany: from latitude and longitude to a picture with pins.

The dots are `static/toolkit/germany.svg` (outline: Natural Earth 1:10m, public domain). The map is decoration:
every page that shows it also shows the same places as a list.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 600
HEIGHT: Final = 814
_WEST: Final = 5.86
_NORTH: Final = 55.07
_PER_DEGREE: Final = WIDTH / (15.05 - _WEST)
_TRUE_SCALE: Final = math.cos(math.radians(51.2))

_LETTER: Final = 11.5  # mean width of a letter of a label at its size of 22
_LINE: Final = 26
_GAP: Final = 15


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on the map; a strong one has a label and a halo."""

    lat: float
    lon: float
    name: str = ""
    strong: bool = True
    href: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A pin in the picture; without `anchor` there was no room for its label."""

    x: float
    y: float
    name: str
    strong: bool
    href: str
    anchor: str = ""
    label_x: float = 0
    label_y: float = 0


Box = tuple[float, float, float, float]


def project(lat: float, lon: float) -> tuple[float, float]:
    """Return x and y in the picture (equirectangular, true to scale at 51.2 degrees north)."""
    return (lon - _WEST) * _PER_DEGREE, (_NORTH - lat) * _PER_DEGREE / _TRUE_SCALE


def _hits(box: Box, others: Iterable[Box]) -> bool:
    return any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in others)


def _candidates(x: float, y: float, name: str) -> Iterable[tuple[str, float, float, Box]]:
    width = len(name) * _LETTER
    middle = y + 7
    yield "start", x + _GAP, middle, (x + _GAP, y - _LINE / 2, x + _GAP + width, y + _LINE / 2)
    yield "end", x - _GAP, middle, (x - _GAP - width, y - _LINE / 2, x - _GAP, y + _LINE / 2)
    yield "middle", x, y - _GAP - 3, (x - width / 2, y - _GAP - _LINE, x + width / 2, y - _GAP)
    yield "middle", x, y + _GAP + 19, (x - width / 2, y + _GAP, x + width / 2, y + _GAP + _LINE)


def place(pins: Sequence[Pin]) -> list[Placed]:
    """Return the pins with their labels where they do not cover each other; strong ones choose first."""
    spots = [(pin, *project(pin.lat, pin.lon)) for pin in pins]
    taken: list[Box] = [(x - 9, y - 9, x + 9, y + 9) for _, x, y in spots]
    out: list[Placed] = []
    for pin, x, y in sorted(spots, key=lambda spot: not spot[0].strong):
        found: tuple[str, float, float] = ("", 0.0, 0.0)
        if pin.strong and pin.name:
            for anchor, label_x, label_y, box in _candidates(x, y, pin.name):
                if box[0] < 0 or box[2] > WIDTH + 40 or _hits(box, taken):
                    continue
                taken.append(box)
                found = (anchor, label_x, label_y)
                break
        out.append(Placed(x, y, pin.name, pin.strong, pin.href, *found))
    return out


def arc_path(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Return a slightly bent line between two places of the picture."""
    bend = 0.16
    middle_x = (a[0] + b[0]) / 2 - (b[1] - a[1]) * bend
    middle_y = (a[1] + b[1]) / 2 + (b[0] - a[0]) * bend
    return f"M{a[0]:.1f} {a[1]:.1f}Q{middle_x:.1f} {middle_y:.1f} {b[0]:.1f} {b[1]:.1f}"
