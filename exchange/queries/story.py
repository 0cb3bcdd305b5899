"""The story of a format, ready to be drawn: its editions as stops on a line, in the colours of their hosts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.models import Edition, ExchangeFormat, Experience, FormatCity
from toolkit.art import tone_of

#: Distance of two stops, and the room at both ends, in units of the drawing.
STEP, MARGIN = 120, 60


@dataclass(frozen=True, slots=True)
class Stop:
    """One edition on the line. ``x`` and ``next_x`` are in units of the drawing; ``next_x`` is 0 at the last one."""

    edition: Edition
    x: int
    next_x: int
    kind: str
    tone: str
    letters: str
    outcomes: tuple[Experience, ...]
    has_minutes: bool


@dataclass(frozen=True, slots=True)
class Story:
    """The stops in the order of their numbers, and how wide the drawing is."""

    stops: list[Stop]

    @property
    def width(self) -> int:
        return 2 * MARGIN + STEP * max(0, len(self.stops) - 1)

    @property
    def coming(self) -> list[Stop]:
        """What comes, the next one first."""
        return [stop for stop in self.stops if stop.kind == "coming"]

    @property
    def past(self) -> list[Stop]:
        """What was, also what was called off, the latest first."""
        return [stop for stop in self.stops if stop.kind != "coming"][::-1]

    @property
    def held(self) -> int:
        return sum(stop.kind == "held" for stop in self.stops)


def kind_of(edition: Edition, today: date) -> str:
    """``off`` (called off), ``coming`` or ``held``."""
    if edition.state == Edition.State.CANCELLED:
        return "off"
    over = edition.workshop is not None and edition.workshop.is_over
    if edition.state == Edition.State.HELD or over:
        return "held"
    return "held" if edition.year < today.year else "coming"


def story_of(
    exchange_format: ExchangeFormat,
    editions: Sequence[Edition],
    outcomes: Sequence[Experience],
    minuted: Collection[int],
    *,
    today: date,
) -> Story:
    """The story told by editions in order; ``minuted`` are the workshops whose minutes the viewer reads.

    No query where ``cities`` with their networks are prefetched.
    """
    crests = {
        city.network.municipality_id: city.network
        for city in exchange_format.cities.all()
        if city.state in (FormatCity.State.ACCEPTED, FormatCity.State.LEFT)
    }
    stops = []
    for place, edition in enumerate(editions):
        network = crests.get(edition.host_id or "")
        x = MARGIN + STEP * place
        stops.append(
            Stop(
                edition=edition,
                x=x,
                next_x=0 if place == len(editions) - 1 else x + STEP,
                kind=kind_of(edition, today),
                tone=tone_of(edition.host_id) if edition.host_id else "",
                letters=network.letters if network else edition.host.name[:2].upper() if edition.host else "",
                outcomes=tuple(e for e in outcomes if e.workshop_id and e.workshop_id == edition.workshop_id),
                has_minutes=edition.workshop_id in minuted,
            )
        )
    return Story(stops)
