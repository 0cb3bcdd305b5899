"""Who may do what with formats and workshops: for each permission at least two who may not; and what must not leak."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.test import Client
from django.utils import timezone

from chat.public import room_of
from exchange.models import Edition, ExchangeFormat, FormatCity, Registration, Workshop, WorkshopHost
from exchange.policies import formats as format_rules
from exchange.policies import workshops as rules
from exchange.services import formats, hosting, workshops
from exchange.services.seats import take_seat
from exchange.wiring.workshops import _may_join_format, _may_join_workshop
from notices.models import Notice
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import EditionFactory, FormatFactory, RegistrationFactory, WorkshopFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db

WORDS = {"hashtag": "KNmeetsHN", "rung": "all"}


@pytest.fixture
def people(coordinator, neighbour_coordinator, pilot, outsider, moderator, giessen):
    """Viewers by name; ``third`` coordinates a city that has nothing to do with it."""
    third = MembershipFactory(network=giessen, role="coordinator").person
    cast = {
        "konstanz": coordinator, "heilbronn": neighbour_coordinator, "third": third, "pilot": pilot,
        "outsider": outsider, "moderator": moderator,
    }  # fmt: skip
    return {name: viewer_for(person) for name, person in cast.items()} | {"visitor": ANONYMOUS}


def who_may(people, rule):
    """The names of those whom a rule lets."""
    return {name for name, viewer in people.items() if rule(viewer)}


@pytest.fixture
def both(konstanz, heilbronn):
    """A format that Konstanz and Heilbronn own."""
    return FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz, heilbronn])


# --- formats -------------------------------------------------------------------------------------------------------


def test_only_coordinators_begin_a_format_and_only_for_their_own_city(people, konstanz):
    assert who_may(people, format_rules.may_create_format) == {"konstanz", "heilbronn", "third"}
    assert who_may(people, lambda v: format_rules.may_create_format(v, konstanz.pk)) == {"konstanz"}


def test_every_owning_city_may_do_everything_and_nobody_else(people, both, giessen):
    owners = {"konstanz", "heilbronn"}
    assert who_may(people, lambda v: format_rules.may_edit_format(v, both)) == owners
    assert who_may(people, lambda v: format_rules.may_invite_city(v, both, giessen.pk)) == owners


def test_nobody_removes_another_city(people, both, konstanz, heilbronn):
    assert who_may(people, lambda v: format_rules.may_leave_format(v, both, heilbronn.pk)) == {"heilbronn"}
    assert who_may(people, lambda v: format_rules.may_recall_city(v, both, heilbronn.pk)) == set()
    with pytest.raises(Denied, match="nur sich selbst"):
        formats.recall_city(people["konstanz"], both.pk, heilbronn.pk)


def test_only_the_asked_city_answers_and_only_once(people, both, giessen):
    formats.invite_city(people["heilbronn"], both.pk, giessen.pk)
    assert who_may(people, lambda v: format_rules.may_answer_format(v, both, giessen.pk)) == {"third"}
    formats.answer_format(people["third"], both.pk, giessen.pk, accept=True)
    with pytest.raises(Denied):
        formats.answer_format(people["third"], both.pk, giessen.pk, accept=False)
    assert format_rules.may_edit_format(people["third"], ExchangeFormat.objects.get())


def test_a_city_that_declined_may_be_asked_again_and_one_that_was_asked_may_be_spared(people, both, giessen):
    formats.invite_city(people["konstanz"], both.pk, giessen.pk)
    with pytest.raises(Denied, match="schon eingeladen"):
        formats.invite_city(people["heilbronn"], both.pk, giessen.pk)
    formats.answer_format(people["third"], both.pk, giessen.pk, accept=False)
    formats.invite_city(people["heilbronn"], both.pk, giessen.pk)
    formats.recall_city(people["konstanz"], both.pk, giessen.pk)
    assert not FormatCity.objects.filter(network=giessen).exists()


def test_the_last_city_stays_and_the_room_empties(people, konstanz, heilbronn, pilot):
    made = formats.create_format(people["konstanz"], konstanz.pk, words=WORDS, invited=[heilbronn.pk])
    formats.answer_format(people["heilbronn"], made.pk, heilbronn.pk, accept=True)
    assert room_of("format", made.pk) == made.room_id
    assert _may_join_format(viewer_for(pilot), made.pk)
    formats.leave_format(people["konstanz"], made.pk, konstanz.pk)
    assert not _may_join_format(viewer_for(pilot), made.pk)
    with pytest.raises(Denied, match="die letzte"):
        formats.leave_format(people["heilbronn"], made.pk, heilbronn.pk)
    told = Notice.objects.filter(text__contains="verlassen").values_list("person_id", flat=True)
    assert list(told) == [people["heilbronn"].person_id]


@pytest.mark.parametrize("hashtag", ["knmeetshn", "#KNMEETSHN", " KNmeetsHN "])
def test_a_hashtag_exists_once_whatever_its_case(as_person, coordinator, konstanz, both, hashtag):
    data = {"hashtag": hashtag, "rung": "all", "network": konstanz.pk, "motto": "Bleibt stehen"}
    answer = as_person(coordinator).post("/formate/neu/", data)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "hashtag": ["Dieses Hashtag ist nicht frei. Bitte wählen Sie ein anderes."]
    }
    assert "Bleibt stehen" in answer.content.decode()


@pytest.mark.parametrize("hashtag", ["", "#", "a", "mit Leerzeichen", "neu", "x" * 41, "<script>", "a\x00b"])
def test_a_hashtag_that_is_none_is_refused_at_the_field(as_person, coordinator, konstanz, hashtag):
    answer = as_person(coordinator).post("/formate/neu/", {"hashtag": hashtag, "rung": "all", "network": konstanz.pk})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"hashtag"}


def test_two_hashtags_that_fold_alike_get_two_addresses(people, konstanz):
    first = formats.create_format(people["konstanz"], konstanz.pk, words={"hashtag": "Köln", "rung": "all"})
    second = formats.create_format(people["konstanz"], konstanz.pk, words={"hashtag": "Koeln", "rung": "all"})
    assert (first.slug, second.slug) == ("koeln", "koeln-2")


def test_a_taken_hashtag_is_told_even_when_the_form_did_not_see_it(people, konstanz, both):
    with pytest.raises(Conflict) as refused:
        formats.create_format(people["konstanz"], konstanz.pk, words=WORDS)
    assert refused.value.field == "hashtag"


def test_a_new_edition_proposes_the_next_number_and_whose_turn_it_is(as_person, coordinator, both, konstanz, heilbronn):
    EditionFactory(format=both, number=1, host=konstanz.municipality)
    EditionFactory(format=both, number=2, host=heilbronn.municipality)
    EditionFactory(format=both, number=3, host=konstanz.municipality, state="cancelled", reason="Pandemie")
    initial = as_person(coordinator).get("/formate/knmeetshn/folgen/neu/").context["form"].initial
    assert (initial["number"], initial["host"]) == (4, konstanz.municipality_id)


def test_an_edition_that_was_called_off_says_why_and_a_number_is_there_once(as_person, coordinator, both):
    client, url = as_person(coordinator), "/formate/knmeetshn/folgen/neu/"
    EditionFactory(format=both, number=1)
    answer = client.post(url, {"number": 2, "year": 2020, "state": "cancelled"})
    assert set(answer.context["form"].errors) == {"reason"}
    answer = client.post(url, {"number": 1, "year": 2020, "state": "held"})
    assert set(answer.context["form"].errors) == {"number"}
    answer = client.post(url, {"number": 2, "year": 2020, "state": "cancelled", "reason": "Pandemie"})
    assert answer["Location"] == "/formate/knmeetshn/#folge-2"
    assert "Pandemie" in client.get("/formate/knmeetshn/").content.decode()


# --- workshops -----------------------------------------------------------------------------------------------------


def test_only_coordinators_begin_a_workshop_and_only_owners_one_of_a_format(people, both, konstanz):
    assert who_may(people, rules.may_create_workshop) == {"konstanz", "heilbronn", "third"}
    assert who_may(people, lambda v: rules.may_create_workshop(v, konstanz.pk)) == {"konstanz"}
    assert who_may(people, lambda v: rules.may_create_workshop(v, None, both)) == {"konstanz", "heilbronn"}


def test_every_host_may_do_everything_and_nobody_else(people, konstanz, heilbronn, giessen):
    workshop, now = WorkshopFactory(hosts=[konstanz, heilbronn]), timezone.now()
    hosts = {"konstanz", "heilbronn"}
    assert who_may(people, lambda v: rules.may_edit_workshop(v, workshop)) == hosts
    assert who_may(people, lambda v: rules.may_cancel_workshop(v, workshop, at=now)) == hosts
    assert who_may(people, lambda v: rules.may_invite_host(v, workshop, giessen.pk)) == hosts
    assert who_may(people, lambda v: rules.may_see_needs(v, workshop)) == hosts
    assert who_may(people, lambda v: rules.may_recall_host(v, workshop, heilbronn.pk)) == set()
    assert who_may(people, lambda v: rules.may_delete_workshop(v, workshop)) == set()
    draft = WorkshopFactory(hosts=[konstanz, heilbronn], state="draft")
    assert who_may(people, lambda v: rules.may_open_workshop(v, draft, at=now)) == hosts
    assert who_may(people, lambda v: rules.may_delete_workshop(v, draft)) == set()
    own = WorkshopFactory(hosts=[konstanz], state="draft")
    assert who_may(people, lambda v: rules.may_delete_workshop(v, own)) == {"konstanz"}


def test_a_city_that_is_only_asked_reads_the_draft_and_changes_nothing(people, konstanz, heilbronn):
    draft = WorkshopFactory(hosts=[konstanz], asked=[heilbronn], state="draft")
    assert who_may(people, lambda v: rules.may_answer_hosting(v, draft, heilbronn.pk)) == {"heilbronn"}
    assert who_may(people, lambda v: rules.may_edit_workshop(v, draft)) == {"konstanz"}
    assert who_may(people, lambda v: rules.may_open_workshop(v, draft, at=timezone.now())) == set()
    seen = {n for n, v in people.items() if rules.visible_workshops(v).filter(pk=draft.pk).exists()}
    assert seen == {"konstanz", "heilbronn"}
    hosting.answer_hosting(people["heilbronn"], draft.pk, heilbronn.pk, accept=False)
    assert not rules.visible_workshops(people["heilbronn"]).filter(pk=draft.pk).exists()


def test_a_draft_is_in_no_list_search_feed_or_rest_answer(as_person, client, pilot, outsider, konstanz):
    WorkshopFactory(hosts=[konstanz], state="draft", title="Streng vertraulich", rung="public")
    for browser in (client, as_person(pilot), as_person(outsider)):
        lists = ("/", "/veranstaltungen/", "/veranstaltungen/?meine=1", "/suche/?q=vertraulich", "/api/v1/workshops/")
        for path in (*lists, f"/netzwerke/{konstanz.slug}/"):
            assert "Streng vertraulich" not in browser.get(path).content.decode()


def test_an_edition_of_a_narrow_workshop_does_not_show_in_its_wide_format(as_person, client, pilot, konstanz, people):
    wide = FormatFactory(hashtag="Weit", slug="weit", cities=[konstanz], rung="public")
    narrow = WorkshopFactory(format=wide, hosts=[konstanz], rung="network", state="draft", title="Nur für uns")
    workshops.open_workshop(people["konstanz"], narrow.pk)
    assert Edition.objects.get().motto == "Nur für uns"
    for path in ("/formate/weit/", "/formate/weit/kalender.ics", "/api/v1/formats/weit/", "/formate/"):
        assert "Nur für uns" not in client.get(path).content.decode()
    assert "Nur für uns" in as_person(pilot).get("/formate/weit/").content.decode()


def test_a_cancelled_workshop_stays_cancelled(people, konstanz):
    workshop = WorkshopFactory(hosts=[konstanz])
    workshops.cancel_workshop(people["konstanz"], workshop.pk, reason="Sturm")
    for verb in (
        lambda v: workshops.cancel_workshop(v, workshop.pk, reason="Noch einmal"),
        lambda v: workshops.save_workshop(v, workshop.pk, version=2, words={"title": "Neu"}),
        lambda v: workshops.open_workshop(v, workshop.pk),
    ):
        with pytest.raises(Denied):
            verb(people["konstanz"])


def test_an_edition_follows_its_workshop_and_takes_a_planned_one_first(people, both, konstanz):
    EditionFactory(format=both, number=5)
    day = timezone.localtime(WorkshopFactory.build().starts_at)
    EditionFactory(format=both, number=6, state="planned", year=day.year)
    workshop = WorkshopFactory(format=both, hosts=[konstanz], state="draft")
    workshops.open_workshop(people["konstanz"], workshop.pk)
    edition = Edition.objects.get(workshop=workshop)
    assert (edition.number, edition.host_id, edition.held_on) == (6, konstanz.municipality_id, day.date())
    with pytest.raises(Denied, match="entscheidet ihre Veranstaltung"):
        formats.save_edition(
            people["konstanz"], both.pk, edition.pk,
            words={"number": 6, "year": day.year, "state": "held"}, host_ags=None,
        )  # fmt: skip


# --- two who write at the same time --------------------------------------------------------------------------------


def posted(workshop, **more):
    starts, ends = timezone.localtime(workshop.starts_at), timezone.localtime(workshop.ends_at)
    return {
        "version": 1, "title": workshop.title, "kind": "workshop", "mode": "on_site", "place": workshop.place,
        "day": starts.date().isoformat(), "begins": starts.strftime("%H:%M:%S"), "seats": workshop.seats, "rung": "all",
        "last_day": ends.date().isoformat(), "ends": ends.strftime("%H:%M:%S"), **more,
    }  # fmt: skip


def test_two_cities_that_write_at_once_both_keep_their_words(
    as_person, coordinator, neighbour_coordinator, konstanz, heilbronn
):
    workshop = WorkshopFactory(hosts=[konstanz, heilbronn])
    url = f"/veranstaltungen/{workshop.pk}/bearbeiten/"
    first = as_person(coordinator).post(url, posted(workshop, summary="Aus Konstanz"))
    assert first.status_code == 302, first.context["form"].errors
    second = as_person(neighbour_coordinator).post(url, posted(workshop, summary="Aus Heilbronn", seats=40))
    page = second.content.decode()
    assert second.status_code == 409
    assert "Aus Konstanz" in page
    assert "Aus Heilbronn" in page
    assert 'name="version" value="2"' in page
    assert 'name="place" value="Rathaus"' in page
    assert Workshop.objects.get().summary == "Aus Konstanz"
    record = as_person(neighbour_coordinator).get(f"/veranstaltungen/{workshop.pk}/").content.decode()
    assert "hat geändert: Kurz gesagt" in record


def test_the_record_of_changes_is_for_hosts_only(as_person, coordinator, pilot, outsider, konstanz, people):
    workshop = WorkshopFactory(hosts=[konstanz])
    workshops.save_workshop(people["konstanz"], workshop.pk, version=1, words={"online_url": "https://v.example/x"})
    url = f"/veranstaltungen/{workshop.pk}/"
    assert "Wer hat was geändert?" in as_person(coordinator).get(url).content.decode()
    for other in (pilot, outsider):
        assert "Wer hat was geändert?" not in as_person(other).get(url).content.decode()


def test_two_who_change_a_format_at_once_both_keep_their_words(as_person, coordinator, neighbour_coordinator, both):
    url = "/formate/knmeetshn/bearbeiten/"
    data = {"version": 1, "hashtag": "KNmeetsHN", "rung": "all"}
    assert as_person(coordinator).post(url, {**data, "motto": "Von uns"}).status_code == 302
    answer = as_person(neighbour_coordinator).post(url, {**data, "motto": "Von den anderen"})
    assert answer.status_code == 409
    assert "Von uns" in answer.content.decode()
    assert "Von den anderen" in answer.content.decode()


# --- names, needs, links -------------------------------------------------------------------------------------------

LINK = "https://video.example/geheim"


@pytest.fixture
def full(konstanz, heilbronn):
    """One who shows the name, one who does not, one who waits; each with a need."""
    workshop = WorkshopFactory(hosts=[konstanz, heilbronn], mode="online", online_url=LINK, seats=3, rung="public")
    late = timezone.now() + datetime.timedelta(hours=1)
    for name, more in (
        ("Zeigsich", {}),
        ("Verbirgtsich", {"name_shown": False}),
        ("Wartet", {"state": "queued", "queued_at": late}),
    ):
        RegistrationFactory(
            workshop=workshop, network=konstanz, person__family_name=name, needs=f"Bedarf{name}", **more
        )
    return workshop


def test_strangers_read_numbers_and_neither_names_nor_needs_nor_the_link(client, as_person, outsider, moderator, full):
    for browser in (client, as_person(outsider), as_person(moderator)):
        for path in (f"/veranstaltungen/{full.pk}/", f"/api/v1/workshops/{full.pk}/",
                     f"/veranstaltungen/{full.pk}/kalender.ics"):  # fmt: skip
            text = browser.get(path).content.decode().replace("\r\n ", "")
            assert [word for word in ("Zeigsich", "Verbirgtsich", "Wartet", "Bedarf", LINK) if word in text] == []
    assert "2 Personen aus 1 Kommune" in client.get(f"/veranstaltungen/{full.pk}/").content.decode().replace("\n", "")


def test_who_has_a_seat_reads_the_names_that_are_shown(as_person, outsider, full):
    take_seat(viewer_for(outsider), full.pk, name_shown=False)
    for path in ("", "teilnehmende/"):
        text = as_person(outsider).get(f"/veranstaltungen/{full.pk}/{path}").content.decode()
        assert "Zeigsich" in text
        assert [word for word in ("Verbirgtsich", "Wartet", "Bedarf") if word in text] == []
        assert outsider.name in text


def test_who_waits_reads_no_names(as_person, outsider, full):
    Registration.objects.create(
        workshop=full, person=outsider, network_id=outsider.memberships.get().network_id, state="queued",
        queued_at=timezone.now(),
    )  # fmt: skip
    assert "Zeigsich" not in as_person(outsider).get(f"/veranstaltungen/{full.pk}/").content.decode()
    assert as_person(outsider).get(f"/veranstaltungen/{full.pk}/teilnehmende/").status_code == 403


def test_hosts_read_everything(as_person, neighbour_coordinator, full):
    text = as_person(neighbour_coordinator).get(f"/veranstaltungen/{full.pk}/teilnehmende/").content.decode()
    for word in ("Zeigsich", "Verbirgtsich", "Wartet", "BedarfZeigsich", "BedarfWartet"):
        assert word in text
    assert LINK in as_person(neighbour_coordinator).get(f"/veranstaltungen/{full.pk}/").content.decode()


@pytest.mark.parametrize("evil", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0"])
def test_a_spreadsheet_runs_nothing_that_somebody_typed(as_person, coordinator, konstanz, evil):
    workshop = WorkshopFactory(hosts=[konstanz])
    RegistrationFactory(workshop=workshop, network=konstanz, needs=evil, person__given_name="=A1")
    answer = as_person(coordinator).get(f"/veranstaltungen/{workshop.pk}/teilnehmende.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff")), delimiter=";"))
    assert [cell for cell in rows[1] if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t"))] == []


def test_the_room_is_for_seats_and_hosts(people, full, outsider, konstanz, neighbour):
    assert _may_join_workshop(people["heilbronn"], full.pk)
    assert not _may_join_workshop(viewer_for(outsider), full.pk)
    assert not _may_join_workshop(viewer_for(neighbour), full.pk)
    take_seat(viewer_for(outsider), full.pk)
    assert _may_join_workshop(viewer_for(outsider), full.pk)


# --- the price of pages --------------------------------------------------------------------------------------------


def world(rows, konstanz, heilbronn):
    """So many of everything that a list shows."""
    for number in range(rows):
        made = FormatFactory(cities=[konstanz, heilbronn], rung="public")
        EditionFactory(format=made, number=1)
        workshop = WorkshopFactory(format=made, hosts=[konstanz, heilbronn], rung="public")
        RegistrationFactory.create_batch(rows, workshop=workshop, network=konstanz)
        EditionFactory(format=made, number=2, workshop=workshop, state="planned", host=konstanz.municipality)
        last = (made, workshop, number)
    return last


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("path", "price"),
    [
        ("/veranstaltungen/", 6),
        ("/formate/", 2),
        ("/veranstaltungen/{workshop}/", 10),
        ("/formate/{format}/", 10),
        ("/api/v1/workshops/", 3),
        ("/api/v1/formats/", 2),
        ("/api/v1/workshops/{workshop}/", 7),
        ("/api/v1/formats/{format}/", 3),
        ("/veranstaltungen/{workshop}/kalender.ics", 3),
        ("/formate/{format}/kalender.ics", 4),
    ],
)
def test_a_visitor_costs_the_same_whatever_there_is(rows, path, price, konstanz, heilbronn, django_assert_num_queries):
    made, workshop, _number = world(rows, konstanz, heilbronn)
    client = Client()
    with django_assert_num_queries(price):
        assert client.get(path.format(workshop=workshop.pk, format=made.slug)).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_a_host_costs_the_same_whatever_there_is(
    rows, as_person, coordinator, konstanz, heilbronn, django_assert_num_queries
):
    _made, workshop, _number = world(rows, konstanz, heilbronn)
    client = as_person(coordinator)
    with django_assert_num_queries(12):
        client.get(f"/veranstaltungen/{workshop.pk}/teilnehmende/")
    assert WorkshopHost.objects.count() == 2 * rows
