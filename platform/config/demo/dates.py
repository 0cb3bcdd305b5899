"""A poll for the next meeting that runs, and the session days of two councils."""

from __future__ import annotations

import datetime
import itertools
from typing import TYPE_CHECKING

from django.utils import timezone

from exchange.models import CouncilDay, DatePoll, ExchangeFormat, PollCity, PollOption, PollPerson, PollVote

if TYPE_CHECKING:
    from config.demo.loader import Stage

KONSTANZ, HEILBRONN, GIESSEN = "08335043", "08121000", "06531005"
#: What each says to the five dates, in order: yes, if need be, no.
SAID = {"hanna": "ynymy", "emre": "mnyny", "bea": "yyymn", "jule": "nmmyy", "sinan": "yyynn"}
ANSWERS = {"y": "yes", "m": "maybe", "n": "no"}
REMARKS = {("hanna", 2): "Da hätten wir auch einen Raum, falls jemand kommen mag.", ("jule", 2): "Erst ab elf Uhr."}


def load_dates(stage: Stage) -> None:
    """Everything about finding dates."""
    today = timezone.localdate()
    for number, (ags, text) in enumerate(
        itertools.product((KONSTANZ, HEILBRONN), ("Gemeinderat", "Verwaltungsausschuss", "Gemeinderat")), start=1
    ):
        day = _working_day(today + datetime.timedelta(days=9 * number))
        CouncilDay.objects.get_or_create(network=stage.networks[ags], day=day, text=text)
    poll = DatePoll.objects.create(
        title="#KNmeetsHN im Frühjahr: Welcher Tag passt?",
        text="Zwei Stunden, diesmal online. Gießen möchte zum ersten Mal dabei sein.",
        format=ExchangeFormat.objects.get(hashtag="KNmeetsHN"),
        state=DatePoll.State.OPEN,
        ends_at=timezone.make_aware(datetime.datetime.combine(today + datetime.timedelta(days=12), datetime.time(18))),
        created_by=stage.people["paula"],
    )
    DatePoll.objects.filter(pk=poll.pk).update(created_at=stage.ago(days=3))
    for ags in (KONSTANZ, HEILBRONN):
        PollCity.objects.create(poll=poll, network=stage.networks[ags], owns=True, asked_at=stage.ago(days=3))
    PollCity.objects.create(poll=poll, network=stage.networks[GIESSEN])
    PollPerson.objects.create(poll=poll, person=stage.people["sinan"])
    first = _working_day(today + datetime.timedelta(days=36))
    options = [
        PollOption.objects.create(
            poll=poll,
            day=_working_day(first + datetime.timedelta(days=days)),
            begins=datetime.time(10),
            ends=datetime.time(12),
            mode="online",
        )
        for days in (0, 9, 16, 23, 30)
    ]
    for key, said in SAID.items():
        for place, (option, letter) in enumerate(zip(options, said, strict=True)):
            PollVote.objects.create(
                poll=poll,
                option=option,
                person=stage.people[key],
                answer=ANSWERS[letter],
                remark=REMARKS.get((key, place), ""),
            )


def _working_day(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
