"""Browsers are told that somebody wrote: soon, once, without the words, and not while one reads it anyway."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chat import wall
from chat.ids import new_client_id
from chat.models import Participant
from chat.services.conversations import leave_conversation
from chat.services.messages import mark_read, send_message
from chat.services.pushing import FRESH, WAIT, look_for_browsers, push_missed
from notices.models import NoticeWish, PushSubscription
from tenancy.models import Person
from tenancy.viewer import viewer_for
from toolkit.acting import acting_as, acting_as_nobody

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 2, 11, tzinfo=ZoneInfo("Europe/Berlin"))
BEFORE = NOW - timedelta(seconds=20)


@pytest.fixture(autouse=True)
def by_day(monkeypatch) -> None:
    """It is NOW, a working day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def at_home(neighbour: Person) -> Person:
    """The neighbour, with a browser that wants to be told."""
    Session.objects.create(session_key="s" * 32, session_data="", expire_date=NOW + timedelta(days=9))
    PushSubscription.objects.create(
        person=neighbour, endpoint="https://push.example/1", p256dh="k", auth="a", device="Firefox", session="s" * 32
    )
    return neighbour


def says(person: Person, place: int, text: str, at: datetime = BEFORE, **more: object) -> int:
    return send_message(viewer_for(person), place, new_client_id(), text, at=at, **more).seq  # type: ignore[arg-type]  # as given


def due(at: datetime = NOW) -> list[int]:
    with acting_as_nobody():
        return wall.who_is_due(at, WAIT, FRESH)


def pushed(person: Person, at: datetime = NOW) -> list[str]:
    """What the person's browsers are told now."""
    ProcrastinateJob.objects.all().delete()
    push_missed(viewer_for(person), at=at)
    jobs = ProcrastinateJob.objects.filter(task_name="notices.push").order_by("id")
    return [json.loads(job.args["said"])["body"] for job in jobs]


def test_browsers_are_told_where_and_not_what_and_once(pilot, at_home, direct, group):
    says(pilot, direct, "Geheime Worte")
    says(pilot, group, "Noch geheimere")
    says(pilot, group, "Und mehr")
    assert due() == [at_home.pk]
    assert sorted(pushed(at_home)) == ["Neue Nachricht in „Vorbereitung“", "Neue Nachricht von Mara Musterlotsin"]
    assert due() == []
    assert pushed(at_home) == []
    says(pilot, direct, "Noch eines")
    assert pushed(at_home) == ["Neue Nachricht von Mara Musterlotsin"]


def test_who_reads_it_at_once_is_told_nothing(pilot, at_home, direct):
    seq = says(pilot, direct, "Eins", at=NOW - timedelta(seconds=3))
    assert due() == []
    mark_read(viewer_for(at_home), direct, seq)
    assert due(NOW + timedelta(seconds=30)) == []
    assert pushed(at_home, NOW + timedelta(seconds=30)) == []


def test_what_is_old_or_silent_or_left_is_not_told(pilot, at_home, direct, group):
    says(pilot, direct, "Alt", at=NOW - timedelta(minutes=20))
    Participant.objects.filter(person=at_home, conversation=group).update(muted=True)
    says(pilot, group, "Still")
    assert due() == []
    assert pushed(at_home) == []
    says(pilot, group, "Sie", mentions=[at_home.pk])
    assert due() == [at_home.pk]
    leave_conversation(viewer_for(at_home), group)
    assert due() == []
    assert pushed(at_home) == []


def test_who_has_no_browser_to_tell_is_never_asked_about(pilot, neighbour, direct):
    says(pilot, direct, "Eins")
    assert due() == []


def test_whoever_acts_learns_of_nobody_who_has_a_browser(pilot, at_home, direct):
    says(pilot, direct, "Eins")
    with acting_as(viewer_for(pilot)):
        assert wall.who_is_due(NOW, WAIT, FRESH) == []


def test_the_job_asks_about_each_once_and_not_at_night(pilot, at_home, direct, monkeypatch):
    says(pilot, direct, "Eins")
    for _ in range(2):
        look_for_browsers(timestamp=0)  # type: ignore[arg-type]  # a task hides the arguments of its function
    waiting = ProcrastinateJob.objects.filter(task_name="chat.tell_browsers")
    assert [job.args for job in waiting] == [{"person_id": at_home.pk}]
    waiting.delete()
    NoticeWish.objects.create(person=at_home, quiet_from="10:00", quiet_to="12:00")
    look_for_browsers(timestamp=0)  # type: ignore[arg-type]  # as above
    assert not waiting.exists()
    assert timezone.now() == NOW
