"""Other ways in: the feed, REST, panels on pages of lower floors, and reports to the moderation."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.test import RequestFactory

from exchange.services import experiences as verbs
from moderation.public import reportable
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.exchange.moderating import moderating
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from toolkit.panels import panels_for

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_is_atom_with_absolute_addresses(client, konstanz):
    experience = ExperienceFactory(
        network=konstanz, rung="public", title="Ampel & <Akte>", summary="Mit **Betonung**.", topics=["E-Akte"]
    )
    response = client.get("/erfahrungen/feed/")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "private" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]
    feed = ET.fromstring(response.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Ampel & <Akte>"
    assert entry.findtext(f"{ATOM}id") == f"http://testserver/erfahrungen/{experience.pk}/"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Konstanz"
    assert [category.attrib["term"] for category in entry.findall(f"{ATOM}category")] == ["E-Akte"]
    assert "<strong>Betonung</strong>" in (entry.findtext(f"{ATOM}summary") or "")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_doors_cost_the_same_for_any_number_of_rows(rows, client, django_assert_num_queries):
    first, *_others = ExperienceFactory.create_batch(rows, rung="public", topics=["E-Akte", "Schulung"])
    CommentFactory.create_batch(rows, experience=first)
    for address, price in (
        ("/erfahrungen/feed/", 2),
        ("/api/v1/experiences/", 2),
        (f"/api/v1/experiences/{first.pk}/", 3),
    ):
        with django_assert_num_queries(price):
            assert client.get(address).status_code == 200


def test_rest_pages_by_key(client):
    ExperienceFactory.create_batch(25, rung="public")
    first = client.get("/api/v1/experiences/").json()
    second = client.get("/api/v1/experiences/", {"page": first["next"]}).json()
    seen = [row["id"] for row in first["results"] + second["results"]]
    assert len(set(seen)) == len(seen) == 25
    assert second["next"] == ""


def test_rest_takes_the_filters_of_the_page(client, konstanz, giessen):
    ExperienceFactory(rung="public", network=konstanz, title="Aus Konstanz", topics=["E-Akte"])
    ExperienceFactory(rung="public", network=giessen, title="Aus Gießen")
    for query in ("land=08", "network=konstanz", "topic=e-akte", "q=konstanz"):
        rows = client.get(f"/api/v1/experiences/?{query}").json()["results"]
        assert [row["title"] for row in rows] == ["Aus Konstanz"]


def _panels(place, person, subject):
    request = RequestFactory().get("/")
    request.user = person
    request.viewer = viewer_for(person)  # type: ignore[attr-defined]  # as ViewerMiddleware does
    return "".join(panels_for(place, request, subject))


def test_a_networks_page_shows_what_its_reader_may_see(pilot, outsider, konstanz):
    ExperienceFactory(network=konstanz, rung="all", title="Für alle")
    ExperienceFactory(network=konstanz, rung="network", title="Nur für uns")
    assert "Nur für uns" in _panels("network", pilot, konstanz)
    seen = _panels("network", outsider, konstanz)
    assert "Für alle" in seen
    assert "Nur für uns" not in seen


def test_a_persons_page_shows_what_its_reader_may_see(pilot, outsider, konstanz):
    ExperienceFactory(network=konstanz, author=pilot, rung="all", title="Für alle")
    DraftFactory(network=konstanz, author=pilot, title="Halbfertig")
    seen = _panels("person", outsider, pilot)
    assert "Für alle" in seen
    assert "Halbfertig" not in seen


@pytest.mark.parametrize("kind", ["experience", "comment"])
def test_what_one_reads_one_can_report_and_nothing_else(kind, pilot, outsider, konstanz):
    experience = ExperienceFactory(network=konstanz, author=pilot, rung="network", what_we_did="Der **Text**.")
    comment = CommentFactory(experience=experience, author=pilot, body="Ein *Wort*.")
    number = experience.pk if kind == "experience" else comment.pk
    door = reportable(kind)
    assert door is not None
    thing = door.load(viewer_for(pilot), number)
    assert thing is not None
    assert (thing.author_id, thing.network_id, thing.state_code) == (pilot.pk, konstanz.pk, "08")
    assert ("Der Text." in thing.excerpt) if kind == "experience" else (thing.excerpt == "Ein Wort.")
    assert door.load(viewer_for(outsider), number) is None
    assert door.load(ANONYMOUS, number) is None


@pytest.mark.parametrize("kind", ["experience", "comment"])
def test_the_moderation_hides_and_shows_again_and_bears_to_ask_twice(kind, pilot, neighbour, client):
    experience = ExperienceFactory(author=pilot, rung="public", title="Steht da")
    comment = CommentFactory(experience=experience, author=pilot, body="Steht auch da")
    number, words = (experience.pk, "Steht da") if kind == "experience" else (comment.pk, "Steht auch da")
    door = reportable(kind)
    assert door is not None

    def shown() -> bool:
        return words in client.get(f"/erfahrungen/{experience.pk}/").content.decode()

    for _twice in range(2):
        with moderating(kind, number):
            door.hide(number, "Nennt einen Namen.")
        assert not shown()
        assert door.load(viewer_for(neighbour), number) is None
    for _twice in range(2):
        with moderating(kind, number):
            door.restore(number)
        assert shown()


def test_hiding_keeps_the_place_in_the_list(client):
    first, second = ExperienceFactory(rung="public"), ExperienceFactory(rung="public")
    with moderating("experience", first.pk):
        verbs.hide_experience(first.pk, reason="Zum Prüfen.")
        verbs.restore_experience(first.pk)
    assert [row["id"] for row in client.get("/api/v1/experiences/").json()["results"]] == [second.pk, first.pk]
