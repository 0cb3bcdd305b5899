"""Three answers to who sees what, over random worlds, and all three the same.

The first is a rule in plain words (``plain_rule``), the second what ``visible_…`` says with the second wall away, the
third what PostgreSQL shows the role that serves when nobody filters. ``WORLDS=20000`` looks at more worlds than the
usual ones, ``WORLDS_SEED=7`` at others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from django.db import connection
from django.db.models import TextField, Value

from chat.policies import visible_conversations, visible_files, visible_messages
from exchange.models import Registration, Workshop
from exchange.policies.dates import visible_asked, visible_council_days, visible_polls, visible_votes
from exchange.policies.days import visible_attendance, visible_bundles
from exchange.policies.experiences import visible_comments, visible_experiences
from exchange.policies.feedback import own_feedback, visible_feedback_forms
from exchange.policies.formats import visible_editions, visible_formats
from exchange.policies.minutes import visible_minutes, visible_sections, visible_versions
from exchange.policies.program import visible_materials, visible_series, visible_sessions
from exchange.policies.proposals import visible_proposals
from exchange.policies.workshops import LIVING, own_registrations, visible_registrations, visible_workshops
from moderation.policies.record import visible_land_record, visible_network_record
from moderation.policies.reports import visible_decisions, visible_reports
from notices.policies.notices import visible_notices
from tenancy.policies.applications import visible_applications
from tenancy.policies.networks import visible_invitations, visible_networks, visible_partnerships
from tenancy.policies.people import visible_memberships, visible_people
from tenancy.viewer import ANONYMOUS, Viewer, viewer_by_id
from tests.database.base import arranging
from tests.database.undoing import undone
from tests.walls.plain_people import Rule, Who, who_is
from tests.walls.plain_rule import COARSER, REACHES, SEES, TO_NOBODY
from tests.walls.wall import protected_tables
from tests.walls.world import RUNGS, World
from tests.walls.worlds import TABLES, insert, make_world
from toolkit.acting import acting_as
from toolkit.rules import in_sight

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

WORLDS = int(os.environ.get("WORLDS", "2000"))
SEED = int(os.environ.get("WORLDS_SEED", "2026"))
#: Worlds that lie beside each other in one transaction, and see of each other what is for all.
BESIDE = 20
#: Of the six people of a world, how many look; who they are is chance.
LOOKING = 2

Answer = dict[str, set[int]]


# --- the first answer ---------------------------------------------------------------------------------------------


def _by_rule(rules: dict[str, Rule], who: Who, worlds: list[World]) -> Answer:
    return {
        table: {row["id"] for world in worlds for row in world.rows[table] if rule(who, row, world)}
        for table, rule in rules.items()
    }


class PlainAnswers:
    """The plain rule over worlds that lie beside each other, each row asked as seldom as possible."""

    def __init__(self, rules: dict[str, Rule], worlds: list[World]) -> None:
        self._rules = rules
        # To all other worlds somebody is a stranger: a visitor, or one of the programme.
        stranger = Who(person_id=-1, networks={-1})
        lonely = Who(person_id=-1)
        self._visitor = {world.number: _by_rule(rules, Who(), [world]) for world in worlds}
        self._strangers = {
            True: {world.number: _by_rule(rules, stranger, [world]) for world in worlds},
            False: {world.number: _by_rule(rules, lonely, [world]) for world in worlds},
        }

    def of(self, who: Who, home: World | None) -> Answer:
        elsewhere = self._visitor if who.person_id is None else self._strangers[who.programme]
        here = _by_rule(self._rules, who, [home]) if home is not None else {}
        answer: Answer = {}
        for table in self._rules:
            answer[table] = set(here.get(table, ()))
            for number, other in elsewhere.items():
                if home is None or number != home.number:
                    answer[table] |= other[table]
        return answer


# --- the second answer --------------------------------------------------------------------------------------------

_DIRECT = {
    "tenancy_network": visible_networks,
    "tenancy_partnership": visible_partnerships,
    "tenancy_invitation": visible_invitations,
    "tenancy_application": visible_applications,
    "tenancy_person": visible_people,
    "tenancy_membership": visible_memberships,
    "exchange_experience": visible_experiences,
    "exchange_comment": visible_comments,
    "exchange_exchangeformat": visible_formats,
    "exchange_edition": visible_editions,
    "exchange_workshop": visible_workshops,
    "exchange_attendance": visible_attendance,
    "exchange_certificatebundle": visible_bundles,
    "exchange_datepoll": visible_polls,
    "exchange_pollvote": visible_votes,
    "exchange_pollperson": visible_asked,
    "exchange_councilday": visible_council_days,
    "exchange_feedbackform": visible_feedback_forms,
    "exchange_feedbackgiven": own_feedback,
    "exchange_session": visible_sessions,
    "exchange_workshopseries": visible_series,
    "exchange_sessionproposal": visible_proposals,
    "exchange_material": visible_materials,
    "exchange_minutes": visible_minutes,
    "exchange_minutessection": visible_sections,
    "exchange_minutesversion": visible_versions,
    "chat_conversation": visible_conversations,
    "chat_messagefile": visible_files,
    "moderation_report": visible_reports,
    "moderation_moderationdecision": visible_decisions,
    "notices_notice": visible_notices,
}


def by_policies(viewer: Viewer, home: World | None, workshops: list[Workshop], places: list[Registration]) -> Answer:
    """What the policies say, with all that they filter in sight; asked in one statement."""
    asked = [(table, visible(viewer)) for table, visible in _DIRECT.items()]
    asked.append(("toolkit_auditentry", visible_land_record(viewer)))
    asked += [("toolkit_auditentry", visible_network_record(viewer, number)) for number in viewer.coordinates]
    asked.append(("exchange_registration", own_registrations(viewer)))
    for workshop in workshops:
        own = next((p for p in places if p.person_id == viewer.person_id and p.workshop_id == workshop.pk), None)
        # As its page does: whoever does not see the workshop is not told of its places.
        if in_sight(workshop.audience, viewer):
            asked.append(("exchange_registration", visible_registrations(viewer, workshop, own)))
    for conversation in home.rows["chat_conversation"] if home is not None else ():
        asked.append(("chat_message", visible_messages(viewer, conversation["id"])))
    numbers = [rows.order_by().values_list(Value(table, output_field=TextField()), "pk") for table, rows in asked]
    answer: Answer = {table: set() for table in SEES}
    for table, number in numbers[0].union(*numbers[1:], all=True):
        answer[table].add(number)
    return answer


# --- the third answer ---------------------------------------------------------------------------------------------


@contextmanager
def plain_sql() -> Iterator[None]:
    """One question for all tables, planned once."""
    parts = " UNION ALL ".join(
        f"SELECT '{table}', coalesce(array_agg(id), '{{}}')::bigint[] FROM {table}" for table in sorted(REACHES)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE all_there_is AS {parts}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE all_there_is")


def by_plain_sql(viewer: Viewer) -> Answer:
    """Everything there is, for whoever forgot to filter."""
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute("EXECUTE all_there_is")
        return {table: set(numbers) for table, numbers in cursor.fetchall()}


# --- all three ----------------------------------------------------------------------------------------------------


def _differences(label: str, one: Answer, other: Answer, worlds: list[World]) -> list[str]:
    found = []
    for table in one.keys() & other.keys():
        for number in sorted(one[table] ^ other[table]):
            world = next((w for w in worlds if any(row["id"] == number for row in w.rows[table])), None)
            row = next((row for row in world.rows[table] if row["id"] == number), None) if world else None
            side = "only the first" if number in one[table] else "only the second"
            found.append(f"{label}: {side} shows {table} {number}: {row}")
    return found


def _look(who: Who, viewer: Viewer, home: World | None, worlds: list[World], promised: PlainAnswers,
          reached: PlainAnswers, workshops: list[Workshop], places: list[Registration]) -> list[str]:  # fmt: skip
    sees, reaches = promised.of(who, home), reached.of(who, home)
    mine = [w for w in workshops if home is not None and w.pk // 1000 == home.number]
    found = _differences("plain rule and visible_…", sees, by_policies(viewer, home, mine, places), worlds)
    found += _differences("plain rule and SQL", reaches, by_plain_sql(viewer), worlds)
    for table in sees.keys() & reaches.keys():
        assert sees[table] <= reaches[table], f"the wall hides what the product promises: {table}"
        assert sees[table] == reaches[table] or table in COARSER, f"{table} is coarser without a reason"
    return [f"seed {SEED}, world {home and home.number}, {who}: {line}" for line in found]


def test_three_answers_are_the_same_in_every_world():
    rng = Random(SEED)
    looked = 0
    with plain_sql():
        for first in range(0, WORLDS, BESIDE):
            worlds = [make_world(number, rng) for number in range(min(BESIDE, WORLDS - first))]
            promised, reached = PlainAnswers(SEES, worlds), PlainAnswers(REACHES, worlds)
            with undone():
                insert(worlds)
                workshops = list(Workshop.objects.prefetch_related("hosts"))
                places = list(Registration.objects.filter(state__in=LIVING))
                found = _look(Who(), ANONYMOUS, None, worlds, promised, reached, workshops, places)
                for world in worlds:
                    for person in rng.sample(world.rows["tenancy_person"], LOOKING):
                        viewer = viewer_by_id(person["id"])
                        who = who_is(world, person)
                        found += _look(who, viewer, world, worlds, promised, reached, workshops, places)
                        looked += 1
                assert not found, "\n".join(found[:20])
    assert looked == WORLDS * LOOKING


# --- that it would notice -----------------------------------------------------------------------------------------


def test_every_protected_table_is_asked_and_every_world_has_rows_of_it():
    missing = protected_tables() - REACHES.keys()
    assert not missing, f"{missing}: write into plain_rule.REACHES, in plain words, who reaches a row of it."
    assert REACHES.keys() <= set(TABLES), "and let worlds have rows of it"
    assert SEES.keys() - REACHES.keys() == {"tenancy_person", "tenancy_membership"}
    assert {table for table in SEES.keys() & REACHES.keys() if SEES[table] is not REACHES[table]} == COARSER.keys()


def test_the_worlds_hold_rows_that_are_seen_and_rows_that_are_not():
    """Of each table somebody sees a row, and somebody else does not: or its answers would be empty in each world."""
    rng = Random(SEED)
    worlds = [make_world(number, rng) for number in range(40)]
    for table, rule in (SEES | REACHES).items():
        answers = {
            rule(who_is(world, person), row, world)
            for world in worlds
            for person in world.rows["tenancy_person"]
            for row in world.rows[table]
        }
        assert answers == ({False} if table in TO_NOBODY else {True, False}), table


#: What is shut for everybody anyway cannot be shut.
HOLES = [
    (table, hole) for table in sorted(REACHES) for hole in ("true", "false") if hole == "true" or table not in TO_NOBODY
]


@pytest.mark.parametrize(("table", "hole"), HOLES)
def test_a_wall_with_a_hole_or_without_a_door_is_noticed(table, hole):
    """Each policy in turn opened for everybody and shut for everybody, and the third answer differs."""
    rng = Random(SEED)
    worlds = [make_world(number, rng) for number in range(15)]
    reached = PlainAnswers(REACHES, worlds)
    with undone(), arranging():
        insert(worlds)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER POLICY may_select ON {table} USING ({hole})")
        with plain_sql():
            for world in worlds:
                for person in world.rows["tenancy_person"]:
                    viewer = viewer_by_id(person["id"])
                    promised = reached.of(who_is(world, person), world)
                    if _differences("", {table: promised[table]}, by_plain_sql(viewer), worlds):
                        return
    pytest.fail(f"nobody noticed that {table} is {'open' if hole == 'true' else 'shut'}")


def test_the_rungs_of_the_worlds_are_those_of_the_product():
    """A rung that is added without a word here would not be tested."""
    choices = Workshop._meta.get_field("rung").choices or ()
    assert tuple(value for value, _label in choices) == RUNGS
