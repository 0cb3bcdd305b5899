"""Who sees what of formats, workshops, date polls and minutes, in plain words."""

from __future__ import annotations

from tests.walls.plain_people import Rule, Who, climbs, own, with_its_network
from tests.walls.world import Row, World

# --- formats and workshops ----------------------------------------------------------------------------------------


def tied(w: World, table: str, column: str, number: int, *states: str) -> set[int]:
    """The towns in one of these states with a format or a workshop."""
    return {row["network_id"] for row in w.rows[table] if row[column] == number and row["state"] in states}


def exchange_format(who: Who, row: Row, w: World) -> bool:
    owners = tied(w, "exchange_formatcity", "format_id", row["id"], "accepted")
    asked = tied(w, "exchange_formatcity", "format_id", row["id"], "invited")
    # One that was never two cities' is a draft between coordinations.
    founded = row["founded_at"] is not None or len(owners) > 1
    return bool(who.coordinates & (owners | asked)) or (founded and climbs(who, w, row["rung"], owners))


def workshop(who: Who, row: Row, w: World) -> bool:
    owners = tied(w, "exchange_workshophost", "workshop_id", row["id"], "accepted")
    asked = tied(w, "exchange_workshophost", "workshop_id", row["id"], "invited")
    at_the_door = bool(who.coordinates & (owners | asked))
    return at_the_door or (row["state"] != "draft" and climbs(who, w, row["rung"], owners))


def of_its_workshop(who: Who, row: Row, w: World) -> bool:
    return workshop(who, w.get("exchange_workshop", row["workshop_id"]), w)


def edition(who: Who, row: Row, w: World) -> bool:
    if row["workshop_id"] is not None and not workshop(who, w.get("exchange_workshop", row["workshop_id"]), w):
        return False
    return exchange_format(who, w.get("exchange_exchangeformat", row["format_id"]), w)


def tie(table: str, column: str, parent: str, sees: Rule) -> Rule:
    """Who is in is told to whom sees the thing; who was asked, or is gone, to the coordinators whom it concerns."""

    def tie(who: Who, row: Row, w: World) -> bool:
        number = row[column]
        return (
            (row["state"] == "accepted" and sees(who, w.get(parent, number), w))
            or row["network_id"] in who.coordinates
            or bool(who.coordinates & tied(w, table, column, number, "accepted"))
            or (row["state"] == "invited" and bool(who.coordinates & tied(w, table, column, number, "invited")))
        )

    return tie


def registration(who: Who, row: Row, w: World) -> bool:
    if row["state"] in ("withdrawn", "refused", "lapsed"):
        return False
    if row["person_id"] == who.person_id:
        return True
    if not workshop(who, w.get("exchange_workshop", row["workshop_id"]), w):
        return False
    return _place(who, row, w)


def _seated(who: Who, workshop_id: int, w: World) -> bool:
    return any(
        place["workshop_id"] == workshop_id and place["person_id"] == who.person_id and place["state"] == "seat"
        for place in w.rows["exchange_registration"]
    )


def _place(who: Who, row: Row, w: World) -> bool:
    hosts = tied(w, "exchange_workshophost", "workshop_id", row["workshop_id"], "accepted")
    seated = _seated(who, row["workshop_id"], w)
    return bool(who.coordinates & hosts) or (seated and row["state"] == "seat" and row["name_shown"])


def handover(who: Who, row: Row, w: World) -> bool:
    return who.person_id is not None and who.person_id in (row["giver_id"], row["taker_id"])


def quota(who: Who, row: Row, w: World) -> bool:
    return workshop(who, w.get("exchange_workshop", row["workshop_id"]), w)


def registration_or_place(who: Who, row: Row, w: World) -> bool:
    return row["person_id"] == who.person_id or _place(who, row, w)


def hosted(who: Who, row: Row, w: World) -> bool:
    return bool(who.coordinates & tied(w, "exchange_workshophost", "workshop_id", row["workshop_id"], "accepted"))


def own_or_hosted(who: Who, row: Row, w: World) -> bool:
    return own(who, row, w) or hosted(who, row, w)


# --- date polls ---------------------------------------------------------------------------------------------------


def poll_owners(w: World, number: int) -> set[int]:
    return {c["network_id"] for c in w.rows["exchange_pollcity"] if c["poll_id"] == number and c["owns"]}


def poll(who: Who, row: Row, w: World) -> bool:
    if who.coordinates & poll_owners(w, row["id"]):
        return True
    whole = {c["network_id"] for c in w.rows["exchange_pollcity"] if c["poll_id"] == row["id"] and c["asked_at"]}
    by_name = {p["person_id"] for p in w.rows["exchange_pollperson"] if p["poll_id"] == row["id"]}
    return row["state"] != "draft" and (bool(who.networks & whole) or who.person_id in by_name)


def of_poll(who: Who, row: Row, w: World) -> bool:
    return poll(who, w.get("exchange_datepoll", row["poll_id"]), w)


def named_in_poll(who: Who, row: Row, w: World) -> bool:
    """What somebody said, or that they are asked: themselves, the owners, and all who are asked where so promised."""
    asked = w.get("exchange_datepoll", row["poll_id"])
    return (
        row["person_id"] == who.person_id
        or bool(who.coordinates & poll_owners(w, row["poll_id"]))
        or (asked["names_shown"] and poll(who, asked, w))
    )


def council_day(who: Who, row: Row, w: World) -> bool:
    return who.programme and with_its_network(who, row, w)


def session(who: Who, row: Row, w: World) -> bool:
    return workshop(who, w.get("exchange_workshop", row["workshop_id"]), w)


def speaker(who: Who, row: Row, w: World) -> bool:
    return session(who, w.get("exchange_session", row["session_id"]), w)


def material(who: Who, row: Row, w: World) -> bool:
    hosts = tied(w, "exchange_workshophost", "workshop_id", row["workshop_id"], "accepted")
    if not session(who, row, w):
        return False
    return not row["seats_only"] or bool(who.coordinates & hosts) or _seated(who, row["workshop_id"], w)


def with_its_workshop(who: Who, row: Row, w: World) -> bool:
    return workshop(who, w.get("exchange_workshop", row["workshop_id"]), w)


def to_nobody(who: Who, row: Row, w: World) -> bool:
    return False


def answer(who: Who, row: Row, w: World) -> bool:
    place = w.get("exchange_registration", row["registration_id"])
    if place["person_id"] == who.person_id:
        return True
    hosts = tied(w, "exchange_workshophost", "workshop_id", place["workshop_id"], "accepted")
    if who.coordinates & hosts:
        return True
    asked = w.get("exchange_question", row["question_id"])
    return asked["shown"] == "seated" and of_its_workshop(who, asked, w) and _place(who, place, w)


def need(who: Who, row: Row, w: World) -> bool:
    return own_or_hosted(who, w.get("exchange_registration", row["registration_id"]), w)


# --- minutes --------------------------------------------------------------------------------------------------------


def _takes_part(who: Who, workshop_id: int, w: World) -> bool:
    """Coordinates a host, or has a seat."""
    hosts = tied(w, "exchange_workshophost", "workshop_id", workshop_id, "accepted")
    return bool(who.coordinates & hosts) or any(
        place["workshop_id"] == workshop_id and place["person_id"] == who.person_id and place["state"] == "seat"
        for place in w.rows["exchange_registration"]
    )


def minutes(who: Who, row: Row, w: World) -> bool:
    released = row["released_at"] is not None
    return _takes_part(who, row["workshop_id"], w) or (
        released and workshop(who, w.get("exchange_workshop", row["workshop_id"]), w)
    )


def in_minutes(who: Who, row: Row, w: World) -> bool:
    return minutes(who, w.get("exchange_minutes", row["minutes_id"]), w)


def section(who: Who, row: Row, w: World) -> bool:
    return not row["removed"] and in_minutes(who, row, w)


def version(who: Who, row: Row, w: World) -> bool:
    return _takes_part(who, w.get("exchange_minutes", row["minutes_id"])["workshop_id"], w)


def proposal(who: Who, row: Row, w: World) -> bool:
    hosts = tied(w, "exchange_workshophost", "workshop_id", row["workshop_id"], "accepted")
    mine = who.person_id is not None and row["proposer_id"] == who.person_id
    return mine or bool(who.coordinates & hosts) or _seated(who, row["workshop_id"], w)


def series(who: Who, row: Row, w: World) -> bool:
    made = [one for one in w.rows["exchange_workshop"] if one.get("series_id") == row["id"]]
    return any(workshop(who, one, w) for one in made)
