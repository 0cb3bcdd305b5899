"""Calendar files: read back by two parsers; the link to take part stays with those who have a seat."""

from __future__ import annotations

import datetime
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]  # the package carries no types

from exchange.models import Workshop
from exchange.services.seats import take_seat, withdraw
from exchange.services.workshops import cancel_workshop, save_workshop
from tenancy.viewer import viewer_for
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import FormatFactory, RegistrationFactory, WorkshopFactory

pytestmark = pytest.mark.django_db

LINK = "https://video.example/geheim"


def events(answer):
    """The events of a calendar file as icalendar reads them; vobject must find the same ones."""
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    raw = answer.content
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    found: list[Any] = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    second = vobject.readOne(raw.decode())
    others = getattr(second, "vevent_list", [])
    assert [str(e["uid"]) for e in found] == [e.uid.value for e in others]
    assert [str(e["summary"]) for e in found] == [e.summary.value for e in others]
    assert [e["dtstart"].dt for e in found] == [e.dtstart.value for e in others]
    return found


@pytest.fixture
def workshop(konstanz, heilbronn):
    """Ten o'clock in winter, Berlin time."""
    starts = datetime.datetime(2031, 12, 4, 9, 0, tzinfo=datetime.UTC)
    return WorkshopFactory(
        hosts=[konstanz, heilbronn],
        title="Zwei Wege; drei, vier",
        starts_at=starts,
        registration_ends_at=starts,
        mode="hybrid",
        place="Rathaus, Raum 1",
        online_url=LINK,
        seats=1,
    )


def file_of(client, workshop):
    return client.get(f"/veranstaltungen/{workshop.pk}/kalender.ics")


def test_two_parsers_read_the_same_moment_in_berlin(as_person, pilot, workshop):
    (event,) = events(file_of(as_person(pilot), workshop))
    assert str(event["summary"]) == "Zwei Wege; drei, vier"
    assert str(event["dtstart"].params["TZID"]) == "Europe/Berlin"
    assert event["dtstart"].dt.hour == 10
    assert event["dtstart"].dt == workshop.starts_at
    assert str(event["uid"]) == f"{workshop.calendar_uid}@lotsennetz"
    assert (int(event["sequence"]), str(event["status"])) == (0, "CONFIRMED")
    assert event["dtstamp"].dt.tzinfo is not None
    assert "Rathaus, Raum 1" in str(event["location"])


@pytest.mark.parametrize("year", [2027, 2031, 2052])
def test_summer_time_is_summer_time_for_both_parsers(as_person, pilot, workshop, year):
    starts = datetime.datetime(year, 7, 3, 8, 0, tzinfo=datetime.UTC)
    Workshop.objects.filter(pk=workshop.pk).update(
        starts_at=starts, ends_at=starts + datetime.timedelta(hours=1), registration_ends_at=starts
    )
    (event,) = events(file_of(as_person(pilot), workshop))
    assert event["dtstart"].dt.hour == 10
    assert event["dtstart"].dt == starts


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
def test_a_line_break_in_a_title_adds_no_line_to_the_file(as_person, pilot, workshop, end):
    evil = f"Titel{end}END:VEVENT{end}BEGIN:VEVENT{end}UID:fremd{end}ATTACH:https://boese.example"
    Workshop.objects.filter(pk=workshop.pk).update(title=evil[:160], place=evil[:160], summary=evil[:200])
    (event,) = events(file_of(as_person(pilot), workshop))
    assert "attach" not in event
    assert str(event["uid"]) == f"{workshop.calendar_uid}@lotsennetz"
    assert str(event["summary"]).startswith("Titel END:VEVENT")


def test_the_link_is_for_those_with_a_seat_and_for_hosts(
    as_person, pilot, office_head, outsider, coordinator, workshop
):
    take_seat(viewer_for(pilot), workshop.pk, mode="online")
    take_seat(viewer_for(office_head), workshop.pk, mode="online")
    seen = {p.pk: LINK.encode() in file_of(as_person(p), workshop).content.replace(b"\r\n ", b"")
            for p in (pilot, office_head, outsider, coordinator)}  # fmt: skip
    assert seen == {pilot.pk: True, office_head.pk: False, outsider.pk: False, coordinator.pk: True}
    (waiting,) = events(file_of(as_person(office_head), workshop))
    assert str(waiting["status"]) == "TENTATIVE"
    assert str(waiting["summary"]).startswith("Warteliste: ")


def test_a_move_and_a_cancellation_raise_the_sequence(as_person, pilot, coordinator, workshop):
    host = viewer_for(coordinator)
    save_workshop(host, workshop.pk, version=1, words={"summary": "Nur ein Wort"})
    save_workshop(host, workshop.pk, version=2, words={"ends_at": workshop.ends_at + datetime.timedelta(hours=1)})
    cancel_workshop(host, workshop.pk, reason="Sturm")
    (event,) = events(file_of(as_person(pilot), workshop))
    assert (int(event["sequence"]), str(event["status"])) == (2, "CANCELLED")
    assert "Sturm" in str(event["description"])
    assert LINK not in str(event["description"])


def test_the_feed_of_a_format_holds_what_one_may_see_and_no_link(client, as_person, coordinator, konstanz):
    exchange_format = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz], rung="public")
    more = {"format": exchange_format, "hosts": [konstanz], "mode": "online", "online_url": LINK}
    WorkshopFactory(title="Für alle Netzwerke", rung="all", **more)
    WorkshopFactory(title="Öffentlich", rung="public", **more)
    WorkshopFactory(title="Entwurf", state="draft", rung="public", **more)
    answer = client.get("/formate/knmeetshn/kalender.ics")
    assert [str(e["summary"]) for e in events(answer)] == ["#KNmeetsHN: Öffentlich"]
    answer = as_person(coordinator).get("/formate/knmeetshn/kalender.ics")
    assert len(events(answer)) == 2
    assert LINK not in answer.content.decode().replace("\r\n ", "")


def test_a_workshop_does_not_name_a_format_that_one_cannot_see(as_person, outsider, konstanz):
    narrow = FormatFactory(hashtag="Geheim", cities=[konstanz], rung="network")
    workshop = WorkshopFactory(format=narrow, hosts=[konstanz], rung="all")
    client = as_person(outsider)
    for path in ("kalender.ics", ""):
        assert "Geheim" not in client.get(f"/veranstaltungen/{workshop.pk}/{path}").content.decode()
    for path in (
        "/veranstaltungen/",
        "/suche/?q=Geheim",
        "/",
        "/api/v1/workshops/",
        f"/api/v1/workshops/{workshop.pk}/",
    ):
        text = client.get(path).content.decode().lower()
        assert "#geheim" not in text
        assert f"/formate/{narrow.slug}" not in text
        assert f'"format":"{narrow.slug}"' not in text


@pytest.fixture
def address(as_person, pilot):
    """The pilot's secret address, made on the page."""
    browser = as_person(pilot)
    assert browser.post("/veranstaltungen/kalender/neu/").status_code == 302
    return browser.get("/veranstaltungen/kalender/abonnieren/").context["address"].removeprefix("http://testserver")


def test_the_own_calendar_needs_no_sign_in_and_holds_the_own_places_only(client, address, pilot, konstanz, workshop):
    WorkshopFactory(hosts=[konstanz], title="Ohne mich")
    take_seat(viewer_for(pilot), workshop.pk, mode="online")
    answer = client.get(address)
    (event,) = events(answer)
    assert str(event["uid"]) == f"{workshop.calendar_uid}@lotsennetz"
    assert LINK in str(event["description"])
    assert answer["Cache-Control"] == "private, no-cache"
    withdraw(viewer_for(pilot), workshop.pk)
    assert events(client.get(address)) == []


def test_a_cancelled_one_stays_in_the_own_calendar_struck_out(client, address, pilot, coordinator, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="online")
    cancel_workshop(viewer_for(coordinator), workshop.pk, reason="Sturm")
    (event,) = events(client.get(address))
    assert str(event["status"]) == "CANCELLED"


def test_a_new_address_locks_the_old_one_out(client, as_person, address, pilot):
    as_person(pilot).post("/veranstaltungen/kalender/neu/")
    assert client.get(address).status_code == 404
    fresh = as_person(pilot).get("/veranstaltungen/kalender/abonnieren/").context["address"]
    assert client.get(fresh.removeprefix("http://testserver")).status_code == 200


def test_an_address_of_another_person_cannot_be_made_from_ones_own(client, address, pilot, neighbour):
    own, _dash, signature = address.rpartition("/")[2].partition("-")
    assert own == str(pilot.pk)
    for guess in (f"{neighbour.pk}-{signature}", f"{pilot.pk}-.ics", "1-1.ics", f"{'9' * 30}-a.ics", "-.ics"):
        assert client.get(f"/veranstaltungen/kalender/{guess}").status_code == 404


def test_who_was_suspended_has_no_calendar_any_more(client, address, pilot):
    pilot.is_active = False
    pilot.save(update_fields=["is_active"])
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_price_of_the_own_calendar_is_the_same(rows, client, address, pilot, konstanz, django_assert_num_queries):
    for _ in range(rows):
        RegistrationFactory(workshop=WorkshopFactory(hosts=[konstanz]), person=pilot, network=konstanz)
    with django_assert_num_queries(4):
        assert len(events(client.get(address))) == rows


def test_who_lost_sight_of_a_workshop_finds_it_no_more_in_the_own_calendar(client, address, pilot, konstanz, heilbronn):
    member = MembershipFactory(network=heilbronn, person=pilot)
    narrow = WorkshopFactory(hosts=[heilbronn], rung="network")
    RegistrationFactory(workshop=narrow, person=pilot, network=konstanz)
    assert len(events(client.get(address))) == 1
    type(member).objects.filter(pk=member.pk).update(ended_on=datetime.date.today())
    assert events(client.get(address)) == []
