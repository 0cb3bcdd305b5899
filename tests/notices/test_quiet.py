"""Quiet hours: what can wait, waits until they are over; what somebody waits for comes at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from notices.models import NoticeWish
from notices.queries.quiet import loud_moments
from notices.quiet import NEVER, Quiet
from toolkit.telling import tell

BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026, whose second is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("quiet", "moment", "over"),
    [
        (Quiet(), at(2, 12), at(2, 12)),
        (Quiet(), at(2, 18), at(3, 7)),
        (Quiet(), at(3, 6, 59), at(3, 7)),
        (Quiet(), at(3, 7), at(3, 7)),
        (Quiet(), at(6, 18), at(9, 7)),
        (Quiet(), at(7, 12), at(9, 7)),
        (Quiet(weekends=False), at(7, 12), at(7, 12)),
        (Quiet(weekends=False), at(6, 23), at(7, 7)),
        (Quiet(time(12), time(13), weekends=False), at(2, 12, 30), at(2, 13)),
        (Quiet(time(8), time(8)), at(7, 12), at(9, 0)),
        (NEVER, at(7, 3), at(7, 3)),
    ],
)
def test_quiet_is_over_when_it_says_so(quiet, moment, over):
    assert quiet.over(moment) == over


@pytest.mark.parametrize("hour", range(0, 24 * 9, 5))
def test_when_quiet_is_over_it_is_not_quiet(hour):
    moment = at(1, 0) + timedelta(hours=hour)
    for quiet in (Quiet(), Quiet(time(0), time(23, 59)), Quiet(time(23), time(1)), NEVER):
        assert not quiet.holds(quiet.over(moment))


@pytest.mark.django_db
def test_a_mail_that_can_wait_is_sent_in_the_morning_and_an_invitation_at_once(pilot, coordinator, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(2, 22))
    NoticeWish.objects.create(person=coordinator, quiet=False)
    tell([pilot.pk, coordinator.pk], kind="comment", text="Neues", mail=True)
    tell([pilot.pk], kind="invitation", text="Einladung", mail=True)
    when = {(job.args["to"], job.args["subject"]): job.scheduled_at for job in ProcrastinateJob.objects.all()}
    assert when == {
        (pilot.email, "Neues"): at(3, 7),
        (coordinator.email, "Neues"): None,
        (pilot.email, "Einladung"): None,
    }


@pytest.mark.django_db
def test_quiet_hours_are_kept_and_a_wrong_time_is_said_at_its_field(pilot, as_person):
    client = as_person(pilot)
    wrong = client.post("/mitteilungen/ruhezeiten/", {"quiet": "on", "quiet_from": "25:00", "quiet_to": "08:00"})
    assert wrong.status_code == 422
    assert 'value="25:00"' in wrong.content.decode()
    assert not NoticeWish.objects.exists()
    right = client.post("/mitteilungen/ruhezeiten/", {"quiet": "on", "quiet_from": "20:00", "quiet_to": "08:00"})
    assert right.status_code == 302
    wish = NoticeWish.objects.get()
    assert (wish.person_id, wish.quiet_hours, wish.mail) == (
        pilot.pk,
        Quiet(time(20), time(8), weekends=False),
        True,
    )
    assert loud_moments([pilot.pk], at(2, 19)) == {}
