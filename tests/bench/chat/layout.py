"""Who sits where: the same rooms with the same people on both sides."""

from __future__ import annotations

from dataclasses import asdict, dataclass

#: Sizes of the rooms of each scenario. People are numbered from 0 and sit in the rooms of a scenario in turn, so
#: that everybody is in several conversations, and in one room of a scenario.
Sizes = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Room:
    """A room, as it is called on its side, and the numbers of its people."""

    number: int
    people: list[int]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in: each person's session, by number of the person, and the rooms of each scenario."""

    cookies: list[str]
    rooms: dict[str, list[Room]]

    def plain(self) -> dict[str, object]:
        """For JSON; read back by ``filled``."""
        return asdict(self)


def filled(plain: dict[str, object]) -> Filled:
    """What ``Filled.plain`` gave."""
    rooms: dict[str, list[Room]] = {
        name: [Room(**room) for room in some]
        for name, some in plain["rooms"].items()  # type: ignore[attr-defined]  # it comes out of JSON
    }
    return Filled(list(plain["cookies"]), rooms)  # type: ignore[call-overload]  # as above


def people_of(sizes: Sizes) -> dict[str, list[list[int]]]:
    """The numbers of the people of each room."""
    seated: dict[str, list[list[int]]] = {}
    for name, rooms in sizes.items():
        first = 0
        seated[name] = []
        for size in rooms:
            seated[name].append(list(range(first, first + size)))
            first += size
    return seated


def how_many(sizes: Sizes) -> int:
    """So many people are needed."""
    return max(sum(rooms) for rooms in sizes.values())
