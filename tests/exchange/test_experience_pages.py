"""Writing, publishing, finding and reading experiences, as a browser without JavaScript does it."""

from __future__ import annotations

import pytest
from django.test import Client

from exchange.models import Comment, Experience
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from tests.factories.tenancy import MembershipFactory, NetworkFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "E-Akte im Bauamt",
    "summary": "In sechs Wochen eingeführt.",
    "what_we_did": "Erst **drei Vorgänge**, dann alle.",
    "topics": "E-Akte, Schulung",
    "cost_once_eur": "12.500 €",
    "effort_days": "30",
    "rung": "land",
}


@pytest.fixture
def write(as_person, pilot):
    """The pilot's browser, and the number of a fresh draft."""
    client = as_person(pilot)
    response = client.post("/erfahrungen/neu/", {"title": "E-Akte", "network": pilot.memberships.get().network_id})
    assert response.status_code == 302
    return client, Experience.objects.get().pk


def test_a_pilot_writes_publishes_and_a_neighbour_reads(write, neighbour, outsider, as_person):
    client, pk = write
    page = client.get(f"/erfahrungen/{pk}/bearbeiten/")
    assert "Alle Netzwerke in Baden-Württemberg." in page.content.decode()
    assert "Alle aus „Bürgeramt“ in Konstanz." in page.content.decode()
    response = client.post(f"/erfahrungen/{pk}/bearbeiten/", {**WORDS, "version": 1, "action": "publish"})
    assert response["Location"] == f"/erfahrungen/{pk}/"
    read = as_person(neighbour).get(f"/erfahrungen/{pk}/").content.decode()
    assert "<strong>drei Vorgänge</strong>" in read
    assert "12.500" in read
    assert "E-Akte im Bauamt" in as_person(neighbour).get("/erfahrungen/?q=eingeführt").content.decode()
    assert as_person(outsider).get(f"/erfahrungen/{pk}/").status_code == 404


def test_publishing_without_the_needed_words_keeps_what_was_typed(write):
    client, pk = write
    response = client.post(
        f"/erfahrungen/{pk}/bearbeiten/", {"summary": "Nur dies.", "rung": "network", "version": 1, "action": "publish"}
    )
    assert response.status_code == 422
    assert "Nur dies." in response.content.decode()
    assert "Das wird zum Lesen gebraucht." in response.content.decode()
    assert Experience.objects.get().state == "draft"


def test_the_start_page_of_writing_asks_for_a_title(as_person, pilot):
    response = as_person(pilot).post("/erfahrungen/neu/", {"title": " ", "network": pilot.memberships.get().network_id})
    assert response.status_code == 422
    assert not Experience.objects.exists()


def test_who_is_in_no_network_is_told_so(as_person, operator):
    response = as_person(operator).get("/erfahrungen/neu/")
    assert response.status_code == 403
    assert "zu einem Netzwerk gehören" in response.content.decode()


def test_a_draft_is_saved_as_one_types_and_counts_its_versions(write):
    client, pk = write
    for version in (1, 2):
        answer = client.post(f"/erfahrungen/{pk}/sichern/", {**WORDS, "version": version}).json()
        assert answer["version"] == version + 1
        assert answer["errors"] == {}
    assert Experience.objects.get().cost_once_eur == 12_500


def test_an_autosave_stores_what_is_right_and_names_what_is_not(write):
    client, pk = write
    answer = client.post(
        f"/erfahrungen/{pk}/sichern/",
        {**WORDS, "version": 1, "cost_once_eur": "viel", "period_from": "2025-05-01", "period_to": "2024-01-01"},
    ).json()
    assert set(answer["errors"]) == {"cost_once_eur", "period_to"}
    stored = Experience.objects.get()
    assert (stored.summary, stored.cost_once_eur, stored.period_from) == (WORDS["summary"], None, None)


def test_an_autosave_on_an_older_text_is_refused_and_carries_the_stored_one(write):
    client, pk = write
    client.post(f"/erfahrungen/{pk}/sichern/", {**WORDS, "version": 1})
    response = client.post(f"/erfahrungen/{pk}/sichern/", {**WORDS, "summary": "Andere Worte", "version": 1})
    assert response.status_code == 409
    assert response.json()["stored"]["summary"] == WORDS["summary"]
    assert Experience.objects.get().summary == WORDS["summary"]


def test_saving_over_a_newer_text_shows_both_and_loses_none(write):
    client, pk = write
    client.post(f"/erfahrungen/{pk}/sichern/", {**WORDS, "version": 1})
    response = client.post(
        f"/erfahrungen/{pk}/bearbeiten/", {**WORDS, "summary": "Andere Worte", "rung": "all", "version": 1}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "Andere Worte" in page
    assert WORDS["summary"] in page
    assert 'name="version" value="2"' in page
    assert 'name="rung" value="all"' in page
    assert Experience.objects.get().summary == WORDS["summary"]


def test_what_is_published_is_not_saved_while_typing(as_person, pilot, konstanz):
    experience = ExperienceFactory(author=pilot, network=konstanz)
    response = as_person(pilot).post(f"/erfahrungen/{experience.pk}/sichern/", {**WORDS, "version": 1})
    assert response.status_code == 403


def test_a_published_one_cannot_lose_what_its_readers_need(as_person, pilot, konstanz):
    experience = ExperienceFactory(author=pilot, network=konstanz)
    response = as_person(pilot).post(f"/erfahrungen/{experience.pk}/bearbeiten/", {**WORDS, "title": "", "version": 1})
    assert response.status_code == 422
    assert Experience.objects.get().title == experience.title


def test_the_own_list_shows_drafts_and_nobody_elses(as_person, pilot, konstanz, office_head):
    DraftFactory(author=pilot, network=konstanz, title="Mein Entwurf")
    DraftFactory(author=office_head, network=konstanz, title="Fremder Entwurf")
    page = as_person(pilot).get("/erfahrungen/meine/").content.decode()
    assert "Mein Entwurf" in page
    assert "Fremder Entwurf" not in page


def test_the_coordination_recalls_with_a_reason_that_is_on_the_record(as_person, coordinator, pilot, konstanz):
    experience = ExperienceFactory(author=pilot, network=konstanz)
    client = as_person(coordinator)
    assert client.post(f"/erfahrungen/{experience.pk}/zurueckziehen/", {"rung": "all"}).status_code == 422
    response = client.post(
        f"/erfahrungen/{experience.pk}/zurueckziehen/", {"rung": "all", "reason": "Der Anbieter bat darum."}
    )
    assert response["Location"] == "/erfahrungen/"
    assert client.get(f"/erfahrungen/{experience.pk}/").status_code == 404
    assert "zurückgezogen" in as_person(pilot).get(f"/erfahrungen/{experience.pk}/").content.decode()


def test_helpful_counts_once_and_can_be_taken_back(as_person, neighbour):
    experience = ExperienceFactory()
    client = as_person(neighbour)
    for on, count in (("1", 1), ("1", 1), ("0", 0), ("0", 0)):
        client.post(f"/erfahrungen/{experience.pk}/hilfreich/", {"on": on})
        experience.refresh_from_db()
        assert experience.helpful_count == count


def test_a_comment_is_written_changed_and_withdrawn(as_person, neighbour):
    experience = ExperienceFactory()
    client = as_person(neighbour)
    response = client.post(f"/erfahrungen/{experience.pk}/kommentare/", {"body": "Wie **lange** hat es gedauert?"})
    comment = Comment.objects.get()
    assert response["Location"] == f"/erfahrungen/{experience.pk}/#kommentar-{comment.pk}"
    client.post(f"/kommentare/{comment.pk}/bearbeiten/", {"body": "Wie teuer war es?"})
    page = client.get(f"/erfahrungen/{experience.pk}/").content.decode()
    assert "Wie teuer war es?" in page
    assert "geändert" in page
    experience.refresh_from_db()
    assert experience.comment_count == 1
    client.post(f"/kommentare/{comment.pk}/zurueckziehen/")
    experience.refresh_from_db()
    assert experience.comment_count == 0
    assert "Wie teuer war es?" not in client.get(f"/erfahrungen/{experience.pk}/").content.decode()


def test_an_empty_comment_shows_the_page_again(as_person, neighbour):
    experience = ExperienceFactory()
    response = as_person(neighbour).post(f"/erfahrungen/{experience.pk}/kommentare/", {"body": "  "})
    assert response.status_code == 422
    assert "Schreiben Sie erst einen Satz." in response.content.decode()


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[klick](javascript:alert(1))",
        "![x](https://elsewhere.example/x.png)",
        '<img src=x onerror="alert(1)">',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_no_markdown_becomes_code(attack, client):
    experience = ExperienceFactory(rung="public", title=attack, summary=attack, what_we_did=attack, pitfalls=attack)
    CommentFactory(experience=experience, body=attack)
    page = client.get(f"/erfahrungen/{experience.pk}/").content.decode()
    body = page[page.index("<main") : page.index("</main>")]
    assert "<script" not in body
    assert 'href="javascript:' not in body
    assert 'href="data:' not in body
    assert "<img" not in body


@pytest.mark.parametrize("cards", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_cards(cards, as_person, pilot, django_assert_num_queries):
    ExperienceFactory.create_batch(cards, topics=["E-Akte", "Schulung"])
    client = as_person(pilot)
    with django_assert_num_queries(9):
        client.get("/erfahrungen/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_reading_page_costs_the_same_for_any_number_of_comments(rows, as_person, pilot, django_assert_num_queries):
    experience = ExperienceFactory(topics=["E-Akte"])
    CommentFactory.create_batch(rows, experience=experience)
    ExperienceFactory.create_batch(rows, topics=["E-Akte"])
    client = as_person(pilot)
    with django_assert_num_queries(10):
        client.get(f"/erfahrungen/{experience.pk}/")


def test_the_list_is_paged_by_key_without_losing_one(client):
    for number in range(45):
        ExperienceFactory(rung="public", title=f"Karte {number:02d}.")
    seen: list[int] = []
    address = "/erfahrungen/"
    while address:
        response = client.get(address)
        seen += [e.pk for e in response.context["found"].page.items]
        address = response.context["older"] and f"/erfahrungen/{response.context['older']}"
    assert seen == list(Experience.objects.order_by("-published_at").values_list("pk", flat=True))


def test_public_experiences_are_read_without_an_account(client):
    public = ExperienceFactory(rung="public", title="Für alle zu lesen")
    ExperienceFactory(rung="all", title="Nur im Netz")
    page = client.get("/erfahrungen/").content.decode()
    assert "Für alle zu lesen" in page
    assert "Nur im Netz" not in page
    assert client.get(f"/erfahrungen/{public.pk}/").status_code == 200


def test_somebody_in_two_networks_chooses_for_which_to_write(as_person, pilot):
    other = NetworkFactory()
    MembershipFactory(person=pilot, network=other)
    client = as_person(pilot)
    assert "Für welches Netzwerk" in client.get("/erfahrungen/neu/").content.decode()
    client.post("/erfahrungen/neu/", {"title": "Für die andere", "network": other.pk})
    assert Experience.objects.get().network == other
    refused = client.post("/erfahrungen/neu/", {"title": "Fremd", "network": NetworkFactory().pk})
    assert refused.status_code == 422


def test_a_visitor_is_sent_to_sign_in_before_writing(client: Client):
    assert client.get("/erfahrungen/neu/")["Location"].startswith("/konto/login/")
