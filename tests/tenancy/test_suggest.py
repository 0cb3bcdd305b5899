"""Suggestions of municipalities: what is ranked first, what is forgiven, what is never shown."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tenancy.models import Municipality
from tenancy.queries.municipalities import hints, suggest_municipalities
from tests.factories.tenancy import DistrictFactory, MunicipalityFactory, StateFactory

pytestmark = pytest.mark.django_db

TOWNS = [
    ("08335043", "Konstanz", 85_770),
    ("09162000", "München", 1_510_378),
    ("09184000", "Münchberg", 10_000),
    ("06531005", "Gießen", 93_000),
    ("03254014", "Giesen", 9_800),
    ("15002000", "Halle (Saale)", 242_000),
    ("05758012", "Halle (Westf.)", 21_600),
    ("15087130", "Lutherstadt Eisleben", 22_000),
    ("09999001", "Konzell", 1_800),
    ("08999001", "Neustadt", 4_000),
    ("08999002", "Neustadt", 9_000),
    ("08116005", "Bad Urach", 12_000),
    ("08116006", "Urach", 900),
]


@pytest.fixture
def towns() -> None:
    for ags, name, population in TOWNS:
        state = StateFactory(code=ags[:2], name=f"Land {ags[:2]}", abbreviation=ags[:2])
        district = DistrictFactory(key=ags[:5], state=state, name=f"Kreis {ags[:5]}")
        MunicipalityFactory(ags=ags, name=name, state=state, district=district, population=population)


def names(text: str) -> list[str]:
    return [town.name for town in suggest_municipalities(text)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("konst", "Konstanz"),
        ("Konstanz", "Konstanz"),
        ("Koenstanz", "Konstanz"),
        ("konsatnz", "Konstanz"),
        ("Konztanz", "Konstanz"),
        ("Kostanz", "Konstanz"),
        ("muenchen", "München"),
        ("MÜNCHEN", "München"),
        ("munchen", "München"),
        ("Mu\u0308nchen", "München"),
        ("mü", "München"),
        ("giessen", "Gießen"),
        ("Giesen", "Giesen"),
        ("halle", "Halle (Saale)"),
        ("halle westf", "Halle (Westf.)"),
        ("eisleben", "Lutherstadt Eisleben"),
        ("urach", "Urach"),
    ],
)
def test_the_town_that_is_meant_comes_first(towns, typed, first):
    assert names(typed)[0] == first


def test_a_typing_error_that_is_a_village_still_offers_the_town(towns):
    assert names("Giesen") == ["Giesen", "Gießen"]


def test_of_two_with_the_same_name_the_larger_comes_first_and_the_district_tells_them_apart(towns):
    found = suggest_municipalities("Neustadt")
    assert [town.population for town in found] == [9_000, 4_000]
    assert [hint.hint for hint in hints(found)] == [
        "Kreis 08999, Land 08, 9.000 Einwohner",
        "Kreis 08999, Land 08, 4.000 Einwohner",
    ]


@pytest.mark.parametrize("typed", ["", " ", "k", "%", "__", "'; --", "\\", "ß" * 500, "\u202e", "🙂🙂"])
def test_too_little_and_hostile_text_finds_nothing_and_breaks_nothing(towns, typed):
    assert names(typed) == []


def test_dissolved_and_empty_ones_are_never_offered(towns):
    Municipality.objects.filter(name="Konstanz").update(dissolved_on=datetime.date(2024, 1, 1))
    Municipality.objects.filter(name="Konzell").update(kind=Municipality.Kind.UNINCORPORATED)
    assert names("kon") == []
    assert "Konstanz" not in names("konsatnz")


def test_there_are_never_more_than_ten(towns):
    for n in range(15):
        MunicipalityFactory(ags=f"080000{n:02d}", name=f"Kleinhausen {n}")
    assert len(names("klein")) == 10


def test_anybody_gets_suggestions_in_the_shape_of_the_field(towns, client):
    response = client.get(reverse("tenancy:municipality-suggest"), {"q": "konst"})
    assert response.status_code == 200
    assert response.json()[0] == {"value": "08335043", "label": "Konstanz", "hint": "Land 08, 85.770 Einwohner"}


@pytest.mark.parametrize("query", ["", "q=", "q=%00", "q=%ED%A0%80", "q=" + "a" * 3000])
def test_a_strange_question_gets_an_empty_answer(client, query):
    response = client.get(f"{reverse('tenancy:municipality-suggest')}?{query}")
    assert (response.status_code, response.json()) == (200, [])


def test_a_flood_from_one_address_is_stopped_and_another_address_is_served(towns, client, monkeypatch):
    monkeypatch.setattr("tenancy.views.municipalities.PER_MINUTE", 3)
    url = reverse("tenancy:municipality-suggest")
    statuses = [client.get(url, {"q": "konst"}, REMOTE_ADDR="192.0.2.77").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert client.get(url, {"q": "konst"}, REMOTE_ADDR="192.0.2.78").status_code == 200


def test_suggestions_ask_at_most_three_questions(towns):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        suggest_municipalities("konsatnz")
    assert len(asked) == 3
