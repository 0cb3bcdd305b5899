"""The second wall of the chat: writing, changing, asking who read and entering, each past the rules in Python."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from chat import wall
from chat.ids import new_client_id
from chat.models import Conversation, Message, Participant
from chat.services.conversations import leave_conversation
from chat.services.groups import remove_person
from chat.services.messages import mark_read
from chat.services.people import wish
from chat.services.topics import open_topic
from tenancy.viewer import viewer_for
from tests.chat.past import STRANGERS, as_, refused
from tests.factories.chat import ParticipantFactory
from toolkit.acting import acting_as_nobody
from toolkit.audience import land_key

pytestmark = pytest.mark.django_db

SECONDS = timedelta(seconds=10)
DEEDS = ["edit", "retract", "react", "unreact", "pin", "unpin"]


def said_by(person, conversation_id: int, *, key: int = 1) -> list[str]:
    """What becomes of something that a person says, past everything in front of the one function that writes."""
    draft = wall.Draft(person.pk, conversation_id, new_client_id(), "Moin", UUID(int=key))
    return [outcome.word for outcome in wall.append([draft], timezone.now(), rate=10, within=SECONDS)]


def change(conversation_id: int, seq: int, deed: str) -> int | None:
    return wall.change(conversation_id, seq, deed, "👍" if "react" in deed else "Anders", timezone.now())


# --- writing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_says_nothing_in_a_conversation_and_learns_no_more_than_that_there_is_none(stranger, direct):
    with as_(stranger):
        assert said_by(stranger, direct) == said_by(stranger, 999_999) == ["unknown"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("stranger", ["neighbour", "outsider"], indirect=True)
def test_nobody_speaks_for_another_not_even_in_a_conversation_of_both(stranger, pilot, direct):
    with as_(stranger), refused():
        said_by(pilot, direct)
    assert not Message.objects.exists()


def test_who_was_removed_or_left_says_nothing_more(pilot, neighbour, coordinator, group):
    remove_person(viewer_for(pilot), group, neighbour.pk)
    leave_conversation(viewer_for(coordinator), group)
    for person in (neighbour, coordinator):
        with as_(person):
            assert said_by(person, group) == ["unknown"]


def test_where_only_owners_write_nobody_else_does(pilot, neighbour, coordinator, group):
    with as_(pilot):
        wall.group_set(group, "writers", "owners")
    for person in (neighbour, coordinator):
        with as_(person):
            assert said_by(person, group) == ["announcement"]
    with as_(pilot):
        assert said_by(pilot, group) == ["stored"]


@pytest.mark.parametrize("stranger", ["neighbour", "outsider"], indirect=True)
def test_whether_somebody_may_write_is_asked_for_oneself(stranger, pilot, direct):
    with as_(stranger), refused():
        wall.refusal(direct, pilot.pk)


# --- changing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_changes_nothing_of_a_message(stranger, deed, pilot, direct, say):
    say(pilot, direct, "Moin")
    with as_(stranger), refused():
        change(direct, 1, deed)
    assert Conversation.objects.get(pk=direct).head == 1


@pytest.mark.parametrize("deed", ["edit", "retract"])
def test_the_words_of_another_are_changed_by_nobody_owners_included(deed, pilot, neighbour, coordinator, group, say):
    say(neighbour, group, "Moin")
    for person in (pilot, coordinator):
        with as_(person), refused():
            change(group, 1, deed)
    assert Message.objects.get().body == "Moin"


@pytest.mark.parametrize("deed", DEEDS)
def test_who_came_later_or_has_left_changes_nothing_of_before(deed, pilot, neighbour, outsider, group, say):
    say(pilot, group, "Davor")
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    leave_conversation(viewer_for(neighbour), group)
    for person in (outsider, neighbour):
        with as_(person), refused():
            change(group, 1, deed)


def test_while_nobody_acts_nothing_is_changed(pilot, direct, say):
    say(pilot, direct, "Moin")
    for deed in DEEDS:
        with acting_as_nobody(), refused():
            change(direct, 1, deed)


# --- who has read -------------------------------------------------------------------------------------------------


def test_who_has_read_is_told_to_nobody_outside_nor_to_who_shows_nothing(
    pilot, neighbour, outsider, moderator, group, say
):
    say(pilot, group, "Moin")
    mark_read(viewer_for(neighbour), group, 1)
    for person in (pilot, neighbour, outsider, moderator):
        wish(viewer_for(person), show_read=True)
    with as_(pilot):
        assert wall.readers(group, 1) == [neighbour.pk]
    for person in (outsider, moderator):
        with as_(person):
            assert wall.readers(group, 1) == []
    with acting_as_nobody():
        assert wall.readers(group, 1) == []
    wish(viewer_for(pilot), show_read=False)
    with as_(pilot):
        assert wall.readers(group, 1) == []


def test_who_came_later_learns_of_no_readers_of_before(pilot, neighbour, outsider, group, say):
    say(pilot, group, "Davor")
    mark_read(viewer_for(neighbour), group, 1)
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    for person in (neighbour, outsider):
        wish(viewer_for(person), show_read=True)
    with as_(outsider):
        assert wall.readers(group, 1) == []


# --- entering -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", ["outsider", "other_moderator"], indirect=True)
def test_a_topic_room_of_another_land_is_entered_by_nobody(stranger, coordinator):
    topic = open_topic(viewer_for(coordinator), "Im Land", "", land_key("08"))
    with as_(stranger):
        assert not wall.enter_topic(topic)
    assert not Participant.objects.filter(conversation=topic, person=stranger).exists()


def test_who_is_of_no_network_or_nobody_enters_no_topic_room(operator, coordinator):
    topic = open_topic(viewer_for(coordinator), "Im Land", "", land_key("08"))
    for door in (as_(operator), acting_as_nobody()):
        with door, refused():
            wall.enter_topic(topic)


@pytest.mark.parametrize("kind", ["direct", "group"])
def test_no_door_of_a_topic_room_leads_into_another_conversation(kind, outsider, request):
    number = request.getfixturevalue(kind)
    with as_(outsider):
        assert not wall.enter_topic(number)
        assert wall.topics(number) == []
    assert not Participant.objects.filter(person=outsider).exists()


def test_while_nobody_acts_nobody_is_taken_along_by_their_network(pilot, konstanz):
    with acting_as_nobody():
        assert wall.follow_network(konstanz.pk, pilot.pk) is None
        with refused():
            wall.leave_topics(pilot.pk)
        assert wall.topics() == []
