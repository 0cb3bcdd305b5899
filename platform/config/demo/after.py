"""What came after a workshop of both cities: its minutes, the experience made of it, and a city that wants to join."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from config.demo.cities import topic
from exchange.models import (
    Edition,
    ExchangeFormat,
    Experience,
    ExperienceTopic,
    FormatCity,
    Minutes,
    MinutesSection,
    MinutesVersion,
    Registration,
    Workshop,
    WorkshopHost,
)
from exchange.services.program import lines_as_sessions

if TYPE_CHECKING:
    from config.demo.loader import Stage

#: Kind, heading, text, who, and in how many days it is due.
SECTIONS = [
    ("text", "Worum es ging", "Vier Ämter aus zwei Städten haben ihre Sprechstunden verglichen: wann sie stattfinden, "
     "wer kommt und was danach bleibt.", "", None),
    ("decision", "Beide Städte führen denselben Fragebogen", "Fünf Fragen, auf Papier und online.", "", None),
    ("decision", "Die nächste Folge findet wieder vor Ort statt", "", "", None),
    ("task", "Fragebogen als Datei für alle bereitstellen", "", "Konstanz, Hauptamt", 30),
    ("task", "Nach acht Wochen Zahlen vergleichen", "Wer kam, mit welchem Anliegen, was half?", "Heilbronn", 60),
]  # fmt: skip


def load_after(stage: Stage, lasting: ExchangeFormat) -> None:
    """A held edition of the format with all that came of it; Gießen asks to join."""
    workshop = _held(stage, lasting)
    minutes = Minutes.objects.create(workshop=workshop, released_at=stage.ago(days=38))
    for kind, title, body, who, due in SECTIONS:
        until = (stage.now + datetime.timedelta(days=due)).date() if due else None
        words = {"kind": kind, "title": title, "body": body, "who": who, "until": until}
        section = MinutesSection.objects.create(minutes=minutes, **words)
        MinutesVersion.objects.create(
            section=section, minutes=minutes, version=1, written_by=stage.people["paula"], **words
        )
    _experience(stage, workshop, lasting)
    FormatCity.objects.create(
        format=lasting,
        network=stage.networks["06531005"],
        state=FormatCity.State.ASKED,
        invited_at=stage.ago(days=2),
    )


def _held(stage: Stage, lasting: ExchangeFormat) -> Workshop:
    """A morning of both cities forty days ago."""
    day = timezone.localtime(stage.now).date() - datetime.timedelta(days=40)
    begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 30)))
    workshop = Workshop.objects.create(
        format=lasting,
        title="Sprechstunden, die gern besucht werden",
        summary="Was zwei Städte aus einem Jahr Digi-Sprechstunde gelernt haben, und was sie jetzt gemeinsam tun.",
        kind="training",
        mode="on_site",
        starts_at=begins,
        ends_at=begins + datetime.timedelta(hours=3),
        place="Konstanz, Bürgersaal",
        seats=12,
        registration_ends_at=begins - datetime.timedelta(days=1),
        rung="all",
        state=Workshop.State.OPEN,
        created_by=stage.people["paula"],
    )
    points = [("09:30", "Zwei Sprechstunden im Vergleich"), ("10:30", "Ein Fragebogen für beide")]
    for session in lines_as_sessions(workshop, day, [{"time": at, "title": words, "text": ""} for at, words in points]):
        session.save()
    for ags in ("08335043", "08121000"):
        WorkshopHost.objects.create(
            workshop=workshop,
            network=stage.networks[ags],
            state=WorkshopHost.State.ACCEPTED,
            answered_at=stage.ago(days=70),
        )
    for key in ("mara", "anton", "bea", "emre", "jule", "hanna"):
        Registration.objects.create(
            workshop=workshop,
            person=stage.people[key],
            network_id=stage.memberships[key].network_id,
            state=Registration.State.SEAT,
            mode="on_site",
            seated_at=stage.ago(days=60),
        )
    Edition.objects.create(
        format=lasting,
        number=lasting.editions.count() + 1,
        year=day.year,
        held_on=day,
        host=stage.networks["08335043"].municipality,
        mode="on_site",
        state=Edition.State.HELD,
        motto=workshop.title,
        place=workshop.place,
        workshop=workshop,
    )
    return workshop


def _experience(stage: Stage, workshop: Workshop, lasting: ExchangeFormat) -> None:
    """What Konstanz made of it."""
    published = stage.ago(days=30)
    experience = Experience.objects.create(
        network=stage.networks["08335043"],
        author=stage.people["paula"],
        exchange_format=lasting,
        workshop=workshop,
        state=Experience.State.PUBLISHED,
        published_at=published,
        rung="all",
        stage=Experience.Stage.RUNNING,
        task_area="citizens",
        title="Ein Fragebogen für zwei Sprechstunden",
        summary="Konstanz und Heilbronn fragen nach jeder Digi-Sprechstunde dasselbe und vergleichen, was hilft.",
        what_we_did="Training beider Städte: Abläufe verglichen, fünf gemeinsame Fragen gefunden, gleich erprobt.",
        result="- Ein Fragebogen mit fünf Fragen für beide Städte\n- Nach acht Wochen werden die Zahlen verglichen",
        took_part="Eingeladen haben Konstanz und Heilbronn. Dabei waren 6 Menschen aus 2 Kommunen.",
        effort_days=2,
        contact=stage.people["paula"].name,
    )
    Experience.objects.filter(pk=experience.pk).update(created_at=published, updated_at=published)
    ExperienceTopic.objects.create(tag=topic("Wissensweitergabe"), content_object=experience)
