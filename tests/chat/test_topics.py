"""Topic rooms: found and entered by whoever holds their key, left when that ends."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from chat import wall
from chat.models import Conversation, Participant
from chat.queries.topics import topic_cards
from chat.services.conversations import join_room, leave_conversation
from chat.services.topics import open_topic
from tenancy.models import Membership
from tenancy.services.memberships import end_membership
from tenancy.viewer import ANONYMOUS, viewer_for
from toolkit.access import Denied
from toolkit.acting import acting_as
from toolkit.audience import ALL_NETWORKS, land_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def for_all(coordinator):
    return open_topic(viewer_for(coordinator), "E-Akte", "Was hilft", ALL_NETWORKS)


@pytest.fixture
def for_the_land(coordinator):
    return open_topic(viewer_for(coordinator), "Im Land", "", land_key("08"))


def found(person):
    return {card.id for card in topic_cards(viewer_for(person))}


def test_a_room_for_all_is_found_by_all_and_one_of_a_land_by_its_people(
    pilot, neighbour, outsider, moderator, operator, for_all, for_the_land
):
    assert found(pilot) == found(neighbour) == found(moderator) == {for_all, for_the_land}
    assert found(outsider) == {for_all}
    assert found(operator) == set()
    assert topic_cards(ANONYMOUS) == []


def test_who_enters_reads_what_was_said_and_writes(coordinator, neighbour, for_all, say):
    say(coordinator, for_all, "Willkommen")
    join_room(viewer_for(neighbour), for_all)
    assert say(neighbour, for_all, "Moin") == 2


@pytest.mark.parametrize("name", ["outsider", "other_moderator", "operator"])
def test_whoever_it_is_not_open_to_neither_enters_nor_reads(name, for_the_land, request):
    stranger = request.getfixturevalue(name)
    with pytest.raises(Conversation.DoesNotExist):
        join_room(viewer_for(stranger), for_the_land)
    with acting_as(viewer_for(stranger)):
        assert wall.topics(for_the_land) == []
        assert not Conversation.objects.exists()


def test_finding_a_room_is_not_reading_it(pilot, coordinator, for_all, say):
    say(coordinator, for_all, "Drinnen")
    with acting_as(viewer_for(pilot)):
        assert not Conversation.objects.exists()


@pytest.mark.parametrize("name", ["pilot", "office_head", "operator"])
def test_only_coordination_and_moderation_open_one(name, request):
    person = request.getfixturevalue(name)
    with pytest.raises(Denied):
        open_topic(viewer_for(person), "Neu", "", ALL_NETWORKS)
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(person)):
        wall.open_topic("Neu", "", ALL_NETWORKS, announce=False)


@pytest.mark.parametrize("key", [land_key("06"), 200_001, 1, 250_008])
def test_nobody_opens_one_for_a_land_or_key_of_others(key, coordinator, moderator):
    for person in (coordinator, moderator):
        with pytest.raises(Denied):
            open_topic(viewer_for(person), "Neu", "", key)
        with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(person)):
            wall.open_topic("Neu", "", key, announce=False)


def test_an_association_announces_to_its_land(moderator, pilot, say):
    room = open_topic(viewer_for(moderator), "Aus dem Verband", "", land_key("08"), announce=True)
    join_room(viewer_for(pilot), room)
    say(moderator, room, "Achtung")
    with pytest.raises(Denied, match="Hier schreiben nur die Verantwortlichen"):
        say(pilot, room, "Ich auch")


def test_who_leaves_the_programme_leaves_the_room(coordinator, neighbour, neighbour_coordinator, for_all, for_the_land):
    for room in (for_all, for_the_land):
        join_room(viewer_for(neighbour), room)
    end_membership(viewer_for(neighbour_coordinator), Membership.objects.get(person=neighbour).pk)
    assert not Participant.objects.filter(person=neighbour, left_seq=None).exists()


def test_asking_for_others_to_leave_takes_out_nobody_who_belongs(neighbour, outsider, for_all):
    join_room(viewer_for(neighbour), for_all)
    with acting_as(viewer_for(outsider)):
        assert wall.leave_topics(neighbour.pk) == []


def test_one_leaves_by_oneself_and_the_room_gets_another_owner(coordinator, neighbour, for_all):
    join_room(viewer_for(neighbour), for_all)
    leave_conversation(viewer_for(coordinator), for_all)
    assert Participant.objects.get(person=neighbour).role == "owner"


def test_the_directory_shows_the_door_and_the_form(client, pilot, coordinator, for_all):
    client.force_login(pilot)
    page = client.get("/chat/themen/").content.decode()
    assert "E-Akte" in page
    assert "Themenraum eröffnen" not in page
    assert "Was hilft" in client.get(f"/chat/{for_all}/").content.decode()
    client.force_login(coordinator)
    made = client.post("/chat/themen/neu/", {"title": "Neu", "about": "", "open_to": str(ALL_NETWORKS)})
    assert client.get(made.url).status_code == 200
    assert client.post("/chat/themen/neu/", {"title": "Neu", "open_to": str(land_key("06"))}).status_code == 422
