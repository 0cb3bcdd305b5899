"""Networks and what belongs to them, behind the second wall: what each sees, and what the database refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from tenancy.models import (
    Application,
    CouncilPaper,
    Division,
    Funding,
    Invitation,
    Network,
    NetworkStart,
    Office,
    Partnership,
    Person,
    RoleTerm,
)
from tenancy.policies.applications import visible_applications
from tenancy.policies.networks import visible_invitations, visible_networks, visible_partnerships
from tenancy.queries.people import coordinators_of, members_of
from tenancy.viewer import ANONYMOUS, Viewer, viewer_for
from tests.database.base import arranging
from tests.factories.tenancy import (
    ApplicationFactory,
    DivisionFactory,
    MembershipFactory,
    MunicipalityFactory,
    OfficeFactory,
    PartnershipFactory,
)
from tests.tenancy.worlds import PAST, World, fill, random_world
from tests.walls.refusal import asked, by_the_wall, not_added, numbers, refused, untouched
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db

CHILDREN = (RoleTerm, NetworkStart, Funding, CouncilPaper, Division, Office)


# --- three oracles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_the_wall_the_policies_and_the_plain_rule_agree(seed):
    world = random_world(seed)
    for person in [None, *world.people]:
        viewer = viewer_for(person) if person else ANONYMOUS
        for model, visible, rule, coarser in THINGS:
            every = list(model._default_manager.all())
            plain = {row.pk for row in every if rule(world, person, row)}
            assert numbers(visible(viewer)) == plain, (model, person)
            behind = {row.pk for row in every if coarser(world, person, row)} if coarser else plain
            assert by_the_wall(model, viewer) == behind, (model, person)
            with acting_as(viewer):
                assert numbers(visible(viewer)) == plain, (model, person)


def sees_network(world: World, person: Person | None, row: Network) -> bool:
    return row.published_at is not None or row.pk in world.own(person)


def sees_invitation(world: World, person: Person | None, row: Invitation) -> bool:
    return row.network_id in world.own(person, "coordinator")


def sees_application(world: World, person: Person | None, row: Application) -> bool:
    return row.state != "unconfirmed" and row.municipality.state_id in world.moderated(person)


def sees_partnership(world: World, person: Person | None, row: Partnership) -> bool:
    """What a coordinator deals with: living ones."""
    return row.ended_at is None and not world.own(person, "coordinator").isdisjoint({row.asking_id, row.asked_id})


def knows_partnership(world: World, person: Person | None, row: Partnership) -> bool:
    """The wall lets coordinators see ended ones too, and everybody what the pages of two networks say anyway."""
    both = world.sees(person, row.asking_id) and world.sees(person, row.asked_id)
    theirs = not world.own(person, "coordinator").isdisjoint({row.asking_id, row.asked_id})
    return theirs or (row.accepted_at is not None and row.ended_at is None and both)


Rule = Callable[[World, Person | None, Any], bool]

#: Model, what the policies show of it, the plain rule, and the plain rule of the wall where that is coarser.
THINGS: tuple[tuple[type[Model], Callable[[Viewer], Iterable[Any]], Rule, Rule | None], ...] = (
    (Network, visible_networks, sees_network, None),
    (Invitation, visible_invitations, sees_invitation, None),
    (Application, visible_applications, sees_application, None),
    (Partnership, visible_partnerships, sees_partnership, knows_partnership),
)


@pytest.mark.parametrize("seed", range(3))
def test_what_belongs_to_a_network_is_seen_wherever_it_is(seed):
    world = random_world(seed)
    for network in world.networks:
        fill(network)
    for person in [None, *world.people]:
        viewer = viewer_for(person) if person else ANONYMOUS
        for model in CHILDREN:
            plain = {row.pk for row in model._default_manager.all() if world.sees(person, row.network_id)}
            assert by_the_wall(model, viewer) == plain, (model, person)


# --- networks and what belongs to them ---------------------------------------------------------------------------


@pytest.fixture
def strangers(pilot, coordinator, outsider, neighbour_coordinator, moderator, operator) -> list[Viewer]:
    """Everybody who has nothing to do with the hidden network."""
    people = (pilot, coordinator, outsider, neighbour_coordinator, moderator, operator)
    return [ANONYMOUS, *(viewer_for(person) for person in people)]


def test_a_network_that_is_set_up_is_there_for_its_own_people_alone(hidden, strangers):
    insider = viewer_for(MembershipFactory(network=hidden).person)
    for model in (Network, *CHILDREN):
        rows = model._default_manager.filter(**{"pk" if model is Network else "network_id": hidden.pk})
        with acting_as(insider):
            assert rows.count() == 1, model
        for viewer in strangers:
            with acting_as(viewer):
                assert not rows.exists(), (model, viewer)


NEW: dict[type[Model], Callable[[Network], Model]] = {
    RoleTerm: lambda n: RoleTerm(network=n, style="neutral", singular="x", plural="x"),
    NetworkStart: lambda n: NetworkStart(network=n, value="x", source="x"),
    Funding: lambda n: Funding(network=n, programme="x"),
    CouncilPaper: lambda n: CouncilPaper(network=n, number="x", kind="x", dated_on=PAST.date()),
    Division: lambda n: Division(network=n, name="x"),
    Office: lambda n: Office(network=n, name="x"),
}
CHANGE = {RoleTerm: "plural", NetworkStart: "value", Funding: "note", CouncilPaper: "kind", Division: "name"}


@pytest.mark.parametrize("model", CHILDREN)
@pytest.mark.parametrize("who", ["pilot", "office_head", "neighbour_coordinator", "moderator"])
def test_only_the_coordination_writes_what_belongs_to_its_network(who, model, request, konstanz):
    fill(konstanz)
    viewer = viewer_for(request.getfixturevalue(who))
    if model is not RoleTerm:
        not_added(viewer, NEW[model](konstanz))
    rows = model._default_manager.filter(network_id=konstanz.pk)
    assert rows.exists()
    untouched(viewer, rows, **{CHANGE.get(model, "name"): "geändert"})


def test_nothing_is_moved_into_a_network_of_others(coordinator, konstanz, heilbronn):
    fill(konstanz)
    viewer = viewer_for(coordinator)
    for model in CHILDREN[1:]:
        rows = model._default_manager.filter(network_id=konstanz.pk)
        refused(viewer, partial(rows.update, network_id=heilbronn.pk))


def test_an_office_stands_under_a_division_of_its_own_network(coordinator, konstanz, heilbronn):
    theirs = DivisionFactory(network=heilbronn)
    viewer = viewer_for(coordinator)
    not_added(viewer, Office(network=konstanz, name="x", division=theirs))
    own = OfficeFactory(network=konstanz)
    refused(viewer, lambda: Office.objects.filter(pk=own.pk).update(division=theirs))


@pytest.mark.parametrize("who", ["pilot", "office_head", "neighbour_coordinator", "moderator", "operator"])
def test_only_the_coordination_changes_a_network_and_nobody_removes_one(who, request, konstanz, coordinator):
    untouched(viewer_for(request.getfixturevalue(who)), Network.objects.filter(pk=konstanz.pk), slogan="geändert")
    with acting_as(viewer_for(coordinator)):
        assert Network.objects.filter(pk=konstanz.pk)._raw_delete("default") == 0
        assert Network.objects.filter(pk=konstanz.pk).update(slogan="Gemeinsam") == 1


def test_a_network_is_founded_only_for_an_open_application_and_by_the_moderators_of_its_land(
    moderator, other_moderator, coordinator, operator
):
    place = MunicipalityFactory(ags="08425009")
    new = {"municipality": place, "slug": "neu", "name": "Neu"}
    not_added(viewer_for(moderator), Network(**new))
    application = ApplicationFactory(municipality=place, state="open")
    for viewer in (viewer_for(other_moderator), viewer_for(coordinator), viewer_for(operator), ANONYMOUS):
        not_added(viewer, Network(**new))
    not_added(viewer_for(moderator), Network(**new, published_at=PAST))
    Application.objects.filter(pk=application.pk).update(state="declined", reason="Nein.")
    not_added(viewer_for(moderator), Network(**new))


def test_the_first_coordinator_is_invited_while_a_network_is_founded_and_never_after(
    hidden, moderator, other_moderator, konstanz
):
    def first(network: Network, **more: object) -> Invitation:
        said = {"role": "coordinator", "email": "a@b.example", "invited_by": moderator, "token_hash": "a" * 64} | more
        return Invitation(network=network, expires_at=timezone.now(), **said)

    viewer = viewer_for(moderator)
    founded = "SELECT array_agg(f) FROM tenancy_founded_networks() f"
    assert asked(viewer, founded) is None
    not_added(viewer, first(hidden))
    ApplicationFactory(municipality=hidden.municipality, state="open")
    assert asked(viewer, founded) == [hidden.pk]
    for stranger in (viewer_for(other_moderator), ANONYMOUS):
        assert asked(stranger, founded) is None
        not_added(stranger, first(hidden))
    not_added(viewer, first(hidden, role="pilot"))
    not_added(viewer, first(hidden, email=""))
    not_added(viewer, first(hidden, invited_by=other_moderator))
    not_added(viewer, first(konstanz))
    MembershipFactory(network=hidden)
    assert asked(viewer, founded) is None
    not_added(viewer, first(hidden))


def test_who_must_be_told_is_known_without_seeing_the_network(hidden, strangers):
    coordinator = MembershipFactory(network=hidden, role="coordinator").person
    pilot = MembershipFactory(network=hidden).person
    for viewer in strangers:
        with acting_as(viewer):
            assert coordinators_of([hidden.pk]) == [coordinator.pk]
            assert members_of([hidden.pk]) == sorted([coordinator.pk, pilot.pk])


# --- partnerships ------------------------------------------------------------------------------------------------


def test_a_partnership_is_asked_by_the_coordination_of_the_asking_side(
    pilot, outsider, neighbour_coordinator, coordinator, konstanz, heilbronn, hidden
):
    for person in (pilot, outsider, neighbour_coordinator):
        not_added(viewer_for(person), Partnership(asking=konstanz, asked=heilbronn))
    viewer = viewer_for(coordinator)
    not_added(viewer, Partnership(asking=konstanz, asked=heilbronn, accepted_at=PAST))
    not_added(viewer, Partnership(asking=konstanz, asked=hidden))


def test_nobody_says_yes_for_the_other_side(pilot, coordinator, neighbour_coordinator, outsider, konstanz, heilbronn):
    row = PartnershipFactory(asking=konstanz, asked=heilbronn)
    rows = Partnership.objects.filter(pk=row.pk)
    refused(viewer_for(coordinator), lambda: rows.update(accepted_at=PAST))
    for person in (pilot, outsider):
        untouched(viewer_for(person), rows, ended_at=PAST)
    with acting_as(viewer_for(neighbour_coordinator)):
        assert rows.update(accepted_at=PAST) == 1


# --- locks -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("who", "waits"), [("pilot", True), ("coordinator", True), ("outsider", False)])
def test_a_network_is_locked_by_its_own_people_alone(who, waits, request, konstanz):
    viewer = viewer_for(request.getfixturevalue(who))
    found: list[bool] = []

    def try_to_lock() -> None:
        try:
            with arranging(), transaction.atomic():
                list(Network.objects.select_for_update(nowait=True, no_key=True).filter(pk=konstanz.pk))
            found.append(False)
        except DatabaseError:
            found.append(True)
        finally:
            connection.close()

    with acting_as(viewer), transaction.atomic():
        asked(viewer, "SELECT tenancy_lock_network(%s)", konstanz.pk)
        other = Thread(target=try_to_lock)
        other.start()
        other.join()
    assert found == [waits]
