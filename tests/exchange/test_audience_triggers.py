"""The ladder in the database follows what changes: who is in, who is a partner, what was hidden or shown to others.

The rule below knows neither keys nor arrays. What it says of who sees what must be what ``audience && keys`` says. Who
sees what stands still is asked of 2,000 worlds in ``tests/walls/test_three_oracles.py``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from exchange.models import (
    Comment,
    Edition,
    ExchangeFormat,
    Experience,
    FormatCity,
    Registration,
    Workshop,
    WorkshopHost,
)
from tenancy.models import Membership, Network, Partnership, Person
from tenancy.viewer import ANONYMOUS, Viewer, viewer_for
from tests.factories.tenancy import (
    MembershipFactory,
    ModeratorFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
    PersonFactory,
    StateFactory,
)

pytestmark = pytest.mark.django_db

RUNGS = ("office", "network", "partners", "land", "all", "public")
NOW = timezone.now()


@dataclass
class World:
    """Four cities in two Länder. Konstanz and Marburg are partners; with the others that is over, or only asked."""

    konstanz: Network
    heilbronn: Network
    giessen: Network
    marburg: Network
    people: dict[str, Person | None] = field(default_factory=dict)

    @property
    def partners(self) -> set[frozenset[int]]:
        return {frozenset({self.konstanz.pk, self.marburg.pk})}


@pytest.fixture
def world(db: None) -> World:
    hesse = StateFactory(code="06", name="Hessen", abbreviation="HE")
    here = World(
        konstanz=NetworkFactory(municipality=MunicipalityFactory(ags="08335043", name="Konstanz")),
        heilbronn=NetworkFactory(municipality=MunicipalityFactory(ags="08121000", name="Heilbronn")),
        giessen=NetworkFactory(municipality=MunicipalityFactory(ags="06531005", name="Gießen", state=hesse)),
        marburg=NetworkFactory(municipality=MunicipalityFactory(ags="06534014", name="Marburg", state=hesse)),
    )
    Partnership.objects.create(asking=here.konstanz, asked=here.marburg, accepted_at=NOW)
    Partnership.objects.create(asking=here.giessen, asked=here.konstanz)
    Partnership.objects.create(asking=here.heilbronn, asked=here.konstanz, accepted_at=NOW, ended_at=NOW)

    office = OfficeFactory(network=here.konstanz, name="Bürgeramt")
    other_office = OfficeFactory(network=here.konstanz, name="Hauptamt")
    left = MembershipFactory(network=here.konstanz, office=office, ended_on=datetime.date(2025, 1, 1)).person
    here.people = {
        "anonymous": None,
        "operator": PersonFactory(is_operator=True),
        "moderator": ModeratorFactory().person,
        "somebody without a network": PersonFactory(),
        "somebody who left Konstanz": left,
        "author": MembershipFactory(network=here.konstanz, office=office).person,
        "same office": MembershipFactory(network=here.konstanz, office=office).person,
        "other office": MembershipFactory(network=here.konstanz, office=other_office).person,
        "coordinator": MembershipFactory(network=here.konstanz, role="coordinator").person,
        "Heilbronn": MembershipFactory(network=here.heilbronn).person,
        "coordinator of Heilbronn": MembershipFactory(network=here.heilbronn, role="coordinator").person,
        "Gießen": MembershipFactory(network=here.giessen).person,
        "coordinator of Gießen": MembershipFactory(network=here.giessen, role="coordinator").person,
        "Marburg": MembershipFactory(network=here.marburg).person,
        "coordinator of Marburg": MembershipFactory(network=here.marburg, role="coordinator").person,
    }
    return here


# --- the rule in plain words --------------------------------------------------------------------------------------


def living(person: Person | None) -> list[Membership]:
    if person is None:
        return []
    return list(person.memberships.filter(ended_on=None).select_related("network__municipality"))


def is_in(person: Person | None, networks: Iterable[Network]) -> bool:
    return any(seat.network in networks for seat in living(person))


def climbs(world: World, person: Person | None, rung: str, owners: list[Network], office_id: int | None) -> bool:
    """Whether a person stands on this rung of something that these networks own."""
    seats = living(person)
    if rung == "public":
        return True
    if rung == "all":
        moderates = person is not None and person.moderations.filter(ended_on=None).exists()
        return bool(seats) or moderates
    if rung == "land":
        states = {owner.municipality.state_id for owner in owners}
        return any(seat.network.municipality.state_id in states for seat in seats)
    if rung == "partners":
        near = {pk for pair in world.partners for owner in owners if owner.pk in pair for pk in pair}
        return is_in(person, owners) or any(seat.network_id in near for seat in seats)
    if rung == "network":
        return is_in(person, owners)
    return any(seat.office_id is not None and seat.office_id == office_id for seat in seats)


# --- what the database says ---------------------------------------------------------------------------------------


def viewer_of(person: Person | None) -> Viewer:
    return ANONYMOUS if person is None else viewer_for(person)


def seen_in_sql(row: Any, person: Person | None) -> bool:
    """Asked of the table itself, in one operator."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT audience && %s::int[] FROM "{table}" WHERE id = %s', [list(viewer_of(person).keys), row.pk]
        )
        (seen,) = cursor.fetchone()
    return bool(seen)


def who_sees(world: World, row: Any) -> set[str]:
    return {name for name, person in world.people.items() if seen_in_sql(row, person)}


# --- the rows ------------------------------------------------------------------------------------------------------


def an_experience(world: World, rung: str, **more: Any) -> Experience:
    author = world.people["author"]
    assert author is not None
    office = living(author)[0].office
    values = {"state": "published", "published_at": NOW} | more
    return Experience.objects.create(
        network=world.konstanz, author=author, office=office, rung=rung, title="Karte", **values
    )


def a_comment(experience: Experience, author: Person | None, **more: Any) -> Comment:
    assert author is not None
    return Comment.objects.create(experience=experience, author=author, body="Danke.", **more)


def a_format(world: World, rung: str) -> ExchangeFormat:
    """Konstanz is in, Heilbronn invited, Gießen has left."""
    made = ExchangeFormat.objects.create(hashtag="KNmeetsHN", slug="knmeetshn", rung=rung, founded_at=NOW)
    FormatCity.objects.create(format=made, network=world.konstanz, state="accepted")
    FormatCity.objects.create(format=made, network=world.heilbronn, state="invited")
    FormatCity.objects.create(format=made, network=world.giessen, state="left")
    return made


def a_workshop(world: World, rung: str, state: str) -> Workshop:
    """Konstanz hosts, Heilbronn is invited, Gießen declined."""
    made = Workshop.objects.create(
        title="Lotsen gewinnen",
        starts_at=NOW + datetime.timedelta(days=9),
        ends_at=NOW + datetime.timedelta(days=9, hours=2),
        registration_ends_at=NOW + datetime.timedelta(days=8),
        seats=5,
        rung=rung,
        state=state,
        cancel_reason="Krank" if state == "cancelled" else "",
    )
    WorkshopHost.objects.create(workshop=made, network=world.konstanz, state="accepted")
    WorkshopHost.objects.create(workshop=made, network=world.heilbronn, state="invited")
    WorkshopHost.objects.create(workshop=made, network=world.giessen, state="declined")
    return made


def expected_of_experience(world: World, experience: Experience) -> set[str]:
    if experience.state != "published" or experience.hidden_at is not None:
        return {"author"}
    owners = [experience.network]
    return {
        name
        for name, person in world.people.items()
        if climbs(world, person, experience.rung, owners, experience.office_id)
    }


# --- what changes later ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rung", RUNGS)
def test_a_comment_follows_when_its_experience_changes(world, rung):
    experience = an_experience(world, "public")
    comment = a_comment(experience, world.people["same office"])
    Experience.objects.filter(pk=experience.pk).update(rung=rung)
    experience.refresh_from_db()
    assert who_sees(world, comment) == expected_of_experience(world, experience)
    Experience.objects.filter(pk=experience.pk).update(hidden_at=NOW)
    assert who_sees(world, comment) == {"author"}


def test_an_ended_partnership_ends_the_sight_of_what_was_shared_with_partners(world):
    rows = [
        an_experience(world, "partners"),
        a_format(world, "partners"),
        a_workshop(world, "partners", "open"),
    ]
    assert all("Marburg" in who_sees(world, row) for row in rows)
    Partnership.objects.filter(asked=world.marburg).update(ended_at=NOW)
    assert not any("Marburg" in who_sees(world, row) for row in rows)


def test_an_accepted_partnership_opens_what_is_shared_with_partners(world):
    experience = an_experience(world, "partners")
    comment = a_comment(experience, world.people["author"])
    Partnership.objects.filter(asking=world.giessen).update(accepted_at=NOW)
    assert "Gießen" in who_sees(world, experience)
    assert "Gießen" in who_sees(world, comment)


def test_a_city_that_accepts_brings_its_people_and_one_that_leaves_takes_them(world):
    made, workshop = a_format(world, "network"), a_workshop(world, "network", "open")
    edition = Edition.objects.create(format=made, number=1, year=2026)
    registration = Registration.objects.create(
        workshop=workshop, person=world.people["author"], network=world.konstanz, state="seat"
    )
    rows = [made, workshop, edition]
    hosted = [*rows, registration]
    assert not any("Heilbronn" in who_sees(world, row) for row in rows)
    assert "coordinator of Heilbronn" not in who_sees(world, registration)
    FormatCity.objects.filter(network=world.heilbronn).update(state="accepted")
    WorkshopHost.objects.filter(network=world.heilbronn).update(state="accepted")
    assert all("Heilbronn" in who_sees(world, row) for row in rows)
    assert all("coordinator of Heilbronn" in who_sees(world, row) for row in hosted)
    FormatCity.objects.filter(network=world.heilbronn).update(state="left")
    WorkshopHost.objects.filter(network=world.heilbronn).delete()
    for row in hosted:
        assert {"Heilbronn", "coordinator of Heilbronn"}.isdisjoint(who_sees(world, row))


@pytest.mark.parametrize("model", [Experience, Comment, ExchangeFormat, Edition, Workshop, Registration, Network])
def test_nobody_writes_an_audience_by_hand(world, model):
    experience = an_experience(world, "network")
    a_comment(experience, world.people["author"])
    made, workshop = a_format(world, "network"), a_workshop(world, "network", "open")
    Edition.objects.create(format=made, number=1, year=2026)
    Registration.objects.create(workshop=workshop, person=world.people["author"], network=world.konstanz, state="seat")
    Network.objects.update(published_at=None)
    row = model.objects.order_by("pk").first()
    before = set(row.audience or model.objects.get(pk=row.pk).audience)
    model.objects.filter(pk=row.pk).update(audience=[200_001, 200_000])
    assert set(model.objects.get(pk=row.pk).audience) == before
    assert "anonymous" not in who_sees(world, row)
