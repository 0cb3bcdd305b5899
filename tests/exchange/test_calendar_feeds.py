"""Feeds: who finds what in them, that three parsers agree, and what a program pays that has it already."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]  # the package carries no types
import vobject  # type: ignore[import-untyped]  # the package carries no types
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.calendars import Facts, event_of, text_of, token_for
from exchange.models import CalendarAddress, ExchangeFormat, Registration, Workshop
from exchange.services.workshops import cancel_workshop, save_workshop
from tenancy.models import Network, Person
from tenancy.viewer import viewer_for
from tests.factories.workshops import FormatFactory, RegistrationFactory, WorkshopFactory

LINK = "https://video.example/geheim"
PUBLIC = "/veranstaltungen/kalender.ics"
CITY = "/netzwerke/konstanz/kalender.ics"
FORMAT = "/formate/knmeetshn/kalender.ics"

pytestmark = pytest.mark.django_db


def read(answer: Any) -> list[str]:
    """The titles in a calendar, after three parsers agreed on what is in it."""
    assert answer.status_code == 200
    raw: bytes = answer.content
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    first: Any = icalendar.Calendar.from_ical(raw)
    second = getattr(vobject.readOne(raw.decode()), "vevent_list", [])
    events = first.walk("VEVENT")
    assert [(str(e["uid"]), str(e["summary"]), e["dtstart"].dt, e["dtend"].dt) for e in events] == [
        (e.uid.value, e.summary.value, e.dtstart.value, e.dtend.value) for e in second
    ]
    if events:
        span = min(e["dtstart"].dt for e in events), max(e["dtend"].dt for e in events)
        third = recurring_ical_events.of(first).between(*span)
        assert {str(e["uid"]) for e in third} == {str(e["uid"]) for e in events}
    return [str(event["summary"]) for event in events]


@pytest.fixture
def own(pilot: Person) -> str:
    """The pilot's secret address."""
    CalendarAddress.objects.create(person=pilot)
    return f"/veranstaltungen/kalender/{token_for(pilot.pk, 1)}.ics"


@pytest.fixture
def together(konstanz: Network, heilbronn: Network) -> ExchangeFormat:
    """A public format of two cities."""
    return FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz, heilbronn], rung="public")


@pytest.fixture
def shown(konstanz: Network, heilbronn: Network, together: ExchangeFormat, pilot: Person) -> Workshop:
    """A public one of both cities in the format, where the pilot has a seat."""
    made = WorkshopFactory(
        hosts=[konstanz, heilbronn], format=together, rung="public", title="Grüße; aus Öhringen, ß",
        mode="hybrid", online_url=LINK, description="**Fett** und\n\n- viel " + "sehr " * 200,
    )  # fmt: skip
    RegistrationFactory(workshop=made, person=pilot, network=konstanz)
    return made


TITLE = "#KNmeetsHN: Grüße; aus Öhringen, ß"
FEEDS = [PUBLIC, CITY, FORMAT]


# --- who finds what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", FEEDS)
def test_three_parsers_read_every_feed(client: Client, shown: Workshop, address: str):
    answer = client.get(address)
    assert read(answer) == [TITLE]
    assert LINK not in answer.content.decode().replace("\r\n ", "")


def test_three_parsers_read_the_own_one(client: Client, shown: Workshop, own: str):
    assert read(client.get(own)) == [TITLE]


@pytest.mark.parametrize("address", FEEDS)
@pytest.mark.parametrize("more", [{"state": "draft"}, {"rung": "network"}, {"rung": "all"}])
def test_what_a_stranger_may_not_see_is_in_no_feed(
    client: Client, konstanz: Network, together: ExchangeFormat, address: str, more: dict[str, str]
):
    WorkshopFactory(**({"rung": "public", "hosts": [konstanz], "format": together} | more))
    assert read(client.get(address)) == []


@pytest.mark.parametrize("address", [PUBLIC, CITY])
def test_the_public_ones_say_the_same_to_who_is_signed_in(
    as_person: Callable[[Person], Client], coordinator: Person, konstanz: Network, address: str
):
    WorkshopFactory(hosts=[konstanz], rung="all")
    WorkshopFactory(hosts=[konstanz], state="draft")
    assert read(as_person(coordinator).get(address)) == []


def test_the_feed_of_a_format_shows_the_signed_in_what_they_may_see(
    as_person: Callable[[Person], Client],
    client: Client, outsider: Person, coordinator: Person, konstanz: Network, together: ExchangeFormat,
):  # fmt: skip
    WorkshopFactory(title="Unter uns", hosts=[konstanz], format=together, rung="network")
    WorkshopFactory(title="Für alle", hosts=[konstanz], format=together, rung="all")
    found = [read(c.get(FORMAT)) for c in (client, as_person(outsider), as_person(coordinator))]
    assert [len(titles) for titles in found] == [0, 1, 2]


def test_a_city_feed_has_what_the_city_hosts_and_not_what_it_was_asked_to(
    client: Client, konstanz: Network, heilbronn: Network
):
    WorkshopFactory(hosts=[heilbronn], asked=[konstanz], rung="public")
    WorkshopFactory(hosts=[heilbronn], rung="public")
    WorkshopFactory(title="Unsere", hosts=[konstanz], rung="public")
    assert read(client.get(CITY)) == ["Unsere"]


def test_there_is_no_calendar_of_an_unpublished_or_unknown_city(
    client: Client, as_person: Callable[[Person], Client], coordinator: Person, konstanz: Network
):
    Network.objects.filter(pk=konstanz.pk).update(published_at=None)
    assert [c.get(CITY).status_code for c in (client, as_person(coordinator))] == [404, 404]
    assert client.get("/netzwerke/atlantis/kalender.ics").status_code == 404


def test_a_format_out_of_sight_is_not_named(client: Client, konstanz: Network):
    hidden = FormatFactory(hashtag="Geheim", cities=[konstanz], rung="network")
    WorkshopFactory(title="Offen", hosts=[konstanz], format=hidden, rung="public")
    assert read(client.get(PUBLIC)) == ["Offen"]


@pytest.mark.parametrize(("days", "there"), [(-179, True), (-181, False)])
def test_a_cancelled_one_stays_for_half_a_year(client: Client, konstanz: Network, days: int, there: bool):
    begins = timezone.now() + datetime.timedelta(days=days, hours=-3)
    WorkshopFactory(
        hosts=[konstanz], rung="public", state="cancelled", cancel_reason="Sturm", starts_at=begins,
        ends_at=begins + datetime.timedelta(hours=3),
    )  # fmt: skip
    for address in (PUBLIC, CITY):
        answer = client.get(address)
        assert bool(read(answer)) == there
        assert (b"STATUS:CANCELLED" in answer.content) == there


def test_who_was_suspended_or_renewed_the_address_has_no_feed_there(
    client: Client, as_person: Callable[[Person], Client], pilot: Person, own: str
):
    tag = client.get(own)["ETag"]
    as_person(pilot).post("/veranstaltungen/kalender/neu/")
    assert client.get(own, headers={"If-None-Match": tag}).status_code == 404
    fresh = f"/veranstaltungen/kalender/{token_for(pilot.pk, 2)}.ics"
    tag = client.get(fresh)["ETag"]
    Person.objects.filter(pk=pilot.pk).update(is_active=False)
    assert client.get(fresh, headers={"If-None-Match": tag}).status_code == 404


# --- what a program pays that has it already -------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "queries"), [(PUBLIC, 1), (CITY, 2), (FORMAT, 2)])
def test_who_has_the_file_is_told_so_by_one_or_two_queries(
    client: Client, shown: Workshop, django_assert_num_queries: Any, address: str, queries: int
):
    tag = client.get(address)["ETag"]
    assert tag.startswith('"')
    with django_assert_num_queries(queries):
        answer = client.get(address, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert answer["Last-Modified"]


def test_the_own_one_asks_for_address_and_person_too(
    client: Client, shown: Workshop, own: str, django_assert_num_queries: Any
):
    answer = client.get(own)
    assert answer["Cache-Control"] == "private, no-cache"
    with django_assert_num_queries(3):
        again = client.get(own, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, "private, no-cache")


def test_a_public_file_is_made_once_for_all(client: Client, shown: Workshop, django_assert_num_queries: Any):
    first = client.get(PUBLIC)
    with django_assert_num_queries(1):
        second = Client().get(PUBLIC)
    assert (second.content, second["ETag"]) == (first.content, first["ETag"])
    assert second["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_price_of_making_one_is_the_same_for_any_number(
    client: Client, konstanz: Network, together: ExchangeFormat, django_assert_num_queries: Any, rows: int
):
    WorkshopFactory.create_batch(rows, hosts=[konstanz], format=together, rung="public")
    with django_assert_num_queries(3):
        assert len(read(client.get(PUBLIC))) == rows


def _renamed(workshop: Workshop, coordinator: Person, pilot: Person) -> None:
    save_workshop(viewer_for(coordinator), workshop.pk, version=1, words={"summary": "Ein Wort mehr"})


def _cancelled(workshop: Workshop, coordinator: Person, pilot: Person) -> None:
    cancel_workshop(viewer_for(coordinator), workshop.pk, reason="Sturm")


def _narrowed(workshop: Workshop, coordinator: Person, pilot: Person) -> None:
    Registration.objects.all().delete()
    save_workshop(viewer_for(coordinator), workshop.pk, version=1, words={"rung": "network"})


def _another(workshop: Workshop, coordinator: Person, pilot: Person) -> None:
    hosts = [host.network for host in workshop.hosts.all()]
    more = WorkshopFactory(hosts=hosts, format=workshop.format, rung="public", title="Noch eine")
    RegistrationFactory(workshop=more, person=pilot, network=hosts[0])


def _format_hidden(workshop: Workshop, coordinator: Person, pilot: Person) -> None:
    ExchangeFormat.objects.filter(workshops=workshop).update(rung="network")


@pytest.mark.parametrize("change", [_renamed, _cancelled, _narrowed, _another, _format_hidden])
def test_whatever_changes_the_file_changes_its_tag(
    client: Client, shown: Workshop, own: str, coordinator: Person, pilot: Person, change: Callable[..., None]
):
    addresses = [PUBLIC, CITY, FORMAT, own]
    if change in (_narrowed, _format_hidden):
        # The pilot is of the network and goes on seeing both; and nobody sees the feed of a hidden format.
        addresses = addresses[:2]
    before = {address: client.get(address) for address in addresses}
    change(shown, coordinator, pilot)
    for address, had in before.items():
        now = client.get(address, headers={"If-None-Match": had["ETag"]})
        assert now.status_code == 200, address
        assert now.content != had.content, address
        assert now["ETag"] != had["ETag"]


def test_a_place_won_changes_the_own_tag(client: Client, shown: Workshop, own: str, pilot: Person):
    place = Registration.objects.filter(person=pilot)
    place.update(state="queued", queued_at=timezone.now())
    had = client.get(own)
    assert LINK not in had.content.decode().replace("\r\n ", "")
    assert b"STATUS:TENTATIVE" in had.content
    place.update(state="seat")
    now = client.get(own, headers={"If-None-Match": had["ETag"]})
    assert LINK in now.content.decode().replace("\r\n ", "")


def test_a_date_alone_is_no_proof_that_nothing_left_the_feed(
    client: Client, shown: Workshop, coordinator: Person, konstanz: Network
):
    WorkshopFactory(hosts=[konstanz], rung="public")
    had = client.get(PUBLIC)
    _narrowed(shown, coordinator, coordinator)
    assert client.get(PUBLIC, headers={"If-Modified-Since": had["Last-Modified"]}).status_code == 200


def test_each_language_has_its_own_tag(client: Client, shown: Workshop):
    tags = {client.get(PUBLIC, headers={"Accept-Language": language})["ETag"] for language in ("de", "en")}
    assert len(tags) == 2


@pytest.mark.parametrize("nonsense", ["", "W/", '"', "*, *", "ä", '"' * 500])
def test_nonsense_instead_of_a_tag_gets_the_file(client: Client, shown: Workshop, nonsense: str):
    assert client.get(PUBLIC, headers={"If-None-Match": nonsense}).status_code == 200


def test_a_long_text_is_cut_in_a_feed_and_whole_in_its_own_file(client: Client, shown: Workshop):
    lengths = [
        len(str(icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")[0]["description"]))
        for address in (PUBLIC, f"/veranstaltungen/{shown.pk}/kalender.ics")
    ]
    assert lengths[0] < 450
    assert lengths[1] > 900


# --- the entry written at once is the entry that the library makes --------------------------------------------------

# The library takes „\N“ for a line break, and what is no character of a line never gets here.
words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=300).filter(
    lambda text: "\\N" not in text and "\\n" not in text
)
moments = st.datetimes(datetime.datetime(1997, 1, 1), datetime.datetime(2090, 1, 1), timezones=st.just(datetime.UTC))


@settings(max_examples=300, deadline=None)
@given(words, words, words, moments, st.integers(0, 9_999))
def test_an_entry_written_at_once_reads_as_the_one_of_the_library(
    title: str, place: str, text: str, moment: datetime.datetime, sequence: int
):
    moment = moment.replace(microsecond=0)
    facts = Facts(
        uid="4711@lotsennetz", sequence=sequence, stamp=moment, starts_at=moment,
        ends_at=moment + datetime.timedelta(hours=2), title=title, status="CONFIRMED", place=place,
        words=f"{text}\n\nzwei", url="https://netz.example/veranstaltungen/1/",
    )  # fmt: skip
    raw = text_of(facts).encode()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    # Compared unfolded: both may fold where they like, as long as no character is cut.
    assert sorted(raw.replace(b"\r\n ", b"").split(b"\r\n")) == sorted(
        event_of(facts).to_ical().replace(b"\r\n ", b"").split(b"\r\n")
    )


@pytest.mark.parametrize(("state", "said"), [("offered", "Platz angeboten: "), ("requested", "Angefragt: ")])
def test_what_is_no_seat_yet_says_so(client: Client, shown: Workshop, own: str, pilot: Person, state: str, said: str):
    until = timezone.now() + datetime.timedelta(days=1)
    more = {"offered_until": until, "pool": "shared"} if state == "offered" else {"pool": ""}
    Registration.objects.filter(person=pilot).update(state=state, **more)
    answer = client.get(own)
    assert read(answer) == [said + TITLE]
    assert LINK not in answer.content.decode().replace("\r\n ", "")
    assert b"STATUS:TENTATIVE" in answer.content
