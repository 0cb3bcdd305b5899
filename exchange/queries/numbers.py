"""What a network hosted, in numbers: counted past the wall by a function that asks whether one is in it; no names."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.queries.workshops import CityCount, counted_cities
from toolkit.past_sight import rows_of


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a host. ``attended`` counts people who were there on any day; 0 where no list was kept.

    ``x``, ``top`` and ``height`` place its bar in the drawing, which is 200 units high.
    """

    year: int
    events: int
    cancelled: int
    seats: int
    attended: int
    cities: int
    x: int
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class HostNumbers:
    """All years, the first one first, and who came, by city."""

    years: list[Year]
    cities: list[CityCount]

    @property
    def events(self) -> int:
        return sum(year.events for year in self.years)

    @property
    def seats(self) -> int:
        return sum(year.seats for year in self.years)

    @property
    def width(self) -> int:
        return 60 + 90 * max(1, len(self.years))


def host_numbers(network_id: int) -> HostNumbers:
    """The numbers of a network that the acting one is in; empty for everybody else. Three queries."""
    rows = rows_of("exchange_host_years", network_id)
    most = max((row[3] for row in rows), default=0) or 1
    years = []
    for place, (year, events, cancelled, seats, attended, cities) in enumerate(rows):
        height = round(150 * seats / most)
        years.append(Year(year, events, cancelled, seats, attended, cities, 45 + 90 * place, 180 - height, height))
    return HostNumbers(years, counted_cities("exchange_host_cities", network_id))
