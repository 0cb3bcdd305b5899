"""Step by step as people do it: two cities own a format, make a workshop together, and people take seats."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from chat.public import room_of
from exchange.models import Edition, ExchangeFormat, Registration, Workshop
from notices.models import Notice
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db


def words(**more):
    day = timezone.localdate() + datetime.timedelta(days=20)
    return {
        "title": "Lotsen gewinnen und halten",
        "kind": "workshop",
        "day": day.isoformat(),
        "begins": "10:00",
        "ends": "12:00",
        "mode": "hybrid",
        "place": "Heilbronn, Rathaus",
        "online_url": "video.heilbronn.example/raum",
        "seats": "1",
        "agenda": "10:00 Ankommen\n10:15 Zwei Städte, zwei Wege | Impulse",
        "rung": "all",
        **more,
    }


def test_two_cities_meet(
    as_person, coordinator, neighbour_coordinator, pilot, neighbour, outsider, konstanz, heilbronn
):
    mine, theirs = as_person(coordinator), as_person(neighbour_coordinator)
    made = mine.post(
        "/formate/neu/",
        {"hashtag": "#KNmeetsHN", "rung": "public", "network": konstanz.pk, "invited": [heilbronn.pk]},
    )
    assert made["Location"] == "/formate/knmeetshn/"
    assert Notice.objects.get(person=neighbour_coordinator).kind == "invitation.format"
    assert "Ist Heilbronn bei #KNmeetsHN dabei?" in theirs.get("/formate/knmeetshn/").content.decode()
    assert "Macht Heilbronn mit?" in theirs.get("/").content.decode()
    theirs.post("/formate/knmeetshn/antworten/", {"network": heilbronn.pk, "answer": "yes"})
    page = as_person(pilot).get("/formate/knmeetshn/").content.decode()
    assert "Konstanz und Heilbronn" in page

    form = theirs.get("/veranstaltungen/neu/?format=knmeetshn")
    assert form.context["form"].initial["invited"] == [konstanz.pk]
    exchange_format = ExchangeFormat.objects.get()
    made = theirs.post(
        "/veranstaltungen/neu/",
        words(network=heilbronn.pk, invited=[konstanz.pk], format=exchange_format.pk),
    )
    assert made.status_code == 302, made.context["form"].errors
    workshop = Workshop.objects.get()
    url = f"/veranstaltungen/{workshop.pk}/"
    assert "Lädt Konstanz mit ein?" in mine.get(url).content.decode()
    assert as_person(pilot).get(url).status_code == 404
    assert theirs.post(f"{url}eroeffnen/").status_code == 403
    mine.post(f"{url}gastgebende/antworten/", {"network": konstanz.pk, "answer": "yes"})
    assert mine.post(f"{url}eroeffnen/").status_code == 302
    assert Edition.objects.get().workshop == workshop

    assert as_person(pilot).post(f"{url}anmelden/", {"network": konstanz.pk, "name_shown": "on"}).status_code == 422
    taken = as_person(pilot).post(
        f"{url}anmelden/", {"mode": "online", "network": konstanz.pk, "needs": "Untertitel", "name_shown": "on"}
    )
    assert taken.status_code == 302
    assert "video.heilbronn.example" in as_person(pilot).get(url).content.decode()
    as_person(neighbour).post(f"{url}anmelden/", {"mode": "on_site", "network": heilbronn.pk})
    page = as_person(neighbour).get(url).content.decode()
    assert "Sie stehen an Stelle 1" in page
    assert "video.heilbronn.example" not in page
    Workshop.objects.update(offer_hours=0)
    as_person(pilot).post(f"{url}abmelden/")
    assert Registration.objects.get(person=neighbour).state == "seat"
    assert Notice.objects.filter(person=neighbour, kind="workshop.seat").exists()
    workshop.refresh_from_db()
    assert (workshop.seats_taken, room_of("workshop", workshop.pk)) == (1, workshop.room_id)

    cancelled = mine.post(f"{url}absagen/", {"reason": "Das Rathaus wird saniert."})
    assert cancelled.status_code == 302
    assert Notice.objects.filter(person=neighbour, text__contains="Das Rathaus wird saniert.").exists()
    assert Edition.objects.get().reason == "Das Rathaus wird saniert."
    assert AuditEntry.objects.filter(subject="workshop", verb="workshop.cancelled").exists()


@pytest.mark.parametrize(
    "path", ["/formate/", "/veranstaltungen/", "/veranstaltungen/?zeit=vergangen&meine=1&art=online&land=08"]
)
def test_the_lists_are_kind_while_empty(path, client, as_person, coordinator):
    assert client.get(path).status_code == 200
    assert as_person(coordinator).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/formate/neu/", "/veranstaltungen/neu/", "/veranstaltungen/kalender/abonnieren/"])
def test_the_forms_stand(path, as_person, coordinator):
    assert as_person(coordinator).get(path).status_code == 200
