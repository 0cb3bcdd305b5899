"""Questions at sign-up in the random worlds, and an answer of everybody with a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.walls.world import World


def questions(w: World) -> None:
    """One question a workshop, by turns for hosts alone and for all with a seat."""
    asked: dict[int, int] = {}
    for number, workshop in enumerate(w.rows["exchange_workshop"]):
        shown = "seated" if number % 2 == 0 else "hosts"
        row = w.add("exchange_question", workshop_id=workshop["id"], kind="text", position=1, shown=shown)
        asked[workshop["id"]] = row["id"]
    for place in w.rows["exchange_registration"]:
        if place["state"] in ("requested", "seat", "offered", "queued"):
            number = asked[place["workshop_id"]]
            w.add("exchange_answer", question_id=number, registration_id=place["id"], value="Wort")
