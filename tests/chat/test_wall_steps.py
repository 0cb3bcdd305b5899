"""The second wall of the chat: the steps past one's own sight, each with its rule inside."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from chat import wall
from chat.models import Conversation, Message, Participant
from chat.services.conversations import (
    leave_conversation,
    membership_ended,
    open_direct,
)
from tenancy.models import Membership, Person
from tenancy.viewer import viewer_for
from tests.chat.past import as_, refused
from tests.chat.rooms import does, room_of_a_thing
from tests.database.base import arranging
from tests.factories.moderation import ReportFactory
from tests.factories.tenancy import MembershipFactory
from toolkit.acting import acting_as_nobody, asking_as

pytestmark = pytest.mark.django_db


#: Every step that only somebody of the programme takes.
STEPS: dict[str, Callable[[Any], object]] = {
    "direct": lambda w: wall.open_direct(w.pilot.pk),
    "group": lambda w: wall.open_group("Runde", [w.pilot.pk]),
    "room": lambda w: wall.open_room("trial", 7, "Raum"),
    "let in": lambda w: wall.let_in(w.room, [w.pilot.pk]),
    "let out": lambda w: wall.let_out(w.room, [w.pilot.pk]),
}


@pytest.fixture
def world(pilot: Person, coordinator: Person, operator: Person, direct: int, group: int) -> Any:
    room = room_of_a_thing(coordinator, [pilot])
    return SimpleNamespace(pilot=pilot, operator=operator, room=room, direct=direct, group=group)


@pytest.mark.parametrize("step", STEPS)
def test_who_is_not_of_the_programme_takes_no_step(step, world):
    with arranging():
        before = list(Participant.objects.order_by("pk").values_list("conversation", "person", "left_seq"))
    for door in (as_(world.operator), acting_as_nobody()):
        with door, refused():
            STEPS[step](world)
    assert list(Participant.objects.order_by("pk").values_list("conversation", "person", "left_seq")) == before


def test_a_direct_conversation_is_of_the_acting_one_and_never_with_oneself_or_who_is_suspended(pilot, neighbour):
    neighbour.is_active = False
    neighbour.save(update_fields=["is_active"])
    with as_(pilot):
        for number in (pilot.pk, neighbour.pk, 999_999):
            with refused():
                wall.open_direct(number)
    assert not Conversation.objects.exists()


def test_who_begins_a_group_is_in_it_and_suspended_people_are_not(pilot, neighbour, outsider):
    outsider.is_active = False
    outsider.save(update_fields=["is_active"])
    with as_(pilot):
        number = wall.open_group("Runde", [neighbour.pk, outsider.pk, 999_999])
    assert set(Participant.objects.filter(conversation=number).values_list("person_id", flat=True)) == {
        pilot.pk,
        neighbour.pk,
    }


def test_only_into_rooms_somebody_is_let_in(outsider, coordinator, world):
    with as_(outsider):
        assert not wall.let_in(world.group, [outsider.pk])
        assert not wall.let_in(world.direct, [outsider.pk])
        assert not wall.let_in(999_999, [outsider.pk])
    assert not Participant.objects.filter(person=outsider).exists()


def test_out_of_a_group_everybody_goes_by_themselves_and_out_of_a_direct_conversation_nobody(pilot, neighbour, world):
    with as_(pilot):
        with refused():
            wall.let_out(world.group, [neighbour.pk])
        with refused():
            wall.let_out(world.group, [pilot.pk, neighbour.pk])
        with refused():
            wall.let_out(world.direct, [pilot.pk])
        assert not wall.let_out(999_999, [pilot.pk])
    assert not Participant.objects.exclude(left_seq=None).exists()


def test_a_stranger_who_leaves_a_group_changes_nothing(outsider, world):
    with as_(outsider):
        wall.let_out(world.group, [outsider.pk])
    assert not Participant.objects.exclude(left_seq=None).exists()


def test_the_rooms_of_a_person_are_told_to_them_and_their_coordination_alone(
    pilot, coordinator, neighbour_coordinator, outsider, operator, world
):
    for person, told in ((pilot, True), (coordinator, True), (neighbour_coordinator, False), (outsider, False)):
        with as_(person):
            assert bool(wall.rooms_of(pilot.pk)) is told
    for door in (as_(operator), acting_as_nobody()):
        with door:
            assert wall.rooms_of(pilot.pk) == []


def test_of_a_room_its_number_and_thing_are_told_and_of_nothing_else(outsider, world):
    with as_(outsider):
        assert wall.room_at(world.room) == wall.Room(world.room, "trial", 7)
        assert [wall.room_at(number) for number in (world.group, world.direct, 999_999)] == [None] * 3
        assert wall.room_of("trial", 7) == world.room
        assert wall.room_of("", 0) is None
    with acting_as_nobody():
        assert wall.room_at(world.room) is None


def test_own_conversations_are_the_acting_ones_own(pilot, outsider, direct, group):
    def mine() -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT chat_my_conversations()")
            return {number for (number,) in cursor.fetchall()}

    with as_(pilot):
        assert mine() == {direct, group}
    for door in (as_(outsider), acting_as_nobody()):
        with door:
            assert mine() == set()


def test_how_ones_own_conversations_stand_is_told_to_nobody_else(pilot, neighbour, outsider, direct, group, say):
    for _ in range(3):
        say(pilot, direct, "Moin")
    with as_(neighbour):
        assert wall.my_heads() == {direct: 3, group: 0}
        assert wall.my_unread(2) == [wall.Unread(direct, 2, muted=False, named=False)]
        assert wall.my_unread_total() == 1
    with as_(pilot):
        assert (wall.my_unread(2), wall.my_unread_total()) == ([], 0)
    for door in (as_(outsider), acting_as_nobody()):
        with door:
            assert (wall.my_heads(), wall.my_unread(2), wall.my_unread_total()) == ({}, [], 0)


def test_numbers_of_a_conversation_one_has_left_are_told_no_more(pilot, neighbour, group, say):
    say(pilot, group, "Moin")
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour):
        assert (wall.my_heads(), wall.my_unread(2)) == ({}, [])


@pytest.mark.parametrize("who", ["pilot", "coordinator", "other_moderator", "operator"])
def test_only_who_moderates_in_the_land_of_a_report_hides_a_message(who, request, pilot, direct, say):
    say(pilot, direct, "Moin")
    report = ReportFactory(kind="message", object_id=Message.objects.get().pk, land_id="08")
    with as_(request.getfixturevalue(who)), refused():
        wall.moderate(report.object_id, hide=True, reason="Nein")
    assert Message.objects.get().hidden_at is None


def test_a_moderator_hides_nothing_that_was_not_reported(moderator, pilot, direct, say):
    say(pilot, direct, "Moin")
    number = Message.objects.get().pk
    ReportFactory(kind="experience", object_id=number, land_id="08")
    ReportFactory(kind="message", object_id=number + 1, land_id="08")
    for door in (as_(moderator), acting_as_nobody()):
        with door, refused():
            wall.moderate(number, hide=True, reason="Nein")
    assert Message.objects.get().hidden_at is None


def test_a_moderator_who_hides_a_message_still_sees_nothing_of_the_conversation(moderator, pilot, direct, say):
    say(pilot, direct, "Moin")
    number = Message.objects.get().pk
    ReportFactory(kind="message", object_id=number, land_id="08")
    with as_(moderator):
        assert wall.moderate(number, hide=True, reason="Beleidigung") == (direct, 2)
        assert wall.moderate(number, hide=True, reason="Beleidigung") is None
        assert not Message.objects.exists()


# --- a rule that is asked for a third person ----------------------------------------------------------------------


def test_a_rule_is_asked_as_the_person_and_the_one_before_acts_on(pilot, neighbour, direct, group):
    with as_(neighbour), transaction.atomic():
        leave_conversation(viewer_for(neighbour), group)
        with asking_as(viewer_for(pilot)):
            assert set(Conversation.objects.values_list("pk", flat=True)) == {direct, group}
        assert set(Conversation.objects.values_list("pk", flat=True)) == {direct}


def test_whoever_is_asked_for_writes_nothing(pilot, neighbour, direct):
    with (
        pytest.raises(DatabaseError, match="read-only transaction"),
        as_(neighbour),
        transaction.atomic(),
        asking_as(viewer_for(pilot)),
    ):
        Participant.objects.filter(person=pilot).update(muted=True)
    assert not Participant.objects.filter(muted=True).exists()


def test_who_ends_a_membership_need_not_see_what_the_person_goes_on_to_see(pilot, coordinator, heilbronn, monkeypatch):
    """The rule is asked with the person's eyes: a coordinator who sees less must not put them out."""
    room = room_of_a_thing(coordinator, [pilot])
    secret = open_direct(viewer_for(pilot), MembershipFactory(network=heilbronn).person.pk)
    monkeypatch.setattr(
        "chat.room_rules.may_join", lambda viewer, kind, subject: Conversation.objects.filter(pk=secret).exists()
    )
    does(coordinator, membership_ended, Membership.objects.get(person=pilot))
    assert Participant.objects.get(conversation=room, person=pilot).left_seq is None
