"""What the random worlds keep of formats, workshops, date polls and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tests.walls.world import DAY, NOW, SHARED_RUNGS, World
from tests.walls.worlds_program import programs
from tests.walls.worlds_questions import questions


def meetings(w: World) -> None:
    w.add(
        "exchange_exchangeformat",
        hashtag=f"Wort{w.number}",
        slug=f"wort{w.number}",
        rung=w.rng.choice(SHARED_RUNGS),
        founded_at=NOW if w.chance(0.6) else None,
    )
    steps = ("invited", "accepted", "accepted", "asked", "declined", "refused", "left")
    _ties(w, "exchange_formatcity", "format_id", "exchange_exchangeformat", steps)
    for _ in range(2):
        state = w.rng.choice(("draft", "open", "open", "cancelled", "held"))
        w.add(
            "exchange_workshop",
            format_id=w.rng.choice((None, w.rows["exchange_exchangeformat"][0]["id"])),
            rung=w.rng.choice(SHARED_RUNGS),
            state=state,
            seats=20,
            starts_at=NOW,
            ends_at="2026-05-01T12:00:00+00:00",
            cancel_reason="Krank" if state == "cancelled" else "",
        )
    _ties(w, "exchange_workshophost", "workshop_id", "exchange_workshop", ("invited", "accepted", "declined"))
    for number, workshop in enumerate((None, w.some("exchange_workshop")["id"])):
        w.add(
            "exchange_edition",
            format_id=w.rows["exchange_exchangeformat"][0]["id"],
            number=number + 1,
            workshop_id=workshop,
        )
    for workshop in w.rng.sample(w.rows["exchange_workshop"], 1):
        w.add(
            "exchange_workshopquota",
            workshop_id=workshop["id"],
            network_id=w.some("tenancy_network")["id"],
            seats=2,
        )
    for person in w.rng.sample(w.rows["tenancy_person"], 4):
        state = w.rng.choice(("seat", "seat", "seat", "queued", "withdrawn", "offered", "requested", "refused"))
        w.add(
            "exchange_registration",
            workshop_id=w.some("exchange_workshop")["id"],
            person_id=person["id"],
            network_id=w.some("tenancy_network")["id"],
            state=state,
            offered_until=NOW if state == "offered" else None,
            answer="Grund" if state == "refused" else "",
            name_shown=w.chance(0.6),
        )
    for place in w.rows["exchange_registration"]:
        w.add("exchange_placeneed", registration_id=place["id"], text="Höranlage")
    giver, taker = w.rng.sample(w.rows["tenancy_person"], 2)
    w.add(
        "exchange_seathandover",
        workshop_id=w.some("exchange_workshop")["id"],
        giver_id=giver["id"],
        taker_id=taker["id"],
    )
    w.add("exchange_calendaraddress", person_id=w.some("tenancy_person")["id"])
    for place in w.rows["exchange_registration"][:2]:
        w.add(
            "exchange_attendance",
            workshop_id=place["workshop_id"],
            registration_id=place["id"],
            person_id=place["person_id"],
            day=DAY,
            by="list",
            marked_by_id=w.some("tenancy_person")["id"],
            check_code=f"{w.number:08d}{place['id']:08d}",
        )
    w.add(
        "exchange_certificatebundle",
        workshop_id=w.some("exchange_workshop")["id"],
        asked_by_id=w.some("tenancy_person")["id"],
        key=str(UUID(int=w.number + 1)),
    )
    workshop = w.some("exchange_workshop")["id"]
    w.add("exchange_feedbackform", workshop_id=workshop)
    w.add("exchange_feedbackgiven", workshop_id=workshop, person_id=w.some("tenancy_person")["id"])
    w.add("exchange_feedbackanswer", workshop_id=workshop, helpful=3, recommend="yes")
    w.add("exchange_doorcode", workshop_id=w.some("exchange_workshop")["id"], generation=1)
    w.add(
        "exchange_calendarmail",
        workshop_id=w.rows["exchange_workshop"][0]["id"],
        person_id=w.rows["tenancy_person"][w.number % 6]["id"],
    )
    for number, workshop in enumerate(w.rows["exchange_workshop"]):
        w.add("exchange_workshopmove", workshop_id=workshop["id"], sequence=number)
    programs(w)
    questions(w)


def dates(w: World) -> None:
    for number in range(2):
        # Votes are taken by running polls alone, so the draft has none.
        state = w.rng.choice(("draft", "open")) if number else "open"
        poll = w.add("exchange_datepoll", state=state, names_shown=w.chance(0.5), format_id=None, workshop_id=None)
        towns = w.rng.sample(w.rows["tenancy_network"], w.rng.randint(1, 3))
        for place, town in enumerate(towns):
            owns = place == 0 or w.chance(0.3)
            asked = NOW if w.chance(0.4) else None
            w.add("exchange_pollcity", poll_id=poll["id"], network_id=town["id"], owns=owns, asked_at=asked)
        for person in w.rng.sample(w.rows["tenancy_person"], 2):
            w.add("exchange_pollperson", poll_id=poll["id"], person_id=person["id"])
        date = w.add("exchange_polloption", poll_id=poll["id"], day=DAY, begins="10:00", ends="12:00")
        for person in w.rng.sample(w.rows["tenancy_person"], 2 if state == "open" else 0):
            w.add("exchange_pollvote", poll_id=poll["id"], option_id=date["id"], person_id=person["id"], answer="yes")
    w.add("exchange_councilday", network_id=w.some("tenancy_network")["id"], day=DAY, text="Rat")


def minutes(w: World) -> None:
    """What was written down together, released or not; a section may have been taken out."""
    minutes = w.add(
        "exchange_minutes",
        workshop_id=w.some("exchange_workshop")["id"],
        released_at=NOW if w.chance(0.5) else None,
        seats_write=w.chance(0.5),
    )
    for _ in range(2):
        section = w.add("exchange_minutessection", minutes_id=minutes["id"], title="Wort", removed=w.chance(0.2))
        w.add(
            "exchange_minutesversion",
            minutes_id=minutes["id"],
            section_id=section["id"],
            version=1,
            written_by_id=w.some("tenancy_person")["id"],
        )


def _ties(w: World, table: str, column: str, parent: str, states: Sequence[str]) -> None:
    """What each town is to each thing; at least one owns it, since the last one cannot leave."""
    for thing in w.rows[parent]:
        towns = w.rng.sample(w.rows["tenancy_network"], 3)
        for place, town in enumerate(towns[: w.rng.randint(1, 3)]):
            state = "accepted" if place == 0 else w.rng.choice(states)
            w.add(table, network_id=town["id"], state=state, **{column: thing["id"]})
