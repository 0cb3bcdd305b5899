"""The start page and the search over everything: what each person finds, and what it costs."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from exchange.models import ExchangeFormat, FormatCity, Workshop, WorkshopHost
from tests.factories.exchange import DraftFactory, ExperienceFactory
from tests.factories.tenancy import ApplicationFactory, MembershipFactory, NetworkFactory

pytestmark = pytest.mark.django_db


def workshop(network, *, title="Lotsen gewinnen", rung="all", state="open", days=7):
    starts = timezone.now() + datetime.timedelta(days=days)
    made = Workshop.objects.create(
        title=title,
        starts_at=starts,
        ends_at=starts + datetime.timedelta(hours=2),
        registration_ends_at=starts,
        seats=20,
        rung=rung,
        state=state,
    )
    WorkshopHost.objects.create(workshop=made, network=network, state="accepted")
    return made


def test_the_start_page_greets_and_says_what_is_new(as_person, pilot, konstanz, heilbronn):
    ExperienceFactory(network=heilbronn, title="Neu aus Heilbronn", published_at=timezone.now())
    DraftFactory(author=pilot, network=konstanz, title="Halbfertig")
    workshop(heilbronn)
    page = as_person(pilot).get("/").content.decode()
    expected = ("Mara.", "eine neue Erfahrung", "Neu aus Heilbronn", "„Halbfertig“ fertigschreiben", "Lotsen gewinnen")
    assert [words for words in expected if words not in page] == []


def test_what_was_new_stays_new_during_one_visit(as_person, pilot):
    ExperienceFactory(published_at=timezone.now())
    client = as_person(pilot)
    for _again in range(2):
        assert "eine neue Erfahrung" in client.get("/").content.decode()


def test_a_visitor_is_told_what_this_is_and_reads_what_is_public(client, konstanz):
    ExperienceFactory(rung="public", title="Für alle zu lesen")
    ExperienceFactory(rung="all", title="Nur im Netz")
    workshop(konstanz, title="Nur für Netzwerke")
    page = client.get("/").content.decode()
    assert "Wo Kommunen voneinander lernen." in page
    assert "Für alle zu lesen" in page
    assert "Nur im Netz" not in page
    assert "Nur für Netzwerke" not in page


@pytest.mark.parametrize("who", ["outsider", "office_head", "moderator", "operator"])
def test_everybody_has_a_start_page(who, request, as_person):
    assert as_person(request.getfixturevalue(who)).get("/").status_code == 200


def test_a_coordination_is_reminded_of_what_it_was_asked(as_person, coordinator, konstanz, heilbronn):
    made = ExchangeFormat.objects.create(hashtag="KNmeetsHN", slug="knmeetshn")
    FormatCity.objects.create(format=made, network=konstanz, state="invited")
    WorkshopHost.objects.create(workshop=workshop(heilbronn, title="Abend"), network=konstanz, state="invited")
    konstanz.published_at = None
    konstanz.save()
    page = as_person(coordinator).get("/").content.decode()
    asked = ("#KNmeetsHN: Macht Konstanz mit?", "„Abend“: Lädt Konstanz mit ein?")
    expected = ("Netzwerk Konstanz fertig einrichten", *asked)
    assert {words: page.count(words) for words in expected} == dict.fromkeys(expected, 1)


def test_nobody_else_sees_what_waits_for_a_coordination(as_person, pilot, outsider, konstanz):
    made = ExchangeFormat.objects.create(hashtag="KNmeetsHN", slug="knmeetshn")
    FormatCity.objects.create(format=made, network=konstanz, state="invited")
    for person in (pilot, outsider):
        assert "#KNmeetsHN" not in as_person(person).get("/").content.decode()


def test_a_moderator_is_told_of_applications_in_the_own_land(as_person, moderator, other_moderator):
    ApplicationFactory(state="open")
    assert "Ein Antrag wartet auf Sie" in as_person(moderator).get("/").content.decode()
    assert "Ein Antrag wartet auf Sie" not in as_person(other_moderator).get("/").content.decode()


def _fill(konstanz, heilbronn, pilot, rows):
    ExperienceFactory.create_batch(rows, network=heilbronn, topics=["E-Akte", "Schulung"], title="Karte Heilbronn")
    for number in range(rows):
        DraftFactory(author=pilot, network=konstanz)
        workshop(heilbronn, title=f"Abend in Heilbronn {number}")
        hashtag = f"KNmeetsHN{number}"
        made = ExchangeFormat.objects.create(hashtag=hashtag, slug=hashtag.lower(), motto="Heilbronn")
        FormatCity.objects.create(format=made, network=konstanz, state="accepted")
        FormatCity.objects.create(format=made, network=heilbronn, state="accepted")
        MembershipFactory(
            network=NetworkFactory(name=f"Lotsen bei Heilbronn {number}"), person__search_key=f"heilbronn {number}"
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_start_page_costs_the_same_whatever_there_is(
    rows, konstanz, heilbronn, pilot, as_person, django_assert_num_queries
):
    _fill(konstanz, heilbronn, pilot, rows)
    client = as_person(pilot)
    client.get("/")
    with django_assert_num_queries(16):
        client.get("/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_search_costs_the_same_whatever_it_finds(
    rows, konstanz, heilbronn, pilot, as_person, django_assert_num_queries
):
    _fill(konstanz, heilbronn, pilot, rows)
    client = as_person(pilot)
    with django_assert_num_queries(16):
        page = client.get("/suche/?q=heilbronn").content.decode()
    for group in ("Erfahrungen", "Netzwerke", "Personen", "Veranstaltungen", "Austauschformate"):
        assert f">{group}</h2>" in page


def test_the_search_asks_each_kind_of_its_own_rule(client, as_person, outsider, konstanz, pilot):
    ExperienceFactory(network=konstanz, rung="network", title="Geheime Kennzahl")
    workshop(konstanz, title="Geheime Runde", rung="network")
    hidden = ExchangeFormat.objects.create(hashtag="Geheim", slug="geheim", rung="network")
    FormatCity.objects.create(format=hidden, network=konstanz, state="accepted")
    pilot.given_name = "Geheime"
    pilot.search_key = "geheime musterlotsin"
    pilot.listed = False
    pilot.save()
    NetworkFactory(name="Geheimes Netz", published_at=None)
    for browser in (client, as_person(outsider)):
        page = browser.get("/suche/?q=Geheim").content.decode()
        assert "Dazu haben wir nichts gefunden" in page


@pytest.mark.parametrize(
    ("title", "q"),
    [
        ("Straßenbeleuchtung melden", "Beleuchtung"),
        ("Straßenbeleuchtung melden", "strassenbeleuchtung"),
        ("Straßenbeleuchtung melden", "Straßenbeleuchtugn"),
        ("Anträge im Bürgeramt", "Antrag"),
        ("Anträge im Bürgeramt", "Buergeramt"),
        ("Anträge im Bürgeramt", "burgeramt"),
        ("Terminvergabe", "Termin"),
        ("Digitallotsen schulen", "Lotsen"),
    ],
)
def test_german_words_are_found_in_many_spellings(title, q, client):
    ExperienceFactory(rung="public", title=title)
    ExperienceFactory(rung="public", title="Ganz etwas anderes")
    page = client.get("/erfahrungen/", {"q": q}).content.decode()
    assert title in page
    assert "Ganz etwas anderes" not in page


def test_topics_and_towns_are_found_by_their_words(client, konstanz):
    ExperienceFactory(rung="public", network=konstanz, title="Eine Sache", topics=["Wissensweitergabe"])
    ExperienceFactory(rung="public", title="Andere Sache")
    for q in ("Wissensweitergabe", "konstanz"):
        page = client.get("/erfahrungen/", {"q": q}).content.decode()
        assert "Eine Sache" in page
        assert "Andere Sache" not in page


def test_a_topic_that_is_taken_away_is_no_longer_found(client):
    experience = ExperienceFactory(rung="public", title="Eine Sache", topics=["Wissensweitergabe"])
    experience.topics.clear()
    assert "Eine Sache" not in client.get("/erfahrungen/?q=Wissensweitergabe").content.decode()


def test_the_best_fitting_come_first_when_asked(client):
    ExperienceFactory(rung="public", title="E-Akte und noch einmal E-Akte", summary="E-Akte")
    ExperienceFactory(rung="public", title="Etwas Neueres", what_we_did="Am Rande: die E-Akte.")
    titles = [e.title for e in client.get("/erfahrungen/?q=E-Akte&sort=match").context["found"].page.items]
    assert titles == ["E-Akte und noch einmal E-Akte", "Etwas Neueres"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("topic=e-akte", 1),
        ("land=06", 1),
        ("land=08&land=06", 2),
        ("network=giessen", 1),
        ("stage=running", 1),
        ("area=it", 1),
        ("area=it&land=06", 0),
        ("stage=unknown", 2),
    ],
)
def test_facets_narrow_the_list(query, count, client, konstanz, giessen):
    ExperienceFactory(rung="public", network=konstanz, topics=["E-Akte"], task_area="it")
    ExperienceFactory(rung="public", network=giessen, stage="running")
    assert len(client.get(f"/erfahrungen/?{query}").context["found"].page.items) == count


@pytest.mark.parametrize("address", ["/erfahrungen/", "/suche/", "/erfahrungen/feed/", "/api/v1/experiences/"])
@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%ED%A0%80", "q=%27%29%3B--", "q=%26%26%7C%21%3A*", "q=" + "a" * 5_000, "q=%22", "q=%25_%5C",
        "topic=%00&land=%00&network=x&stage=%00&area=%00&sort=%00", "page=%00", "page=abc", "page=" + "A" * 900,
        "page=WyJuIiwgIjIwMjYiLCA5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ", "q=%E2%80%AE",
    ],
)  # fmt: skip
def test_no_address_breaks_a_page(address, query, client):
    ExperienceFactory(rung="public")
    assert client.get(f"{address}?{query}").status_code == 200


def test_suggested_topics_are_those_of_what_one_may_read(as_person, outsider, konstanz):
    ExperienceFactory(network=konstanz, rung="network", topics=["E-Geheim"])
    ExperienceFactory(rung="all", topics=["E-Akte", "Neue E-Themen"])
    answer = as_person(outsider).get("/erfahrungen/themen/?q=e-").json()
    assert [choice["value"] for choice in answer] == ["E-Akte", "Neue E-Themen"]


@pytest.mark.parametrize("address", ["/", "/erfahrungen/", "/suche/?q=Karte"])
def test_the_pages_speak_english_too(address, client, konstanz):
    ExperienceFactory(rung="public", network=konstanz, title="Karte")
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    body = page[page.index("<main") : page.index("</main>")]
    german = ("Erfahrung", "Netzwerk", "Kommune", "Suchen", "Beteiligte")
    assert [word for word in german if word in body] == []
