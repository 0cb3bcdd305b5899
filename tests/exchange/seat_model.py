"""The rule of seats once more, in plain Python over plain lists: what the database must arrive at by itself.

It knows nothing of the product's code. ``handbook/seats.md`` says the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Place:
    """Somebody's place; ``since`` orders everybody who ever signed up."""

    who: int
    city: str
    since: int
    party: int
    state: str
    online: bool = False
    pool: str = "shared"
    waited: bool = False
    until: int = 0


@dataclass
class Plain:
    """A workshop with its hours as whole numbers; ``online`` is None where both ways share the seats."""

    seats: int
    quotas: dict[str, int]
    offer_hours: int
    starts: int
    online: int | None = None
    release: int | None = None
    approval: bool = False
    released: bool = False
    places: list[Place] = field(default_factory=list)

    def of(self, who: int) -> Place | None:
        return next((p for p in self.places if p.who == who), None)

    def taken(self, pool: str, city: str = "") -> int:
        return sum(
            p.party
            for p in self.places
            if p.state in ("seat", "offered") and p.pool == pool and (not city or p.city == city)
        )

    @property
    def kept(self) -> dict[str, int]:
        """What is kept for each city at this moment."""
        return {} if self.released else self.quotas

    def size(self, pool: str, city: str = "") -> int:
        if pool == "city":
            return self.kept.get(city, 0)
        return self.online or 0 if pool == "online" else self.seats - sum(self.kept.values())

    def free(self, pool: str, city: str = "") -> int:
        return self.size(pool, city) - self.taken(pool, city)

    def line(self, pool: str, city: str = "") -> list[Place]:
        """Who waits for these seats, first first; a party larger than all of them together does not."""
        apart = self.online is not None
        waiting = [
            p
            for p in self.places
            if p.state == "queued"
            and p.party <= self.size(pool, city)
            and (apart and p.online) == (pool == "online")
            and (pool != "city" or p.city == city)
        ]
        return sorted(waiting, key=lambda p: p.since)

    def look(self, now: int) -> None:
        """What time and free seats demand."""
        for place in [p for p in self.places if p.state == "offered" and p.until <= now]:
            self.places.remove(place)
        if now >= self.starts:
            return
        if self.release is not None and self.release <= now and not self.released:
            self.released = True
            for place in self.places:
                place.pool = "shared" if place.pool == "city" else place.pool
        while self._one_step(now):
            pass
        for place in self.places:
            place.waited = place.waited or place.state == "queued"

    def _one_step(self, now: int) -> bool:
        """The first thing that the rule demands; False when nothing is left to do."""
        for city in sorted(self.kept):
            line = self.line("city", city)
            if line and line[0].party <= self.free("city", city):
                self._give(line[0], "city", now)
                return True
        for city in sorted(self.kept):
            if not self.line("city", city):
                sitting = [p for p in self.places if p.city == city and p.pool == "shared"]
                sitting = [p for p in sitting if p.state in ("seat", "offered")]
                for place in sorted(sitting, key=lambda p: p.since):
                    if place.party <= self.free("city", city):
                        place.pool = "city"
                        return True
        for pool in ("shared", "online"):
            line = self.line(pool)
            if line and line[0].party <= self.free(pool):
                self._give(line[0], pool, now)
                return True
        return False

    def _give(self, place: Place, pool: str, now: int) -> None:
        place.pool = pool
        offered = place.waited and self.offer_hours > 0
        place.state = "offered" if offered else "seat"
        place.until = min(now + self.offer_hours, self.starts) if offered else 0

    # --- what people do -------------------------------------------------------------------------------------------

    def may_bring(self, place: Place, party: int) -> bool:
        more = party - place.party
        if place.state not in ("seat", "offered") or more <= 0:
            return True
        apart = self.online is not None
        others = [
            p
            for p in self.places
            if p.state == "queued"
            and (place.pool != "city" or p.city == place.city)
            and (apart and p.online) == (place.pool == "online")
        ]
        return more <= self.free(place.pool, place.city if place.pool == "city" else "") and not others
