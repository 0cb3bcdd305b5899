"""Finding people across cities, and what one may read of them."""

from __future__ import annotations

import datetime

import pytest

from tenancy.models import Membership, Network, Person
from tenancy.services.people import topics_named, update_profile
from tenancy.viewer import viewer_for
from tests.factories.tenancy import MembershipFactory, NetworkFactory, OfficeFactory
from toolkit.access import Denied

pytestmark = pytest.mark.django_db


#: How machines ask what the page asks in German.
IN_REST = {"ort": "place", "feld": "area", "amt": "office", "thema": "topic", "land": "state"}


@pytest.fixture
def found(outsider, as_person):
    """Names that the pilot of Gießen finds, by a question."""
    client = as_person(outsider)

    def ask(**query: str) -> set[str]:
        response = client.get("/personen/", query)
        assert response.status_code == 200
        names = {person.name for person in response.context["page"].items}
        answer = client.get("/api/v1/people/", {IN_REST.get(name, name): value for name, value in query.items()})
        if "gleich" not in query and "netzwerk" not in query:
            assert {person["name"] for person in answer.json()["results"]} == names
        return names

    return ask


@pytest.fixture
def ada(konstanz) -> Person:
    """A pilot of Konstanz with everything one can search for."""
    office = OfficeFactory(network=konstanz, name="Kämmereiamt", task_area="finance")
    person = MembershipFactory(
        network=konstanz,
        office=office,
        person__given_name="Ada",
        person__family_name="Größmuster",
        person__phone="07531 900",
        person__search_key="ada groessmuster",
        person__sort_key="grossmuster ada",
    ).person
    person.topics.set(topics_named(["E-Akte", "Schulung"]))
    return person


@pytest.mark.parametrize(
    "question",
    [
        {"q": "ada"},
        {"q": "GRÖSSMUSTER"},
        {"q": "groesmuster"},
        {"q": "Größmuster Ada"},
        {"ort": "konstanz"},
        {"amt": "kämmerei"},
        {"feld": "finance"},
        {"thema": "e-akte"},
        {"thema": "Schul"},
        {"land": "08"},
        {"netzwerk": "konstanz"},
        {"q": "ada", "feld": "finance", "ort": "Konstanz", "thema": "Schulung"},
    ],
)
def test_somebody_is_found_by_name_city_office_task_area_and_topic(question, ada, found):
    assert "Ada Größmuster" in found(**question)


@pytest.mark.parametrize(
    "question",
    [{"q": "xyz"}, {"q": "?!"}, {"ort": "Heilbronn"}, {"feld": "culture"}, {"land": "06"}, {"thema": "Parken"}],
)
def test_others_are_left_out(question, ada, found):
    assert "Ada Größmuster" not in found(**question)


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ED%A0%80", "feld=quatsch", "seite=x", "thema=%25", "gleich=1", "land=1"]
)
def test_odd_questions_are_answered(query, pilot, as_person):
    assert as_person(pilot).get(f"/personen/?{query}").status_code == 200
    assert as_person(pilot).get(f"/api/v1/people/?{query}").status_code == 200


def test_who_does_what_i_do(ada, outsider, giessen, found):
    mine = OfficeFactory(network=giessen, name="Stadtkasse", task_area="finance")
    Membership.objects.filter(person=outsider).update(office=mine)
    MembershipFactory(network=NetworkFactory(), person__given_name="Bauer")
    assert found(gleich="1") == {"Ada Größmuster", outsider.name}


def test_a_filter_does_not_tell_of_a_network_that_is_not_published(ada, konstanz, heilbronn, found):
    Network.objects.filter(pk=konstanz.pk).update(published_at=None)
    MembershipFactory(network=heilbronn, person=ada)
    assert "Ada Größmuster" in found(ort="Heilbronn")
    assert found(ort="Konstanz") == found(feld="finance") == found(amt="Kämmerei") == set()


def test_a_card_does_not_show_a_membership_of_a_network_that_is_not_published(
    ada, konstanz, heilbronn, outsider, as_person
):
    Network.objects.filter(pk=konstanz.pk).update(published_at=None)
    MembershipFactory(network=heilbronn, person=ada)
    client = as_person(outsider)
    for path in ("/personen/", f"/personen/{ada.pk}/", "/api/v1/people/", f"/api/v1/people/{ada.pk}/"):
        text = client.get(path).content.decode()
        assert "Größmuster" in text
        assert "Kämmereiamt" not in text
        assert "Konstanz" not in text


def test_contact_details_are_on_no_page_of_somebody_who_may_not_read_them(ada, outsider, coordinator, as_person):
    for path in ("/personen/", f"/personen/{ada.pk}/", "/api/v1/people/", f"/api/v1/people/{ada.pk}/"):
        text = as_person(outsider).get(path).content.decode()
        assert ada.email not in text
        assert "07531 900" not in text
    text = as_person(coordinator).get(f"/personen/{ada.pk}/").content.decode()
    assert ada.email in text
    assert "07531 900" in text


def test_somebody_unlisted_is_found_by_no_question_of_another_city(ada, found, outsider, as_person):
    Person.objects.filter(pk=ada.pk).update(listed=False)
    assert "Ada Größmuster" not in found(q="ada") | found(thema="E-Akte") | found(ort="Konstanz")
    client = as_person(outsider)
    assert client.get(f"/personen/{ada.pk}/").status_code == 404
    assert client.get(f"/api/v1/people/{ada.pk}/").status_code == 404
    assert client.get("/themen/vorschlaege/", {"q": "akte"}).json() == []


def test_topics_are_suggested_from_people_one_sees(ada, outsider, as_person):
    topics_named(["Geheimakte"])  # borne by nobody one sees, such as only by a draft
    suggested = as_person(outsider).get("/themen/vorschlaege/", {"q": "akte"}).json()
    assert [row["value"] for row in suggested] == ["E-Akte"]
    assert as_person(outsider).get("/themen/vorschlaege/?q=%ED%A0%80").json() == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_directory_costs_the_same_for_any_number(rows, outsider, as_person, django_assert_num_queries):
    for _number in range(rows):
        network = NetworkFactory()
        person = MembershipFactory(network=network, office=OfficeFactory(network=network)).person
        person.topics.set(topics_named(["E-Akte"]))
    viewer = viewer_for(outsider)
    from tenancy.queries.people import PeopleFilter, people_list, person_by_id

    with django_assert_num_queries(4):  # people, topics, memberships, moderations
        page = people_list(viewer, PeopleFilter())
        [m.title for person in page.items for m in vars(person)["shown"]]
        [topic.name for person in page.items for topic in person.topics.all()]
    with django_assert_num_queries(5):  # and the memberships that decide on contact details
        person_by_id(viewer, page.items[0].pk).get()


# --- the own profile --------------------------------------------------------------------------------------------

PROFILE = {
    "given_name": "Mara",
    "family_name": "Möglich",
    "about": "Ich helfe gern.",
    "topics": "E-Akte, e-akte, Schulung, !!",
    "phone": "07531 1",
    "email_seen": "all",
    "phone_seen": "nobody",
    "language": "en",
}


def test_a_profile_is_changed_by_its_owner(pilot, as_person):
    client = as_person(pilot)
    response = client.post("/profil/", PROFILE)
    pilot.refresh_from_db()
    assert response.status_code == 302
    assert (pilot.name, pilot.search_key, pilot.sort_key) == ("Mara Möglich", "mara moeglich", "moglich mara")
    assert (pilot.email_seen, pilot.phone_seen, pilot.listed) == ("all", "nobody", False)
    assert sorted(topic.name for topic in pilot.topics.all()) == ["E-Akte", "Schulung"]
    assert client.cookies["django_language"].value == "en"
    assert "Profile" in client.get("/profil/").content.decode() or "profile" in client.get("/profil/").content.decode()


def test_a_profile_keeps_what_was_typed_when_something_is_missing(pilot, as_person):
    response = as_person(pilot).post("/profil/", PROFILE | {"family_name": ""})
    assert response.status_code == 422
    assert "Ich helfe gern." in response.content.decode()


def test_nobody_changes_the_profile_of_another(pilot, coordinator, operator):
    for person in (coordinator, operator):
        with pytest.raises(Denied):
            update_profile(viewer_for(person), pilot.pk, topics=[], phone="0")


def test_somebody_without_a_network_finds_only_themselves(pilot, operator, as_person):
    Membership.objects.filter(person=pilot).update(ended_on=datetime.date(2024, 1, 1))
    assert {p.pk for p in as_person(operator).get("/personen/").context["page"].items} == {operator.pk}
    assert as_person(pilot).get("/profil/").status_code == 200


def test_a_moderator_is_shown_with_the_association(moderator, pilot, as_person):
    for path in ("/personen/", f"/personen/{moderator.pk}/"):
        text = as_person(pilot).get(path).content.decode()
        assert moderator.moderations.get().association.name in text
