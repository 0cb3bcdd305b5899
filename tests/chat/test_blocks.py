"""Somebody takes no more messages from another, who is never told."""

from __future__ import annotations

import pytest

from chat.models import Block
from chat.services.people import block_person, unblock_person
from tenancy.models import Person
from tenancy.viewer import viewer_for
from toolkit.access import Denied
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db


def test_who_is_blocked_learns_no_more_than_of_whoever_is_away(pilot, neighbour, direct, say):
    block_person(viewer_for(pilot), neighbour.pk)
    with pytest.raises(Denied, match="nimmt zurzeit keine Nachrichten an"):
        say(neighbour, direct, "Moin")


def test_who_blocks_cannot_write_either_until_it_is_undone(pilot, neighbour, direct, say):
    block_person(viewer_for(pilot), neighbour.pk)
    with pytest.raises(Denied, match="Sie haben diese Person blockiert"):
        say(pilot, direct, "Moin")
    unblock_person(viewer_for(pilot), neighbour.pk)
    assert say(pilot, direct, "Moin") == 1


def test_twice_blocked_is_once_blocked(pilot, neighbour):
    block_person(viewer_for(pilot), neighbour.pk)
    block_person(viewer_for(pilot), neighbour.pk)
    assert Block.objects.count() == 1


def test_nobody_blocks_themselves_or_somebody_out_of_sight(pilot, operator):
    with pytest.raises(Denied):
        block_person(viewer_for(pilot), pilot.pk)
    with pytest.raises(Person.DoesNotExist):
        block_person(viewer_for(pilot), operator.pk)


def test_nobody_sees_or_takes_back_the_block_of_another(pilot, neighbour, coordinator):
    block_person(viewer_for(pilot), neighbour.pk)
    for person in (neighbour, coordinator):
        unblock_person(viewer_for(person), neighbour.pk)
        with acting_as(viewer_for(person)):
            assert not Block.objects.exists()
    assert Block.objects.count() == 1


def test_in_a_group_both_go_on(pilot, neighbour, group, say):
    block_person(viewer_for(pilot), neighbour.pk)
    assert say(neighbour, group, "Moin") == 1


def test_blocking_goes_by_the_persons_page_and_is_listed_in_the_wishes(client, pilot, neighbour):
    client.force_login(pilot)
    assert "Blockieren" in client.get(f"/personen/{neighbour.pk}/").content.decode()
    back = client.post(f"/chat/person/{neighbour.pk}/blockieren/", {"on": "1", "zurueck": f"/personen/{neighbour.pk}/"})
    assert back.url == f"/personen/{neighbour.pk}/"
    assert neighbour.name in client.get("/chat/einstellungen/").content.decode()
    client.post(f"/chat/person/{neighbour.pk}/blockieren/", {"on": "0"})
    assert not Block.objects.exists()


def test_the_way_back_never_leads_to_another_host(client, pilot, neighbour):
    client.force_login(pilot)
    for page in ("https://boese.example/", "//boese.example/"):
        back = client.post(f"/chat/person/{neighbour.pk}/blockieren/", {"on": "1", "zurueck": page})
        assert back.url == "/chat/einstellungen/"
