"""Beginning, entering and leaving; and who sees what of it."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connection

from chat.models import Conversation, Participant
from chat.policies import may_join_room, visible_conversations
from chat.public import join_room, leave_room, room_of
from chat.services.conversations import (
    join_room as join_by_oneself,
)
from chat.services.conversations import (
    leave_conversation,
    membership_ended,
    open_direct,
    open_group,
)
from chat.wall import Room
from tenancy.models import Membership, Person
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.chat.rooms import does, room_of_a_thing
from toolkit.access import Denied

pytestmark = pytest.mark.django_db


def seen_by(person) -> set[int]:
    return set(visible_conversations(viewer_for(person)).values_list("pk", flat=True))


def test_two_people_have_one_direct_conversation_whoever_begins(pilot, neighbour):
    one = open_direct(viewer_for(pilot), neighbour.pk)
    assert open_direct(viewer_for(neighbour), pilot.pk) == one
    assert seen_by(pilot) == seen_by(neighbour) == {one}


def test_nobody_else_sees_a_direct_conversation(direct, coordinator, outsider, moderator, operator):
    assert [seen_by(person) for person in (coordinator, outsider, moderator, operator)] == [set()] * 4
    assert not visible_conversations(ANONYMOUS).exists()


def test_one_cannot_write_to_oneself(pilot):
    with pytest.raises(Denied, match="Sich selbst"):
        open_direct(viewer_for(pilot), pilot.pk)


def test_who_is_not_in_the_programme_begins_no_conversation(operator, pilot):
    with pytest.raises(Person.DoesNotExist):
        open_direct(viewer_for(operator), pilot.pk)


def test_a_person_one_does_not_see_cannot_be_written_to(pilot, outsider):
    outsider.listed = False
    outsider.save(update_fields=["listed"])
    with pytest.raises(Person.DoesNotExist):
        open_direct(viewer_for(pilot), outsider.pk)


def test_a_suspended_person_cannot_be_written_to(pilot, neighbour):
    neighbour.is_active = False
    neighbour.save(update_fields=["is_active"])
    with pytest.raises(Person.DoesNotExist):
        open_direct(viewer_for(pilot), neighbour.pk)


def test_moderators_can_be_written_to(pilot, moderator):
    assert open_direct(viewer_for(pilot), moderator.pk) in seen_by(moderator)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_to_each_other_at_once_meet_in_one_conversation(pilot, neighbour):
    found: list[int] = []
    gate = threading.Barrier(2)

    def begin(one, other):
        viewer = viewer_for(one)
        gate.wait()
        found.append(open_direct(viewer, other.pk))
        connection.close()

    threads = [threading.Thread(target=begin, args=pair) for pair in ((pilot, neighbour), (neighbour, pilot))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert Participant.objects.count() == 2


def test_a_direct_conversation_cannot_be_left(pilot, direct):
    with pytest.raises(Denied):
        leave_conversation(viewer_for(pilot), direct)


def test_whoever_is_not_in_a_group_cannot_leave_it(outsider, moderator, group):
    for person in (outsider, moderator):
        with pytest.raises(Conversation.DoesNotExist):
            leave_conversation(viewer_for(person), group)


def test_a_group_holds_only_people_that_its_founder_sees(pilot, neighbour, outsider):
    outsider.listed = False
    outsider.save(update_fields=["listed"])
    number = open_group(viewer_for(pilot), "Runde", [neighbour.pk, outsider.pk, 999_999])
    assert set(Participant.objects.filter(conversation=number).values_list("person_id", flat=True)) == {
        pilot.pk,
        neighbour.pk,
    }


def test_an_operator_cannot_begin_a_group(operator, pilot):
    with pytest.raises(Denied):
        open_group(viewer_for(operator), "Runde", [pilot.pk])


def test_a_visitor_cannot_begin_a_group(pilot):
    with pytest.raises(Denied):
        open_group(ANONYMOUS, "Runde", [pilot.pk])


def test_a_thing_has_one_room_and_its_title_follows(pilot, neighbour):
    room = room_of_a_thing(pilot, [pilot], "Alt")
    assert room_of_a_thing(pilot, [neighbour], "Neu") == room == room_of("trial", 7)
    assert Conversation.objects.get(pk=room).title == "Neu"
    assert seen_by(pilot) == seen_by(neighbour) == {room}


def test_people_enter_a_room_once_and_come_back_after_leaving(pilot, neighbour, say):
    room = room_of_a_thing(pilot, [pilot])
    say(pilot, room, "Moin")
    does(pilot, join_room, room, [neighbour.pk, neighbour.pk])
    assert Participant.objects.get(conversation=room, person=neighbour).read_seq == 1
    does(pilot, leave_room, room, [neighbour.pk])
    assert seen_by(neighbour) == set()
    does(pilot, join_room, room, [neighbour.pk])
    assert seen_by(neighbour) == {room}


def test_a_suspended_person_is_not_let_into_a_room(pilot, neighbour):
    pilot.is_active = False
    pilot.save(update_fields=["is_active"])
    assert not Participant.objects.filter(conversation=room_of_a_thing(neighbour, [pilot])).exists()


def test_the_owner_of_a_thing_says_who_joins_its_room(konstanz_rule, coordinator, outsider, neighbour):
    room = room_of_a_thing(coordinator)
    join_by_oneself(viewer_for(coordinator), room)
    assert seen_by(coordinator) == {room}
    for person in (outsider, neighbour):
        with pytest.raises(Conversation.DoesNotExist):
            join_by_oneself(viewer_for(person), room)
    assert not may_join_room(ANONYMOUS, Room(room, "trial", 7))


def test_a_room_without_a_rule_is_shut(coordinator):
    room = room_of_a_thing(coordinator, kind="unregistered")
    with pytest.raises(Conversation.DoesNotExist):
        join_by_oneself(viewer_for(coordinator), room)


def test_leaving_the_network_ends_access_to_its_rooms_and_keeps_the_others(
    konstanz_rule, pilot, neighbour, direct, coordinator
):
    room = room_of_a_thing(pilot, [pilot, neighbour])
    membership = Membership.objects.get(person=pilot)
    membership.ended_on = datetime.date(2024, 1, 1)
    membership.save(update_fields=["ended_on"])
    does(coordinator, membership_ended, membership)
    assert seen_by(pilot) == {direct}
    assert seen_by(neighbour) == {direct, room}
