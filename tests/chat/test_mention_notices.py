"""Mentions among the notices: after a minute unread, one for each conversation, and read with the conversation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chat import wall
from chat.ids import new_client_id
from chat.models import Message
from chat.services.conversations import leave_conversation, open_group
from chat.services.groups import add_people
from chat.services.mentions import FRESH, WAIT, keep_mentions, look_for_mentions
from chat.services.messages import mark_read, send_message
from notices.models import Notice
from tenancy.models import Person
from tenancy.viewer import viewer_for
from toolkit.acting import acting_as, acting_as_nobody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_told_yet(request: pytest.FixtureRequest) -> None:
    """What making the group told is the last test's alone."""
    if "group" in request.fixturenames:
        request.getfixturevalue("group")
        Notice.objects.all().delete()


def names(person: Person, place: int, who: Person, minutes: int = 2) -> int:
    at = timezone.now() - timedelta(minutes=minutes)
    return send_message(viewer_for(person), place, new_client_id(), "Was meinen Sie?", mentions=[who.pk], at=at).seq


def asked_about() -> list[int]:
    with acting_as_nobody():
        return wall.who_was_named(timezone.now(), WAIT, FRESH)


def notices() -> list[tuple[int, str, int]]:
    """Unread ones: whose, which words, how many in one."""
    unread = Notice.objects.filter(read_at=None).order_by("pk")
    return list(unread.values_list("person_id", "text", "count"))


def test_an_unread_mention_becomes_one_notice_and_more_of_them_one(pilot, neighbour, group):
    seq = names(pilot, group, neighbour)
    assert asked_about() == [neighbour.pk]
    assert keep_mentions(viewer_for(neighbour)) == 1
    said = "Mara Musterlotsin hat Sie in einer Unterhaltung erwähnt."
    assert notices() == [(neighbour.pk, said, 1)]
    assert Notice.objects.get().url == f"/chat/{group}/?um={seq}#m{seq}"
    assert asked_about() == []
    assert keep_mentions(viewer_for(neighbour)) == 0
    names(pilot, group, neighbour)
    keep_mentions(viewer_for(neighbour))
    assert notices() == [(neighbour.pk, said, 2)]
    assert not ProcrastinateJob.objects.filter(task_name="toolkit.send_mail").exists()


def test_what_is_read_at_once_is_no_notice(pilot, neighbour, group):
    seq = names(pilot, group, neighbour, minutes=0)
    assert asked_about() == []
    assert keep_mentions(viewer_for(neighbour)) == 0
    mark_read(viewer_for(neighbour), group, seq)
    assert keep_mentions(viewer_for(neighbour), at=timezone.now() + timedelta(minutes=5)) == 0
    assert notices() == []


def test_a_notice_is_read_with_its_conversation(pilot, neighbour, group):
    seq = names(pilot, group, neighbour)
    keep_mentions(viewer_for(neighbour))
    mark_read(viewer_for(neighbour), group, seq)
    assert asked_about() == [neighbour.pk]
    keep_mentions(viewer_for(neighbour))
    assert notices() == []
    assert asked_about() == []


@pytest.mark.parametrize("gone", ["left", "retracted_at", "hidden_at"])
def test_what_one_may_not_see_any_more_is_not_told(gone, pilot, neighbour, group):
    names(pilot, group, neighbour)
    if gone == "left":
        leave_conversation(viewer_for(neighbour), group)
    else:
        Message.objects.update(**{gone: timezone.now()}, **({"body": ""} if gone == "retracted_at" else {}))
    assert keep_mentions(viewer_for(neighbour)) == 0
    assert notices() == []


def test_whoever_acts_learns_of_nobody_who_was_named(pilot, neighbour, group):
    names(pilot, group, neighbour)
    with acting_as(viewer_for(pilot)):
        assert wall.who_was_named(timezone.now(), WAIT, FRESH) == []


def test_the_job_asks_about_each_once(pilot, neighbour, group):
    names(pilot, group, neighbour)
    for _ in range(2):
        look_for_mentions(timestamp=0)  # type: ignore[arg-type]  # a task hides the arguments of its function
    waiting = ProcrastinateJob.objects.filter(task_name="chat.note_mentions")
    assert [job.args for job in waiting] == [{"person_id": neighbour.pk}]


def test_who_is_taken_into_a_group_finds_it_among_the_notices(pilot, neighbour, coordinator, outsider):
    place = open_group(viewer_for(pilot), "Runde", [neighbour.pk])
    add_people(viewer_for(pilot), place, [coordinator.pk])
    said = "Mara Musterlotsin hat Sie in eine Gruppe aufgenommen."
    assert notices() == [(neighbour.pk, said, 1), (coordinator.pk, said, 1)]
    assert set(Notice.objects.values_list("url", flat=True)) == {f"/chat/{place}/"}
