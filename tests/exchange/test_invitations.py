"""Invitations by mail: read by two parsers, told once for each change, and only to whom they concern."""

from __future__ import annotations

import datetime
import email
import email.policy
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]  # the package carries no types
from aiosmtpd.controller import Controller
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from exchange.models import CalendarMail, Registration, Workshop, WorkshopMove
from exchange.services.invitations import mail_calendar, place_changed
from exchange.services.seats import take_seat, withdraw
from exchange.services.workshops import cancel_workshop, save_workshop
from notices.models import Notice
from tenancy.viewer import viewer_by_id, viewer_for
from tests.config.running import free_port
from tests.database.undoing import undone
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.jobs import send_mail_job

pytestmark = pytest.mark.django_db

LINK = "https://video.example/geheim"
TITLE = "Zwei Städte, „ein“ Tag; Größe \\ zählt 🎉"


def jobs(name: str) -> list[dict[str, Any]]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=name).order_by("id")]


def mails() -> list[dict[str, Any]]:
    return jobs("toolkit.send_mail")


def work() -> None:
    """What the worker does with the jobs that wait: each person's calendar once more than enough."""
    for job in [*jobs("exchange.tell_calendar")] * 2:
        mail_calendar(viewer_by_id(job["person_id"]), job["workshop"])


def entry(mail: dict[str, Any]) -> Any:
    """The entry in a mail as icalendar reads it; vobject must read the same."""
    raw = mail["calendar"]["text"]
    assert raw.endswith("\r\n")
    assert "\n" not in raw.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))
    first: Any = icalendar.Calendar.from_ical(raw)
    assert str(first["method"]) == mail["calendar"]["method"]
    (event,) = first.walk("VEVENT")
    second = vobject.readOne(raw)
    assert second.method.value == mail["calendar"]["method"]
    other = second.vevent
    assert str(event["uid"]) == other.uid.value
    assert str(event["summary"]) == other.summary.value
    assert event["dtstart"].dt == other.dtstart.value
    assert event["dtend"].dt == other.dtend.value
    assert int(event["sequence"]) == int(other.sequence.value)
    assert str(event["attendee"]) == other.attendee.value
    assert str(event["organizer"]) == other.organizer.value
    assert str(event["status"]) == other.status.value
    return event


@pytest.fixture
def workshop(konstanz, heilbronn):
    """Ten o'clock in winter, Berlin time; one seat."""
    starts = datetime.datetime(2031, 12, 4, 9, 0, tzinfo=datetime.UTC)
    return WorkshopFactory(
        hosts=[konstanz, heilbronn],
        title=TITLE,
        starts_at=starts,
        registration_ends_at=starts,
        mode="hybrid",
        place="Rathaus, Raum 1",
        online_url=LINK,
        seats=1,
    )


def move(host, workshop, reason="", **words):
    workshop.refresh_from_db()
    save_workshop(host, workshop.pk, version=workshop.version, words=words, reason=reason)
    work()


def test_who_gets_a_seat_gets_an_invitation_that_two_parsers_read(pilot, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    work()
    (mail,) = mails()
    assert mail["to"] == pilot.email
    assert mail["subject"] == f"Ihr Platz: „{TITLE}“ am 4. Dezember 2031"
    assert "Donnerstag, 4. Dezember 2031, 10:00 bis 12:00 Uhr" in mail["body"]
    assert "Konstanz und Heilbronn" in mail["body"]
    event = entry(mail)
    assert mail["calendar"]["method"] == "REQUEST"
    assert str(event["summary"]) == TITLE
    assert str(event["uid"]) == f"{workshop.calendar_uid}@lotsennetz"
    assert int(event["sequence"]) == 0
    assert str(event["dtstart"].params["TZID"]) == "Europe/Berlin"
    assert event["dtstart"].dt == workshop.starts_at
    assert event["dtstart"].dt.hour == 10
    assert str(event["attendee"]) == f"mailto:{pilot.email}"
    assert event["attendee"].params["PARTSTAT"] == "ACCEPTED"
    assert event["attendee"].params["CN"] == pilot.name
    assert str(event["organizer"]) == "mailto:lotsennetz@localhost"
    assert event["organizer"].params["CN"] == "Konstanz und Heilbronn über Lotsennetz"
    assert str(event["status"]) == "CONFIRMED"
    assert str(event["location"]) == "Rathaus, Raum 1"
    assert LINK in str(event["description"])
    assert icalendar.Calendar.from_ical(mail["calendar"]["text"]).walk("VTIMEZONE")


def test_who_waits_gets_no_invitation_and_no_link(pilot, office_head, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    take_seat(viewer_for(office_head), workshop.pk, mode="on_site")
    assert mail_calendar(viewer_for(office_head), workshop.pk) == ""
    assert not CalendarMail.objects.filter(person=office_head).exists()
    assert LINK not in str([m for m in mails() if m["to"] == office_head.email])


def test_who_has_no_seat_cannot_ask_for_one_by_the_job(outsider, workshop):
    assert mail_calendar(viewer_for(outsider), workshop.pk) == ""
    assert mails() == []


def test_nothing_is_told_twice(pilot, workshop):
    place = take_seat(viewer_for(pilot), workshop.pk, mode="online")
    place_changed(place)
    work()
    work()
    assert len(mails()) == 1


def test_a_move_says_what_changed_before_and_after_and_raises_the_sequence(pilot, coordinator, workshop):
    host = viewer_for(coordinator)
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    work()
    later = workshop.starts_at + datetime.timedelta(days=1, hours=1)
    move(host, workshop, reason="Der Saal ist belegt.", title="Drei Wege", place="Bodenseeforum", starts_at=later,
         ends_at=later + datetime.timedelta(hours=3))  # fmt: skip
    _first, mail = mails()
    assert mail["subject"] == "Geändert: „Drei Wege“ am 5. Dezember 2031"
    body = mail["body"]
    assert f"Titel: bisher „{TITLE}“, jetzt „Drei Wege“" in body
    assert "bisher Donnerstag, 4. Dezember 2031, 10:00 bis 12:00 Uhr, jetzt Freitag, 5. Dezember 2031, 11:00" in body
    assert "Ort: bisher Rathaus, Raum 1, jetzt Bodenseeforum" in body
    assert "Der Grund: Der Saal ist belegt." in body
    event = entry(mail)
    assert mail["calendar"]["method"] == "REQUEST"
    assert int(event["sequence"]) == 1
    assert str(event["uid"]) == f"{workshop.calendar_uid}@lotsennetz"
    assert event["dtstart"].dt == later
    assert Registration.objects.get(person=pilot).state == "seat"


def test_a_word_that_no_calendar_shows_is_no_mail(pilot, coordinator, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    work()
    move(viewer_for(coordinator), workshop, summary="Nur ein Wort", seats=5)
    assert len(mails()) == 1


def test_what_was_moved_back_before_anybody_was_told_is_no_mail(pilot, coordinator, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    work()
    host = viewer_for(coordinator)
    for number, place in enumerate(("Anderswo", "Rathaus, Raum 1"), start=1):
        save_workshop(host, workshop.pk, version=number, words={"place": place})
    work()
    assert len(mails()) == 1


def test_a_new_link_is_told_without_standing_in_what_is_kept(pilot, coordinator, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="online")
    work()
    move(viewer_for(coordinator), workshop, online_url="https://video.example/neu")
    mail = mails()[-1]
    assert "Der Link zur Teilnahme ist neu." in mail["body"]
    assert "https://video.example/neu" in mail["calendar"]["text"].replace("\r\n ", "")
    assert "video.example" not in str(list(CalendarMail.objects.values_list("told", flat=True)))
    assert "video.example" not in str(list(WorkshopMove.objects.values_list("changes", flat=True)))


def test_waiting_people_are_told_of_a_move_without_an_invitation_and_keep_their_place(
    pilot, office_head, coordinator, workshop
):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    take_seat(viewer_for(office_head), workshop.pk, mode="on_site")
    queued = Registration.objects.get(person=office_head).queued_at
    move(viewer_for(coordinator), workshop, place="Bodenseeforum")
    (mail,) = [m for m in mails() if m["to"] == office_head.email]
    assert "calendar" not in mail
    assert "Ort: bisher Rathaus, Raum 1, jetzt Bodenseeforum" in mail["body"]
    assert LINK not in mail["body"]
    kept = Registration.objects.get(person=office_head)
    assert (kept.state, kept.queued_at) == ("queued", queued)
    told = {n.person_id: n.text for n in Notice.objects.filter(kind="workshop.moved")}
    assert told.keys() == {pilot.pk, office_head.pk}


def test_a_cancellation_strikes_the_entry_out_and_says_why(pilot, coordinator, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    work()
    cancel_workshop(viewer_for(coordinator), workshop.pk, reason="Sturm")
    work()
    invitation, mail = mails()
    assert mail["subject"].startswith("Abgesagt: ")
    assert "Der Grund: Sturm" in mail["body"]
    event = entry(mail)
    assert mail["calendar"]["method"] == "CANCEL"
    assert str(event["status"]) == "CANCELLED"
    assert int(event["sequence"]) > int(entry(invitation)["sequence"])
    assert str(event["uid"]) == str(entry(invitation)["uid"])
    assert LINK not in mail["calendar"]["text"].replace("\r\n ", "")


def test_who_gives_the_place_back_and_takes_another_gets_rising_sequences(pilot, workshop):
    viewer = viewer_for(pilot)
    for comes in (True, False, True):
        if comes:
            take_seat(viewer, workshop.pk, mode="online")
        else:
            withdraw(viewer, workshop.pk)
        work()
    methods = [m["calendar"]["method"] for m in mails()]
    assert methods == ["REQUEST", "CANCEL", "REQUEST"]
    assert [int(entry(m)["sequence"]) for m in mails()] == [0, 1, 2]
    assert len({str(entry(m)["uid"]) for m in mails()}) == 1
    assert mails()[1]["subject"].startswith("Abgemeldet: ")


def test_who_moves_up_gets_the_invitation(pilot, office_head, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    take_seat(viewer_for(office_head), workshop.pk, mode="online")
    workshop.refresh_from_db()
    Workshop.objects.filter(pk=workshop.pk).update(**({"offer_hours": 0} if hasattr(workshop, "offer_hours") else {}))
    withdraw(viewer_for(pilot), workshop.pk)
    work()
    (mail,) = [m for m in mails() if m["to"] == office_head.email and "calendar" in m]
    assert str(entry(mail)["location"]) == "Online"


def test_who_lost_sight_of_it_gets_the_entry_struck_out_from_what_they_know(konstanz, heilbronn, workshop):
    member = MembershipFactory(network=heilbronn)
    narrow = WorkshopFactory(hosts=[heilbronn], rung="network", title="Nur für Heilbronn")
    take_seat(viewer_for(member.person), narrow.pk)
    work()
    Registration.objects.filter(person=member.person).update(state="withdrawn")
    type(member).objects.filter(pk=member.pk).update(ended_on=timezone.localdate())
    assert mail_calendar(viewer_for(member.person), narrow.pk) == "given_back"
    event = entry(mails()[-1])
    assert str(event["summary"]) == "Nur für Heilbronn"
    assert str(event["status"]) == "CANCELLED"


def test_what_is_over_is_told_to_nobody(pilot, konstanz):
    past = timezone.now() - datetime.timedelta(days=2)
    over = WorkshopFactory(hosts=[konstanz], starts_at=past)
    RegistrationFactory(workshop=over, person=pilot, network=konstanz)
    assert mail_calendar(viewer_for(pilot), over.pk) == ""


def test_a_change_that_is_rolled_back_reaches_nobody(pilot, coordinator, workshop):
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    before = len(jobs("exchange.tell_calendar"))
    with undone():
        cancel_workshop(viewer_for(coordinator), workshop.pk, reason="Sturm")
        assert len(jobs("exchange.tell_calendar")) == before + 1
    assert len(jobs("exchange.tell_calendar")) == before


@pytest.mark.parametrize("evil", ['Anna"\r\nATTENDEE:mailto:x@y.example', "A;B:C,D", "\u2028Zeile", "🎉" * 40])
def test_no_name_breaks_out_of_its_line(pilot, workshop, evil):
    pilot.given_name, pilot.family_name = evil[:60], "Beispiel"
    pilot.save()
    take_seat(viewer_for(pilot), workshop.pk, mode="online")
    work()
    event = entry(mails()[0])
    assert str(event["attendee"]) == f"mailto:{pilot.email}"
    assert "x@y.example" not in str(event.get("url"))


def test_the_mail_goes_over_the_wire_as_text_calendar_part_and_file(pilot, workshop, settings):
    take_seat(viewer_for(pilot), workshop.pk, mode="online")
    work()
    got: list[bytes] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd calls it so
            got.append(envelope.content)
            return "250 OK"

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
        send_mail_job(**mails()[0])
    finally:
        controller.stop()
    mail: Any = email.message_from_bytes(got[0], policy=email.policy.default)
    assert mail.get_content_type() == "multipart/mixed"
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/calendar", "application/ics"]
    part, file = [p for p in mail.walk() if p.get_content_type() in ("text/calendar", "application/ics")]
    assert part["content-type"].params["method"] == "REQUEST"
    assert part["content-type"].params["charset"].lower() == "utf-8"
    assert file.get_filename() == "lotsennetz.ics"
    texts = [
        part.get_payload(decode=True).replace(b"\r\n", b"\n"),
        file.get_payload(decode=True).replace(b"\r\n", b"\n"),
    ]
    assert texts[0].strip() == texts[1].strip()
    for text in texts:
        (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
        assert str(event["summary"]) == TITLE
        assert vobject.readOne(text.decode()).vevent.summary.value == TITLE


def test_a_person_reads_it_in_their_language(pilot, workshop):
    pilot.language = "en"
    pilot.save()
    take_seat(viewer_for(pilot), workshop.pk, mode="online")
    work()
    assert "Thursday" in mails()[0]["body"]
