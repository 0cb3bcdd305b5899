"""Reminders and moves: told once, by day, never of what was called off, and with what it was before on the page."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from exchange.models import CalendarMail, Registration, Workshop, WorkshopMove
from exchange.services.invitations import mail_calendar
from exchange.services.reminders import mail_reminder
from exchange.services.seats import take_seat, withdraw
from exchange.services.workshops import cancel_workshop, save_workshop
from notices.models import Notice, NoticeWish
from tenancy.viewer import viewer_for
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.acting import acting_as_nobody
from toolkit.past_sight import rows_of

pytestmark = pytest.mark.django_db

#: A Thursday at ten in Berlin, in winter.
STARTS = datetime.datetime(2031, 12, 4, 9, 0, tzinfo=datetime.UTC)
LINK = "https://video.example/geheim"


def before(**time: float) -> datetime.datetime:
    return STARTS - datetime.timedelta(**time)


def mails() -> list[dict[str, Any]]:
    rows = ProcrastinateJob.objects.filter(task_name="toolkit.send_mail").order_by("id")
    return [job.args for job in rows if "calendar" not in job.args]


def due(at: datetime.datetime) -> list[tuple[int, int]]:
    with acting_as_nobody():
        return [(person, days) for person, _workshop, days in rows_of("exchange_due_reminders", at)]


@pytest.fixture
def workshop(konstanz, heilbronn):
    return WorkshopFactory(
        hosts=[konstanz, heilbronn], title="Zwei Wege", starts_at=STARTS, registration_ends_at=STARTS,
        mode="hybrid", place="Rathaus", online_url=LINK,
    )  # fmt: skip


@pytest.fixture
def seated(pilot, workshop):
    """The pilot has a seat since a month before."""
    place = take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    Registration.objects.filter(pk=place.pk).update(seated_at=before(days=30))
    mail_calendar(viewer_for(pilot), workshop.pk, at=before(days=30))
    return pilot


def test_a_week_and_a_day_before_one_is_reminded_once_each(seated, workshop):
    viewer = viewer_for(seated)
    assert due(before(days=8)) == []
    assert not mail_reminder(viewer, workshop.pk, at=before(days=8))
    assert due(before(days=7)) == [(seated.pk, 7)]
    assert mail_reminder(viewer, workshop.pk, at=before(days=7))
    assert due(before(days=6)) == []
    assert not mail_reminder(viewer, workshop.pk, at=before(days=6))
    assert due(before(days=1)) == [(seated.pk, 1)]
    assert mail_reminder(viewer, workshop.pk, at=before(days=1))
    assert not mail_reminder(viewer, workshop.pk, at=before(hours=3))
    week, day = mails()
    assert week["subject"] == "In 7 Tagen: „Zwei Wege“"
    assert day["subject"] == "Morgen: „Zwei Wege“"
    for part in (
        "Donnerstag, 4. Dezember 2031, 10:00 bis 12:00 Uhr",
        "Rathaus",
        LINK,
        f"/veranstaltungen/{workshop.pk}/",
    ):
        assert part in day["body"]
    assert Notice.objects.filter(person=seated, kind="workshop.reminder").count() == 2


def test_what_was_called_off_or_given_back_is_not_reminded_of(seated, office_head, coordinator, workshop):
    take_seat(viewer_for(office_head), workshop.pk, mode="on_site")
    withdraw(viewer_for(office_head), workshop.pk)
    cancel_workshop(viewer_for(coordinator), workshop.pk, reason="Sturm")
    assert due(before(days=1)) == []
    for person in (seated, office_head):
        assert not mail_reminder(viewer_for(person), workshop.pk, at=before(days=1))


def test_who_waits_or_is_not_signed_up_is_not_reminded(pilot, outsider, konstanz, workshop):
    RegistrationFactory(workshop=workshop, person=pilot, network=konstanz, state="queued")
    for person in (pilot, outsider):
        assert not mail_reminder(viewer_for(person), workshop.pk, at=before(days=1))
    assert not CalendarMail.objects.exists()


def test_after_a_move_the_new_time_counts(seated, coordinator, workshop):
    assert mail_reminder(viewer_for(seated), workshop.pk, at=before(days=7))
    later = STARTS + datetime.timedelta(days=14)
    words = {"starts_at": later, "ends_at": later + datetime.timedelta(hours=2)}
    save_workshop(viewer_for(coordinator), workshop.pk, version=1, words=words)
    mail_calendar(viewer_for(seated), workshop.pk, at=before(days=6))
    assert not mail_reminder(viewer_for(seated), workshop.pk, at=before(days=1))
    assert mail_reminder(viewer_for(seated), workshop.pk, at=later - datetime.timedelta(days=7))


def test_who_was_written_to_within_the_time_is_not_reminded_of_it(pilot, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    mail_calendar(viewer_for(pilot), workshop.pk, at=before(days=3))
    assert not mail_reminder(viewer_for(pilot), workshop.pk, at=before(days=2))
    assert mail_reminder(viewer_for(pilot), workshop.pk, at=before(days=1))


def test_hosts_say_when(seated, coordinator, workshop):
    save_workshop(viewer_for(coordinator), workshop.pk, version=1, words={"reminder_days": [14]})
    assert due(before(days=14)) == [(seated.pk, 14)]
    save_workshop(viewer_for(coordinator), workshop.pk, version=2, words={"reminder_days": []})
    assert due(before(days=1)) == []
    assert not mail_reminder(viewer_for(seated), workshop.pk, at=before(days=1))


def test_no_reminder_comes_at_night_and_quiet_hours_are_kept_where_time_is_left(seated, workshop):
    viewer = viewer_for(seated)
    night = before(days=6).replace(hour=2)
    assert not mail_reminder(viewer, workshop.pk, at=night)
    saturday = before(days=5)
    assert saturday.strftime("%a") == "Sat"
    assert not mail_reminder(viewer, workshop.pk, at=saturday)
    assert mail_reminder(viewer, workshop.pk, at=before(days=3))


def test_who_wants_no_mails_is_reminded_in_the_page_alone(seated, workshop):
    NoticeWish.objects.create(person=seated, mail=False)
    assert mail_reminder(viewer_for(seated), workshop.pk, at=before(days=1))
    assert mails() == []
    assert Notice.objects.filter(person=seated, kind="workshop.reminder").exists()


# --- moves on the page ----------------------------------------------------------------------------------------------


def form_words(browser, workshop):
    form = browser.get(f"/veranstaltungen/{workshop.pk}/bearbeiten/").context["form"]
    said = {name: form[name].value() for name in form.fields}
    shown = {
        "day": "2031-12-05",
        "begins": "10:00",
        "ends": "12:00",
        "last_day": "",
        "until_day": "",
        "until_clock": "",
    }
    return {name: "" if value is None else value for name, value in said.items()} | shown | {"reminder_days": "7,1"}


def test_a_host_moves_it_with_a_reason_and_the_page_says_what_it_was(as_person, coordinator, seated, workshop):
    browser = as_person(coordinator)
    sent = form_words(browser, workshop) | {"move_reason": "Der Saal ist belegt."}
    answer = browser.post(f"/veranstaltungen/{workshop.pk}/bearbeiten/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    page = as_person(seated).get(f"/veranstaltungen/{workshop.pk}/").content.decode()
    assert "Zeit: bisher Donnerstag, 4. Dezember 2031, 10:00 bis 12:00 Uhr, jetzt Freitag, 5. Dezember 2031" in page
    assert "Der Grund: Der Saal ist belegt." in page
    assert Registration.objects.get(person=seated).state == "seat"
    assert mail_calendar(viewer_for(seated), workshop.pk, at=before(days=20)) == "changed"
    notice = Notice.objects.get(person=seated, kind="workshop.moved")
    assert "jetzt Freitag, 5. Dezember 2031" in notice.text
    assert "Der Saal ist belegt." in notice.text


def test_a_draft_is_not_moved_and_asks_for_no_reason(as_person, coordinator, konstanz):
    draft = WorkshopFactory(hosts=[konstanz], state="draft")
    assert (
        "move_reason"
        not in as_person(coordinator).get(f"/veranstaltungen/{draft.pk}/bearbeiten/").context["form"].fields
    )
    words = {"place": "Anderswo"}
    save_workshop(viewer_for(coordinator), draft.pk, version=1, words=words, reason="Egal")
    assert not WorkshopMove.objects.exists()


@pytest.mark.parametrize("who", ["pilot", "outsider"])
def test_only_hosts_move_it(request, who, workshop, as_person):
    browser = as_person(request.getfixturevalue(who))
    assert browser.post(f"/veranstaltungen/{workshop.pk}/bearbeiten/", {"place": "Anderswo"}).status_code == 403
    assert not WorkshopMove.objects.exists()
    assert Workshop.objects.get(pk=workshop.pk).calendar_sequence == 0
