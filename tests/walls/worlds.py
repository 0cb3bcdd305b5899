"""Small random worlds: two Länder, three towns, six people, and a little of everything that the product keeps.

A world is rows, as the tables have them, and nothing of it is made by the product's code. Worlds beside each other
share no Land, no town and no person: only what is for all networks, or public, goes from one to another.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from random import Random
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from tests.walls.world import DAY, NOW, RUNGS, World
from tests.walls.worlds_meetings import dates, meetings, minutes

#: In the order in which they can be inserted: what is pointed to comes first.
TABLES = (
    "tenancy_state", "tenancy_district", "tenancy_municipality", "tenancy_association", "tenancy_person",
    "tenancy_moderator", "tenancy_application", "tenancy_network", "tenancy_roleterm", "tenancy_networkstart",
    "tenancy_funding", "tenancy_councilpaper", "tenancy_division", "tenancy_office", "tenancy_partnership",
    "tenancy_membership", "tenancy_invitation", "tenancy_topic", "exchange_experience", "exchange_experiencetopic",
    "exchange_comment", "exchange_helpful", "exchange_exchangeformat", "exchange_formatcity",
    "exchange_workshopseries", "exchange_workshop",
    "exchange_workshophost", "exchange_workshopquota", "exchange_edition", "exchange_registration",
    "exchange_seathandover", "exchange_calendaraddress", "exchange_attendance", "exchange_doorcode",
    "exchange_minutes", "exchange_minutessection", "exchange_minutesversion",
    "exchange_calendarmail", "exchange_workshopmove",
    "exchange_certificatebundle",
    "exchange_datepoll", "exchange_pollcity", "exchange_pollperson", "exchange_polloption", "exchange_pollvote",
    "exchange_councilday",
    "exchange_feedbackform", "exchange_feedbackgiven", "exchange_feedbackanswer",
    "exchange_placeneed", "exchange_question", "exchange_answer",
    "exchange_session", "exchange_sessionspeaker", "exchange_material", "exchange_openspace",
    "exchange_sessionproposal", "exchange_proposalvote",
    "chat_conversation", "chat_participant", "chat_message", "chat_earliertext", "chat_messagefile", "chat_chatwish",
    "chat_block", "chat_keepingrule", "chat_missedtold", "chat_missedmail", "notices_pushsubscription",
    "moderation_moderationdecision", "moderation_report", "notices_notice", "notices_noticewish", "toolkit_auditentry",
)  # fmt: skip


def make_world(number: int, rng: Random) -> World:
    """A world with this number, which lies beside the others of its batch."""
    world = World(number, rng)
    _places(world)
    _people(world)
    _networks(world)
    _experiences(world)
    meetings(world)
    dates(world)
    minutes(world)
    _talk(world)
    _moderation(world)
    return world


def _places(w: World) -> None:
    for code in w.lands:
        w.add("tenancy_state", id=code, name=f"Land {code}")
        w.add("tenancy_district", id=f"{code}000", state_id=code)
        w.add("tenancy_association", name=f"Verband {code}", state_id=code)
    w.add("tenancy_association", name=f"Bund {w.number}", state_id=None)
    for place in range(4):
        code = w.rng.choice(w.lands)
        w.add("tenancy_municipality", id=f"{code}{place:06d}", state_id=code, district_id=f"{code}000")
    for place in range(3):
        w.add(
            "tenancy_network",
            municipality_id=w.rows["tenancy_municipality"][place]["id"],
            slug=f"town-{w.number}-{place}",
            published_at=NOW if w.chance(0.75) else None,
        )
    for network in w.rows["tenancy_network"]:
        for _ in range(w.rng.randint(1, 2)):
            number = len(w.rows["tenancy_office"])
            w.add("tenancy_office", network_id=network["id"], name=f"Amt {number}")
    w.add("tenancy_topic", name=f"Thema {w.number}", slug=f"thema-{w.number}")


def _people(w: World) -> None:
    for number in range(6):
        person = w.add(
            "tenancy_person",
            email=f"p{w.number}-{number}@example.org",
            is_active=w.chance(0.9),
            is_operator=w.chance(0.1),
            listed=w.chance(0.7),
        )
        held: set[tuple[int, str]] = set()
        for _ in range(w.rng.choice((0, 1, 1, 1, 2))):
            network = w.some("tenancy_network")
            role = w.rng.choice(("pilot", "pilot", "coordinator", "coordinator", "office_head"))
            ended = w.chance(0.2)
            if not ended and (network["id"], role) in held:
                continue
            held.add((network["id"], role))
            office = w.rng.choice([o["id"] for o in w.rows["tenancy_office"] if o["network_id"] == network["id"]])
            w.add(
                "tenancy_membership",
                person_id=person["id"],
                network_id=network["id"],
                role=role,
                office_id=office if w.chance(0.6) else None,
                started_on=DAY,
                ended_on=DAY if ended else None,
            )
        if w.chance(0.2):
            w.add(
                "tenancy_moderator",
                person_id=person["id"],
                association_id=w.some("tenancy_association")["id"],
                ended_on=DAY if w.chance(0.25) else None,
            )


def _networks(w: World) -> None:
    pairs = [
        (a["id"], b["id"]) for a in w.rows["tenancy_network"] for b in w.rows["tenancy_network"] if a["id"] != b["id"]
    ]
    living: set[frozenset[int]] = set()
    for asking, asked in w.rng.sample(pairs, w.rng.randint(0, 3)):
        accepted, ended = w.chance(0.7), w.chance(0.3)
        if not ended and frozenset({asking, asked}) in living:
            continue
        if not ended:
            living.add(frozenset({asking, asked}))
        w.add(
            "tenancy_partnership",
            asking_id=asking,
            asked_id=asked,
            accepted_at=NOW if accepted else None,
            ended_at=NOW if ended else None,
        )
    for table, name in (
        ("tenancy_roleterm", "singular"),
        ("tenancy_networkstart", "value"),
        ("tenancy_funding", "programme"),
        ("tenancy_councilpaper", "number"),
        ("tenancy_division", "name"),
    ):
        w.add(table, network_id=w.some("tenancy_network")["id"], **{name: "Wort"})
    for number in range(2):
        w.add(
            "tenancy_invitation",
            network_id=w.some("tenancy_network")["id"],
            role="pilot",
            email=f"i{number}@example.org" if w.chance(0.7) else "",
            token_hash=f"{w.number:032d}{number:032d}",
            invited_by_id=w.some("tenancy_person")["id"],
            withdrawn_at=NOW if w.chance(0.3) else None,
        )
    for place, state in enumerate(w.rng.sample(("unconfirmed", "open", "declined", "approved"), 2)):
        w.add(
            "tenancy_application",
            municipality_id=w.rows["tenancy_municipality"][-1 - place]["id"],
            state=state,
            domain_fits=True,
            reason="Grund" if state == "declined" else "",
        )


def _experiences(w: World) -> None:
    for _ in range(4):
        network = w.some("tenancy_network")
        state = w.rng.choice(("published", "published", "published", "draft", "recalled"))
        w.add(
            "exchange_experience",
            network_id=network["id"],
            author_id=w.some("tenancy_person")["id"],
            office_id=w.rng.choice([o["id"] for o in w.rows["tenancy_office"] if o["network_id"] == network["id"]]),
            rung=w.rng.choice(RUNGS),
            state=state,
            published_at=None if state == "draft" else NOW,
            hidden_at=NOW if w.chance(0.15) else None,
        )
    for _ in range(3):
        fate = w.rng.choice(("", "", "hidden_at", "withdrawn_at"))
        w.add(
            "exchange_comment",
            experience_id=w.some("exchange_experience")["id"],
            author_id=w.some("tenancy_person")["id"],
            hidden_at=NOW if fate == "hidden_at" else None,
            withdrawn_at=NOW if fate == "withdrawn_at" else None,
        )
    w.add(
        "exchange_experiencetopic",
        content_object_id=w.some("exchange_experience")["id"],
        tag_id=w.rows["tenancy_topic"][0]["id"],
    )
    w.add(
        "exchange_helpful",
        experience_id=w.some("exchange_experience")["id"],
        person_id=w.some("tenancy_person")["id"],
    )


def _talk(w: World) -> None:
    for number, kind in enumerate(w.rng.sample(("direct", "group", "room"), 2)):
        people = w.rng.sample(w.rows["tenancy_person"], 2 if kind == "direct" else 3)
        pair = sorted(person["id"] for person in people)[:2]
        conversation = w.add(
            "chat_conversation",
            kind=kind,
            direct_key=f"{pair[0]}:{pair[1]}" if kind == "direct" else None,
            subject_kind="workshop" if kind == "room" else "",
            subject_id=w.number * 1000 + number if kind == "room" else None,
            head=3,
        )
        for person in people:
            w.add(
                "chat_participant",
                conversation_id=conversation["id"],
                person_id=person["id"],
                joined_seq=w.rng.choice((0, 0, 1, 2)),
                left_seq=w.rng.choice((None, None, None, 2, 3)),
            )
        for seq in (1, 2, 3):
            w.add(
                "chat_message",
                conversation_id=conversation["id"],
                seq=seq,
                sender_id=w.rng.choice(people)["id"],
                client_id=str(UUID(int=conversation["id"] * 10 + seq)),
                hidden_at=NOW if w.chance(0.1) else None,
            )
        w.add("chat_earliertext", conversation_id=conversation["id"], seq=w.rng.randint(1, 3), until=NOW)
        for sent_with in (None, w.rng.randint(1, 3)):
            w.add(
                "chat_messagefile",
                conversation_id=conversation["id"],
                seq=sent_with,
                key=str(UUID(int=conversation["id"] * 10 + (sent_with or 0))),
                uploader_id=w.rng.choice(people)["id"],
            )
    one, other = w.rng.sample(w.rows["tenancy_person"], 2)
    w.add("chat_chatwish", person_id=one["id"])
    w.add("chat_block", person_id=one["id"], blocked_id=other["id"])
    w.add("chat_missedtold", person_id=one["id"], conversation_id=w.some("chat_conversation")["id"], seq=1)
    w.add("chat_missedmail", person_id=other["id"])
    w.add("notices_pushsubscription", person_id=other["id"], endpoint=f"https://push.example/{w.number}")
    w.add("chat_keepingrule", network_id=w.some("tenancy_network")["id"], days=30)


def _moderation(w: World) -> None:
    decision = w.add(
        "moderation_moderationdecision",
        kind="experience",
        object_id=w.some("exchange_experience")["id"],
        author_id=w.rng.choice((None, w.some("tenancy_person")["id"])),
        network_id=w.rng.choice((None, w.some("tenancy_network")["id"])),
        land_id=w.rng.choice(w.lands),
        action=w.rng.choice(("keep", "hide")),
        reason="Grund",
        decided_by_id=w.some("tenancy_person")["id"],
        association_id=w.rows["tenancy_association"][0]["id"],
    )
    for number in range(2):
        decided = w.chance(0.4)
        w.add(
            "moderation_report",
            kind=w.rng.choice(("experience", "comment", "message")),
            object_id=number + 1,
            author_id=w.rng.choice((None, w.some("tenancy_person")["id"])),
            network_id=w.rng.choice((None, w.some("tenancy_network")["id"])),
            land_id=w.rng.choice(w.lands),
            reporter_id=w.rng.choice((None, w.some("tenancy_person")["id"])),
            state="decided" if decided else "open",
            decision_id=decision["id"] if decided else None,
        )
    for _ in range(2):
        w.add("notices_notice", person_id=w.some("tenancy_person")["id"], read_at=NOW if w.chance(0.5) else None)
        w.add(
            "toolkit_auditentry",
            verb=w.rng.choice(("experience.recalled", "moderation.hidden")),
            person_id=w.some("tenancy_person")["id"],
            network_id=w.rng.choice((None, w.some("tenancy_network")["id"])),
            state_code=w.rng.choice(("", *w.lands)),
        )
    w.add("notices_noticewish", person_id=w.some("tenancy_person")["id"])


# --- into the database --------------------------------------------------------------------------------------------


def _empty(column: models.Field[Any, Any]) -> Any:
    """What a column holds of which a world says nothing."""
    if column.has_default():
        value = column.get_default()
        return str(value) if isinstance(value, datetime.datetime | datetime.time | UUID) else value
    if column.null or column.primary_key:
        return None
    if isinstance(column, models.DateTimeField):
        return NOW
    if isinstance(column, models.DateField):
        return DAY
    return 0 if isinstance(column, models.IntegerField) else ""


_MODELS = {model._meta.db_table: model for model in apps.get_models()}
_BLANK = {
    table: {column.column: _empty(column) for column in _MODELS[table]._meta.local_concrete_fields} for table in TABLES
}


def insert(worlds: Iterable[World]) -> None:
    """Add the rows of all worlds: one statement for each table. Triggers fill what the database fills."""
    everything = list(worlds)
    with connection.cursor() as cursor:
        for table in TABLES:
            blank, key = _BLANK[table], _MODELS[table]._meta.pk.column
            rows = []
            for world in everything:
                for row in world.rows[table]:
                    full = blank | row
                    # Some are known by a word instead of a number.
                    full[key] = full.pop("id") if key != "id" else row["id"]
                    rows.append(full)
            if "calendar_uid" in blank:
                for number, full in enumerate(rows):
                    full["calendar_uid"] = str(UUID(int=number + 1))
            columns = ", ".join(f'"{name}"' for name in blank)
            cursor.execute(
                f'INSERT INTO "{table}" ({columns}) '
                f'SELECT {columns} FROM jsonb_populate_recordset(NULL::"{table}", %s)',
                [json.dumps(rows)],
            )
