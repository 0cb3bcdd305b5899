"""The numbers of the ladder: ranges that never meet, and a field that nobody fills by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tenancy.viewer import Seat, Viewer
from toolkit.audience import (
    ALL_NETWORKS,
    ANONYMOUS_KEYS,
    PUBLIC,
    AudienceField,
    coordinators_key,
    land_key,
    network_key,
    office_key,
    person_key,
)
from toolkit.rules import in_sight

NETWORKS = st.integers(1, 99_999)
LAENDER = st.integers(1, 16).map(lambda n: f"{n:02d}")
OFFICES = st.integers(1, 998_999_999)
PEOPLE = st.integers(1, 1_147_483_647)


@given(NETWORKS, LAENDER, OFFICES, PEOPLE)
def test_no_two_kinds_of_keys_ever_meet(network, land, office, person):
    keys = [
        network_key(network),
        land_key(land),
        ALL_NETWORKS,
        PUBLIC,
        coordinators_key(network),
        office_key(office),
        person_key(person),
    ]
    assert len(set(keys)) == len(keys)


@given(NETWORKS, LAENDER, OFFICES, PEOPLE)
def test_every_key_fits_the_column(network, land, office, person):
    for key in (
        network_key(network),
        land_key(land),
        coordinators_key(network),
        office_key(office),
        person_key(person),
    ):
        assert 0 < key < 2**31


def test_a_visitor_sees_what_is_public_and_nothing_else():
    anonymous = Viewer()
    assert anonymous.keys == ANONYMOUS_KEYS
    assert in_sight([PUBLIC], anonymous)
    assert not in_sight([ALL_NETWORKS, land_key("08"), 1], anonymous)


def test_nothing_is_seen_by_nobody():
    seat = Seat(1, "coordinator", 1, "08", "Konstanz", "konstanz")
    assert not in_sight([], Viewer(person_id=1, is_operator=True, seats=(seat,)))


def test_the_field_starts_empty_and_is_in_no_form():
    field = AudienceField()
    assert field.get_default() == []
    assert field.editable is False
    _name, path, args, kwargs = field.deconstruct()
    assert AudienceField(*args, **kwargs).deconstruct()[1:] == (path, args, kwargs)
