"""What machines read of networks, people and municipalities."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.tenancy import MembershipFactory, MunicipalityFactory, NetworkFactory, OfficeFactory

pytestmark = pytest.mark.django_db


def test_a_network_is_answered_with_what_its_page_shows(konstanz):
    OfficeFactory(network=konstanz, name="Kämmerei", task_area="finance")
    konstanz.starts.create(value="2019", source="Seite")
    answer = Client().get("/api/v1/networks/konstanz/").json()
    assert (answer["ags"], answer["municipality"], answer["state"]) == ("08335043", "Konstanz", "Baden-Württemberg")
    assert answer["starts"] == [{"value": "2019", "source": "Seite"}]
    assert answer["offices"] == [{"name": "Kämmerei", "division": "", "task_area": "finance"}]
    assert answer["url"] == "http://testserver/netzwerke/konstanz/"


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_any_number(rows, outsider, as_person, django_assert_num_queries):
    for _number in range(rows):
        network = NetworkFactory()
        MembershipFactory(network=network, office=OfficeFactory(network=network))
    with django_assert_num_queries(1):
        Client().get("/api/v1/networks/")
    client = as_person(outsider)
    with django_assert_num_queries(7):  # session, person, viewer, people, topics, memberships, moderations
        client.get("/api/v1/people/")


def test_lists_go_on_by_key(db):
    NetworkFactory.create_batch(25)
    first = Client().get("/api/v1/networks/").json()
    second = Client().get("/api/v1/networks/", {"page": first["next"]}).json()
    slugs = [row["slug"] for row in first["results"] + second["results"]]
    assert len(slugs) == len(set(slugs)) == 25
    assert second["next"] == ""


def test_visitors_read_no_people(pilot):
    assert Client().get("/api/v1/people/").status_code == 403
    assert Client().get(f"/api/v1/people/{pilot.pk}/").status_code == 403


def test_municipalities_are_found_by_what_is_typed(db):
    MunicipalityFactory(ags="08335043", name="Konstanz")
    found = Client().get("/api/v1/municipalities/", {"q": "konst"}).json()["results"]
    assert [(town["ags"], town["name"]) for town in found] == [("08335043", "Konstanz")]
    assert Client().get("/api/v1/municipalities/?q=%00").json() == {"results": []}
