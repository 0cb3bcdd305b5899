"""Inviting and accepting: who may, what happens once, and what a link gives away."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from tenancy.models import Invitation, Membership, Person
from tenancy.services.invitations import (
    Issued,
    Unusable,
    accept_as_member,
    accept_as_newcomer,
    ask_for_confirmation,
    hash_of,
    invitation_by_token,
    invite_by_link,
    invite_by_mail,
    renew_invitation,
    withdraw_invitation,
)
from tenancy.viewer import viewer_for
from tests.factories.tenancy import MembershipFactory, NetworkFactory, OfficeFactory, PersonFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db

PASSWORD = "ein langer Satz als Passwort"


def mailed(coordinator, network, **more) -> Issued:
    fields = {"email": "neu@konstanz.example", "role": "pilot", "office_id": None} | more
    return invite_by_mail(viewer_for(coordinator), network.pk, **fields)


def linked(coordinator, network, **more) -> Issued:
    fields = {"role": "pilot", "office_id": None, "uses": 3} | more
    return invite_by_link(viewer_for(coordinator), network.pk, **fields)


def newcomer(token: str, **more) -> Membership:
    fields = {"given_name": "Nina", "family_name": "Neumuster", "password": PASSWORD} | more
    return accept_as_newcomer(token, at=timezone.now(), **fields)


@pytest.mark.parametrize("who", ["pilot", "office_head", "neighbour_coordinator", "moderator", "operator"])
def test_only_the_coordination_of_the_network_invites(who, request, konstanz):
    person = request.getfixturevalue(who)
    with pytest.raises(Denied):
        mailed(person, konstanz)
    with pytest.raises(Denied):
        linked(person, konstanz)
    assert Invitation.objects.count() == 0


def test_a_newcomer_joins_office_and_role_with_a_proved_address(coordinator, konstanz):
    office = OfficeFactory(network=konstanz, name="Kämmerei")
    issued = mailed(coordinator, konstanz, office_id=office.pk)
    membership = newcomer(issued.token)
    person = membership.person
    assert (membership.role, membership.office, membership.network) == ("pilot", office, konstanz)
    assert (person.email, person.name, person.check_password(PASSWORD)) == (
        "neu@konstanz.example",
        "Nina Neumuster",
        True,
    )
    assert person.search_key == "nina neumuster"
    assert EmailAddress.objects.get(user=person).verified


def test_only_a_hash_of_the_token_is_kept(coordinator, konstanz):
    issued = mailed(coordinator, konstanz)
    row = Invitation.objects.values().get(pk=issued.invitation.pk)
    assert row["token_hash"] == hash_of(issued.token)
    assert issued.token not in str(row)


def test_an_office_of_another_city_cannot_be_given(coordinator, konstanz, heilbronn):
    theirs = OfficeFactory(network=heilbronn)
    with pytest.raises(Conflict):
        mailed(coordinator, konstanz, office_id=theirs.pk)


def test_nobody_is_invited_twice_or_although_they_are_in(coordinator, konstanz, pilot):
    mailed(coordinator, konstanz)
    with pytest.raises(Conflict, match="schon eingeladen"):
        mailed(coordinator, konstanz, email="NEU@konstanz.example")
    with pytest.raises(Conflict, match="schon im Netzwerk"):
        mailed(coordinator, konstanz, email=pilot.email)


def test_an_expired_invitation_does_not_block_a_new_one(coordinator, konstanz):
    old = mailed(coordinator, konstanz)
    Invitation.objects.filter(pk=old.invitation.pk).update(expires_at=timezone.now() - datetime.timedelta(days=1))
    newcomer(mailed(coordinator, konstanz).token)
    with pytest.raises(Unusable):
        invitation_by_token(old.token, at=timezone.now())


def test_each_way_to_be_unusable_has_its_own_sentence(coordinator, konstanz):
    used, gone, late, renewed = (mailed(coordinator, konstanz, email=f"p{n}@konstanz.example") for n in range(4))
    newcomer(used.token)
    withdraw_invitation(viewer_for(coordinator), gone.invitation.pk)
    fresh = renew_invitation(viewer_for(coordinator), renewed.invitation.pk)
    now = timezone.now()
    said = {}
    for name, token, at in (
        ("used", used.token, now),
        ("gone", gone.token, now),
        ("late", late.token, now + datetime.timedelta(days=15)),
        ("renewed", renewed.token, now),
        ("guessed", "x" * 32, now),
    ):
        with pytest.raises(Unusable) as refusal:
            invitation_by_token(token, at=at)
        said[name] = str(refusal.value)
    assert "verwendet" in said["used"]
    assert "zurückgezogen" in said["gone"]
    assert "abgelaufen" in said["late"]
    assert said["renewed"] == said["guessed"]
    assert invitation_by_token(fresh.token, at=now).pk == renewed.invitation.pk


def test_withdrawing_and_renewing_are_for_the_coordination(coordinator, neighbour_coordinator, pilot, konstanz):
    issued = mailed(coordinator, konstanz)
    for person in (neighbour_coordinator, pilot):
        with pytest.raises(Denied):
            withdraw_invitation(viewer_for(person), issued.invitation.pk)
        with pytest.raises(Denied):
            renew_invitation(viewer_for(person), issued.invitation.pk)


def test_a_link_proves_an_address_before_it_lets_somebody_in(coordinator, konstanz):
    link = linked(coordinator, konstanz, uses=1)
    with pytest.raises(Unusable):
        newcomer(link.token)
    ask_for_confirmation(link.token, email="Neu@Konstanz.example", at=timezone.now())
    own = Invitation.objects.get(via=link.invitation)
    assert (own.email, own.uses_left) == ("neu@konstanz.example", 1)
    assert Invitation.objects.get(pk=link.invitation.pk).uses_left == 1
    Invitation.objects.filter(pk=own.pk).update(token_hash=hash_of("own"))
    newcomer("own")
    assert Invitation.objects.get(pk=link.invitation.pk).uses_left == 0


def test_a_withdrawn_link_takes_its_confirmations_with_it(coordinator, konstanz):
    link = linked(coordinator, konstanz)
    ask_for_confirmation(link.token, email="neu@konstanz.example", at=timezone.now())
    Invitation.objects.filter(via=link.invitation).update(token_hash=hash_of("own"))
    withdraw_invitation(viewer_for(coordinator), link.invitation.pk)
    with pytest.raises(Unusable):
        newcomer("own")


def test_somebody_signed_in_uses_a_link_at_once(coordinator, konstanz, outsider):
    link = linked(coordinator, konstanz)
    membership = accept_as_member(viewer_for(outsider), link.token, at=timezone.now())
    assert membership.person == outsider
    assert viewer_for(outsider).network_ids >= {konstanz.pk}


def test_an_invitation_to_one_address_is_not_for_another_person(coordinator, konstanz, outsider):
    issued = mailed(coordinator, konstanz, role="coordinator")
    with pytest.raises(Unusable, match="andere Adresse"):
        accept_as_member(viewer_for(outsider), issued.token, at=timezone.now())
    EmailAddress.objects.create(user=outsider, email="neu@konstanz.example", verified=False)
    with pytest.raises(Unusable, match="andere Adresse"):
        accept_as_member(viewer_for(outsider), issued.token, at=timezone.now())
    EmailAddress.objects.filter(user=outsider).update(verified=True)
    assert accept_as_member(viewer_for(outsider), issued.token, at=timezone.now()).person == outsider


def test_an_existing_login_cannot_be_taken_over_by_an_invitation(coordinator, konstanz, outsider):
    issued = mailed(coordinator, konstanz, email=outsider.email)
    with pytest.raises(Conflict, match="melden Sie sich an"):
        newcomer(issued.token)
    assert not Person.objects.get(pk=outsider.pk).check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_a_link_for_one_lets_exactly_one_in_whatever_the_crowd():
    network = NetworkFactory(id=77)
    coordinator = MembershipFactory(network=network, role="coordinator").person
    link = linked(coordinator, network, uses=1)
    crowd = [PersonFactory() for _ in range(8)]

    def accept(person: Person) -> bool:
        try:
            accept_as_member(viewer_for(person), link.token, at=timezone.now())
        except Unusable:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(accept, crowd))
    assert sorted(answers) == [False] * 7 + [True]
    assert Membership.objects.filter(network=network, role="pilot").count() == 1
    assert Invitation.objects.get().uses_left == 0


@pytest.mark.django_db(transaction=True)
def test_one_mail_opened_twice_at_once_makes_one_person():
    network = NetworkFactory(id=78)
    coordinator = MembershipFactory(network=network, role="coordinator").person
    issued = mailed(coordinator, network)

    def accept(_number: int) -> bool:
        try:
            newcomer(issued.token)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(accept, range(6)))
    assert answers.count(True) == 1
    assert Person.objects.filter(email="neu@konstanz.example").count() == 1
