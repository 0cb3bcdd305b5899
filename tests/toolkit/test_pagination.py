"""Paging by key: every row once, forwards and backwards, with ties, and whatever stands in the address."""

from __future__ import annotations

import base64
import datetime
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notices.models import Notice
from tests.factories.notices import NoticeFactory
from tests.factories.tenancy import PersonFactory
from toolkit.pagination import Page, page_by_key

pytestmark = pytest.mark.django_db

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
ORDERS = [("-created_at", "-id"), ("created_at", "id"), ("-count", "text", "id"), ("text", "-id")]


def fill(moments: list[int]) -> list[Notice]:
    """Notices of one person; equal numbers are ties in time, count and text."""
    person = PersonFactory()
    rows = [
        Notice(person=person, kind="x", text=f"Text {n % 3}", count=n + 1, created_at=START + datetime.timedelta(n))
        for n in moments
    ]
    made = Notice.objects.bulk_create(rows)
    for row, n in zip(made, moments, strict=True):
        Notice.objects.filter(pk=row.pk).update(created_at=START + datetime.timedelta(days=n))
    return made


def walk(order: tuple[str, ...], size: int) -> list[Page[Notice]]:
    pages = [page_by_key(Notice.objects.all(), order, size=size)]
    while pages[-1].next:
        pages.append(page_by_key(Notice.objects.all(), order, pages[-1].next, size=size))
    return pages


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    moments=st.lists(st.integers(0, 4), max_size=14),
    size=st.integers(1, 5),
    order=st.sampled_from(ORDERS),
)
def test_walking_there_and_back_shows_every_row_once_and_in_order(db, moments, size, order):
    Notice.objects.all().delete()
    fill(moments)
    wanted = list(Notice.objects.order_by(*order).values_list("pk", flat=True))

    pages = walk(order, size)
    assert [row.pk for page in pages for row in page.items] == wanted
    assert [len(page.items) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert pages[0].previous == ""

    page = pages[-1]
    backwards = [page]
    while page.previous:
        page = page_by_key(Notice.objects.all(), order, page.previous, size=size)
        backwards.append(page)
    assert [row.pk for page in reversed(backwards) for row in page.items] == wanted


def test_a_new_row_on_top_moves_nothing_on_the_next_page():
    fill([1, 2, 3, 4])
    first = page_by_key(Notice.objects.all(), ("-created_at", "-id"), size=2)
    fill([9])
    second = page_by_key(Notice.objects.all(), ("-created_at", "-id"), first.next, size=2)
    assert {row.pk for row in first.items}.isdisjoint(row.pk for row in second.items)
    assert len(second.items) == 2


def test_a_page_stays_where_it_is_when_its_last_row_is_deleted():
    fill([1, 2, 3, 4, 5])
    first = page_by_key(Notice.objects.all(), ("-created_at", "-id"), size=2)
    rest = list(Notice.objects.order_by("-created_at", "-id").values_list("pk", flat=True))[2:4]
    first.items[-1].delete()
    second = page_by_key(Notice.objects.all(), ("-created_at", "-id"), first.next, size=2)
    assert [row.pk for row in second.items] == rest


def mark(*content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "tampered",
    [
        "x",
        "%%%",
        "ä",
        "=====",
        mark("n"),
        mark("n", 1),
        mark("n", "gestern", 1),
        mark("n", "2026-01-01T00:00:00+00:00", "drei"),
        mark("q", "2026-01-01T00:00:00+00:00", 1),
        mark("n", "2026-01-01T00:00:00+00:00", None),
        mark("n", "2026-01-01T00:00:00+00:00", [1]),
        mark("n", {"a": 1}, 1),
        mark("n", "2026-01-01T00:00:00+00:00\x00", 1),
        mark("n", "\ud800", 1),
        mark("n", "99999-01-01T00:00:00", 1),
        base64.urlsafe_b64encode(b"[" * 10_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"1").decode(),
        base64.urlsafe_b64encode(b"null").decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
    ],
)
def test_a_mark_that_is_not_ours_gives_the_first_page(tampered):
    rows = fill([1, 2, 3])
    page = page_by_key(Notice.objects.all(), ("-created_at", "-id"), tampered, size=2)
    assert [row.pk for row in page.items] == [rows[2].pk, rows[1].pk]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    tampered=st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda b: base64.urlsafe_b64encode(b).decode()))
)
def test_no_mark_whatsoever_breaks_the_page(db, tampered):
    page_by_key(Notice.objects.all(), ("-created_at", "-id"), tampered)


def test_a_number_beyond_the_column_breaks_nothing():
    fill([1, 2, 3])
    page_by_key(Notice.objects.all(), ("id",), mark("n", 10**40))
    page_by_key(Notice.objects.all(), ("-id",), mark("p", -(10**40)))


def test_a_page_is_one_query(django_assert_num_queries):
    fill([1, 2, 3])
    with django_assert_num_queries(1):
        first = page_by_key(Notice.objects.all(), ("-created_at", "-id"), size=2)
    with django_assert_num_queries(1):
        page_by_key(Notice.objects.all(), ("-created_at", "-id"), first.next, size=2)


def test_an_empty_list_is_one_page_without_neighbours():
    page = page_by_key(Notice.objects.all(), ("-created_at", "-id"))
    assert (page.items, page.next, page.previous) == ([], "", "")


def test_a_mark_gives_no_way_around_the_rule_of_visibility():
    mine, foreign = NoticeFactory(), NoticeFactory()
    page = page_by_key(Notice.objects.filter(pk=mine.pk), ("id",), mark("n", foreign.pk - 1))
    assert foreign.pk not in {row.pk for row in page.items}
