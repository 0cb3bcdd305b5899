"""Each published network has a room: its people are in it, and nobody else."""

from __future__ import annotations

import pytest

from chat.models import Conversation, Participant
from chat.policies import visible_conversations
from chat.services.networks import open_network_room
from tenancy.models import Membership
from tenancy.services.memberships import end_membership, start_membership
from tenancy.viewer import viewer_for
from tests.factories.tenancy import PersonFactory
from toolkit.access import Denied
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db


def people_of(room):
    return set(Participant.objects.filter(conversation=room, left_seq=None).values_list("person_id", flat=True))


def test_the_first_who_comes_opens_it_for_all(pilot, coordinator, office_head, konstanz):
    room = open_network_room(viewer_for(pilot), konstanz.pk)
    assert people_of(room) == {pilot.pk, coordinator.pk, office_head.pk}
    assert open_network_room(viewer_for(coordinator), konstanz.pk) == room


def test_who_begins_in_the_network_is_in_and_who_ends_is_out(pilot, coordinator, konstanz):
    room = open_network_room(viewer_for(pilot), konstanz.pk)
    somebody = PersonFactory()
    with acting_as(viewer_for(coordinator)):
        membership = start_membership(somebody.pk, konstanz.pk, "pilot", by=coordinator.pk)
    assert somebody.pk in people_of(room)
    end_membership(viewer_for(coordinator), membership.pk)
    assert somebody.pk not in people_of(room)
    assert not visible_conversations(viewer_for(somebody)).exists()


def test_who_has_another_role_in_it_stays(pilot, coordinator, konstanz):
    room = open_network_room(viewer_for(pilot), konstanz.pk)
    with acting_as(viewer_for(coordinator)):
        second = start_membership(pilot.pk, konstanz.pk, "office_head", by=coordinator.pk)
    end_membership(viewer_for(coordinator), second.pk)
    assert pilot.pk in people_of(room)


@pytest.mark.parametrize("name", ["neighbour", "moderator", "operator"])
def test_nobody_else_opens_or_enters_it(name, pilot, konstanz, request):
    stranger = request.getfixturevalue(name)
    with pytest.raises(Denied):
        open_network_room(viewer_for(stranger), konstanz.pk)
    assert not Conversation.objects.exists()


def test_a_network_that_is_not_published_has_none_yet(pilot, konstanz):
    konstanz.published_at = None
    konstanz.save()
    with pytest.raises(Denied, match="veröffentlicht"):
        open_network_room(viewer_for(pilot), konstanz.pk)


def test_the_way_in_stands_on_the_networks_page_for_its_people_alone(client, pilot, neighbour, konstanz):
    client.force_login(pilot)
    assert "Raum des Netzwerks" in client.get("/netzwerke/konstanz/").content.decode()
    answer = client.post(f"/chat/netzwerk/{konstanz.pk}/")
    assert client.get(answer.url).status_code == 200
    client.force_login(neighbour)
    assert "Raum des Netzwerks" not in client.get("/netzwerke/konstanz/").content.decode()


def test_following_a_network_gives_no_seat_to_who_is_not_in_it(pilot, neighbour, konstanz):
    from chat import wall

    room = open_network_room(viewer_for(pilot), konstanz.pk)
    with acting_as(viewer_for(neighbour)):
        assert wall.follow_network(konstanz.pk, neighbour.pk) is None
    assert neighbour.pk not in people_of(room)
    assert Membership.objects.count() == 2
