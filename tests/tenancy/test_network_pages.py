"""What the pages of networks show to whom, and what they cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenancy.models import Network, NetworkStart, Office, RoleTerm
from tenancy.queries.networks import network_by_slug, network_page
from tenancy.viewer import viewer_for
from tests.factories.tenancy import (
    CouncilPaperFactory,
    DivisionFactory,
    FundingFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
    PartnershipFactory,
)

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_networks_costs_the_same_for_any_number(rows, django_assert_num_queries):
    NetworkFactory.create_batch(rows)
    with django_assert_num_queries(3):  # Länder, networks, dots of the map
        Client().get("/netzwerke/")


def fill(network: Network, rows: int) -> None:
    for _number in range(rows):
        office = OfficeFactory(network=network, division=DivisionFactory(network=network))
        MembershipFactory(network=network, office=office)
        MembershipFactory(network=network, role="coordinator")
        FundingFactory(network=network)
        CouncilPaperFactory(network=network)
        NetworkStart.objects.create(network=network, value="2019", source="Seite")
        PartnershipFactory(asking=network, asked=NetworkFactory(), accepted_at=network.published_at)


@pytest.mark.parametrize("rows", [1, 3])
def test_what_a_networks_page_shows_costs_the_same_for_any_number(rows, konstanz, outsider, django_assert_num_queries):
    fill(konstanz, rows)
    viewer = viewer_for(outsider)
    network = network_by_slug(viewer, "konstanz").get()
    with django_assert_num_queries(7):  # offices, pilots by office, members, starts, fundings, papers, partners
        network_page(viewer, network)


def test_the_whole_page_with_its_panels_costs_the_same_for_any_number(konstanz, outsider, as_person):
    client = as_person(outsider)
    prices = []
    for rows in (1, 3):
        fill(konstanz, rows)
        client.get("/netzwerke/konstanz/")  # fills what is kept between requests
        with CaptureQueriesContext(connection) as queries:
            client.get("/netzwerke/konstanz/")
        prices.append(len(queries))
    assert prices[0] == prices[1]


def test_an_unpublished_network_is_there_for_its_own_people_alone(konstanz, pilot, outsider, moderator, as_person):
    Network.objects.filter(pk=konstanz.pk).update(published_at=None, slogan="Noch geheim")
    konstanz.refresh_from_db()
    Network.objects.get(pk=konstanz.pk).save()
    assert as_person(pilot).get("/netzwerke/konstanz/").status_code == 200
    for client in (Client(), as_person(outsider), as_person(moderator)):
        assert client.get("/netzwerke/konstanz/").status_code == 404
        assert client.get("/netzwerke/konstanz/einrichten/").status_code in (302, 404)
        assert "konstanz" not in text_of(client.get("/netzwerke/?q=Konstanz")).replace(
            "q=Konstanz", ""
        ).lower().replace('value="konstanz"', "")
        assert client.get("/api/v1/networks/konstanz/").status_code == 404


def test_visitors_read_the_network_but_not_who_is_in_it(konstanz, pilot, coordinator):
    OfficeFactory(network=konstanz, name="Kämmerei")
    page = text_of(Client().get("/netzwerke/konstanz/"))
    assert "Kämmerei" in page
    assert "unbesetzt" not in page
    for person in (pilot, coordinator):
        assert person.name not in page
        assert person.email not in page


def test_people_of_the_programme_see_who_is_in_it_and_what_is_vacant(konstanz, pilot, outsider, as_person):
    OfficeFactory(network=konstanz, name="Kämmerei")
    page = text_of(as_person(outsider).get("/netzwerke/konstanz/"))
    assert pilot.name in page
    assert "unbesetzt" in page


def test_somebody_unlisted_is_not_shown_to_other_cities(konstanz, pilot, coordinator, outsider, as_person):
    pilot.listed = False
    pilot.save(update_fields=["listed"])
    assert pilot.name not in text_of(as_person(outsider).get("/netzwerke/konstanz/"))
    assert pilot.name in text_of(as_person(coordinator).get("/netzwerke/konstanz/"))


def test_all_claims_of_the_start_stand_with_their_sources(konstanz):
    NetworkStart.objects.create(network=konstanz, value="Ende 2017", source="Projektseite")
    NetworkStart.objects.create(network=konstanz, value="April 2019", source="Drucksache 0028")
    page = text_of(Client().get("/netzwerke/konstanz/"))
    assert all(word in page for word in ("Ende 2017", "Projektseite", "April 2019", "Drucksache 0028"))
    assert "Die Quellen sagen Verschiedenes" in page


def test_money_and_sessions_are_written_as_one_reads_them(konstanz):
    FundingFactory(network=konstanz, total_eur=183938)
    CouncilPaperFactory(
        network=konstanz,
        sessions=[{"body": "Gemeinderat", "on": "2019-03-28", "public": True, "result": "Kenntnis genommen"}, {}],
        strategy_goals=[{"code": "AB 3", "sign": "-", "goal": "Standort"}],
    )
    page = text_of(Client().get("/netzwerke/konstanz/"))
    assert all(word in page for word in ("183.938 €", "28.03.2019", "Kenntnis genommen", "hemmt:"))


@pytest.mark.parametrize("q", ["heilbron", "HEILBRONN", "Lotsen Heil"])
def test_a_network_is_found_by_town_or_name_and_typing_errors_are_forgiven(q, konstanz, heilbronn):
    page = text_of(Client().get("/netzwerke/", {"q": q}))
    assert "/netzwerke/heilbronn/" in page
    assert 'href="/netzwerke/konstanz/">Konstanz' not in page


def test_networks_are_found_by_land(konstanz, giessen):
    page = text_of(Client().get("/netzwerke/", {"land": "06"}))
    assert 'href="/netzwerke/giessen/">Gießen' in page
    assert 'href="/netzwerke/konstanz/">Konstanz' not in page


@pytest.mark.parametrize("query", ["q=%00", "q=%ED%A0%80", "land=zz", "seite=quatsch", "seite=%00", "q=" + "a" * 500])
def test_odd_questions_are_answered(query, konstanz):
    assert Client().get(f"/netzwerke/?{query}").status_code == 200
    assert Client().get(f"/api/v1/networks/?{query}").status_code == 200


def test_pages_of_networks_go_on_by_key(db):
    for number in range(30):
        town = MunicipalityFactory(ags=f"0899{number:04d}", name=f"Ort {number:02d}")
        NetworkFactory(municipality=town, slug=f"ort-{number:02d}")
    first = Client().get("/netzwerke/")
    assert first.context["page"].items[0].municipality.name == "Ort 00"
    second = Client().get("/netzwerke/" + first.context["older"])
    assert [row.municipality.name for row in second.context["page"].items] == [f"Ort {n:02d}" for n in range(24, 30)]
    back = Client().get("/netzwerke/" + second.context["newer"])
    assert [row.pk for row in back.context["page"].items] == [row.pk for row in first.context["page"].items]


# --- the first hour ---------------------------------------------------------------------------------------------


@pytest.fixture
def new_network(coordinator, konstanz):
    """Konstanz before its first hour."""
    RoleTerm.objects.filter(network=konstanz).delete()
    network = Network.objects.get(pk=konstanz.pk)
    network.published_at = None
    network.setup_step = "role"
    network.save()
    return network


def test_the_first_hour_is_led_left_and_taken_up_again(new_network, coordinator, as_person):
    client = as_person(coordinator)
    base = "/netzwerke/konstanz/einrichten/"
    assert client.get(base).url == base + "bezeichnung/"
    proposed = client.post(base + "bezeichnung/", {"word": "Digi-Lots*in", "style": "asterisk", "propose": "1"})
    assert "Unsere Digi-Lots*innen tragen" in text_of(proposed)
    assert not RoleTerm.objects.filter(network=new_network).exists()
    forms = {name: proposed.context["form"].initial[name] for name in ("word", "style", "singular", "plural")}
    more = {name: proposed.context["form"].initial[name] for name in ("dative_plural", "genitive_singular")}
    assert client.post(base + "bezeichnung/", forms | more).url == base + "wir/"
    assert client.get(base).url == base + "wir/"
    assert client.post(base + "wir/", {"name": "Digi-Lots*innen", "goals": "Eins\nZwei"}).url == base + "beginn/"
    assert client.post(base + "beginn/", {"claims": "2022; Konzept\n2023; Meldung"}).url == base + "aemter/"
    listed = client.post(base + "aemter/", {"what": "many", "many-text": "Dezernat I; Kämmerei\nBürgeramt;x;y;zwei;3"})
    assert [(line.taken, bool(line.error)) for line in listed.context["report"]] == [(True, False), (False, True)]
    assert client.post(base + "aemter/", {"what": "go"}).url == base + "umfang/"
    office = Office.objects.get(network=new_network, name="Kämmerei")
    rule = {"pilots_min": "1", "pilots_max": "2", f"min_{office.pk}": "2", f"max_{office.pk}": ""}
    assert client.post(base + "umfang/", rule).url == base + "vorschau/"
    assert client.post("/netzwerke/konstanz/veroeffentlichen/").status_code == 302
    page = text_of(Client().get("/netzwerke/konstanz/"))
    assert all(word in page for word in ("Digi-Lots*innen", "Zwei", "Kämmerei", "Konzept", "Meldung"))


def test_a_network_is_not_published_before_its_people_have_a_name(new_network, coordinator, as_person):
    assert as_person(coordinator).post("/netzwerke/konstanz/veroeffentlichen/").status_code == 403
    assert Client().get("/netzwerke/konstanz/").status_code == 404


@pytest.mark.parametrize(
    ("part", "data", "field"),
    [
        ("wir", {"name": ""}, "name"),
        ("wir", {"name": "x", "crest": "1!"}, "crest"),
        ("beginn", {"claims": "2019 ohne Quelle"}, "claims"),
        ("beginn", {"model": "Nirgendwo"}, "model"),
        ("umfang", {"pilots_min": "3", "pilots_max": "1"}, "pilots_max"),
        ("mehr", {"sdg_targets": "99.9"}, "sdg_targets"),
        ("mehr", {"contact_email": "keine"}, "contact_email"),
        ("foerderung", {"programme": ""}, "programme"),
        ("vorlagen", {"number": "1", "kind": "x", "dated_on": "2019-01-01", "sessions": "Rat"}, "sessions"),
        ("vorlagen", {"number": "1", "kind": "x", "dated_on": "gestern"}, "dated_on"),
        ("bezeichnung", {"word": "***", "style": "paired", "propose": "1"}, "word"),
    ],
)
def test_bad_input_is_told_at_its_field_and_not_lost(part, data, field, konstanz, coordinator, as_person):
    response = as_person(coordinator).post(f"/netzwerke/konstanz/bearbeiten/{part}/", data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert all(value in response.content.decode() for value in data.values() if value and value.isalnum())


def test_a_list_as_a_file_is_read(konstanz, coordinator, as_person):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("aemter.csv", "Dezernat;Amt\nI;Bürgeramt\n".encode("cp1252"))
    data = {"what": "many", "many-text": "", "many-file": file}
    response = as_person(coordinator).post("/netzwerke/konstanz/bearbeiten/aemter/", data)
    assert [line.taken for line in response.context["report"]] == [True]
    division = Office.objects.get(network=konstanz, name="Bürgeramt").division
    assert division
    assert division.name == "I"


def test_an_office_of_another_city_cannot_be_reached_through_mine(heilbronn, coordinator, as_person):
    theirs = OfficeFactory(network=heilbronn, name="Ihr Amt")
    client = as_person(coordinator)
    assert client.get(f"/netzwerke/konstanz/aemter/{theirs.pk}/").status_code == 404
    assert client.post(f"/netzwerke/konstanz/aemter/{theirs.pk}/schliessen/").status_code == 404
    assert Office.objects.get(pk=theirs.pk).closed_on is None


def test_the_city_a_network_is_modelled_on_is_found_by_its_name(konstanz, heilbronn, coordinator, as_person):
    page = "/netzwerke/konstanz/bearbeiten/beginn/"
    assert as_person(coordinator).post(page, {"model": "heilbronn", "model_ags": ""}).status_code == 302
    assert "Nach dem Vorbild von Heilbronn" in text_of(Client().get("/netzwerke/konstanz/"))
    assert as_person(coordinator).post(page, {"model": "", "model_ags": "08121000"}).status_code == 302
    assert Network.objects.get(pk=konstanz.pk).modelled_on is None
