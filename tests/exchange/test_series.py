"""Meetings that come again: dates by a rule, one transaction, and each date its own from then on."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from exchange.models import Session, Workshop, WorkshopHost, WorkshopSeries
from exchange.policies.program import may_repeat
from exchange.repeating import days_of_rule, in_words, rule_for
from exchange.services import series, workshops
from notices.models import Notice
from tenancy.viewer import viewer_for
from tests.factories.workshops import RegistrationFactory, SessionFactory, WorkshopFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db

TUESDAY = datetime.date(2027, 3, 16)


def at(day, hour=9):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


@pytest.fixture
def meeting(konstanz):
    """Konstanz alone, on a Tuesday in March, before the clocks change."""
    made = WorkshopFactory(hosts=[konstanz], kind="meeting", starts_at=at(TUESDAY), ends_at=at(TUESDAY, 11))
    SessionFactory(workshop=made, title="Runde")
    return made


@pytest.mark.parametrize(
    ("first", "how", "interval", "days", "words"),
    [
        (TUESDAY, "weekly", 1, ["03-16", "03-23", "03-30"], "Jede Woche am Dienstag"),
        (TUESDAY, "weekly", 2, ["03-16", "03-30", "04-13"], "Alle 2 Wochen am Dienstag"),
        (TUESDAY, "weekday", 1, ["03-16", "04-20", "05-18"], "Jeden Monat am 3. Dienstag"),
        (datetime.date(2027, 3, 30), "weekday", 1, ["03-30", "04-27", "05-25"], "Jeden Monat am letzten Dienstag"),
        (TUESDAY, "monthday", 3, ["03-16", "06-16", "09-16"], "Alle 3 Monate am 16. des Monats"),
        (datetime.date(2027, 3, 31), "monthday", 1, ["03-31", "05-31", "07-31"], "Jeden Monat am 31. des Monats"),
    ],
)
def test_rules_of_repetition(first, how, interval, days, words):
    rule = rule_for(first, how, interval, count=3)
    assert [f"{day:%m-%d}" for day in days_of_rule(rule, first)] == days
    assert in_words(rule, first) == words


def test_never_more_than_a_year_of_weeks():
    assert len(days_of_rule(rule_for(TUESDAY, "weekly", 1, until=datetime.date(2030, 1, 1)), TUESDAY)) == 52


def test_hosts_repeat_once_and_nobody_else(meeting, coordinator, neighbour_coordinator, pilot):
    rule = rule_for(TUESDAY, "weekly", 1, count=3)
    for person in (neighbour_coordinator, pilot):
        assert not may_repeat(viewer_for(person), meeting)
        with pytest.raises(Denied):
            series.repeat_workshop(viewer_for(person), meeting.pk, rule=rule, days=days_of_rule(rule, TUESDAY))
    series.repeat_workshop(viewer_for(coordinator), meeting.pk, rule=rule, days=days_of_rule(rule, TUESDAY))
    with pytest.raises(Denied, match="schon zu einer Reihe"):
        series.repeat_workshop(viewer_for(coordinator), meeting.pk, rule=rule, days=days_of_rule(rule, TUESDAY))
    assert Workshop.objects.count() == 3


def test_the_preview_names_holidays_and_leaves_them_out(meeting, as_person, coordinator):
    url = f"/veranstaltungen/{meeting.pk}/reihe/"
    host = as_person(coordinator)
    good_friday = datetime.date(2027, 3, 26)
    Workshop.objects.update(starts_at=at(good_friday - datetime.timedelta(7)), ends_at=at(good_friday, 11))
    data = {"interval": 1, "how": "weekly", "count": 4}
    page = host.post(url, data | {"look": 1})
    assert page.status_code == 200
    assert "Karfreitag" in page.content.decode()
    assert not WorkshopSeries.objects.exists()
    chosen = [day.isoformat() for day in page.context["chosen"]]
    assert good_friday.isoformat() not in chosen
    made = host.post(url, data | {"make": 1, "days": chosen})
    kept = WorkshopSeries.objects.get()
    assert made["Location"] == f"/veranstaltungen/reihen/{kept.pk}/"
    assert kept.left_out == ["2027-03-26"]
    shown = host.get(made["Location"]).content.decode()
    assert "Fällt aus" in shown
    assert "Jede Woche am Freitag" in shown


@pytest.mark.parametrize(
    "data", [{"count": 60}, {"count": 1}, {}, {"until": "2020-01-01"}, {"count": 3, "until": "2027-06-01"},
             {"count": 3, "interval": 0}, {"count": 3, "how": "täglich"}],
)  # fmt: skip
def test_a_rule_that_is_none_is_said_at_the_field(meeting, as_person, coordinator, data):
    url = f"/veranstaltungen/{meeting.pk}/reihe/"
    answer = as_person(coordinator).post(url, {"interval": 1, "how": "weekly", "look": 1} | data)
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_each_date_keeps_its_hour_over_the_change_of_the_clocks_and_its_programme(meeting, coordinator):
    rule = rule_for(TUESDAY, "weekly", 1, count=4)
    series.repeat_workshop(viewer_for(coordinator), meeting.pk, rule=rule, days=days_of_rule(rule, TUESDAY))
    starts = [timezone.localtime(w.starts_at).hour for w in Workshop.objects.order_by("starts_at")]
    assert starts == [9, 9, 9, 9]
    assert [timezone.localtime(s.starts_at).hour for s in Session.objects.all()] == [9, 9, 9, 9]


def test_the_other_hosts_are_asked_once_for_all_and_answer_once_for_all(
    konstanz, heilbronn, coordinator, neighbour_coordinator, as_person
):
    joint = WorkshopFactory(hosts=[konstanz, heilbronn], starts_at=at(TUESDAY), ends_at=at(TUESDAY, 11))
    rule = rule_for(TUESDAY, "weekly", 1, count=4)
    made = series.repeat_workshop(viewer_for(coordinator), joint.pk, rule=rule, days=days_of_rule(rule, TUESDAY))
    assert Notice.objects.filter(person=neighbour_coordinator).count() == 1
    assert WorkshopHost.objects.filter(network=heilbronn, state="invited").count() == 3
    url = f"/veranstaltungen/reihen/{made.pk}/antworten/"
    assert as_person(coordinator).post(url, {"network": heilbronn.pk, "answer": "yes"}).status_code == 404
    assert as_person(neighbour_coordinator).post(url, {"network": heilbronn.pk, "answer": "yes"}).status_code == 302
    assert WorkshopHost.objects.filter(network=heilbronn, state="accepted").count() == 4


def test_this_and_all_that_follow_change_together_and_exceptions_stay(meeting, coordinator, pilot, konstanz):
    viewer = viewer_for(coordinator)
    rule = rule_for(TUESDAY, "weekly", 1, count=4)
    series.repeat_workshop(viewer, meeting.pk, rule=rule, days=days_of_rule(rule, TUESDAY), open_at_once=True)
    _first, second, third, last = Workshop.objects.order_by("series_day")
    RegistrationFactory(workshop=last, person=pilot, network=konstanz)
    workshops.cancel_workshop(viewer, third.pk, reason="Rathaus zu.")
    words = {"place": "Bürgersaal", "starts_at": at(second.series_day, 10), "ends_at": at(second.series_day, 12)}
    assert series.save_following(viewer, second.pk, version=second.version, words=words) == 1
    found = [(w.place, timezone.localtime(w.starts_at).hour) for w in Workshop.objects.order_by("series_day")]
    assert found == [("Rathaus", 9), ("Bürgersaal", 10), ("Rathaus", 9), ("Bürgersaal", 10)]


def test_where_one_date_does_not_take_it_nothing_is_changed(meeting, coordinator, pilot, konstanz, outsider, giessen):
    viewer = viewer_for(coordinator)
    rule = rule_for(TUESDAY, "weekly", 1, count=3)
    series.repeat_workshop(viewer, meeting.pk, rule=rule, days=days_of_rule(rule, TUESDAY), open_at_once=True)
    first, _second, last = Workshop.objects.order_by("series_day")
    for person, network in ((pilot, konstanz), (outsider, giessen)):
        RegistrationFactory(workshop=last, person=person, network=network)
    with pytest.raises(Conflict, match=r"30\.03\.2027"):
        series.save_following(viewer, first.pk, version=first.version, words={"seats": 1})
    assert set(Workshop.objects.values_list("seats", flat=True)) == {10}
