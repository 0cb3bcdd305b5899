"""What changes who sees something takes effect in the next request of everybody, and names tell nothing of the rest."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from exchange.models import Experience
from exchange.services.comments import write_comment
from exchange.services.experiences import change_audience, publish_experience, recall_experience, start_experience
from exchange.services.formats import create_format, save_edition, save_format
from exchange.services.seats import take_seat
from tenancy.models import Network, Partnership
from tenancy.services.memberships import end_membership
from tenancy.services.partnerships import end_partnership
from tenancy.viewer import viewer_for
from tests.exchange.wall_world import world
from tests.factories.exchange import ExperienceFactory
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import EditionFactory, FormatFactory, WorkshopFactory
from toolkit.access import Conflict, Denied

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def seen(client, experience):
    """By which ways somebody finds it: its page, the list, the search, REST."""
    word = experience.title
    return {
        way
        for way, address in (
            ("page", f"/erfahrungen/{experience.pk}/"),
            ("list", "/erfahrungen/"),
            ("search", f"/erfahrungen/?q={word}"),
            ("everything", f"/suche/?q={word}"),
            ("rest", "/api/v1/experiences/"),
        )
        if (answer := client.get(address)).status_code == 200 and f"{word}-inhalt" in answer.content.decode()
    }


EVERYWHERE = {"page", "list", "search", "everything", "rest"}


@pytest.fixture
def shared(konstanz, pilot):
    """A card for all networks, with a word in its text that stands nowhere else."""
    return ExperienceFactory(
        network=konstanz, author=pilot, rung="all", title="Brunnenwort", summary="Brunnenwort-inhalt steht hier."
    )


def test_a_narrower_audience_is_felt_in_the_next_request(as_person, shared, pilot, outsider, coordinator):
    outside, inside = as_person(outsider), as_person(coordinator)
    assert seen(outside, shared) == seen(inside, shared) == EVERYWHERE
    change_audience(viewer_for(pilot), shared.pk, rung="network")
    assert seen(outside, shared) == set()
    assert seen(inside, shared) == EVERYWHERE
    change_audience(viewer_for(pilot), shared.pk, rung="public")
    assert seen(outside, shared) == EVERYWHERE


def test_what_the_coordination_recalls_is_gone_at_once_for_itself_too(as_person, shared, pilot, outsider, coordinator):
    readers = [as_person(person) for person in (outsider, coordinator)]
    assert all(seen(client, shared) == EVERYWHERE for client in readers)
    recall_experience(viewer_for(coordinator), shared.pk, reason="Wird überarbeitet.")
    assert all(seen(client, shared) == set() for client in readers)
    assert seen(as_person(pilot), shared) == {"page"}


def test_the_end_of_a_partnership_is_felt_in_the_next_request(
    as_person, shared, pilot, coordinator, outsider, konstanz, giessen
):
    pair = Partnership.objects.create(asking=konstanz, asked=giessen, accepted_at=timezone.now())
    change_audience(viewer_for(pilot), shared.pk, rung="partners")
    partner = as_person(outsider)
    assert seen(partner, shared) == EVERYWHERE
    end_partnership(viewer_for(coordinator), pair.pk)
    assert seen(partner, shared) == set()


def test_who_leaves_a_network_sees_nothing_of_it_in_the_next_request(
    as_person, shared, pilot, office_head, coordinator
):
    change_audience(viewer_for(pilot), shared.pk, rung="network")
    leaving = as_person(office_head)
    assert seen(leaving, shared) == EVERYWHERE
    end_membership(viewer_for(coordinator), office_head.memberships.get().pk)
    assert seen(leaving, shared) == set()


def test_the_numbers_of_the_start_page_are_the_same_whoever_asks_first(as_person, shared, outsider, pilot, neighbour):
    """Counts are kept for a minute under the keys that they were counted for."""
    from django.core.cache import cache

    from exchange.queries.home import stage

    change_audience(viewer_for(pilot), shared.pk, rung="network")
    ExperienceFactory(network=shared.network, rung="all")
    now = timezone.now()
    counted = []
    for order in ((outsider, pilot, neighbour), (pilot, neighbour, outsider), (neighbour, outsider, pilot)):
        cache.clear()
        for person in order:
            as_person(person).get("/")
        viewers = {person.email: viewer_for(person) for person in order}
        counted.append({email: stage(viewer, since=now, now=now).experiences for email, viewer in viewers.items()})
    assert counted[0] == counted[1] == counted[2]
    assert counted[0] == {pilot.email: 2, outsider.email: 1, neighbour.email: 1}


def test_who_leaves_a_narrow_format_or_declines_a_draft_ends_out_of_sight(
    as_person, konstanz, heilbronn, coordinator, neighbour_coordinator
):
    made = FormatFactory(rung="network", cities=[konstanz, heilbronn])
    draft = WorkshopFactory(state="draft", hosts=[konstanz], asked=[heilbronn])
    leaving = as_person(neighbour_coordinator)
    network = {"network": heilbronn.pk}
    assert leaving.post(f"/formate/{made.slug}/verlassen/", network)["Location"] == "/formate/"
    answer = leaving.post(f"/veranstaltungen/{draft.pk}/gastgebende/antworten/", {**network, "answer": "no"})
    assert answer["Location"] == "/veranstaltungen/"
    assert leaving.get(f"/formate/{made.slug}/").status_code == 404
    assert leaving.get(f"/veranstaltungen/{draft.pk}/").status_code == 404
    assert "hat" in as_person(coordinator).get(f"/formate/{made.slug}/").content.decode()


# --- names and numbers that exist once -------------------------------------------------------------------------------

HIDDEN = "Dieses Hashtag ist nicht frei. Bitte wählen Sie ein anderes."


@pytest.mark.parametrize("hashtag", ["neu", "Kalender", "Verborgen", "VERBORGEN", "#verborgen"])
def test_a_hashtag_out_of_sight_answers_like_a_reserved_word(as_person, konstanz, coordinator, heilbronn, hashtag):
    FormatFactory(hashtag="Verborgen", rung="network", cities=[heilbronn], motto="Geheimes Motto")
    words = {"hashtag": hashtag, "rung": "all", "network": konstanz.pk}
    answer = as_person(coordinator).post("/formate/neu/", words)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"hashtag": [HIDDEN]}
    assert "Geheimes Motto" not in answer.content.decode()


def test_the_service_says_the_same_of_a_hashtag_out_of_sight(konstanz, coordinator, heilbronn):
    FormatFactory(hashtag="Verborgen", rung="network", cities=[heilbronn])
    own = FormatFactory(hashtag="Unseres", cities=[konstanz])
    viewer = viewer_for(coordinator)
    words = {"hashtag": "verborgen", "rung": "all"}
    with pytest.raises(Conflict) as begun:
        create_format(viewer, konstanz.pk, words=words)
    with pytest.raises(Conflict) as renamed:
        save_format(viewer, own.pk, version=1, words=words)
    for said in (begun.value, renamed.value):
        assert (said.field, str(said)) == ("hashtag", HIDDEN)


@pytest.mark.parametrize("in_sight", [True, False])
def test_the_number_of_an_edition_out_of_sight_answers_like_one_in_sight(konstanz, heilbronn, coordinator, in_sight):
    made = FormatFactory(cities=[konstanz, heilbronn])
    host = konstanz if in_sight else heilbronn
    EditionFactory(format=made, number=3, workshop=WorkshopFactory(rung="network", hosts=[host], format=made))
    words = {"number": 3, "year": 2026, "state": "planned"}
    with pytest.raises(Conflict) as said:
        save_edition(viewer_for(coordinator), made.pk, None, words=words, host_ags=None)
    assert (said.value.field, str(said.value)) == ("number", "Diese Nummer ist in diesem Format nicht frei.")


# --- nothing visible hangs on a network that is not -------------------------------------------------------------------


@pytest.fixture
def unpublished(konstanz):
    """Konstanz, before its first hour is done."""
    Network.objects.filter(pk=konstanz.pk).update(published_at=None)
    return konstanz


@pytest.mark.parametrize("rung", ["partners", "land", "all", "public"])
def test_nothing_goes_beyond_a_network_that_is_not_published(unpublished, pilot, rung):
    viewer = viewer_for(pilot)
    card = start_experience(viewer, unpublished.pk, title="Noch unter uns")
    Experience.objects.filter(pk=card.pk).update(summary="Kurz", what_we_did="Viel", rung=rung)
    with pytest.raises(Denied, match="noch nicht veröffentlicht"):
        publish_experience(viewer, card.pk)
    Experience.objects.filter(pk=card.pk).update(rung="network")
    publish_experience(viewer, card.pk)
    with pytest.raises(Denied, match="noch nicht veröffentlicht"):
        change_audience(viewer, card.pk, rung=rung)


def test_the_editor_offers_only_the_own_network_until_then(as_person, unpublished, pilot):
    card = start_experience(viewer_for(pilot), unpublished.pk, title="Noch unter uns")
    page = as_person(pilot).get(f"/erfahrungen/{card.pk}/bearbeiten/")
    assert [choice.value for choice, _chosen in page.context["ladder"]] == ["office", "network"]
    assert "sobald Ihr Netzwerk veröffentlicht ist" in page.content.decode()


@pytest.mark.parametrize("address", ["/formate/neu/", "/veranstaltungen/neu/"])
def test_who_has_not_published_is_told_so_before_writing_an_invitation(as_person, unpublished, coordinator, address):
    answer = as_person(coordinator).get(address)
    assert answer.status_code == 403
    assert "Veröffentlichen Sie zuerst Ihr Netzwerk" in answer.content.decode()
    with pytest.raises(Denied, match="zuerst Ihr Netzwerk"):
        create_format(viewer_for(coordinator), unpublished.pk, words={"hashtag": "Frueh", "rung": "all"})


def test_nobody_speaks_or_signs_up_elsewhere_for_a_network_that_others_do_not_see(unpublished, pilot, heilbronn):
    viewer = viewer_for(pilot)
    with pytest.raises(Denied, match="noch nicht veröffentlicht"):
        write_comment(viewer, ExperienceFactory(network=heilbronn, rung="all").pk, body="Wie schön.")
    write_comment(viewer, ExperienceFactory(network=unpublished, rung="network").pk, body="Unter uns.")
    with pytest.raises(Denied, match="noch nicht veröffentlicht"):
        take_seat(viewer, WorkshopFactory(rung="all", hosts=[heilbronn]).pk)


def test_what_was_typed_for_a_network_that_others_do_not_see_is_not_lost(as_person, unpublished, pilot, heilbronn):
    browser = as_person(pilot)
    card = ExperienceFactory(network=heilbronn, rung="all")
    answer = browser.post(f"/erfahrungen/{card.pk}/kommentare/", {"body": "Wie schön das geworden ist."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "noch nicht veröffentlicht" in page
    assert "Wie schön das geworden ist." in page
    workshop = WorkshopFactory(rung="all", hosts=[heilbronn])
    answer = browser.post(
        f"/veranstaltungen/{workshop.pk}/anmelden/", {"network": unpublished.pk, "needs": "Höranlage"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "noch nicht veröffentlicht" in page
    assert "Höranlage" in page


def test_a_feed_of_ones_own_calendar_shows_what_its_person_may_see(as_person, client, world, pilot):
    as_person(pilot).post("/veranstaltungen/kalender/neu/")
    page = as_person(pilot).get("/veranstaltungen/kalender/abonnieren/")
    address = page.context["address"].removeprefix("http://testserver")
    feed = client.get(address)
    assert feed.status_code == 200
    assert world.wide_workshop.title in feed.content.decode()
    membership = pilot.memberships.get()
    membership.ended_on = datetime.date(2026, 1, 1)
    membership.save()
    assert world.wide_workshop.title not in client.get(address).content.decode()


def test_a_person_of_two_networks_speaks_for_the_published_one(unpublished, pilot, giessen):
    MembershipFactory(person=pilot, network=giessen)
    workshop = WorkshopFactory(rung="all", hosts=[giessen])
    assert take_seat(viewer_for(pilot), workshop.pk, network_id=giessen.pk).network == giessen
