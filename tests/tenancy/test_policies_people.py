"""Who sees whom, and which contact details."""

from __future__ import annotations

import datetime

import pytest

from tenancy.models import Membership, Network, Person
from tenancy.policies.people import may_end_membership, may_see_contact, visible_memberships, visible_people
from tenancy.queries.people import coordinators_of, members_of
from tenancy.viewer import ANONYMOUS, viewer_for

pytestmark = pytest.mark.django_db


def seen_by(person: Person) -> set[Person]:
    return set(visible_people(viewer_for(person)))


def test_visitors_see_nobody(pilot):
    assert list(visible_people(ANONYMOUS)) == []
    assert list(visible_memberships(ANONYMOUS)) == []


def test_people_of_the_programme_see_each_other_across_cities(pilot, outsider, moderator, operator):
    assert seen_by(outsider) == {pilot, outsider, moderator}
    assert seen_by(moderator) == {pilot, outsider, moderator}


def test_an_operator_sees_only_the_own_entry(pilot, operator):
    assert seen_by(operator) == {operator}


def test_somebody_unlisted_is_seen_by_the_own_network_alone(pilot, coordinator, outsider, moderator):
    Person.objects.filter(pk=pilot.pk).update(listed=False)
    assert pilot in seen_by(coordinator)
    assert pilot not in seen_by(outsider)
    assert pilot not in seen_by(moderator)


def test_people_of_an_unpublished_network_are_seen_by_it_alone(pilot, coordinator, outsider, konstanz):
    Network.objects.filter(pk=konstanz.pk).update(published_at=None)
    assert pilot in seen_by(coordinator)
    assert pilot not in seen_by(outsider)


def test_somebody_who_left_or_is_suspended_is_no_longer_found(pilot, outsider, coordinator):
    Membership.objects.filter(person=pilot).update(ended_on=datetime.date(2024, 1, 1))
    Person.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert seen_by(outsider) == {outsider}


@pytest.mark.parametrize("field", ["email", "phone"])
@pytest.mark.parametrize(
    ("seen", "colleague_reads", "outsider_reads"),
    [("nobody", False, False), ("network", True, False), ("all", True, True)],
)
def test_contact_details_are_read_as_far_as_their_owner_says(
    field, seen, colleague_reads, outsider_reads, pilot, coordinator, outsider, operator
):
    setattr(pilot, f"{field}_seen", seen)
    assert bool(may_see_contact(viewer_for(pilot), pilot, field))
    assert bool(may_see_contact(viewer_for(coordinator), pilot, field)) is colleague_reads
    assert bool(may_see_contact(viewer_for(outsider), pilot, field)) is outsider_reads
    assert not may_see_contact(viewer_for(operator), pilot, field)
    assert not may_see_contact(ANONYMOUS, pilot, field)


def test_a_membership_is_ended_by_the_coordination_or_the_person(
    pilot, coordinator, office_head, neighbour_coordinator
):
    membership = pilot.memberships.get()
    assert may_end_membership(viewer_for(coordinator), membership)
    assert may_end_membership(viewer_for(pilot), membership)
    assert not may_end_membership(viewer_for(office_head), membership)
    assert not may_end_membership(viewer_for(neighbour_coordinator), membership)


def test_members_and_coordinators_are_counted_by_network(pilot, coordinator, office_head, neighbour, konstanz):
    assert members_of([konstanz.pk]) == sorted([pilot.pk, coordinator.pk, office_head.pk])
    assert coordinators_of([konstanz.pk]) == [coordinator.pk]
    assert members_of([]) == []
