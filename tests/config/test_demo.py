"""The demo: once, on the real register, with everything a first visitor should find."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from chat.models import Conversation, Message, MessageFile
from chat.services.files import path_of
from exchange.models import Edition, Experience, Registration, Workshop
from moderation.models import Report
from notices.models import Notice
from tenancy.models import Application, Membership, Municipality, Network, Person
from toolkit.uploads.confined import looked_into
from toolkit.uploads.kinds import recognised

DATA = Path(__file__).parents[2] / "platform" / "tenancy" / "data"


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The register and the demo, loaded once for this file and rolled back after it; gives what was printed."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]  # pytest-django ships no type
        call_command("import_register", str(DATA / "GV100AD_20231130.txt"), stdout=StringIO())
        call_command("import_associations", stdout=StringIO())
        said = StringIO()
        call_command("load_demo", stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _on_the_demo(demo: str, db: None) -> None:
    """Every test here sees the loaded demo."""


def test_the_four_networks_stand_with_their_own_words():
    assert {n.municipality_id: n.name for n in Network.objects.all()} == {
        "08221000": "Digitallotsinnen und Digitallotsen",
        "08121000": "Digitallotsen der Stadt Heilbronn",
        "08335043": "Digitallotsen",
        "06531005": "Digi-Lots*innen",
    }


def test_sources_that_disagree_about_the_start_all_stand():
    starts = Network.objects.get(municipality="08221000").starts.values_list("value", flat=True)
    assert list(starts) == ["Ende 2017", "2019 – heute", "Kickoff Anfang April 2019"]


def test_forty_people_in_networks_all_plainly_invented_and_unreachable():
    assert Membership.objects.filter(ended_on=None).count() == 40
    assert [email for email in Person.objects.values_list("email", flat=True) if not email.endswith(".example")] == []


def test_the_format_keeps_the_cancelled_edition_with_its_reason():
    cancelled = Edition.objects.get(state=Edition.State.CANCELLED)
    assert (cancelled.year, cancelled.reason) == (2020, "Pandemie")


def test_twenty_one_experiences_are_published_at_every_rung_but_the_office():
    published = Experience.objects.filter(state=Experience.State.PUBLISHED)
    assert published.count() == 21
    assert set(published.values_list("rung", flat=True)) == {"network", "partners", "land", "all", "public"}


def test_one_open_workshop_has_seats_left_and_another_a_queue():
    free, full = Workshop.objects.get(title="Lotsen gewinnen und halten"), Workshop.objects.get(seats=6)
    assert free.starts_at > timezone.now() + datetime.timedelta(days=10)
    assert 0 < free.seats_taken < free.seats
    assert full.seats_taken == full.seats
    assert Registration.objects.filter(workshop=full, state=Registration.State.QUEUED).count() == 3


def test_every_conversation_is_a_log_without_holes_in_order_of_time():
    for conversation in Conversation.objects.all():
        messages = list(Message.objects.filter(conversation=conversation).order_by("seq"))
        assert [m.seq for m in messages] == list(range(1, conversation.head + 1))
        assert messages == sorted(messages, key=lambda m: m.created_at)
        assert [m for m in messages if m.created_at > timezone.now()] == []
    assert Message.objects.count() == 22


def test_a_conversation_has_a_file_a_thread_reactions_and_something_pinned():
    row = MessageFile.objects.get()
    path = path_of(row)
    assert path.read_bytes().startswith(b"%PDF")
    assert path.stat().st_size == row.size
    said = Message.objects.get(conversation=row.conversation, seq=row.seq or 0)
    assert (said.file_count, said.reply_seq) == (1, said.thread_seq)
    assert Message.objects.get(conversation=row.conversation, seq=said.thread_seq or 0).replies == 1
    assert said.reactions
    assert Message.objects.filter(conversation=row.conversation).exclude(pinned_at=None).count() == 1


def test_the_file_is_one_that_the_chat_takes():
    path = path_of(MessageFile.objects.get())
    looked_into(recognised("Freistellung_zwei_Stunden.pdf", path), path)


def test_one_application_and_one_report_wait():
    assert Application.objects.filter(state=Application.State.OPEN).count() == 1
    assert Report.objects.filter(state=Report.State.OPEN).count() == 1


def test_loading_it_again_changes_nothing():
    before = [model.objects.count() for model in (Person, Experience, Message, Registration, Municipality)]
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert "nichts wurde geändert" in said.getvalue()
    assert [model.objects.count() for model in (Person, Experience, Message, Registration, Municipality)] == before


def test_what_is_printed_says_who_can_sign_in_and_with_what(demo):
    assert "mara.musterlotsin@konstanz.example" in demo
    assert "Passwort für alle:" in demo


def test_production_refuses_the_demo(settings):
    settings.SETTINGS_MODULE = "config.settings.production"
    with pytest.raises(CommandError, match="nicht in den echten Betrieb"):
        call_command("load_demo")


def test_authors_and_moderators_have_something_new_to_read():
    report = Report.objects.get()
    assert report.reporter_place
    assert Notice.objects.filter(kind="report", read_at=None).exists()
    assert Notice.objects.filter(kind="comment", read_at=None).count() >= 3
