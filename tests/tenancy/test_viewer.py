"""What keys people hold, and what one query it takes to know."""

from __future__ import annotations

import datetime

import pytest

from tenancy.models import Membership
from tenancy.viewer import ANONYMOUS, viewer_by_id, viewer_for
from toolkit import audience

pytestmark = pytest.mark.django_db


def test_an_anonymous_viewer_holds_the_public_key_alone():
    assert ANONYMOUS.keys == (audience.PUBLIC,)


def test_a_pilot_holds_the_keys_of_office_network_land_and_programme(pilot, konstanz):
    office = Membership.objects.get(person=pilot).office_id
    assert office is not None
    assert set(viewer_for(pilot).keys) == {
        konstanz.pk,
        audience.land_key("08"),
        audience.ALL_NETWORKS,
        audience.PUBLIC,
        audience.office_key(office),
        audience.person_key(pilot.pk),
    }


def test_a_moderator_holds_the_key_of_the_queue_and_none_to_a_city_or_land(moderator):
    assert set(viewer_for(moderator).keys) == {
        audience.ALL_NETWORKS,
        audience.PUBLIC,
        audience.moderators_key("08"),
        audience.person_key(moderator.pk),
    }


def test_an_operator_sees_what_is_public_and_no_more(operator):
    assert set(viewer_for(operator).keys) == {audience.PUBLIC, audience.person_key(operator.pk)}


def test_an_ended_membership_gives_no_key(pilot):
    Membership.objects.filter(person=pilot).update(ended_on=datetime.date(2024, 1, 1))
    assert set(viewer_for(pilot).keys) == {audience.PUBLIC, audience.person_key(pilot.pk)}


def test_a_suspended_person_is_a_visitor(pilot):
    pilot.is_active = False
    pilot.save(update_fields=["is_active"])
    assert viewer_for(pilot) == ANONYMOUS


def test_the_viewer_is_read_in_one_query(pilot, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert viewer_by_id(pilot.pk).signed_in
