"""Card pictures drawn from a seed: the same seed gives the same SVG, for ever.

Shapes carry only classes (`bg`, `f1`..`f3` fills, `s1`..`s3` strokes, `hole`); the style sheet colours them,
so one picture serves light, dark and printed pages, and no style attribute is needed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Final

WIDTH: Final = 480
WIDE: Final = 1280
HEIGHT: Final = 256

TONES: Final = ("blue", "mint", "violet", "orange", "red", "green")


class Dice:
    """Numbers that look random and depend on nothing but the seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._turn = 0

    def unit(self) -> float:
        """Return the next number in [0, 1)."""
        digest = hashlib.blake2b(self._seed + self._turn.to_bytes(4, "big"), digest_size=4).digest()
        self._turn += 1
        return int.from_bytes(digest, "big") / 2**32

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.unit()

    def pick(self, count: int) -> int:
        """Return a whole number in [0, count)."""
        return int(self.unit() * count)


def tone_of(key: object) -> str:
    """Return the hue that belongs to a key (an AGS, a topic, a name), always the same one."""
    # Another salt gives other hues; with this one the first four cities each have their own.
    digest = hashlib.blake2b(str(key).encode(), digest_size=2, salt=b"667").digest()
    return TONES[int.from_bytes(digest, "big") % len(TONES)]


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _circle(x: float, y: float, radius: float, css: str) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" class="{css}"/>'


def _wave(width: int, start: float, swing: float, length: float, shift: float) -> str:
    """Return the path of a smooth wave over the whole width."""
    step = length / 2
    x = -length + shift
    path = f"M{_n(x)} {_n(start)}"
    up = True
    while x < width + length:
        y = start - swing if up else start + swing
        path += f"Q{_n(x + step / 2)} {_n(y)} {_n(x + step)} {_n(start)}"
        x += step
        up = not up
    return path


def route(dice: Dice, width: int) -> str:
    """A way with two stations and a dotted shadow: starting, learning, going along."""
    high, low = dice.between(60, 100), dice.between(150, 196)
    start, step = dice.between(120, 190), dice.between(170, 200)
    stations = [(start + step * turn, low if turn % 2 else high) for turn in range(int((width - start) / step) + 1)]
    path = f"M-40 {_n(low + 30)}C{_n(start / 3)} {_n(low + 30)} {_n(start / 2)} {_n(high)} {_n(start)} {_n(high)}"
    path += "".join(f"S{_n(x - step / 2)} {_n(y)} {_n(x)} {_n(y)}" for x, y in stations[1:])
    path += f"S{width} {_n(HEIGHT / 2)} {width + 40} {_n(HEIGHT / 2)}"
    dots = "".join(
        _circle(x, y, 25, "f3") + _circle(x, y, 11, "hole")
        if turn % 2 == 0
        else _circle(x, y, 31, "f1") + _circle(x, y, 13, "hole")
        for turn, (x, y) in enumerate(stations[: 2 if width == WIDTH else None])
    )
    return (
        f'<path d="{path}" class="s2" fill="none" stroke-width="6" stroke-linecap="round" '
        f'stroke-dasharray="0.1 16" transform="translate(0 34)"/>'
        f'<path d="{path}" class="s1" fill="none" stroke-width="18"/>{dots}'
    )


def quarters(dice: Dice, width: int) -> str:
    """Tiles of quarter circles: many small things that fit together."""
    size = 64
    out: list[str] = []
    for row in range(HEIGHT // size):
        for column in range(width // size + 1):
            x, y, turn = column * size, row * size, dice.pick(6)
            css = ("f3", "f3", "f1", "f2")[dice.pick(4)]
            corners = (
                f"M{x} {y}h{size}a{size} {size} 0 0 1 -{size} {size}z",
                f"M{x + size} {y}v{size}a{size} {size} 0 0 1 -{size} -{size}z",
                f"M{x + size} {y + size}h-{size}a{size} {size} 0 0 1 {size} -{size}z",
                f"M{x} {y + size}v-{size}a{size} {size} 0 0 1 {size} {size}z",
            )
            if turn < len(corners):
                out.append(f'<path d="{corners[turn]}" class="{css}"/>')
            elif dice.unit() > 0.6:
                out.append(_circle(x + size / 2, y + size / 2, size / 2, css))
    return "".join(out)


def arcs(dice: Dice, width: int) -> str:
    """Rings around a point below the edge: something that spreads."""
    x, y = dice.between(0.2, 0.88) * width, HEIGHT + dice.between(-40, 60)
    step = dice.between(30, 44)
    out: list[str] = []
    order = ("s1", "s2", "s1", "s3", "s2")
    first = dice.pick(len(order))
    for ring in range(14 if width == WIDTH else 38):
        css = order[(ring + first) % len(order)]
        out.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(step * (0.9 + ring))}" class="{css}" fill="none" '
            f'stroke-width="{_n(step / 2.1)}"/>'
        )
    return "".join(out)


def constellation(dice: Dice, width: int) -> str:
    """Points and lines: people who know each other."""
    points = [
        (column * 110 + dice.between(-10, 70), row * 84 + dice.between(48, 112), dice.between(6, 24))
        for column in range(width // 110 + 1)
        for row in range(2)
    ]
    out: list[str] = []
    for index, (x, y, _) in enumerate(points):
        for step in (1, 2):
            if index + step < len(points) and dice.unit() < 0.7:
                to = points[index + step]
                out.append(
                    f'<path d="M{_n(x)} {_n(y)}L{_n(to[0])} {_n(to[1])}" class="s2" fill="none" stroke-width="3"/>'
                )
    for x, y, radius in points:
        out.append(_circle(x, y, radius, ("f1", "f2", "f3")[dice.pick(3)]))
    return "".join(out)


def ripples(dice: Dice, width: int) -> str:
    """Waves under each other: a rhythm, a rule, a flow."""
    length, swing, shift = dice.between(150, 230), dice.between(26, 44), dice.between(0, 120)
    order = ("s1", "s2", "s3")
    return "".join(
        f'<path d="{_wave(width, 8 + line * 38, swing, length, shift)}" class="{order[line % 3]}" fill="none" '
        'stroke-width="16"/>'
        for line in range(8)
    )


def bars(dice: Dice, width: int) -> str:
    """Columns of different height: counting, measuring, effect."""
    out: list[str] = []
    for column in range(width // 54 + 1):
        height = 50 + 150 * abs(math.sin(column * 0.9 + dice.between(0, 1.2)))
        css = ("f3", "f1", "f2")[(column + dice.pick(2)) % 3]
        out.append(
            f'<rect x="{_n(14 + column * 54)}" y="{_n(HEIGHT - height)}" width="34" height="{_n(height + 30)}" '
            f'rx="17" class="{css}"/>'
        )
    return "".join(out)


PATTERNS: Final[dict[str, Callable[[Dice, int], str]]] = {
    "route": route,
    "quarters": quarters,
    "arcs": arcs,
    "constellation": constellation,
    "ripples": ripples,
    "bars": bars,
}


def art_svg(seed: object, kind: str = "", tone: str = "", *, wide: bool = False) -> str:
    """Return one picture as SVG markup, hidden from screen readers.

    `kind` is a key of PATTERNS or empty (then the seed chooses), `tone` one of TONES, "deep", or empty;
    `wide` is for a band across a page.
    """
    key = str(seed)
    dice = Dice(key)
    first = dice.pick(len(PATTERNS))
    draw = PATTERNS.get(kind) or list(PATTERNS.values())[first]
    hue = tone if tone in {*TONES, "deep"} else tone_of(key)
    width = WIDE if wide else WIDTH
    return (
        f'<svg class="art art--{hue}" viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="xMidYMid slice" '
        f'aria-hidden="true" focusable="false"><rect width="{width}" height="{HEIGHT}" class="bg"/>'
        f"{draw(dice, width)}</svg>"
    )
