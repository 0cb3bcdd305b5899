"""Who sees what, in plain words, without the product's code: keys, audiences and policies are unknown here.

``SEES`` is what the product promises. Where the second wall lets through more than pages show, ``REACHES`` says what,
and ``COARSER`` why that may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.walls.worlds import Row, World

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


# --- networks and what hangs on them ------------------------------------------------------------------------------


def network(who: Who, row: Row, w: World) -> bool:
    return row["published_at"] is not None or row["id"] in who.networks


def with_its_network(who: Who, row: Row, w: World) -> bool:
    return network(who, w.get("tenancy_network", row["network_id"]), w)


def partnership(who: Who, row: Row, w: World) -> bool:
    return row["ended_at"] is None and bool(who.coordinates & {row["asking_id"], row["asked_id"]})


def partnership_in_sight(who: Who, row: Row, w: World) -> bool:
    sides = {row["asking_id"], row["asked_id"]}
    stands = row["accepted_at"] is not None and row["ended_at"] is None
    return bool(who.coordinates & sides) or (
        stands and all(network(who, w.get("tenancy_network", side), w) for side in sides)
    )


def of_my_coordination(who: Who, row: Row, w: World) -> bool:
    return row["network_id"] in who.coordinates


def application(who: Who, row: Row, w: World) -> bool:
    land = w.get("tenancy_municipality", row["municipality_id"])["state_id"]
    return row["state"] != "unconfirmed" and land in who.moderates


def person(who: Who, row: Row, w: World) -> bool:
    if who.person_id is None or not row["is_active"]:
        return False
    seats = [m for m in w.rows["tenancy_membership"] if m["person_id"] == row["id"] and m["ended_on"] is None]
    theirs = {seat["network_id"] for seat in seats}
    moderates = any(m["person_id"] == row["id"] and m["ended_on"] is None for m in w.rows["tenancy_moderator"])
    published = any(w.get("tenancy_network", number)["published_at"] is not None for number in theirs)
    found = who.programme and row["listed"] and (published or moderates)
    return row["id"] == who.person_id or bool(theirs & who.networks) or found


def membership(who: Who, row: Row, w: World) -> bool:
    whose = w.get("tenancy_person", row["person_id"])
    if who.person_id is None or row["ended_on"] is not None or not whose["is_active"]:
        return False
    published = w.get("tenancy_network", row["network_id"])["published_at"] is not None
    found = who.programme and published and whose["listed"]
    return row["person_id"] == who.person_id or row["network_id"] in who.networks or found


# --- experiences --------------------------------------------------------------------------------------------------


def experience(who: Who, row: Row, w: World) -> bool:
    if row["state"] != "published" or row["hidden_at"] is not None:
        return row["author_id"] == who.person_id
    return climbs(who, w, row["rung"], [row["network_id"]], row["office_id"])


def comment(who: Who, row: Row, w: World) -> bool:
    if row["withdrawn_at"] is not None:
        return False
    if row["hidden_at"] is not None:
        return row["author_id"] == who.person_id
    return experience(who, w.get("exchange_experience", row["experience_id"]), w)


def comment_or_own(who: Who, row: Row, w: World) -> bool:
    return comment(who, row, w) or (row["withdrawn_at"] is not None and row["author_id"] == who.person_id)


def topic_of_experience(who: Who, row: Row, w: World) -> bool:
    return experience(who, w.get("exchange_experience", row["content_object_id"]), w)


def own(who: Who, row: Row, w: World) -> bool:
    return row["person_id"] == who.person_id


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


def _tie(table: str, column: str, parent: str, sees: Rule) -> Rule:
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


# --- conversations ------------------------------------------------------------------------------------------------


def _seat(who: Who, conversation_id: int, w: World) -> Row | None:
    return next(
        (
            seat
            for seat in w.rows["chat_participant"]
            if seat["conversation_id"] == conversation_id
            and seat["person_id"] == who.person_id
            and seat["left_seq"] is None
        ),
        None,
    )


def conversation(who: Who, row: Row, w: World) -> bool:
    return _seat(who, row["id"], w) is not None


def message(who: Who, row: Row, w: World) -> bool:
    seat = _seat(who, row["conversation_id"], w)
    return seat is not None and row["seq"] > seat["joined_seq"]


def unsent_or_of_message(who: Who, row: Row, w: World) -> bool:
    if row["seq"] is None:
        return row["uploader_id"] == who.person_id
    return message(who, row, w)


def file(who: Who, row: Row, w: World) -> bool:
    said = [
        m for m in w.rows["chat_message"] if (m["conversation_id"], m["seq"]) == (row["conversation_id"], row["seq"])
    ]
    return unsent_or_of_message(who, row, w) and all(m["hidden_at"] is None for m in said)


def of_my_network(who: Who, row: Row, w: World) -> bool:
    return row["network_id"] in who.networks


def participant(who: Who, row: Row, w: World) -> bool:
    return own(who, row, w) or _seat(who, row["conversation_id"], w) is not None


# --- moderation ---------------------------------------------------------------------------------------------------


def report(who: Who, row: Row, w: World) -> bool:
    return row["land_id"] in who.moderates


def decision(who: Who, row: Row, w: World) -> bool:
    mine = who.person_id is not None and row["author_id"] == who.person_id
    return row["land_id"] in who.moderates or mine


def on_record(who: Who, row: Row, w: World) -> bool:
    of_network = row["network_id"] in who.coordinates and not row["verb"].startswith("moderation.")
    return row["state_code"] in who.moderates or of_network


#: What the product promises.
SEES: dict[str, Rule] = {
    "tenancy_network": network,
    "tenancy_partnership": partnership,
    "tenancy_invitation": of_my_coordination,
    "tenancy_application": application,
    "tenancy_person": person,
    "tenancy_membership": membership,
    "exchange_experience": experience,
    "exchange_comment": comment,
    "exchange_exchangeformat": exchange_format,
    "exchange_edition": edition,
    "exchange_workshop": workshop,
    "exchange_registration": registration,
    "exchange_minutes": minutes,
    "exchange_minutessection": section,
    "exchange_minutesversion": version,
    "exchange_attendance": own_or_hosted,
    "exchange_certificatebundle": hosted,
    "exchange_datepoll": poll,
    "exchange_pollvote": named_in_poll,
    "exchange_pollperson": named_in_poll,
    "exchange_councilday": council_day,
    "exchange_feedbackform": with_its_workshop,
    "exchange_feedbackgiven": own,
    "exchange_session": session,
    "exchange_sessionproposal": proposal,
    "exchange_workshopseries": series,
    "exchange_material": material,
    "chat_conversation": conversation,
    "chat_message": message,
    "chat_messagefile": file,
    "moderation_report": report,
    "moderation_moderationdecision": decision,
    "notices_notice": own,
    "toolkit_auditentry": on_record,
}

#: What the wall lets through where it is not the same, and of tables that are only read with others.
REACHES: dict[str, Rule] = {
    **{table: rule for table, rule in SEES.items() if table not in {"tenancy_person", "tenancy_membership"}},
    "tenancy_partnership": partnership_in_sight,
    "exchange_comment": comment_or_own,
    "exchange_registration": registration_or_place,
    "exchange_minutessection": in_minutes,
    "tenancy_roleterm": with_its_network,
    "tenancy_networkstart": with_its_network,
    "tenancy_funding": with_its_network,
    "tenancy_councilpaper": with_its_network,
    "tenancy_division": with_its_network,
    "tenancy_office": with_its_network,
    "exchange_experiencetopic": topic_of_experience,
    "exchange_helpful": own,
    "exchange_formatcity": _tie("exchange_formatcity", "format_id", "exchange_exchangeformat", exchange_format),
    "exchange_workshophost": _tie("exchange_workshophost", "workshop_id", "exchange_workshop", workshop),
    "exchange_workshopquota": quota,
    "exchange_seathandover": handover,
    "exchange_calendaraddress": own,
    "exchange_doorcode": hosted,
    "exchange_feedbackanswer": to_nobody,
    "exchange_calendarmail": own,
    "exchange_workshopmove": of_its_workshop,
    "exchange_pollcity": of_poll,
    "exchange_polloption": of_poll,
    "exchange_sessionspeaker": speaker,
    "exchange_question": of_its_workshop,
    "exchange_answer": answer,
    "exchange_placeneed": need,
    "exchange_openspace": session,
    "exchange_proposalvote": own,
    "chat_participant": participant,
    "chat_messagefile": unsent_or_of_message,
    "chat_earliertext": message,
    "chat_chatwish": own,
    "chat_block": own,
    "chat_missedtold": own,
    "chat_missedmail": own,
    "notices_pushsubscription": own,
    "chat_keepingrule": of_my_network,
    "notices_noticewish": own,
}

#: What nobody reads, not even who wrote it, and why.
TO_NOBODY = {
    "exchange_feedbackanswer": "Said without a name: a function adds answers up, from five on, for the hosts alone.",
}

#: Where the wall is coarser than the product, and why that may be.
COARSER = {
    "exchange_minutessection": "What was taken out of the minutes is left for their history; no page shows it.",
    "chat_messagefile": "Of a message that moderation hid the row of a file is left; nobody is handed the file.",
    "tenancy_partnership": "The page of a network says who its partners are; its coordination keeps what has ended.",
    "exchange_comment": "Whoever took a comment back wrote it.",
    "exchange_registration": "One's own place stays one's own when it was given back, or the workshop is out of sight.",
}
