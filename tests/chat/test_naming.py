"""Whom one can name in a conversation: who is in it, and nobody learns of anybody else."""

from __future__ import annotations

import pytest

from chat.services.conversations import leave_conversation
from tenancy.names import person_search_key
from tenancy.viewer import viewer_for

pytestmark = pytest.mark.django_db


def named(client, conversation: int, words: str = "") -> list[int]:
    answer = client.get(f"/chat/{conversation}/personen/", {"q": words})
    assert answer.status_code == 200
    return [person["id"] for person in answer.json()["people"]]


def test_those_who_are_in_it_are_offered_by_name_and_oneself_is_not(as_person, pilot, neighbour, coordinator, group):
    neighbour.search_key = person_search_key("Änne", "Heilbronner")
    neighbour.save()
    client = as_person(pilot)
    assert set(named(client, group)) == {neighbour.pk, coordinator.pk}
    assert named(client, group, "ÄN") == [neighbour.pk]
    assert named(client, group, "heil") == [neighbour.pk]
    assert named(client, group, "niemand so") == []


def test_what_is_said_of_a_person_is_name_city_letters_and_hue(as_person, pilot, neighbour, direct):
    answer = as_person(pilot).get(f"/chat/{direct}/personen/").json()
    assert answer["people"][0].keys() == {"id", "name", "place", "initials", "hue"}
    assert (answer["people"][0]["name"], answer["people"][0]["place"]) == (neighbour.name, "Heilbronn")


def test_all_at_once_can_be_named_in_a_group_and_not_by_two(as_person, pilot, group, direct):
    client = as_person(pilot)
    assert client.get(f"/chat/{group}/personen/").json()["everyone"] is True
    assert client.get(f"/chat/{direct}/personen/").json()["everyone"] is False


def test_who_left_and_who_is_suspended_is_offered_no_more(as_person, pilot, neighbour, coordinator, group):
    leave_conversation(viewer_for(neighbour), group)
    assert named(as_person(pilot), group) == [coordinator.pk]
    coordinator.is_active = False
    coordinator.save(update_fields=["is_active"])
    assert named(as_person(pilot), group) == []


def test_who_is_not_in_it_or_left_it_finds_nothing(as_person, outsider, neighbour, group):
    leave_conversation(viewer_for(neighbour), group)
    for person in (outsider, neighbour):
        assert as_person(person).get(f"/chat/{group}/personen/").status_code == 404


def test_the_people_of_a_conversation_cost_the_same_for_any_number(
    as_person, pilot, direct, group, django_assert_max_num_queries
):
    client = as_person(pilot)
    for conversation in (direct, group):
        with django_assert_max_num_queries(9):  # session, person, viewer (3), conversation, seat, people, may write
            named(client, conversation)
