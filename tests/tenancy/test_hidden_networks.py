"""Pages about people who are also in a network that is still being set up: shown to others, without that network."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenancy.models import Network, Person
from tests.factories.tenancy import (
    ApplicationFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
)
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db

SECRETS = ("Geheimnetz", "Verborgenstadt", "Geheimes Amt", "Geheimlotse", "/netzwerke/geheim/")


@pytest.fixture
def hidden(db) -> Network:
    place = MunicipalityFactory(ags="08425001", name="Verborgenstadt")
    network = NetworkFactory(municipality=place, published_at=None, slug="geheim", name="Geheimnetz")
    network.role_term.singular = network.role_term.plural = "Geheimlotse"
    network.role_term.save()
    return network


@pytest.fixture
def in_both(hidden, konstanz) -> Person:
    """First in the hidden network, then also a pilot of Konstanz."""
    office = OfficeFactory(network=hidden, name="Geheimes Amt")
    person = MembershipFactory(network=hidden, office=office, role="coordinator").person
    MembershipFactory(network=konstanz, person=person)
    return person


def addresses(person: Person) -> list[str]:
    return [
        reverse("tenancy:person-detail", args=[person.pk]),
        reverse("tenancy:person-list"),
        reverse("tenancy:person-list") + f"?q={person.given_name}",
        reverse("tenancy:person-list") + "?place=verborgenst",
        f"/api/v1/people/{person.pk}/",
        "/api/v1/people/",
        "/api/v1/networks/",
        reverse("tenancy:network-list"),
        reverse("tenancy:network-detail", args=["konstanz"]),
        reverse("exchange:home"),
        reverse("exchange:search") + f"?q={person.given_name}",
        reverse("chat:list"),
        reverse("notices:list"),
    ]


@pytest.mark.parametrize("who", ["outsider", "coordinator", "moderator", "neighbour"])
def test_others_find_the_person_and_nothing_of_the_hidden_network(who, request, as_person, in_both):
    client = as_person(request.getfixturevalue(who))
    for address in addresses(in_both):
        page = client.get(address)
        assert page.status_code == 200, address
        text = page.content.decode()
        assert not [word for word in SECRETS if word in text], address
    assert in_both.name in client.get(reverse("tenancy:person-detail", args=[in_both.pk])).content.decode()


def test_the_person_finds_both_networks(as_person, in_both):
    client = as_person(in_both)
    for address in addresses(in_both):
        assert client.get(address).status_code == 200, address
    text = client.get(reverse("tenancy:person-detail", args=[in_both.pk])).content.decode()
    assert "Verborgenstadt" in text
    assert "Konstanz" in text
    assert client.get("/netzwerke/geheim/").status_code == 200


@pytest.mark.parametrize("who", ["outsider", "pilot"])
def test_others_talk_with_the_person_without_learning_of_the_hidden_network(who, request, as_person, in_both):
    client = as_person(request.getfixturevalue(who))
    opened = client.post(reverse("chat:open-direct", args=[in_both.pk]), follow=True)
    assert opened.status_code == 200
    assert not [word for word in SECRETS if word in opened.content.decode()]
    assert as_person(in_both).get(opened.redirect_chain[-1][0]).status_code == 200
    assert as_person(in_both).get(reverse("chat:list")).status_code == 200
    assert client.get(reverse("chat:list")).status_code == 200


def test_who_let_a_city_in_reads_of_it_on_record_without_its_name(as_person, moderator, hidden):
    said = {"subject": "application", "subject_id": "1", "state_code": "08"}
    AuditEntry.objects.create(verb="application.approved", network_id=hidden.pk, person_id=moderator.pk, **said)
    page = as_person(moderator).get(reverse("moderation:record"))
    assert page.status_code == 200
    assert "Antrag zugelassen" in page.content.decode()
    assert "Geheimnetz" not in page.content.decode()


def test_the_page_of_an_application_that_was_approved_shows_no_link_to_the_hidden_network(as_person, moderator, hidden):
    application = ApplicationFactory(municipality=hidden.municipality, state="approved", domain_fits=True)
    page = as_person(moderator).get(reverse("tenancy:application-detail", args=[application.pk]))
    assert page.status_code == 200
    assert "/netzwerke/geheim/" not in page.content.decode()


def test_leaving_a_hidden_network_works_and_its_coordination_hears_of_it(as_person, hidden):
    stays = MembershipFactory(network=hidden, role="coordinator").person
    leaving = MembershipFactory(network=hidden)
    client = as_person(leaving.person)
    assert client.post(reverse("tenancy:member-end", args=[leaving.pk])).status_code == 302
    assert "hat das Netzwerk Geheimnetz verlassen" in as_person(stays).get(reverse("notices:list")).content.decode()
    assert client.get("/netzwerke/geheim/").status_code == 404
    assert client.get(reverse("tenancy:profile")).status_code == 200
