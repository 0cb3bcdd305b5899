"""Mail for what was missed: one for everything, once, not at night, and only what its reader may see."""

from __future__ import annotations

import email
import email.policy
import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chat import wall
from chat.ids import new_client_id
from chat.models import ChatWish, Message, MissedTold, Participant
from chat.queries.missed import FRESH, away_for
from chat.services.conversations import leave_conversation, open_direct
from chat.services.messages import mark_read, send_message
from chat.services.missed import ask_about, look_for_missed, mail_missed, token_of
from notices.models import NoticeWish
from tenancy.models import Person
from tenancy.viewer import viewer_by_id, viewer_for
from tests.config.running import free_port
from toolkit.acting import acting_as, acting_as_nobody
from toolkit.jobs import send_mail_job

pytestmark = pytest.mark.django_db


def _noon() -> datetime:
    """Noon of a working day that is still to come: what is read now was read long before it."""
    day = timezone.localtime() + timedelta(days=3)
    while day.weekday() > 3:
        day += timedelta(days=1)
    return day.replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=ZoneInfo("Europe/Berlin"))


NOON = _noon()
EARLIER = NOON - timedelta(minutes=40)


def says(person: Person, place: int, text: str, at: datetime = EARLIER, **more: Any) -> int:
    return send_message(viewer_for(person), place, new_client_id(), text, at=at, **more).seq


def mails() -> list[dict[str, Any]]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name="toolkit.send_mail").order_by("id")]


def told(person: Person, at: datetime = NOON) -> bool:
    return mail_missed(viewer_for(person), at=at)


def asked_about(at: datetime = NOON) -> list[int]:
    """Whom the job that looks around would ask about."""
    with acting_as_nobody():
        return wall.who_missed(at, away_for(), FRESH)


# --- what is written ------------------------------------------------------------------------------------------------


def test_whoever_was_away_gets_one_mail_of_everything(pilot, neighbour, direct, group):
    says(pilot, direct, "Haben Sie **kurz** Zeit?")
    says(pilot, group, "Treffen um drei")
    says(pilot, group, "Oder um vier?")
    assert asked_about() == [neighbour.pk] or neighbour.pk in asked_about()
    assert told(neighbour)
    (mail,) = mails()
    assert mail["to"] == neighbour.email
    assert mail["subject"] == "3 neue Nachrichten in 2 Unterhaltungen"
    for form in (mail["body"], mail["html"]):
        for part in ("Mara Musterlotsin", "Haben Sie kurz Zeit?", "Treffen um drei", "Oder um vier?", "Vorbereitung"):
            assert part in form
        assert f"/chat/{direct}/" in form
        assert f"/chat/{group}/" in form


def test_nothing_is_told_twice(pilot, neighbour, direct):
    says(pilot, direct, "Eins")
    assert told(neighbour)
    assert neighbour.pk not in asked_about(NOON + timedelta(days=2))
    assert not told(neighbour, NOON + timedelta(days=2))
    assert len(mails()) == 1


def test_mails_come_an_hour_apart_then_a_day_and_sooner_again_after_reading(pilot, neighbour, direct):
    now = NOON

    def next_mail_after(wait: timedelta) -> bool:
        nonlocal now
        now += wait
        says(pilot, direct, "Noch etwas", at=now - timedelta(minutes=31))
        wanted = neighbour.pk in asked_about(now)
        assert told(neighbour, now) == wanted
        return wanted

    says(pilot, direct, "Eins")
    NoticeWish.objects.create(person=neighbour, quiet=False)
    assert told(neighbour, now)
    assert not next_mail_after(timedelta(minutes=50))
    assert next_mail_after(timedelta(minutes=11))
    assert not next_mail_after(timedelta(hours=2))
    assert next_mail_after(timedelta(hours=23))
    Participant.objects.filter(person=neighbour).update(read_at=now + timedelta(minutes=10))
    assert next_mail_after(timedelta(minutes=61))


def test_who_reads_meanwhile_gets_no_mail(pilot, neighbour, direct):
    seq = says(pilot, direct, "Eins")
    mark_read(viewer_for(neighbour), direct, seq)
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)


def test_who_read_something_a_moment_ago_is_not_away(pilot, neighbour, direct, group):
    says(pilot, direct, "Eins")
    Participant.objects.filter(person=neighbour, conversation=group).update(read_at=NOON - timedelta(minutes=5))
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)


def test_what_was_said_just_now_waits(pilot, neighbour, direct):
    says(pilot, direct, "Eins", at=NOON - timedelta(minutes=10))
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)
    says(pilot, direct, "Zwei", at=EARLIER + timedelta(minutes=31))
    later = NOON + timedelta(minutes=25)
    assert told(neighbour, later)
    assert mails()[0]["subject"] == "2 neue Nachrichten von Mara Musterlotsin"


def test_old_things_are_history(pilot, neighbour, direct):
    says(pilot, direct, "Eins", at=NOON - timedelta(days=4))
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)


# --- what is wished -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "at", "comes"),
    [
        ({}, NOON, True),
        ({}, NOON.replace(hour=23), False),
        ({}, NOON.replace(hour=6), False),
        ({}, NOON + timedelta(days=(5 - NOON.weekday()) % 7), False),
        ({"quiet": False}, NOON.replace(hour=23), True),
        ({"quiet_from": "11:00", "quiet_to": "13:00"}, NOON, False),
        ({"quiet_weekends": False}, NOON + timedelta(days=(5 - NOON.weekday()) % 7), True),
    ],
)
def test_quiet_hours_hold_and_nothing_is_lost_by_them(wish, at, comes, pilot, neighbour, direct):
    NoticeWish.objects.create(person=neighbour, **wish)
    says(pilot, direct, "Eins", at=at - timedelta(minutes=40))
    assert told(neighbour, at) is comes
    if not comes:
        assert not MissedTold.objects.filter(person=neighbour).exists()


def test_who_wants_no_such_mails_gets_none(pilot, neighbour, direct):
    ChatWish.objects.create(person=neighbour, mail_missed=False)
    says(pilot, direct, "Eins")
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)


def test_a_silent_conversation_is_told_of_only_where_it_names_somebody(pilot, neighbour, group):
    Participant.objects.filter(person=neighbour, conversation=group).update(muted=True)
    says(pilot, group, "Für alle")
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)
    says(pilot, group, "Für @Sie", mentions=[neighbour.pk])
    assert neighbour.pk in asked_about()
    assert told(neighbour)
    assert "Für @Sie" in mails()[0]["body"]
    assert "Für alle" not in mails()[0]["body"]


def test_rooms_are_told_of_only_where_that_is_wished(pilot, neighbour, group):
    from chat.models import Conversation

    Conversation.objects.filter(pk=group).update(kind="room", subject_kind="trial", subject_id=1)
    says(pilot, group, "Im Raum")
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)
    ChatWish.objects.create(person=neighbour, mail_rooms=True)
    assert neighbour.pk in asked_about()
    assert told(neighbour)


# --- what one may see -----------------------------------------------------------------------------------------------


def test_only_what_its_reader_may_see_now_is_written(pilot, neighbour, direct, group):
    says(pilot, group, "Nach dem Gehen")
    gone = says(pilot, direct, "Zurückgenommen")
    hidden = says(pilot, direct, "Ausgeblendet")
    says(pilot, direct, "Bleibt")
    leave_conversation(viewer_for(neighbour), group)
    Message.objects.filter(conversation_id=direct, seq=gone).update(body="", retracted_at=NOON)
    Message.objects.filter(conversation_id=direct, seq=hidden).update(hidden_at=NOON)
    assert told(neighbour)
    text = mails()[0]["body"] + mails()[0]["html"]
    assert "Bleibt" in text
    for other in ("Nach dem Gehen", "Zurückgenommen", "Ausgeblendet", "Vorbereitung"):
        assert other not in text


def test_a_mail_is_never_empty(pilot, neighbour, direct):
    seq = says(pilot, direct, "Zurückgenommen")
    Message.objects.filter(conversation_id=direct, seq=seq).update(body="", retracted_at=NOON)
    assert neighbour.pk not in asked_about()
    assert not told(neighbour)
    assert mails() == []


def test_a_suspended_person_gets_nothing(pilot, neighbour, direct):
    says(pilot, direct, "Eins")
    neighbour.is_active = False
    neighbour.save()
    assert asked_about() == []
    assert viewer_by_id(neighbour.pk).person_id is None


def test_whoever_acts_learns_of_nobody_who_is_away(pilot, neighbour, direct):
    says(pilot, direct, "Eins")
    with acting_as(viewer_for(pilot)):
        assert wall.who_missed(NOON, away_for(), FRESH) == []


def test_markup_in_a_message_is_text_in_the_mail(pilot, neighbour, direct):
    says(pilot, direct, "<img src=x onerror=alert(1)>")
    assert told(neighbour)
    assert "<img" not in mails()[0]["html"]


# --- the way --------------------------------------------------------------------------------------------------------


def test_the_job_asks_about_each_once(pilot, neighbour, direct, monkeypatch):
    says(pilot, direct, "Eins")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    for _ in range(2):
        look_for_missed(timestamp=0)  # type: ignore[arg-type]  # a task hides the arguments of its function
    waiting = ProcrastinateJob.objects.filter(task_name="chat.tell_missed")
    assert [job.args for job in waiting] == [{"person_id": neighbour.pk}]
    ask_about(neighbour.pk)
    assert waiting.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail(pilot, neighbour):
    direct = open_direct(viewer_for(pilot), neighbour.pk)
    says(pilot, direct, "Eins")
    viewer = viewer_for(neighbour)
    start, sent = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        sent.append(mail_missed(viewer, at=NOON))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == [False, False, False, True]
    assert len(mails()) == 1


def test_the_link_in_the_mail_switches_such_mails_off_without_signing_in(client, pilot, neighbour, direct):
    says(pilot, direct, "Eins")
    told(neighbour)
    (mail,) = mails()
    address = mail["headers"]["List-Unsubscribe"].strip("<>")
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + address.split("/", 3)[3]
    assert client.get(path).status_code == 200
    assert not ChatWish.objects.filter(person=neighbour, mail_missed=False).exists()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ChatWish.objects.filter(person=neighbour, mail_missed=False).exists()


def test_a_forged_link_switches_nothing(client, neighbour):
    good = token_of(neighbour.pk)
    for token in (good[:-2] + "xx", str(neighbour.pk), "x"):
        assert client.post(reverse("chat:missed-off", kwargs={"token": token})).status_code == 404
    assert not ChatWish.objects.exists()


def test_the_mail_goes_over_the_wire_as_text_and_as_a_page(pilot, neighbour, direct, settings):
    says(pilot, direct, "Schöne Grüße aus Gießen")
    told(neighbour)
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
    mail = email.message_from_bytes(got[0], policy=email.policy.default)
    assert mail["to"] == neighbour.email
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "Schöne Grüße aus Gießen" in plain.get_content()
    assert "Schöne Grüße aus Gießen" in page.get_content()
