"""Telling people: merged while unread, mailed as wished, and silent when the change is rolled back."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django.models import ProcrastinateJob

from notices.models import Notice, NoticeWish
from tests.factories.tenancy import PersonFactory
from toolkit.telling import tell

pytestmark = pytest.mark.django_db


def mails() -> list[dict[str, str]]:
    """The mails that wait for the worker, in order."""
    return [job.args for job in ProcrastinateJob.objects.order_by("id")]


def test_each_person_is_told_once(pilot, coordinator):
    tell([pilot.pk, coordinator.pk, pilot.pk], kind="comment", text="Neues aus Heilbronn", url="/erfahrungen/1/")
    assert set(Notice.objects.values_list("person_id", "kind", "text", "url", "count", "read_at")) == {
        (pilot.pk, "comment", "Neues aus Heilbronn", "/erfahrungen/1/", 1, None),
        (coordinator.pk, "comment", "Neues aus Heilbronn", "/erfahrungen/1/", 1, None),
    }


def test_nobody_to_tell_costs_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        tell([], kind="comment", text="Neues")


def test_a_repeat_raises_the_count_of_the_unread_one_and_shows_the_newest_words(pilot):
    tell([pilot.pk], kind="comment", text="Tim hat kommentiert", key="comments-1", url="/a/")
    first = Notice.objects.get().created_at
    tell([pilot.pk], kind="comment", text="Mara hat kommentiert", key="comments-1", url="/b/")
    notice = Notice.objects.get()
    assert (notice.count, notice.text, notice.url) == (2, "Mara hat kommentiert", "/b/")
    assert notice.created_at >= first


def test_after_reading_a_repeat_begins_anew(pilot):
    tell([pilot.pk], kind="comment", text="Eins", key="comments-1")
    Notice.objects.update(read_at="2026-01-01T00:00Z")
    tell([pilot.pk], kind="comment", text="Zwei", key="comments-1")
    assert list(Notice.objects.order_by("pk").values_list("text", "count")) == [("Eins", 1), ("Zwei", 1)]


def test_without_a_key_nothing_is_merged(pilot):
    tell([pilot.pk], kind="comment", text="Eins")
    tell([pilot.pk], kind="comment", text="Eins")
    assert Notice.objects.count() == 2


def test_a_suspended_person_is_told_nothing(pilot):
    pilot.is_active = False
    pilot.save()
    tell([pilot.pk], kind="decision", text="Etwas", mail=True)
    assert (Notice.objects.count(), mails()) == (0, [])


def test_a_mail_goes_out_in_the_same_transaction(pilot, settings):
    settings.SITE_URL = "https://netz.example"
    tell([pilot.pk], kind="comment", text="Neues aus Heilbronn", url="/erfahrungen/1/", mail=True)
    (mail,) = mails()
    assert (mail["to"], mail["subject"]) == (pilot.email, "Neues aus Heilbronn")
    assert "https://netz.example/erfahrungen/1/" in mail["body"]
    assert "https://netz.example/mitteilungen/" in mail["body"]


def test_a_repeat_of_an_unread_notice_sends_no_second_mail(pilot):
    tell([pilot.pk], kind="comment", text="Eins", key="k", mail=True)
    tell([pilot.pk], kind="comment", text="Zwei", key="k", mail=True)
    assert [mail["subject"] for mail in mails()] == ["Eins"]


def test_who_switched_mails_off_gets_none(pilot, coordinator):
    NoticeWish.objects.create(person=pilot, mail=False)
    tell([pilot.pk, coordinator.pk], kind="comment", text="Neues", mail=True)
    assert [mail["to"] for mail in mails()] == [coordinator.email]
    assert Notice.objects.count() == 2


@pytest.mark.parametrize("kind", ["invitation", "decision", "mention", "invitation.format"])
def test_what_must_arrive_is_mailed_whatever_the_wish(kind, pilot):
    NoticeWish.objects.create(person=pilot, mail=False)
    tell([pilot.pk], kind=kind, text="Wichtig", mail=True)
    (mail,) = mails()
    assert "/mitteilungen/" not in mail["body"]


def test_what_is_rolled_back_was_never_told(pilot):
    with transaction.atomic():
        tell([pilot.pk], kind="decision", text="Doch nicht", mail=True)
        transaction.set_rollback(True)
    assert (Notice.objects.count(), mails()) == (0, [])


def test_a_translated_sentence_is_written_in_the_language_of_each_person(pilot):
    english = PersonFactory(language="en")
    tell([pilot.pk, english.pk], kind="comment", text=gettext_lazy("Yes"))
    assert dict(Notice.objects.values_list("person_id", "text")) == {pilot.pk: "Ja", english.pk: "Yes"}


def test_a_long_sentence_is_cut_and_not_refused(pilot):
    tell([pilot.pk], kind="k" * 60, text="x" * 400, url="/" * 300, key="y" * 100)
    notice = Notice.objects.get()
    assert len(notice.text) == 300
    assert notice.text.endswith("…")


def test_a_line_break_in_the_sentence_makes_no_mail_header(pilot):
    tell([pilot.pk], kind="comment", text="Neues\nBcc: alle@example.example", mail=True)
    assert mails()[0]["subject"] == "Neues Bcc: alle@example.example"


@pytest.mark.parametrize("people", [1, 3])
def test_telling_costs_two_queries_for_any_number_of_people(people, db, django_assert_num_queries):
    ids = [person.pk for person in PersonFactory.create_batch(people)]
    with transaction.atomic(), django_assert_num_queries(4):  # savepoint, people, one insert, release
        tell(ids, kind="comment", text="Neues", key="k")
    assert connection.in_atomic_block
