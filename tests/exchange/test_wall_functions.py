"""The functions of the exchange that go past the second wall: each asks by itself who acts, and refuses the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from chat.models import Conversation
from exchange.models import Comment, Experience, Registration, SeatHandover, Workshop
from moderation.models import Report
from moderation.services.decisions import decide_report, restore_thing
from moderation.services.reports import report_thing
from tenancy.viewer import viewer_for
from tests.exchange.wall_world import CAST, acting, refused, world
from tests.factories.moderation import ReportFactory
from tests.factories.tenancy import MembershipFactory
from toolkit.audit import record
from toolkit.past_sight import answer_of, locked, rows_of

__all__ = ["world"]
pytestmark = pytest.mark.django_db
NOW = timezone.now()

STEERED = "exchange_steer_experience"

#: Who is refused what, and why not.
REFUSED = {
    "to publish another's draft": ("coordinator", lambda w: rows_of(STEERED, w.draft.pk, "published", "all", None)),
    "to publish what is out of sight": ("outsider", lambda w: rows_of(STEERED, w.draft.pk, "published", "all", None)),
    "to show another city's to more": ("outsider", lambda w: rows_of(STEERED, w.wide.pk, "published", "public", None)),
    "to take back another city's": (
        "neighbour_coordinator",
        lambda w: rows_of(STEERED, w.wide.pk, "recalled", "all", None),
    ),
    "to take back a colleague's": ("office_head", lambda w: rows_of(STEERED, w.narrow.pk, "recalled", "all", None)),
    "to show what the moderation hid": ("pilot", lambda w: rows_of(STEERED, w.hidden.pk, "published", "all", None)),
    "to make a draft of it again": ("pilot", lambda w: rows_of(STEERED, w.wide.pk, "draft", "all", None)),
    "to give it to an office one is not of": (
        "coordinator",
        lambda w: rows_of(STEERED, w.wide.pk, "published", "office", w.people["pilot"].memberships.get().office_id),
    ),
    "to hide what was not reported": ("moderator", lambda w: rows_of("exchange_hide_experience", w.wide.pk, "Nein")),
    "to hide what was reported in another Land": (
        "other_moderator",
        lambda w: rows_of("exchange_hide_experience", w.reported.pk, "Nein"),
    ),
    "to hide as the coordination": ("coordinator", lambda w: rows_of("exchange_hide_experience", w.reported.pk, "Ja")),
    "to hide a comment because its experience was reported": (
        "moderator",
        lambda w: rows_of("exchange_hide_comment", w.reported.pk, "Nein"),
    ),
    "to hide a comment as its city": ("coordinator", lambda w: rows_of("exchange_hide_comment", w.said.pk, "Ja")),
    "to show again, as the author": ("pilot", lambda w: rows_of("exchange_restore_experience", w.hidden.pk)),
    "to show again what was reported elsewhere": (
        "other_moderator",
        lambda w: rows_of("exchange_restore_experience", w.reported.pk),
    ),
    "to show a comment again, as its author": ("neighbour", lambda w: rows_of("exchange_restore_comment", w.said.pk)),
    "to show a comment again from another Land": (
        "other_moderator",
        lambda w: rows_of("exchange_restore_comment", w.said.pk),
    ),
    "to fill seats by the inner function": (
        "coordinator",
        lambda w: rows_of("exchange_give_seats", w.wide_workshop.pk, NOW),
    ),
    "to fill seats of what is out of sight": (
        "outsider",
        lambda w: rows_of("exchange_allocate", w.narrow_workshop.pk, NOW),
    ),
    "to fill seats of a draft of others": (
        "neighbour_coordinator",
        lambda w: rows_of("exchange_allocate", w.draft_workshop.pk, NOW),
    ),
    "to count seats by the inner function": (
        "coordinator",
        lambda w: rows_of("exchange_count_place", w.wide_workshop.pk, w.konstanz.pk, "shared", -1),
    ),
    "to end the places of who is still there": (
        "coordinator",
        lambda w: rows_of("exchange_end_places", w.people["pilot"].pk, w.konstanz.pk, NOW),
    ),
    "to end places taken for another city": (
        "coordinator",
        lambda w: rows_of("exchange_end_places", w.people["outsider"].pk, w.giessen.pk, NOW),
    ),
    "to end places as a colleague": (
        "office_head",
        lambda w: rows_of("exchange_end_places", w.people["outsider"].pk, w.konstanz.pk, NOW),
    ),
    "to write the edition of a workshop of others": (
        "neighbour_coordinator",
        lambda w: rows_of("exchange_keep_edition", w.narrow_workshop.pk),
    ),
    "to write an edition as a pilot": ("pilot", lambda w: rows_of("exchange_keep_edition", w.narrow_workshop.pk)),
    "to delete a draft of others": (
        "neighbour_coordinator",
        lambda w: rows_of("exchange_delete_draft", w.draft_workshop.pk),
    ),
    "to delete a draft as a pilot": ("pilot", lambda w: rows_of("exchange_delete_draft", w.draft_workshop.pk)),
    "to delete what is open": ("coordinator", lambda w: rows_of("exchange_delete_draft", w.wide_workshop.pk)),
}


@pytest.fixture
def reported(world):
    """An experience and a comment that were reported in the Land of the moderator."""
    world.reported, world.said = world.narrow, world.wide_comment
    ReportFactory(kind="experience", object_id=world.narrow.pk)
    ReportFactory(kind="comment", object_id=world.said.pk)
    return world


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(reported, what):
    who, act = REFUSED[what]
    before = (list(Experience.objects.order_by("pk").values()), list(Registration.objects.order_by("pk").values()))
    with acting(reported, who), pytest.raises(ProgrammingError), transaction.atomic():
        act(reported)
    assert before == (
        list(Experience.objects.order_by("pk").values()),
        list(Registration.objects.order_by("pk").values()),
    )
    assert Workshop.objects.count() == 3
    assert not Comment.objects.exclude(hidden_at=None).exists()


def test_a_visitor_is_refused_everything(reported):
    for _who, act in REFUSED.values():
        with acting(reported, "visitor"), pytest.raises(ProgrammingError), transaction.atomic():
            act(reported)


def test_a_draft_of_two_cities_is_deleted_by_none(world):
    world.draft_workshop.hosts.create(network=world.heilbronn, state="accepted")
    with acting(world, "coordinator"):
        assert refused(lambda: rows_of("exchange_delete_draft", world.draft_workshop.pk))
    assert Workshop.objects.filter(pk=world.draft_workshop.pk).exists()


@pytest.mark.parametrize("noun", ["experience", "format", "workshop"])
def test_only_what_is_in_sight_can_be_held(world, noun):
    row = getattr(world, {"experience": "draft", "format": "narrow_format", "workshop": "draft_workshop"}[noun])
    holding = set()
    for who in ("visitor", *CAST):
        with acting(world, who), transaction.atomic():
            try:
                locked(f"exchange_lock_{noun}", type(row), row.pk)
            except type(row).DoesNotExist:
                continue
            holding.add(who)
    expected = {
        "experience": {"pilot"},
        "format": {"pilot", "coordinator", "office_head", "neighbour_coordinator"},
        "workshop": {"coordinator"},
    }
    assert holding == expected[noun]


def test_what_is_of_mine_is_told_to_its_coordinators_alone(world):
    asked = {
        "exchange_formats_of_mine": {"coordinator": 2},
        "exchange_workshops_of_mine": {"coordinator": 3},
    }
    for function, expected in asked.items():
        told = {}
        for who in ("visitor", *CAST):
            with acting(world, who):
                if found := len(set(rows_of(function, "accepted"))):
                    told[who] = found
        assert told == expected, function
    seated = {}
    for who in ("visitor", *CAST):
        with acting(world, who):
            seated[who] = rows_of("exchange_seats_of_mine")
            assert rows_of("exchange_formats_begun") == rows_of("exchange_workshops_begun") == []
    assert {who for who, rows in seated.items() if rows} == {"pilot", "neighbour"}


@pytest.mark.parametrize("who", ["outsider", "visitor"])
def test_of_a_workshop_out_of_sight_not_even_numbers_are_told(world, who):
    Registration.objects.update(workshop=world.narrow_workshop)
    with acting(world, who):
        assert rows_of("exchange_workshop_cities", world.narrow_workshop.pk) == []
        assert rows_of("exchange_workshop_queue", world.narrow_workshop.pk) == [(0, 0, 0)]
    with acting(world, "pilot"):
        assert dict(rows_of("exchange_workshop_cities", world.narrow_workshop.pk)) == {
            world.konstanz.pk: 1,
            world.heilbronn.pk: 1,
        }
        assert rows_of("exchange_workshop_queue", world.narrow_workshop.pk) == [(1, 0, 0)]


@pytest.mark.parametrize("who", ["outsider", "visitor"])
def test_the_next_number_of_a_format_out_of_sight_tells_nothing(world, who):
    world.narrow_format.editions.create(number=6, year=2026)
    with acting(world, who):
        assert answer_of("exchange_edition_number", world.narrow_format.pk) == 1
    with acting(world, "coordinator"):
        assert answer_of("exchange_edition_number", world.narrow_format.pk) == 7


def test_a_room_is_put_to_a_workshop_in_sight_once_and_only_its_own(world):
    room = {"kind": Conversation.Kind.ROOM, "subject_kind": "workshop", "title": "Raum"}
    other = Conversation.objects.create(**room, subject_id=world.wide_workshop.pk).pk
    own = Conversation.objects.create(**room, subject_id=world.narrow_workshop.pk).pk

    def room_after(who: str, room: int) -> int | None:
        with acting(world, who):
            rows_of("exchange_keep_room", world.narrow_workshop.pk, room)
        return Workshop.objects.values_list("room_id", flat=True).get(pk=world.narrow_workshop.pk)

    assert room_after("outsider", own) is None
    assert room_after("pilot", other) is None
    assert room_after("pilot", own) == own
    Workshop.objects.filter(pk=world.narrow_workshop.pk).update(room_id=1_000_000)
    assert room_after("coordinator", own) == 1_000_000


def test_the_record_of_what_cities_own_together_is_read_by_their_coordinators(world):
    world.wide_workshop.hosts.filter(network=world.heilbronn).update(state="accepted")
    for subject, row in (("workshop", world.wide_workshop), ("format", world.narrow_format)):
        record("workshop.changed", person_id=None, subject=subject, subject_id=row.pk, network_id=world.konstanz.pk)
    reading: dict[str, set[str]] = {}
    for subject, row in (
        ("workshop", world.wide_workshop),
        ("format", world.narrow_format),
        ("network", world.konstanz),
    ):
        for who in ("visitor", *CAST):
            with acting(world, who):
                if rows_of("exchange_acts", subject, row.pk, 9):
                    reading.setdefault(subject, set()).add(who)
    assert reading == {"workshop": {"coordinator", "neighbour_coordinator"}, "format": {"coordinator"}}


# --- words ----------------------------------------------------------------------------------------------------------


def found(words="", alike=(), ranked=0, topics=()):
    facets = [list(topics), [], [], [], []]
    rows = rows_of("exchange_find_experiences", words, list(alike), *facets, [], None, None, False, ranked, 50)
    return {pk for pk, _place in rows}


@pytest.mark.parametrize("asked", [
    {"words": "Geheimwort"}, {"words": "Geheimwort", "ranked": 100}, {"alike": ["geheimwort"]},
    {"alike": ["geheimwrot"]}, {"words": "", "topics": ["akte"]},
])  # fmt: skip
def test_words_are_found_by_whom_the_rows_are_seen_and_never_in_drafts(world, asked):
    for row in (world.draft, world.narrow, world.hidden):
        row.title = "Das Geheimwort"
        row.save()
    expected = {world.narrow.pk} | ({world.wide.pk} if "topics" in asked else set())
    for who in ("visitor", *CAST):
        with acting(world, who):
            sees = set(Experience.objects.filter(state="published", hidden_at=None).values_list("pk", flat=True))
            assert found(**asked) == expected & sees, who
    with acting(world, "pilot"):
        assert world.narrow.pk in found(**asked)


# --- what may be done ------------------------------------------------------------------------------------------------


def test_a_place_of_others_is_neither_taken_nor_changed(world):
    """Functions about one's own place find none where there is none; nobody is told more."""
    asked = SeatHandover.objects.get(pk=world.handover.pk)
    Registration.objects.filter(pk=world.queued.pk).update(state="offered", offered_until=NOW + timedelta(days=1))
    before = list(Registration.objects.order_by("pk").values())
    for who in ("visitor", "coordinator", "neighbour_coordinator"):
        with acting(world, who):
            assert answer_of("exchange_accept_offer", world.wide_workshop.pk, NOW) is None
            assert not answer_of("exchange_accompany", world.wide_workshop.pk, 1, "", NOW)
            assert answer_of("exchange_take_over", asked.pk, NOW) is None
    with acting(world, "outsider"):
        assert answer_of("exchange_take_over", asked.pk, NOW) is None
        assert answer_of("exchange_accept_offer", world.wide_workshop.pk, NOW + timedelta(days=2)) is None
    assert list(Registration.objects.order_by("pk").values()) == before
    with acting(world, "outsider"):
        assert answer_of("exchange_accept_offer", world.wide_workshop.pk, NOW) == world.queued.pk
    with acting(world, "office_head"):
        assert answer_of("exchange_take_over", asked.pk, NOW) == world.people["pilot"].pk


def test_what_is_right_is_done(reported):
    w = reported
    with acting(w, "moderator"):
        rows_of("exchange_hide_experience", w.reported.pk, "Musterhaft")
        rows_of("exchange_hide_comment", w.said.pk, "Musterhaft")
        rows_of("exchange_restore_comment", w.said.pk)
    assert Experience.objects.get(pk=w.reported.pk).hidden_reason == "Musterhaft"
    with acting(w, "moderator"):
        rows_of("exchange_restore_experience", w.reported.pk)
    with acting(w, "coordinator"):
        rows_of(STEERED, w.wide.pk, "recalled", "all", None)
        rows_of("exchange_keep_edition", w.narrow_workshop.pk)
        rows_of("exchange_delete_draft", w.draft_workshop.pk)
    with acting(w, "pilot"):
        rows_of(STEERED, w.draft.pk, "published", "network", None)
        assert rows_of("exchange_allocate", w.wide_workshop.pk, NOW) == [(w.people["outsider"].pk, "seat", None)]
    states = dict(Experience.objects.values_list("pk", "state"))
    assert (states[w.wide.pk], states[w.draft.pk]) == ("recalled", "published")


def test_a_moderator_decides_on_what_only_its_city_reads_and_takes_it_back(world, as_person):
    w = world
    report_thing(w.viewers["office_head"], "experience", w.narrow.pk, reason="personal_data", text="Ein Name.")
    decided = decide_report(w.viewers["moderator"], Report.objects.get().pk, action="hide", reason="Nennt Namen.")
    address = f"/erfahrungen/{w.narrow.pk}/"
    seen = {who: as_person(w.people[who]).get(address).status_code for who in CAST}
    assert {who for who, status in seen.items() if status == 200} == {"pilot"}
    restore_thing(w.viewers["moderator"], decided.pk, reason="Der Name ist entfernt.")
    seen = {who: as_person(w.people[who]).get(address).status_code for who in CAST}
    assert {who for who, status in seen.items() if status == 200} == {"pilot", "coordinator", "office_head"}


def test_who_leaves_gives_back_places_in_workshops_that_the_coordination_does_not_see(world):
    gone = MembershipFactory(network=world.giessen, role="coordinator")
    place = Registration.objects.create(
        workshop=world.narrow_workshop, person=gone.person, network=world.giessen, state="seat"
    )
    gone.ended_on = NOW.date()
    gone.save()
    world.viewers["successor"] = viewer_for(MembershipFactory(network=world.giessen, role="coordinator").person)
    with acting(world, "successor"):
        assert not Workshop.objects.filter(pk=world.narrow_workshop.pk).exists()
        ended = rows_of("exchange_end_places", gone.person_id, world.giessen.pk, NOW)
    assert [row[0] for row in ended] == [world.narrow_workshop.pk]
    place.refresh_from_db()
    assert place.state == "withdrawn"
