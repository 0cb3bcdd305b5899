"""The second wall of the chat: what the role that serves gets when no rule in Python stands before it."""

from __future__ import annotations

import random
from typing import Any
from uuid import uuid4

import pytest

from chat.models import Conversation, Message, Participant
from chat.policies import seat_of, visible_conversations, visible_messages
from chat.services.conversations import (
    leave_conversation,
    open_group,
)
from tenancy.models import Person
from tenancy.viewer import viewer_for
from tests.chat.past import STRANGERS, as_, refused
from tests.factories.chat import GroupFactory, ParticipantFactory
from tests.factories.tenancy import MembershipFactory
from toolkit.acting import acting_as, acting_as_nobody

pytestmark = pytest.mark.django_db


def message(conversation_id: int, sender: Person | None, seq: int, **more: Any) -> Message:
    """A message that is not stored yet."""
    body = more.pop("body", "Moin")
    return Message(conversation_id=conversation_id, sender=sender, seq=seq, client_id=uuid4(), body=body, **more)


# --- who sees what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_gets_empty_lists_from_everything(stranger, pilot, direct, say):
    say(pilot, direct, "Geheim")
    with as_(stranger):
        assert [rows.objects.count() for rows in (Conversation, Participant, Message)] == [0, 0, 0]


def test_nobody_gets_empty_lists_from_everything(pilot, direct, say):
    say(pilot, direct, "Geheim")
    with acting_as_nobody():
        assert [rows.objects.count() for rows in (Conversation, Participant, Message)] == [0, 0, 0]


def test_who_left_keeps_their_own_row_and_nothing_else(pilot, neighbour, group, say):
    say(pilot, group, "Davor")
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour):
        assert list(Participant.objects.values_list("person_id", flat=True)) == [neighbour.pk]
        assert not Conversation.objects.exists()
        assert not Message.objects.exists()


def test_who_came_later_sees_no_earlier_message(pilot, outsider, group, say):
    say(pilot, group, "Davor")
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    say(pilot, group, "Danach")
    with as_(outsider):
        assert list(Message.objects.values_list("body", flat=True)) == ["Danach"]


def _world(numbers: random.Random) -> tuple[list[Person], list[int]]:
    people = [MembershipFactory().person for _ in range(4)]
    conversations = []
    for _ in range(6):
        made = GroupFactory(head=6)
        conversations.append(made.pk)
        for person in numbers.sample(people, numbers.randint(0, len(people))):
            ParticipantFactory(
                conversation=made,
                person=person,
                joined_seq=numbers.choice([0, 0, 2, 5]),
                left_seq=numbers.choice([None, None, 4]),
            )
        Message.objects.bulk_create(message(made.pk, numbers.choice(people), seq) for seq in range(1, 7))
    return people, conversations


@pytest.mark.parametrize("seed", range(12))
def test_the_plain_rule_the_policies_and_the_wall_agree_on_every_row(seed):
    """Three oracles over a random world: the rule in plain words, ``visible_…``, and SQL as the role that serves."""
    people, conversations = _world(random.Random(seed))
    seats = list(Participant.objects.all())
    log = list(Message.objects.all())
    for person in people:
        mine = {seat.conversation_id: seat for seat in seats if seat.person_id == person.pk and seat.left_seq is None}
        plain = (
            set(mine),
            {m.pk for m in log if m.conversation_id in mine and m.seq > mine[m.conversation_id].joined_seq},
            {seat.pk for seat in mine.values()},
        )
        viewer = viewer_for(person)

        def ruled(viewer: Any = viewer) -> tuple[set[int], set[int], set[int]]:
            return (
                set(visible_conversations(viewer).values_list("pk", flat=True)),
                {pk for c in conversations for pk in visible_messages(viewer, c).values_list("pk", flat=True)},
                {pk for c in conversations for pk in seat_of(viewer, c).values_list("pk", flat=True)},
            )

        assert ruled() == plain
        with acting_as(viewer):
            assert ruled() == plain
            assert set(Conversation.objects.values_list("pk", flat=True)) == plain[0]
            assert set(Message.objects.values_list("pk", flat=True)) == plain[1]
            own = {seat.pk for seat in seats if seat.person_id == person.pk}
            around = {seat.pk for seat in seats if seat.conversation_id in mine}
            assert set(Participant.objects.values_list("pk", flat=True)) == own | around


# --- who writes what ----------------------------------------------------------------------------------------------


def test_nobody_writes_past_the_one_function_also_not_in_their_own_name(pilot, direct):
    with as_(pilot):
        with refused():
            message(direct, pilot, 1).save()
        with refused():
            message(direct, None, 2, kind="change", target_seq=1, body="").save()
    assert not Message.objects.exists()


@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_adds_no_message(stranger, direct):
    with as_(stranger):
        for sender, more in ((stranger, {}), (None, {"kind": "note"})):
            with refused():
                message(direct, sender, 1, **more).save()
    assert not Message.objects.exists()


def test_nobody_writes_in_the_name_of_another_or_of_none(pilot, neighbour, direct):
    with as_(pilot):
        for sender in (neighbour, None):
            with refused():
                message(direct, sender, 1).save()


def test_who_left_adds_no_message(pilot, neighbour, group):
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour), refused():
        message(group, neighbour, 1).save()


def test_no_message_is_changed_or_removed_by_anybody(pilot, neighbour, direct, say):
    say(pilot, direct, "Moin")
    for person in (pilot, neighbour):
        with as_(person):
            assert Message.objects.update(body="Anders") == 0
            assert Message.objects.all()._raw_delete("default") == 0
    assert Message.objects.get().body == "Moin"


@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_moves_no_head_and_locks_nothing(stranger, direct):
    with as_(stranger):
        assert Conversation.objects.filter(pk=direct).update(head=7) == 0
        with pytest.raises(Conversation.DoesNotExist):
            Conversation.objects.select_for_update().get(pk=direct)


def test_a_conversation_is_changed_by_nobody_who_is_in_it(pilot, direct, say):
    say(pilot, direct, "Moin")
    with as_(pilot):
        for change in ({"head": 7}, {"title": "Anders"}, {"retention_days": 1}):
            assert Conversation.objects.filter(pk=direct).update(**change) == 0


def test_nobody_opens_a_conversation_or_takes_a_seat_by_a_bare_insert(pilot, outsider, direct):
    with as_(outsider):
        with refused():
            GroupFactory()
        with refused():
            Participant(conversation_id=direct, person=outsider).save()
    with as_(pilot), refused():
        Participant(conversation_id=direct, person=outsider).save()


def test_a_seat_moves_to_no_other_conversation_and_not_to_before_its_time(pilot, outsider, direct, group):
    other = open_group(viewer_for(outsider), "Andere", [])
    with as_(pilot):
        seat = Participant.objects.filter(person=pilot, conversation_id=direct)
        for change in ({"conversation_id": other}, {"person_id": outsider.pk}, {"joined_seq": -1}, {"left_seq": 0}):
            with refused():
                seat.update(**change)
        assert seat.update(muted=True, read_seq=0) == 1


def test_nobody_touches_the_seat_of_another_or_one_that_ended(pilot, neighbour, group):
    with as_(pilot):
        assert Participant.objects.filter(person=neighbour).update(muted=True) == 0
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour):
        assert Participant.objects.filter(person=neighbour).update(left_seq=None) == 0
