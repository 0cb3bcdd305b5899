"""Whoever talks to many waits no longer for it: the same number of queries with ten conversations and with 5,000."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.queries.conversations import beat_of
from tenancy.viewer import viewer_for
from toolkit.acting import acting_as

if TYPE_CHECKING:
    from django.test import Client

    from tenancy.models import Person


@pytest.fixture
def talk(pilot: Person, neighbour: Person) -> Callable[[int], list[int]]:
    """Puts two people into so many more groups, each with a message that one of them has not read."""

    def add(many: int) -> list[int]:
        # By statements for all of them: row by row it took longer than what is tested.
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO chat_conversation (kind, title, subject_kind, head, last_at, created_at)"
                " SELECT 'group', 'Gruppe ' || n, '', 1, now(), now() FROM generate_series(1, %s) n RETURNING id",
                [many],
            )
            groups = [number for (number,) in cursor.fetchall()]
            cursor.execute(
                "INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted)"
                " SELECT talk, person, 0, 0, now(), false"
                " FROM unnest(%s::bigint[]) talk, unnest(%s::bigint[]) person",
                [groups, [pilot.pk, neighbour.pk]],
            )
            cursor.execute(
                "INSERT INTO chat_message"
                " (conversation_id, seq, sender_id, client_id, kind, body, created_at, hidden_reason)"
                " SELECT talk, 1, %s, gen_random_uuid(), 'text', 'Moin', now(), '' FROM unnest(%s::bigint[]) talk",
                [neighbour.pk, groups],
            )
        return groups

    return add


def _queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def _opened(client: Client, address: str) -> Callable[[], object]:
    def get() -> None:
        answer = client.get(address)
        assert answer.status_code == 200

    return get


def test_pages_of_the_chat_cost_as_many_queries_with_10_as_with_5000_conversations(as_person, pilot, talk):
    client = as_person(pilot)
    group = talk(10)[0]
    pages = [_opened(client, address) for address in ("/chat/", f"/chat/{group}/", "/chat/zeilen/")]
    few = [_queries(page) for page in pages]
    talk(4_990)
    assert [_queries(page) for page in pages] == few


def test_a_beat_counts_5000_conversations_in_one_statement_for_numbers_and_one_for_news(pilot, talk):
    talk(5_000)
    viewer = viewer_for(pilot)
    with acting_as(viewer), CaptureQueriesContext(connection) as captured:
        beat = beat_of(viewer)
    assert len(captured) == 2
    assert (len(beat.heads), len(beat.unread), beat.count) == (5_000, 5_000, 5_000)
