"""Leaflets: things that can be reported. They live in memory; who sees one is a set of numbers, None for visitors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from moderation.public import ReportedThing
from tenancy.viewer import Viewer


@dataclass
class Leaflets:
    """A shelf of them; ``acts`` is what moderation did to which."""

    things: dict[int, tuple[ReportedThing, Collection[int | None]]] = field(default_factory=dict)
    acts: list[tuple[str, int, str]] = field(default_factory=list)

    def add(
        self,
        author_id: int | None,
        *,
        seen_by: Collection[int | None],
        network_id: int | None = None,
        state_code: str = "08",
        object_id: int = 1,
        excerpt: str = "So ein Unsinn aus dem Rathaus!",
    ) -> ReportedThing:
        thing = ReportedThing(
            kind="leaflet",
            object_id=object_id,
            title="Merkblatt zur E-Akte",
            excerpt=excerpt,
            author_id=author_id,
            network_id=network_id,
            state_code=state_code,
            url=f"/merkblatt/{object_id}/",
        )
        self.things[object_id] = (thing, seen_by)
        return thing

    def load(self, viewer: Viewer, object_id: int) -> ReportedThing | None:
        if object_id not in self.things:
            return None
        thing, seen_by = self.things[object_id]
        return thing if viewer.person_id in seen_by else None

    def hide(self, object_id: int, reason: str) -> None:
        self.acts.append(("hide", object_id, reason))

    def restore(self, object_id: int) -> None:
        self.acts.append(("restore", object_id, ""))
