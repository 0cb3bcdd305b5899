"""Who somebody is in a world, and the ladder that things are shown on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.walls.world import Row, World

Rule = Callable[["Who", Row, World], bool]


@dataclass
class Who:
    """Somebody who looks. A visitor is in nothing; so is who was suspended."""

    person_id: int | None = None
    networks: set[int] = field(default_factory=set)
    coordinates: set[int] = field(default_factory=set)
    offices: set[int] = field(default_factory=set)
    lands: set[str] = field(default_factory=set)
    moderates: set[str] = field(default_factory=set)

    @property
    def programme(self) -> bool:
        return bool(self.networks or self.moderates)


def who_is(world: World, person: Row) -> Who:
    """What a person of a world is there."""
    if not person["is_active"]:
        return Who()
    who = Who(person["id"])
    for seat in world.rows["tenancy_membership"]:
        if seat["person_id"] == person["id"] and seat["ended_on"] is None:
            who.networks.add(seat["network_id"])
            who.lands.add(land_of(world, seat["network_id"]))
            if seat["role"] == "coordinator":
                who.coordinates.add(seat["network_id"])
            if seat["office_id"] is not None:
                who.offices.add(seat["office_id"])
    for office in world.rows["tenancy_moderator"]:
        land = world.get("tenancy_association", office["association_id"])["state_id"]
        if office["person_id"] == person["id"] and office["ended_on"] is None and land is not None:
            who.moderates.add(land)
    return who


def land_of(world: World, network_id: int) -> str:
    town = world.get("tenancy_network", network_id)["municipality_id"]
    return str(world.get("tenancy_municipality", town)["state_id"])


def climbs(who: Who, world: World, rung: str, owners: Iterable[int], office_id: int | None = None) -> bool:
    """The ladder: it is climbed from every town that owns the thing."""
    owners = set(owners)
    if rung == "public":
        return True
    if rung == "office":
        return office_id in who.offices
    if who.networks & owners:
        return True
    if rung == "all":
        return who.programme
    if rung == "land":
        return bool({land_of(world, owner) for owner in owners} & who.lands)
    if rung == "partners":
        living = (
            {p["asking_id"], p["asked_id"]}
            for p in world.rows["tenancy_partnership"]
            if p["accepted_at"] is not None and p["ended_at"] is None
        )
        return any(pair & owners and pair & who.networks for pair in living)
    return False


def network(who: Who, row: Row, w: World) -> bool:
    return row["published_at"] is not None or row["id"] in who.networks


def with_its_network(who: Who, row: Row, w: World) -> bool:
    return network(who, w.get("tenancy_network", row["network_id"]), w)


def own(who: Who, row: Row, w: World) -> bool:
    return row["person_id"] == who.person_id
