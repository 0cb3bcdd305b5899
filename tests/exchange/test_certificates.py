"""Certificates of attendance: who gets one, what stands on it, that everybody can read and check it."""

from __future__ import annotations

import datetime
import io
import os
import zipfile
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone, translation
from pypdf import PdfReader

from exchange.certificates import drawing
from exchange.models import Attendance, CertificateBundle
from exchange.queries.days import certified
from exchange.services import certificates as verbs
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import RegistrationFactory, SessionFactory, WorkshopFactory
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as
from toolkit.past_sight import answer_of

pytestmark = pytest.mark.django_db
HERE = "https://lotsen.example"
TEN = datetime.datetime(2026, 6, 15, 10, tzinfo=timezone.get_default_timezone())
DAY = datetime.timedelta(days=1)
OVER = TEN + 30 * DAY


@pytest.fixture(autouse=True)
def stored(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def workshop(konstanz, heilbronn):
    hosts = [konstanz, heilbronn]
    more = {"title": "Lotsen & Lotsinnen gewinnen", "place": "Rathaus Konstanz", "seats": 60, "hosts": hosts}
    return WorkshopFactory(starts_at=TEN, ends_at=TEN + datetime.timedelta(hours=2.5), **more)


def came(workshop, person, network, *days):
    place = RegistrationFactory(workshop=workshop, person=person, network=network)
    for day in days or (TEN.date(),):
        kept = {"workshop": workshop, "registration": place, "person": person, "day": day}
        Attendance.objects.create(**kept, by="code", marked_by=person)
    return place


def read(data: bytes) -> tuple[Any, str]:
    reader = PdfReader(io.BytesIO(data))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def test_who_was_there_gets_a_certificate_that_everybody_can_read(workshop, pilot, konstanz):
    came(workshop, pilot, konstanz)
    reader, text = read(verbs.own_certificate(viewer_for(pilot), workshop, address=HERE, at=OVER))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de-DE"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.metadata.title == "Teilnahmenachweis: Mara Musterlotsin, Lotsen & Lotsinnen gewinnen"
    kinds = {str(kind) for kind in _kinds(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/P", "/L", "/Link"} <= kinds
    code = Attendance.objects.get().check_code
    for words in (
        "Teilnahmenachweis", "Mara Musterlotsin", "Konstanz", "Lotsen & Lotsinnen gewinnen", "Rathaus Konstanz",
        "15. Juni 2026, 10:00 bis 12:30 Uhr", "2 Stunden 30 Minuten", "Konstanz, Heilbronn",
        "prüfbar bis 15. Juni 2027", f"{HERE}/nachweis/{code}/",
    ):  # fmt: skip
        assert words in text


def _kinds(node):
    if isinstance(node, list):
        for child in node:
            yield from _kinds(child.get_object())
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"]
        if "/K" in node:
            yield from _kinds(node["/K"].get_object() if hasattr(node["/K"], "get_object") else node["/K"])


def test_in_english_it_is_an_english_document(workshop, pilot, konstanz):
    came(workshop, pilot, konstanz)
    with translation.override("en"):
        reader, text = read(verbs.own_certificate(viewer_for(pilot), workshop, address=HERE, at=OVER))
    assert reader.trailer["/Root"]["/Lang"] == "en-DE"
    assert "Certificate of attendance" in text


def test_only_the_days_on_which_one_was_there_count(konstanz, pilot):
    workshop = WorkshopFactory(
        hosts=[konstanz], starts_at=TEN, ends_at=TEN + 2 * DAY + datetime.timedelta(hours=6), mode="online"
    )
    came(workshop, pilot, konstanz, TEN.date(), TEN.date() + 2 * DAY)
    _reader, text = read(verbs.own_certificate(viewer_for(pilot), workshop, address=HERE, at=OVER))
    assert "15. Juni 2026" in text
    assert "16. Juni 2026" not in text
    assert "12 Stunden" in text
    assert "Ort Online" in " ".join(text.split())


def test_hours_are_those_of_the_programme_without_its_breaks(workshop, pilot, konstanz):
    minute = datetime.timedelta(minutes=1)
    for begins, ends, more in (
        (15, 60, {}), (60, 75, {"kind": "break"}), (65, 80, {"kind": "break", "track": "B"}), (80, None, {}),
    ):  # fmt: skip
        end = None if ends is None else TEN + ends * minute
        SessionFactory(workshop=workshop, starts_at=TEN + begins * minute, ends_at=end, **more)
    came(workshop, pilot, konstanz)
    _reader, text = read(verbs.own_certificate(viewer_for(pilot), workshop, address=HERE, at=OVER))
    assert "10:15 bis 12:30 Uhr" in text
    assert "1 Stunde 55 Minuten" in text


@pytest.mark.parametrize("word", ['#panic("x")', "*fett* _schräg_ $x^2$", "`code` @ref <label>", "\\ #let x = 1", '"}'])
def test_words_of_people_are_never_read_as_code(workshop, konstanz, word):
    member = MembershipFactory(network=konstanz, person__given_name=word, person__family_name="Beispiel")
    came(workshop, member.person, konstanz)
    _reader, text = read(verbs.own_certificate(viewer_for(member.person), workshop, address=HERE, at=OVER))
    assert word.replace(" ", "") in text.replace(" ", "").replace("\n", "")


def test_who_was_not_there_gets_none_and_nobody_before_the_end(workshop, pilot, neighbour, konstanz, heilbronn):
    came(workshop, pilot, konstanz)
    RegistrationFactory(workshop=workshop, person=neighbour, network=heilbronn)
    for person, at in ((neighbour, OVER), (pilot, TEN)):
        with pytest.raises(Denied):
            verbs.own_certificate(viewer_for(person), workshop, address=HERE, at=at)
    workshop.state, workshop.cancel_reason = "cancelled", "Sturm"
    with pytest.raises(Denied):
        verbs.own_certificate(viewer_for(pilot), workshop, address=HERE, at=OVER)


# --- all at once -----------------------------------------------------------------------------------------------------


def everybodys(workshop, person, **more):
    return verbs.ask_for_certificates(
        viewer_for(person), workshop.pk, language="de", address=HERE, **{"at": timezone.now(), **more}
    )


def test_hosts_get_all_of_them_in_one_file_and_see_how_far_it_is(
    workshop, pilot, konstanz, coordinator, neighbour_coordinator, as_person, monkeypatch
):
    workshop.ends_at = timezone.now() - DAY
    workshop.starts_at = workshop.registration_ends_at = workshop.ends_at - DAY / 8
    workshop.save()
    day = timezone.localtime(workshop.starts_at).date()
    came(workshop, pilot, konstanz, day)
    for number in range(30):
        came(
            workshop, MembershipFactory(network=konstanz, person__family_name=f"Beispiel{number}").person, konstanz, day
        )
    host, address = as_person(coordinator), f"/veranstaltungen/{workshop.pk}/nachweise"
    assert host.post(f"{address}/").status_code == 302
    assert "0 von 31 erstellt" in host.get(f"{address}/stand/").content.decode()
    assert host.get(f"{address}.zip").status_code == 404
    with pytest.raises(Conflict, match="gerade erstellt"):
        everybodys(workshop, neighbour_coordinator)
    steps = []
    monkeypatch.setattr(verbs, "_how_far", lambda bundle, done, total: steps.append((done, total)))
    bundle = CertificateBundle.objects.get()
    verbs.draw_certificates(person_id=coordinator.pk, bundle_id=bundle.pk, address=HERE)
    assert steps == [(25, 31), (31, 31)]
    packed = as_person(neighbour_coordinator).get(f"{address}.zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content)))
    assert len(archive.namelist()) == 31
    assert any(name.endswith("Mara Musterlotsin.pdf") for name in archive.namelist())
    _reader, text = read(archive.read(archive.namelist()[0]))
    assert "Teilnahmenachweis" in text
    assert "Alle herunterladen" in host.get(f"{address}/").content.decode()


@pytest.mark.parametrize("who", ["pilot", "outsider"])
def test_nobody_else_has_them_made_or_fetches_them(workshop, konstanz, pilot, coordinator, who, request, as_person):
    came(workshop, pilot, konstanz)
    person = request.getfixturevalue(who)
    with pytest.raises(Denied):
        everybodys(workshop, person, at=OVER)
    CertificateBundle.objects.create(workshop=workshop, asked_by=coordinator, finished_at=timezone.now())
    assert as_person(person).get(f"/veranstaltungen/{workshop.pk}/nachweise.zip").status_code == 403
    with acting_as(viewer_for(person)):
        assert not CertificateBundle.objects.exists()
    with pytest.raises(ProgrammingError), acting_as(viewer_for(person)), transaction.atomic():
        CertificateBundle.objects.create(workshop=workshop, asked_by=person)


def test_where_nobody_was_there_nothing_is_made(workshop, coordinator):
    with pytest.raises(Conflict, match="niemand"):
        everybodys(workshop, coordinator, at=OVER)


def test_who_hosts_no_more_gets_nothing_from_a_job_that_was_asked_for(workshop, konstanz, pilot, coordinator):
    came(workshop, pilot, konstanz)
    bundle = everybodys(workshop, coordinator, at=OVER)
    coordinator.memberships.update(ended_on=timezone.localdate())
    verbs.draw_certificates(person_id=coordinator.pk, bundle_id=bundle.pk, address=HERE)
    bundle.refresh_from_db()
    assert bundle.finished_at is None
    assert not verbs.file_of(bundle).exists()


def test_what_could_not_be_drawn_says_so_and_can_be_asked_for_again(
    workshop, konstanz, pilot, coordinator, monkeypatch, as_person
):
    came(workshop, pilot, konstanz)
    bundle = everybodys(workshop, coordinator, at=OVER)
    monkeypatch.setattr(drawing, "_PROGRAM", "/nowhere.py")
    verbs.draw_certificates(person_id=coordinator.pk, bundle_id=bundle.pk, address=HERE)
    bundle.refresh_from_db()
    assert bundle.failed_at is not None
    with pytest.raises(Conflict, match="in einer Minute"):
        verbs.own_certificate(viewer_for(pilot), workshop, address=HERE, at=OVER)
    assert everybodys(workshop, coordinator, at=OVER).pk != bundle.pk


def test_the_file_is_deleted_after_a_week(workshop, konstanz, pilot, coordinator):
    came(workshop, pilot, konstanz)
    bundle = everybodys(workshop, coordinator, at=OVER)
    verbs.draw_certificates(person_id=coordinator.pk, bundle_id=bundle.pk, address=HERE)
    sweep: Any = {"timestamp": 0}
    sweep_certificates: Any = verbs.sweep_certificates  # a task hides the arguments of its function
    sweep_certificates(**sweep)
    assert verbs.file_of(bundle).exists()
    old = (timezone.now() - 8 * DAY).timestamp()
    os.utime(verbs.file_of(bundle), (old, old))
    CertificateBundle.objects.update(asked_at=timezone.now() - 8 * DAY)
    sweep_certificates(**sweep)
    assert not verbs.file_of(bundle).exists()
    assert not CertificateBundle.objects.exists()


def test_nobody_can_have_a_younger_file_forgotten(workshop, coordinator):
    CertificateBundle.objects.create(workshop=workshop, asked_by=coordinator)
    with acting_as(ANONYMOUS), transaction.atomic():
        assert answer_of("exchange_forget_bundles", timezone.now() + 900 * DAY) == 0


# --- is it real? -----------------------------------------------------------------------------------------------------


def test_whoever_has_a_certificate_finds_out_whether_it_is_real_and_only_hosts_whose_it_is(
    workshop, konstanz, pilot, neighbour, coordinator, client, as_person
):
    workshop.ends_at = timezone.now() - DAY
    workshop.starts_at = workshop.registration_ends_at = workshop.ends_at - DAY / 8
    workshop.rung = "network"
    workshop.save()
    came(workshop, pilot, konstanz)
    code = Attendance.objects.get().check_code
    asked = client.get(
        "/nachweis/", {"code": f"{code[:4]}-{code[4:8]} {code[8:].lower()}"}, follow=True
    ).content.decode()
    assert "Dieser Nachweis ist echt" in asked
    assert "Lotsen &amp; Lotsinnen gewinnen" in asked
    shown = {
        person.pk: "Musterlotsin" in as_person(person).get(f"/nachweis/{code}/").content.decode().split("<main")[1]
        for person in (coordinator, neighbour)
    }
    assert shown == {coordinator.pk: True, neighbour.pk: False}
    assert "Diesen Nachweis kennen wir nicht" in client.get("/nachweis/ABCD/").content.decode()
    assert "kennen wir nicht" in client.get(f"/nachweis/{'9' * 200}/").content.decode()


def test_before_the_end_and_once_called_off_no_certificate_is_real(workshop, konstanz, pilot):
    came(workshop, pilot, konstanz)
    code = Attendance.objects.get().check_code
    workshop.ends_at = timezone.now() + DAY
    workshop.save()
    assert certified(ANONYMOUS, code) is None
    workshop.ends_at, workshop.state, workshop.cancel_reason = TEN + DAY, "cancelled", "Sturm"
    workshop.save()
    assert certified(ANONYMOUS, code) is None
