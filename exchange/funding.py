"""What a Land's programme pays of a joint training: rules are data, the answer says how it came about."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_FILE = Path(__file__).with_name("data") / "funding.toml"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme that funds joint trainings in one Land; amounts in euro."""

    land: str
    name: str
    carriers: tuple[str, ...]
    source: str
    taken_over: date
    kinds: tuple[str, ...]
    min_authorities: int
    max_days: int
    funded_share: Decimal
    max_eur_per_day: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One condition or one line of the sum, in words. ``fits`` is None for what is only computed."""

    words: str
    fits: bool | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """The answer: whether it is eligible, what would be paid in euro (None until costs are known), and why."""

    programme: Programme
    steps: tuple[Step, ...]
    amount: Decimal | None

    @property
    def eligible(self) -> bool:
        return all(step.fits is not False for step in self.steps)


def _programme(entry: dict[str, Any]) -> Programme:
    return Programme(
        **{
            **entry,
            "carriers": tuple(entry["carriers"]),
            "kinds": tuple(entry["kinds"]),
            "funded_share": Decimal(entry["funded_share"]),
            "max_eur_per_day": Decimal(entry["max_eur_per_day"]),
        }
    )


@cache
def programmes() -> tuple[Programme, ...]:
    """All programmes of the data file."""
    with _FILE.open("rb") as file:
        return tuple(_programme(entry) for entry in tomllib.load(file)["programme"])


def programme_of(lands: Sequence[str]) -> Programme | None:
    """The programme for the first of these Länder that has one."""
    return next((p for land in lands for p in programmes() if p.land == land), None)


def euro(amount: Decimal) -> str:
    """An amount as people read it, with cents only where there are any."""
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{number_format(amount, places, use_l10n=True, force_grouping=True)} €"


def funding_of(
    programme: Programme, *, kind: str, kind_label: str, authorities: Sequence[str], days: int, cost: Decimal | None
) -> Funding:
    """What the programme pays of a training: conditions first, then the sum with its steps.

    ``authorities`` are the towns of the programme's Land that take part, ``cost`` the total cost in euro.
    """
    fits = [
        Step(_("Gefördert werden gemeinsame Schulungen. Dies ist: {kind}.").format(kind=kind_label),
             kind in programme.kinds),
        Step(
            ngettext(
                "Mindestens {least} Verwaltungen aus dem Land: {n} ist dabei ({towns}).",
                "Mindestens {least} Verwaltungen aus dem Land: {n} sind dabei ({towns}).",
                len(authorities),
            ).format(least=programme.min_authorities, n=len(authorities), towns=", ".join(authorities) or "–"),
            len(authorities) >= programme.min_authorities,
        ),
        Step(
            ngettext(
                "Höchstens {most} Tage: Sie planen {n} Tag.", "Höchstens {most} Tage: Sie planen {n} Tage.", days
            ).format(most=programme.max_days, n=days),
            0 < days <= programme.max_days,
        ),
    ]  # fmt: skip
    if cost is None or not all(step.fits for step in fits):
        return Funding(programme, tuple(fits), None)
    share = (cost * programme.funded_share).quantize(_CENT, ROUND_HALF_UP)
    most = programme.max_eur_per_day * days
    amount = min(share, most)
    percent = number_format(programme.funded_share * 100, 0)
    words = {
        "cost": euro(cost), "percent": percent, "share": euro(share), "day": euro(programme.max_eur_per_day),
        "days": days, "most": euro(most), "amount": euro(amount),
    }  # fmt: skip
    total = ngettext(
        "Höchstens {day} je Tag × {days} Tag = {most}", "Höchstens {day} je Tag × {days} Tage = {most}", days
    )
    steps = [
        Step(_("{percent} % von {cost} = {share}").format(**words)),
        Step(total.format(**words)),
        Step(_("Das Kleinere von beidem: {amount}").format(**words)),
    ]
    return Funding(programme, (*fits, *steps), amount)
