"""Roles change and end at once, never without coordination, and the other rooms hear of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tenancy import hooks
from tenancy.models import Membership
from tenancy.services.memberships import change_membership, end_membership, start_membership
from tenancy.viewer import viewer_for
from tests.factories.tenancy import MembershipFactory, NetworkFactory, OfficeFactory, PersonFactory
from toolkit.access import Conflict, Denied
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db


def membership_of(person) -> Membership:
    return Membership.objects.get(person=person)


@pytest.mark.parametrize("who", ["pilot", "office_head", "neighbour_coordinator", "moderator"])
def test_only_the_coordination_changes_roles(who, request, konstanz):
    other = MembershipFactory(network=konstanz)
    with pytest.raises(Denied):
        change_membership(viewer_for(request.getfixturevalue(who)), other.pk, role="coordinator", office_id=None)
    assert Membership.objects.get(pk=other.pk).role == "pilot"


def test_a_new_role_counts_from_the_next_look_and_is_on_the_record(pilot, coordinator, konstanz):
    office = OfficeFactory(network=konstanz)
    change_membership(viewer_for(coordinator), membership_of(pilot).pk, role="coordinator", office_id=office.pk)
    assert viewer_for(pilot).coordinates == {konstanz.pk}
    entry = AuditEntry.objects.get(verb="membership.changed")
    assert (entry.person_id, entry.network_id, entry.changes["role"]) == (
        coordinator.pk,
        konstanz.pk,
        ["pilot", "coordinator"],
    )


def test_an_ended_membership_gives_nothing_from_the_next_look(pilot, coordinator, konstanz, as_person):
    client = as_person(pilot)
    assert client.get("/personen/").context["page"].items
    end_membership(viewer_for(coordinator), membership_of(pilot).pk, reason="Wechsel")
    assert viewer_for(pilot).network_ids == frozenset()
    assert [person.pk for person in client.get("/personen/").context["page"].items] == [pilot.pk]
    assert AuditEntry.objects.get(verb="membership.ended").reason == "Wechsel"


def test_one_may_leave_oneself_but_not_end_others(pilot, office_head):
    with pytest.raises(Denied):
        end_membership(viewer_for(office_head), membership_of(pilot).pk)
    end_membership(viewer_for(pilot), membership_of(pilot).pk)
    with pytest.raises(Denied, match="bereits beendet"):
        end_membership(viewer_for(pilot), Membership.objects.get(person=pilot).pk)


def test_the_last_coordination_can_neither_leave_nor_take_another_role(coordinator):
    membership = membership_of(coordinator)
    with pytest.raises(Conflict, match="braucht eine Koordination"):
        end_membership(viewer_for(coordinator), membership.pk)
    with pytest.raises(Conflict, match="braucht eine Koordination"):
        change_membership(viewer_for(coordinator), membership.pk, role="pilot", office_id=None)


def test_a_suspended_coordinator_does_not_count_as_coordination(coordinator, konstanz):
    MembershipFactory(network=konstanz, role="coordinator", person__is_active=False)
    with pytest.raises(Conflict):
        end_membership(viewer_for(coordinator), membership_of(coordinator).pk)


def test_nobody_holds_a_role_twice(pilot, coordinator, konstanz):
    with pytest.raises(Conflict, match="bereits"):
        start_membership(pilot.pk, konstanz.pk, "pilot")
    second = start_membership(pilot.pk, konstanz.pk, "office_head")
    with pytest.raises(Conflict, match="bereits"):
        change_membership(viewer_for(coordinator), second.pk, role="pilot", office_id=None)


def test_an_office_of_another_city_cannot_be_given(pilot, coordinator, heilbronn):
    with pytest.raises(Conflict):
        change_membership(
            viewer_for(coordinator),
            membership_of(pilot).pk,
            role="pilot",
            office_id=OfficeFactory(network=heilbronn).pk,
        )


def test_other_rooms_hear_of_joining_and_leaving(pilot, coordinator, konstanz, monkeypatch):
    heard: list[tuple[str, int]] = []
    monkeypatch.setattr(hooks, "_started", [lambda m: heard.append(("started", m.person_id))])
    monkeypatch.setattr(hooks, "_ended", [lambda m: heard.append(("ended", m.person_id))])
    newcomer = PersonFactory()
    start_membership(newcomer.pk, konstanz.pk, "pilot")
    end_membership(viewer_for(coordinator), membership_of(pilot).pk)
    assert heard == [("started", newcomer.pk), ("ended", pilot.pk)]


def test_an_error_of_another_room_undoes_the_leaving(pilot, coordinator, monkeypatch):
    def fail(_membership: Membership) -> None:
        raise RuntimeError("room on fire")

    monkeypatch.setattr(hooks, "_ended", [fail])
    with pytest.raises(RuntimeError):
        end_membership(viewer_for(coordinator), membership_of(pilot).pk)
    assert membership_of(pilot).ended_on is None


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_leave_at_once_leave_one_behind():
    network = NetworkFactory(id=91)
    both = [MembershipFactory(network=network, role="coordinator") for _ in range(2)]

    def leave(membership: Membership) -> bool:
        try:
            end_membership(viewer_for(membership.person), membership.pk)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = list(pool.map(leave, both))
    assert sorted(answers) == [False, True]
    assert Membership.objects.filter(network=network, role="coordinator", ended_on=None).count() == 1


def test_the_pages_change_and_end_memberships(pilot, coordinator, konstanz, as_person):
    client = as_person(coordinator)
    membership = membership_of(pilot)
    office = OfficeFactory(network=konstanz, name="Kämmerei")
    page = f"/mitgliedschaften/{membership.pk}/"
    assert client.post(page, {"role": "pilot", "office": "999999"}).status_code == 422
    assert client.post(page, {"role": "pilot", "office": str(office.pk)}).status_code == 302
    assert "Kämmerei" in client.get("/netzwerke/konstanz/mitglieder/").content.decode()
    own = membership_of(coordinator)
    refused = client.post(f"/mitgliedschaften/{own.pk}/beenden/")
    assert (refused.status_code, "braucht eine Koordination" in refused.content.decode()) == (422, True)
    assert client.post(f"{page}beenden/").status_code == 302
    assert membership_of(pilot).ended_on is not None
