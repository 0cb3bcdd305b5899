"""How the people look of whom something was lately said: asked once, and again after a while."""

from __future__ import annotations

import time
from collections.abc import Iterable

from chat.delivery import in_thread
from chat.queries.faces import Face, faces_of

#: So long a name may still look as it did (seconds), and so many are remembered.
HOLDS_SECONDS = 60.0
MOST = 5_000


class Familiar:
    """Faces by person."""

    def __init__(self) -> None:
        self._faces: dict[int, Face] = {}
        self._since = 0.0

    def face(self, person_id: int | None) -> Face | None:
        """How a person looks; None for a stranger, and for nobody."""
        return self._faces.get(person_id or 0)

    def strangers(self, person_ids: Iterable[int | None]) -> set[int]:
        """Those of whom it is not known."""
        return {number for number in person_ids if number is not None} - self._faces.keys()

    async def meet(self, person_ids: Iterable[int | None]) -> None:
        """Learn how they look; at most one question."""
        if time.monotonic() - self._since > HOLDS_SECONDS or len(self._faces) > MOST:
            self._faces, self._since = {}, time.monotonic()
        missing = self.strangers(person_ids)
        if missing:
            self._faces |= await in_thread(faces_of)(missing)
