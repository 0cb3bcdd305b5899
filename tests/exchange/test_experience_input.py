"""Whatever is sent: a sentence at the field, nothing typed lost, and never an error page."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.forms.experiences import ExperienceForm, WholeNumberField
from exchange.models import Comment, Experience
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from toolkit.audience import Rung

pytestmark = pytest.mark.django_db

GOOD = {"title": "Titel", "summary": "Kurz.", "what_we_did": "Dies.", "rung": "network", "version": 1}


@pytest.fixture
def draft(konstanz, pilot):
    return DraftFactory(network=konstanz, author=pilot)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "x" * 161},
        {"summary": "x" * 601},
        {"what_we_did": "x" * 20_001},
        {"cost_once_eur": "viel"},
        {"cost_once_eur": "-1"},
        {"cost_once_eur": "1.5"},
        {"cost_once_eur": "12,50"},
        {"cost_once_eur": "99999999999999999999"},
        {"cost_once_eur": "١٢"},
        {"effort_days": "1e9"},
        {"period_from": "gestern"},
        {"period_from": "0001-01-01"},
        {"period_from": "9999-12-31"},
        {"period_from": "2025-02-30"},
        {"period_from": "2025-05-01", "period_to": "2024-05-01"},
        {"stage": "unknown"},
        {"task_area": "unknown"},
        {"rung": "everybody"},
        {"rung": ""},
        {"version": ""},
        {"version": "x"},
        {"version": "99999999999999999999"},
        {"topics": ",".join(f"t{n}" for n in range(9))},
        {"topics": "x" * 41},
        {"topics": "!!!"},
    ],
)
def test_what_is_wrong_is_said_and_kept_in_the_form(wrong, draft, as_person, pilot):
    response = as_person(pilot).post(f"/erfahrungen/{draft.pk}/bearbeiten/", {**GOOD, **wrong})
    assert response.status_code == 422
    assert "Bitte prüfen Sie Ihre Angaben" in response.content.decode()
    assert response.context["form"]["what_we_did"].value() == {**GOOD, **wrong}["what_we_did"]
    draft.refresh_from_db()
    assert draft.version == 1


@pytest.mark.parametrize("text", ["a\x00b", "a\x1fb", "\u202eabc", "a\u2028b", "ﬁ", "🙂" * 30])
def test_strange_signs_are_stored_clean(text, draft, as_person, pilot):
    client = as_person(pilot)
    for number in (1, 2):
        response = client.post(
            f"/erfahrungen/{draft.pk}/sichern/", {**GOOD, "title": text, "topics": text, "version": number}
        )
        assert response.status_code == 200
    stored = Experience.objects.get()
    assert not set(stored.title) & {"\x00", "\x1f", "\u202e"}


def test_half_a_character_is_refused_with_a_sentence():
    form = ExperienceForm({**GOOD, "title": "halb \ud800"}, rungs=Rung.choices)
    assert "Zeichen, die sich nicht speichern lassen" in str(form.errors["title"])


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("", None),
        ("0", 0),
        ("12500", 12_500),
        ("12.500", 12_500),
        ("12 500 €", 12_500),
        ("12.500,00 Euro", 12_500),
        ("1.250.000,-", 1_250_000),
    ],
)
def test_numbers_are_read_as_germans_write_them(typed, number):
    assert WholeNumberField().clean(typed) == number


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(ExperienceForm.base_fields)), st.text(max_size=60), max_size=6))
def test_no_form_raises(typed):
    form = ExperienceForm({**GOOD, **typed}, rungs=Rung.choices, publishing=True)
    assert form.is_valid() or form.errors


@pytest.mark.parametrize("body", ["", " \n\t ", "\x00", "x" * 5_001])
def test_a_comment_that_cannot_stand_is_shown_again(body, as_person, neighbour):
    experience = ExperienceFactory()
    response = as_person(neighbour).post(f"/erfahrungen/{experience.pk}/kommentare/", {"body": body})
    assert response.status_code == 422
    assert not Comment.objects.exists()


@pytest.mark.parametrize("pk", ["0", "999999999999999999999999", str(2**63), str(2**31)])
@pytest.mark.parametrize("path", ["erfahrungen/{}/", "erfahrungen/{}/bearbeiten/", "kommentare/{}/bearbeiten/"])
def test_a_number_that_nothing_has_is_not_found(pk, path, as_person, pilot):
    assert as_person(pilot).get("/" + path.format(pk)).status_code == 404


def test_a_visitor_reads_comments_without_the_names_of_those_who_wrote_them(client: Client, as_person, pilot):
    experience = ExperienceFactory(rung="public")
    comment = CommentFactory(experience=experience, author__given_name="Nina", author__family_name="Namenlos")
    town = experience.network.municipality.name
    page = client.get(f"/erfahrungen/{experience.pk}/").content.decode()
    assert comment.body in page
    assert f"Jemand aus {town}" in page
    assert "Namenlos" not in page
    assert "Namenlos" not in client.get(f"/api/v1/experiences/{experience.pk}/").content.decode()
    assert "Nina Namenlos" in as_person(pilot).get(f"/erfahrungen/{experience.pk}/").content.decode()
