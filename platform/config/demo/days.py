"""A workshop that is just over: who was there, and what they said of it, without names."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from exchange.models import (
    Attendance,
    FeedbackAnswer,
    FeedbackForm,
    FeedbackGiven,
    Registration,
    Workshop,
    WorkshopHost,
)

if TYPE_CHECKING:
    from config.demo.loader import Stage

HOSTS = ("08335043", "08121000")
#: Who had a seat; all but the last were there.
SEATED = ("mara", "emre", "dora", "paula", "anton", "bea", "hanna")
#: How helpful (1 to 5), recommended, what was good, what to change, what comes of it, and the hosts' own question.
SAID = (
    (5, "yes", "Die Übung an unserem eigenen Bescheid.", "", "Ich schreibe unsere drei häufigsten Briefe neu.", "Ja"),
    (4, "yes", "Beispiele aus beiden Städten.", "Mehr Zeit für Rückfragen.", "", "Eher ja"),
    (5, "yes", "", "", "Die Liste mit Wörtern hängt jetzt im Büro.", "Ja"),
    (3, "maybe", "Der Ton.", "Weniger Folien.", "", ""),
    (4, "yes", "Dass alle etwas mitgebracht haben.", "", "Wir wiederholen das im Amt.", "Ja"),
)


def load_days(stage: Stage) -> None:
    """The workshop, its list, and what people said."""
    today = timezone.localtime(stage.now).date()
    begins = timezone.make_aware(datetime.datetime.combine(today, datetime.time(10))) - datetime.timedelta(days=6)
    workshop = Workshop.objects.create(
        title="Bescheide, die man versteht",
        summary="Zwei Stunden Schreibwerkstatt: aus Amtsdeutsch wird Klartext.",
        description="Bringen Sie einen Brief mit, über den Sie sich schon lange ärgern.",
        kind=Workshop.Kind.TRAINING,
        mode=Workshop.Mode.ON_SITE,
        starts_at=begins,
        ends_at=begins + datetime.timedelta(hours=2),
        place="Bürgersaal Konstanz",
        seats=12,
        registration_ends_at=begins - datetime.timedelta(days=1),
        rung="all",
        state=Workshop.State.OPEN,
        created_by=stage.people["paula"],
    )
    for ags in HOSTS:
        WorkshopHost.objects.create(
            workshop=workshop,
            network=stage.networks[ags],
            state=WorkshopHost.State.ACCEPTED,
            answered_at=stage.ago(days=40),
        )
    for number, key in enumerate(SEATED):
        person = stage.people[key]
        registration = Registration.objects.create(
            workshop=workshop,
            person=person,
            network_id=stage.memberships[key].network_id,
            state=Registration.State.SEAT,
            mode=Workshop.Mode.ON_SITE,
            seated_at=stage.ago(days=20),
        )
        if key == SEATED[-1]:
            continue
        Attendance.objects.create(
            workshop=workshop,
            registration=registration,
            person=person,
            day=begins.date(),
            at=begins - datetime.timedelta(minutes=10 - number),
            by=Attendance.By.CODE if number % 2 else Attendance.By.LIST,
            marked_by=person if number % 2 else stage.people["paula"],
        )
    FeedbackForm.objects.create(
        workshop=workshop, questions=["Würden Sie zu einem zweiten Teil kommen?"], reminded_at=stage.ago(days=5)
    )
    for key in SEATED[1:-1]:
        day = begins.date() + datetime.timedelta(days=2)
        FeedbackGiven.objects.create(workshop=workshop, person=stage.people[key], day=day)
    for helpful, recommend, good, change, after, own in SAID:
        FeedbackAnswer.objects.create(
            workshop=workshop, helpful=helpful, recommend=recommend, good=good, change=change, next=after, own=[own]
        )
