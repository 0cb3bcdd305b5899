"""Nobody changes or removes a row that they do not see, also not by a statement that reads nothing.

PostgreSQL asks the policy for reading only where a statement reads. ``UPDATE … SET word = 'x'`` without a condition
asks the one for changing alone, and ``DELETE`` the one for removing: so each must be as strict by itself.
"""

from __future__ import annotations

from random import Random

import pytest
from django.db import DatabaseError, connection

from tenancy.viewer import ANONYMOUS, Viewer, viewer_by_id
from tests.database.base import arranging
from tests.database.undoing import undone
from tests.walls.plain_people import Who, who_is
from tests.walls.plain_rule import REACHES
from tests.walls.wall import protected_tables, rows
from tests.walls.world import World
from tests.walls.worlds import insert, make_world
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db

#: A column that says nothing of whose a row is, for each table that somebody may change; and what it becomes.
CHANGED = {
    "chat_chatwish": "announce = 'off'",
    "chat_keepingrule": "days = 77",
    "chat_missedmail": "turn = 77",
    "chat_missedtold": "pushed = 77",
    "chat_messagefile": "name = 'changed'",
    "chat_participant": "read_seq = 77",
    "exchange_calendaraddress": "generation = 77",
    "exchange_answer": "value = '7'",
    "exchange_question": "hint = 'changed'",
    "exchange_calendarmail": "sequence = 77",
    "exchange_comment": "body = 'changed'",
    "exchange_certificatebundle": "done = 77",
    "exchange_doorcode": "generation = 77",
    "exchange_edition": "motto = 'changed'",
    "exchange_exchangeformat": "motto = 'changed'",
    "exchange_experience": "summary = 'changed'",
    "exchange_feedbackform": "questions = '{changed}'",
    "exchange_formatcity": "answered_at = '1999-01-01'",
    "exchange_minutes": "created_at = '1999-01-01'",
    "exchange_minutessection": "body = 'changed'",
    "exchange_registration": "companion_names = 'changed'",
    "exchange_datepoll": "text = 'changed'",
    "exchange_pollcity": "asked_at = '1999-01-01'",
    "exchange_pollvote": "remark = 'changed'",
    "exchange_openspace": "votes_each = 7",
    "exchange_sessionproposal": "text = 'changed'",
    "exchange_session": "text = 'changed'",
    "exchange_workshop": "summary = 'changed'",
    "exchange_workshophost": "answered_at = '1999-01-01'",
    "exchange_workshopquota": "seats = 1",
    "moderation_moderationdecision": "title = 'changed'",
    "moderation_report": "title = 'changed'",
    "notices_notice": "text = 'changed'",
    "notices_noticewish": "mail = false",
    "tenancy_application": "note = 'changed'",
    "tenancy_councilpaper": "conflicts = 'changed'",
    "tenancy_division": "position = 77",
    "tenancy_funding": "note = 'changed'",
    "tenancy_invitation": "given_name = 'changed'",
    "tenancy_network": "slogan = 'changed'",
    "tenancy_networkstart": "source = 'changed'",
    "tenancy_office": "task = 'changed'",
    "tenancy_partnership": "asked_at = '1999-01-01'",
    "tenancy_roleterm": "plural = 'changed'",
}


@pytest.fixture
def inhabited(db) -> list[World]:
    rng = Random(5)
    worlds = [make_world(number, rng) for number in range(12)]
    insert(worlds)
    return worlds


def lookers(worlds: list[World]) -> list[tuple[Who, Viewer]]:
    everybody = [(who_is(world, p), viewer_by_id(p["id"])) for world in worlds for p in world.rows["tenancy_person"]]
    return [(Who(), ANONYMOUS), *everybody[::2]]


def reached(table: str, who: Who, worlds: list[World]) -> set[int]:
    rule = REACHES[table]
    return {row["id"] for world in worlds for row in world.rows[table] if rule(who, row, world)}


def carried_out(viewer: Viewer, statement: str) -> bool:
    """Whether the role that serves may do it; who may not have a single row of it may have none."""
    try:
        with acting_as(viewer), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return False
    return True


def may(command: str) -> set[str]:
    return {table for (table,) in rows("SELECT tablename::text FROM pg_policies WHERE cmd = %s", command)}


def test_who_changes_everything_at_once_changes_what_they_see(inhabited):
    with arranging():
        changeable = may("UPDATE")
    assert changeable == CHANGED.keys(), "a table that somebody may change now: name a column of it in CHANGED"
    changed_at_all = set()
    for who, viewer in lookers(inhabited):
        for table in sorted(changeable):
            with undone():
                if not carried_out(viewer, f"UPDATE {table} SET {CHANGED[table]}"):
                    continue
                with arranging():
                    changed = {pk for (pk,) in rows(f"SELECT id FROM {table} WHERE {CHANGED[table]}")}
            if changed:
                changed_at_all.add(table)
            assert changed <= reached(table, who, inhabited), f"{who} changed rows of {table} out of their sight"
    # Where a rule for the new row refuses everybody, nothing was proved; a dozen tables show that it runs.
    assert len(changed_at_all) >= 12, sorted(changed_at_all)


def test_who_removes_everything_at_once_removes_what_they_see(inhabited):
    with arranging():
        removable = may("DELETE")
    removed_at_all = set()
    for who, viewer in lookers(inhabited):
        for table in sorted(removable):
            everything = {row["id"] for world in inhabited for row in world.rows[table]}
            with undone():
                if not carried_out(viewer, f"DELETE FROM {table}"):
                    continue
                with arranging():
                    left = {pk for (pk,) in rows(f"SELECT id FROM {table}")}
            if left != everything:
                removed_at_all.add(table)
            assert everything - left <= reached(table, who, inhabited), f"{who} removed unseen rows of {table}"
    assert removed_at_all, "nobody removed anything"


def test_where_nobody_may_change_or_remove_nothing_happens(inhabited):
    with arranging():
        fixed, kept = protected_tables() - may("UPDATE"), protected_tables() - may("DELETE")
    for _who, viewer in lookers(inhabited)[:8]:
        for table in sorted(fixed):
            with undone(), acting_as(viewer), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET id = id")
                assert cursor.rowcount == 0, table
        for table in sorted(kept):
            with undone(), acting_as(viewer), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")
                assert cursor.rowcount == 0, table
