"""The calendar page: what stands in it, whose own it is, what meets at one time, and that no address breaks it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from exchange.models import Workshop
from exchange.queries.calendar import MOST, calendar_page, own_between, span_from
from exchange.queries.narrowing import WorkshopFilter
from tenancy.models import Network, Person
from tenancy.viewer import viewer_for
from tests.factories.workshops import FormatFactory, RegistrationFactory, WorkshopFactory

pytestmark = pytest.mark.django_db

PAGE = "/veranstaltungen/kalender/"
VIEWS = ("monat", "woche", "liste", "tag")
#: A Monday far ahead; nothing else is there.
DAY = datetime.date(timezone.localdate().year + 2, 3, 1)
DAY += datetime.timedelta(days=-DAY.weekday() % 7)


def at(hour: float, *, days: int = 0) -> datetime.datetime:
    """A moment of that Monday, or of a day after it, by the clock of Berlin."""
    midnight = datetime.datetime.combine(DAY + datetime.timedelta(days=days), datetime.time())
    return timezone.make_aware(midnight) + datetime.timedelta(hours=hour)


def made(title: str, begins: datetime.datetime, hours: float = 2, **more: Any) -> Workshop:
    return WorkshopFactory(title=title, starts_at=begins, ends_at=begins + datetime.timedelta(hours=hours), **more)


def page(client: Client, view: str = "monat", more: str = "", day: datetime.date = DAY) -> str:
    answer = client.get(f"{PAGE}?ansicht={view}&am={day}{more}")
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_everybody_finds_what_they_may_see_in_every_view(
    client: Client, as_person: Callable[[Person], Client], pilot: Person, outsider: Person, coordinator: Person,
    konstanz: Network, view: str,
):  # fmt: skip
    made("Öffentlich", at(9), hosts=[konstanz], rung="public")
    made("Netzwerkweit", at(9), hosts=[konstanz], rung="all")
    made("Hausintern", at(9), hosts=[konstanz], rung="network")
    made("Halbfertig", at(9), hosts=[konstanz], state="draft")
    titles = ["Öffentlich", "Netzwerkweit", "Hausintern", "Halbfertig"]
    seen = [
        [title in page(c, view) for title in titles]
        for c in (client, as_person(outsider), as_person(pilot), as_person(coordinator))
    ]
    assert seen == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


def test_a_format_out_of_sight_is_not_named(as_person: Callable[[Person], Client], outsider: Person, konstanz: Network):
    hidden = FormatFactory(hashtag="Geheim", cities=[konstanz], rung="network")
    made("Offen", at(9), hosts=[konstanz], format=hidden, rung="all")
    client = as_person(outsider)
    for view in VIEWS:
        text = page(client, view)
        assert "Offen" in text
        assert "Geheim" not in text
        assert "Offen" not in page(client, view, "&format=geheim")


# --- what stands where ----------------------------------------------------------------------------------------------


def days_of(viewer: Any, view: str = "monat", **wanted: Any) -> dict[datetime.date, list[str]]:
    found = calendar_page(viewer, WorkshopFilter(**wanted), span_from(view, str(DAY), today=timezone.localdate()))
    return {day.day: [entry.title for entry in day.entries] for day in found.days if day.entries}


def test_what_lasts_days_stands_in_each_and_midnight_belongs_to_the_day_before(pilot: Person, konstanz: Network):
    made("Seminar", at(9), 55, hosts=[konstanz])
    made("Bis Mitternacht", at(20), 4, hosts=[konstanz])
    made("Von Mitternacht", at(0, days=1), 1, hosts=[konstanz])
    days = [DAY + datetime.timedelta(days=n) for n in range(3)]
    assert days_of(viewer_for(pilot)) == {
        days[0]: ["Seminar", "Bis Mitternacht"],
        days[1]: ["Seminar", "Von Mitternacht"],
        days[2]: ["Seminar"],
    }


def test_the_month_begins_on_a_monday_and_holds_whole_weeks(pilot: Person):
    for month in range(1, 13):
        span = span_from("monat", f"2027-{month:02}", today=datetime.date(2026, 11, 22))
        assert (span.first_shown.weekday(), span.last_shown.weekday()) == (0, 0)
        assert span.first_shown <= span.begins < span.ends <= span.last_shown
        assert (span.begins.day, span.ends.day) == (1, 1)


@pytest.mark.parametrize(
    ("view", "earlier", "later"),
    [
        ("monat", "2027-02-01", "2027-04-01"),
        ("liste", "2027-02-01", "2027-04-01"),
        ("woche", "2027-03-08", "2027-03-22"),
        ("tag", "2027-03-16", "2027-03-18"),
    ],
)
def test_one_leafs_by_what_one_looks_at(view: str, earlier: str, later: str):
    span = span_from(view, "2027-03-17", today=datetime.date(2026, 11, 22))
    assert (str(span.earlier), str(span.later)) == (earlier, later)


def test_leafing_ends_somewhere():
    today = datetime.date(2026, 11, 22)
    first, last = span_from("monat", "0001-01-01", today=today), span_from("monat", "9999-12-31", today=today)
    assert (first.begins.year, first.earlier) == (2011, None)
    assert (last.begins.year, last.later) == (2036, None)


def test_filters_narrow_and_stay_while_one_leafs(
    as_person: Callable[[Person], Client], pilot: Person, konstanz: Network, giessen: Network
):
    together = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz])
    made("Format", at(9), hosts=[konstanz], format=together)
    made("Schulung", at(9), hosts=[konstanz], kind="training", mode="online")
    made("Hessen", at(9), hosts=[giessen])
    mine = made("Meine", at(9), hosts=[giessen])
    RegistrationFactory(workshop=mine, person=pilot, network=konstanz)
    viewer = viewer_for(pilot)
    found = {
        name: days_of(viewer, "tag", **{name: value}).get(DAY)
        for name, value in (
            ("format", "knmeetshn"), ("kind", "training"), ("mode", "online"), ("land", "06"), ("city", "giessen"),
            ("mine", True),
        )
    }  # fmt: skip
    assert found == {
        "format": ["Format"], "kind": ["Schulung"], "mode": ["Schulung"], "land": ["Hessen", "Meine"],
        "city": ["Hessen", "Meine"], "mine": ["Meine"],
    }  # fmt: skip
    text = page(as_person(pilot), "woche", "&meine=1&land=06&typ=workshop&kommune=giessen")
    assert "?meine=1&amp;land=06&amp;typ=workshop&amp;kommune=giessen&amp;ansicht=monat" in text


NONSENSE = (
    "",
    "x",
    "-1",
    "9" * 400,
    "2027-13-45",
    "2027-W99",
    "0000-00",
    "' OR 1=1",
    "\x00",
    "ä\ud800",
    "06' --",
    "%00",
)


@pytest.mark.parametrize("name", ["ansicht", "am", "typ", "kommune", "format", "land", "art", "meine", "zeit"])
def test_nonsense_in_an_address_is_left_out(client: Client, name: str):
    for word in NONSENSE:
        for path in (PAGE, "/veranstaltungen/"):
            assert client.get(f"{path}?{name}={quote(word, errors='surrogatepass')}").status_code == 200, (name, word)


# --- one's own ------------------------------------------------------------------------------------------------------


def test_ones_own_are_marked_in_words(
    as_person: Callable[[Person], Client], pilot: Person, coordinator: Person, konstanz: Network, giessen: Network
):
    RegistrationFactory(workshop=made("Platz", at(8), 1, hosts=[giessen]), person=pilot, network=konstanz)
    waiting = made("Warten", at(10), 1, hosts=[giessen])
    RegistrationFactory(workshop=waiting, person=pilot, network=konstanz, state="queued")
    made("Gastgeberin", at(12), 1, hosts=[konstanz])
    for view in VIEWS:
        text = page(as_person(pilot), view)
        assert [word in text for word in ("Sie haben einen Platz", "Sie stehen auf der Warteliste")] == [True, True]
        # A pilot does not host; in the legend alone is it named.
        assert text.count("Ihre Kommune lädt ein") == 1
        assert page(as_person(coordinator), view).count("Ihre Kommune lädt ein") == 2


def test_two_of_ones_own_at_one_time_are_said_in_words(
    as_person: Callable[[Person], Client], pilot: Person, outsider: Person, konstanz: Network
):
    for title, begins in (("Eins", at(9)), ("Zwei", at(10)), ("Danach", at(12))):
        RegistrationFactory(workshop=made(title, begins, hosts=[konstanz]), person=pilot, network=konstanz)
    gone = made("Abgesagte", at(9), hosts=[konstanz], state="cancelled", cancel_reason="Sturm")
    RegistrationFactory(workshop=gone, person=pilot, network=konstanz)
    made("Fremde", at(9), hosts=[konstanz])
    found = calendar_page(viewer_for(pilot), WorkshopFilter(), span_from("woche", str(DAY), today=DAY))
    assert [(one.title, other.title) for one, other in found.clashing] == [("Eins", "Zwei")]
    assert "Hier überschneiden sich Ihre Termine" in page(as_person(pilot))
    assert "Zur selben Zeit: „Zwei“" in page(as_person(pilot), "liste")
    assert "überschneiden" not in page(as_person(outsider))


def test_what_two_people_of_a_city_host_at_one_time_is_no_clash(coordinator: Person, konstanz: Network):
    hosted = [made(title, at(9), hosts=[konstanz]) for title in ("Eins", "Zwei")]
    viewer, span = viewer_for(coordinator), span_from("tag", str(DAY), today=DAY)
    assert calendar_page(viewer, WorkshopFilter(), span).clashing == []
    RegistrationFactory(workshop=hosted[0], person=coordinator, network=konstanz)
    assert len(calendar_page(viewer, WorkshopFilter(), span).clashing) == 1


def test_a_clash_is_told_also_when_a_filter_hides_the_other(pilot: Person, konstanz: Network, giessen: Network):
    for title, host in (("Eins", konstanz), ("Zwei", giessen)):
        RegistrationFactory(workshop=made(title, at(9), hosts=[host]), person=pilot, network=konstanz)
    found = calendar_page(viewer_for(pilot), WorkshopFilter(city="giessen"), span_from("tag", str(DAY), today=DAY))
    assert [(entry.title, entry.clashes) for entry in found.days[0].entries] == [("Zwei", ["Eins"])]


def test_own_ones_at_a_time_leave_out_what_only_touches(pilot: Person, konstanz: Network):
    for title, begins in (("Davor", at(8)), ("Zur selben Zeit", at(11)), ("Danach", at(14))):
        RegistrationFactory(workshop=made(title, begins, hosts=[konstanz]), person=pilot, network=konstanz)
    assert [entry.title for entry in own_between(viewer_for(pilot), at(10), at(14))] == ["Zur selben Zeit"]


def test_who_signs_up_is_told_what_they_have_at_that_time(
    as_person: Callable[[Person], Client], pilot: Person, outsider: Person, konstanz: Network
):
    RegistrationFactory(workshop=made("Schon zugesagt", at(9), hosts=[konstanz]), person=pilot, network=konstanz)
    wanted = made("Auch schön", at(10), hosts=[konstanz])
    later = made("Später", at(11), hosts=[konstanz])
    told = "Zur selben Zeit sind Sie bei"
    assert told in as_person(pilot).get(f"/veranstaltungen/{wanted.pk}/").content.decode()
    assert told not in as_person(pilot).get(f"/veranstaltungen/{later.pk}/").content.decode()
    assert told not in as_person(outsider).get(f"/veranstaltungen/{wanted.pk}/").content.decode()


def test_holidays_of_ones_own_land_are_shown(
    as_person: Callable[[Person], Client], client: Client, pilot: Person, outsider: Person
):
    # Epiphany is kept in Baden-Württemberg, and not in Hessen.
    epiphany = datetime.date(DAY.year, 1, 6)
    for view in VIEWS:
        told = ["Heilige Drei Könige" in page(c, view, day=epiphany) for c in (as_person(pilot), as_person(outsider))]
        # The list shows days on which there is something.
        assert told == [view != "liste", False]
        assert "Heilige Drei Könige" not in page(client, view, day=epiphany)


# --- any size -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("view", VIEWS)
def test_the_calendar_costs_the_same_for_any_number(
    as_person: Callable[[Person], Client], pilot: Person, konstanz: Network, django_assert_num_queries: Any,
    view: str, rows: int,
):  # fmt: skip
    together = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz])
    for number in range(rows):
        workshop = made(f"Nr. {number}", at(9), hosts=[konstanz], format=together)
        RegistrationFactory(workshop=workshop, person=pilot, network=konstanz)
    browser = as_person(pilot)
    page(browser, view)
    with django_assert_num_queries(12):
        page(browser, view)


def test_a_month_of_five_hundred_shows_the_own_ones_and_counts_the_rest(
    as_person: Callable[[Person], Client], pilot: Person, konstanz: Network
):
    same = {"starts_at": at(9), "ends_at": at(10), "registration_ends_at": at(9), "seats": 5, "rung": "all"}
    Workshop.objects.bulk_create(Workshop(title=f"Nr. {n}", state="open", **same) for n in range(500))
    RegistrationFactory(workshop=made("Ganz spät, aber meine", at(22), 1), person=pilot, network=konstanz)
    text = page(as_person(pilot))
    assert "Ganz spät, aber meine" in text
    assert f"+ {501 - MOST['monat'] + 1} weitere" in text
    assert f"?ansicht=tag&amp;am={DAY}" in text
    assert text.count("Nr. ") == MOST["monat"] - 2
    assert page(as_person(pilot), "tag").count("Nr. ") == MOST["tag"] - 2
