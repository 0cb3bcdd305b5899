"""The page of notices and the bell: one's own, newest first, read by following."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction

from notices.models import Notice, NoticeWish
from notices.queries.notices import unread_count
from notices.services.reading import choose_notice_mail, read_all_notices, read_notice
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.notices import NoticeFactory
from toolkit.access import Denied

pytestmark = pytest.mark.django_db


def page(client, query: str = "") -> str:
    return client.get(f"/mitteilungen/{query}").content.decode()


def test_everybody_reads_their_own_notices_and_nobody_anothers(pilot, coordinator, as_person):
    NoticeFactory(person=pilot, text="Nur für die Lotsin")
    NoticeFactory(person=coordinator, text="Nur für die Koordination")
    text = page(as_person(pilot))
    assert "Nur für die Lotsin" in text
    assert "Nur für die Koordination" not in text


def test_without_notices_the_page_says_what_will_come(pilot, as_person):
    assert "Noch keine Mitteilung" in page(as_person(pilot))


def test_following_a_notice_marks_it_as_read_and_leads_there(pilot, as_person):
    notice = NoticeFactory(person=pilot, url="/datenschutz/")
    answer = as_person(pilot).post(f"/mitteilungen/{notice.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/datenschutz/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_looking_at_the_list_reads_nothing(pilot, as_person):
    NoticeFactory(person=pilot)
    page(as_person(pilot))
    assert unread_count(viewer_for(pilot)) == 1


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_notice_never_leads_away_from_here(url, pilot, as_person):
    notice = NoticeFactory(person=pilot, url=url)
    assert as_person(pilot).post(f"/mitteilungen/{notice.pk}/").headers["Location"] == "/mitteilungen/"


def test_reading_twice_keeps_the_first_moment(pilot):
    notice = NoticeFactory(person=pilot)
    first = read_notice(viewer_for(pilot), notice.pk).read_at
    assert read_notice(viewer_for(pilot), notice.pk).read_at == first


def test_nobody_follows_the_notice_of_another_person(pilot, coordinator):
    notice = NoticeFactory(person=pilot)
    with pytest.raises(Notice.DoesNotExist):
        read_notice(viewer_for(coordinator), notice.pk)
    with pytest.raises(Notice.DoesNotExist):
        read_notice(ANONYMOUS, notice.pk)


def test_all_read_reads_only_ones_own(pilot, coordinator):
    NoticeFactory.create_batch(2, person=pilot)
    NoticeFactory(person=coordinator)
    assert read_all_notices(viewer_for(pilot)) == 2
    assert (unread_count(viewer_for(pilot)), unread_count(viewer_for(coordinator))) == (0, 1)


def test_a_visitor_has_neither_notices_nor_wishes(db):
    assert unread_count(ANONYMOUS) == 0
    with pytest.raises(Denied):
        read_all_notices(ANONYMOUS)
    with pytest.raises(Denied):
        choose_notice_mail(ANONYMOUS, mail=False)


def test_mails_are_switched_off_and_on_again_on_the_page(pilot, as_person):
    client = as_person(pilot)
    client.post("/mitteilungen/wunsch/", {"mail": "off"})
    assert NoticeWish.objects.get().mail is False
    assert "Mails einschalten" in page(client)
    client.post("/mitteilungen/wunsch/", {"mail": "on"})
    assert NoticeWish.objects.get().mail is True


def test_the_page_is_paged_by_key(pilot, as_person):
    for number in range(23):
        NoticeFactory(person=pilot, text=f"Mitteilung-{number:02d}.")
    client = as_person(pilot)
    first = page(client)
    (mark,) = re.findall(r'href="\?page=([\w-]+)" rel="next"', first)
    seen = re.findall(r"Mitteilung-(\d\d)\.", first + page(client, f"?page={mark}"))
    assert seen == [f"{number:02d}" for number in reversed(range(23))]


def test_markup_in_a_notice_is_shown_as_text(pilot, as_person):
    NoticeFactory(person=pilot, text="<script>alert(1)</script>")
    assert "<script>alert" not in page(as_person(pilot))


def test_the_bell_tells_how_many_are_new(pilot, as_person):
    NoticeFactory.create_batch(3, person=pilot)
    assert "Mitteilungen, 3 neue" in as_person(pilot).get("/impressum/").content.decode()


def test_there_is_one_unread_notice_per_key(pilot):
    NoticeFactory(person=pilot, key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeFactory(person=pilot, key="k")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_notices(rows, pilot, as_person, django_assert_num_queries):
    NoticeFactory.create_batch(rows, person=pilot)
    client = as_person(pilot)
    with django_assert_num_queries(8):  # session, person, viewer, notices, wish, browsers, bell, chat
        client.get("/mitteilungen/")
