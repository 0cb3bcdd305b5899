"""What the random worlds keep of programmes and materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.walls.world import World


def programs(w: World) -> None:
    """A point of the programme, who speaks, and something to read, of each workshop."""
    for workshop in w.rows["exchange_workshop"]:
        session = w.add(
            "exchange_session", workshop_id=workshop["id"], starts_at="2026-05-01T10:00:00+00:00", title="Punkt"
        )
        speaks = workshop["id"] % 2 == 0
        w.add(
            "exchange_sessionspeaker",
            session_id=session["id"],
            person_id=w.rows["tenancy_person"][0]["id"] if speaks else None,
            name="" if speaks else "Gast",
        )
        for seats_only in (False, True):
            w.add(
                "exchange_material",
                workshop_id=workshop["id"],
                phase="before",
                url="https://example.org/",
                seats_only=seats_only,
            )
        proposer, voter = w.rows["tenancy_person"][1], w.rows["tenancy_person"][2]
        proposal = w.add(
            "exchange_sessionproposal", workshop_id=workshop["id"], proposer_id=proposer["id"], title="Vorschlag"
        )
        w.add("exchange_openspace", workshop_id=workshop["id"], votes_each=3)
        w.add(
            "exchange_proposalvote",
            workshop_id=workshop["id"],
            proposal_id=proposal["id"],
            person_id=voter["id"],
            slot=0,
        )
    first = w.rows["exchange_workshop"][0]
    series = w.add("exchange_workshopseries", title="Reihe", rule="FREQ=WEEKLY;COUNT=2", first_day="2026-05-01")
    first["series_id"], first["series_day"] = series["id"], "2026-05-01"
