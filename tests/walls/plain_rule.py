"""Who sees what, in plain words, without the product's code: keys, audiences and policies are unknown here.

``SEES`` is what the product promises. Where the second wall lets through more than pages show, ``REACHES`` says what,
and ``COARSER`` why that may be.
"""

from __future__ import annotations

from tests.walls.plain_meetings import (
    answer,
    council_day,
    edition,
    exchange_format,
    handover,
    hosted,
    in_minutes,
    material,
    minutes,
    named_in_poll,
    need,
    of_its_workshop,
    of_poll,
    own_or_hosted,
    poll,
    proposal,
    quota,
    registration,
    registration_or_place,
    section,
    series,
    session,
    speaker,
    tie,
    to_nobody,
    version,
    with_its_workshop,
    workshop,
)
from tests.walls.plain_people import Rule, Who, climbs, network, own, with_its_network
from tests.walls.world import Row, World

# --- networks and what hangs on them ------------------------------------------------------------------------------


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
    "exchange_formatcity": tie("exchange_formatcity", "format_id", "exchange_exchangeformat", exchange_format),
    "exchange_workshophost": tie("exchange_workshophost", "workshop_id", "exchange_workshop", workshop),
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
