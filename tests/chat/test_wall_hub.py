"""The second wall of the chat: what is asked for all lines of a process at once, where nobody acts."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import connection

from chat import delivery, wall, wall_of_loop
from chat.models import Message
from chat.queries.conversations import beat_of
from chat.queries.faces import faces_of
from chat.queries.messages import item_of_text
from chat.services.conversations import (
    leave_conversation,
)
from chat.services.messages import mark_read, send_message
from chat.services.people import set_muted
from chat.wall_of_loop import Entry
from tenancy.viewer import viewer_by_id, viewer_for
from tests.chat.past import STRANGERS, as_, refused
from tests.chat.rooms import does
from tests.factories.chat import ParticipantFactory
from tests.factories.moderation import ReportFactory
from toolkit.acting import acting_as_nobody

pytestmark = pytest.mark.django_db


def _news(conversation_id: int, after: int = 0, version: int = -1) -> list[Any]:
    asked = json.dumps([{"talk": conversation_id, "after": after, "version": version}])
    with connection.cursor() as cursor:
        cursor.execute("SELECT seats, entries, version FROM chat_news(%s::json, 200)", [asked])
        return cursor.fetchall()


@pytest.mark.parametrize("stranger", ["pilot", *STRANGERS], indirect=True)
def test_while_somebody_acts_what_is_the_hubs_answers_nothing(stranger, pilot, direct, say):
    say(pilot, direct, "Geheim")
    with as_(stranger), connection.cursor() as cursor:
        assert _news(direct) == []
        cursor.execute("SELECT * FROM chat_heads(%s::bigint[])", [[direct]])
        assert cursor.fetchall() == []
        cursor.execute("SELECT * FROM chat_beats(%s::bigint[])", [[pilot.pk]])
        assert cursor.fetchall() == []
    with as_(stranger), refused(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM chat_say('[]', now(), 10, '10 s', '[]', 200)")


def test_seats_are_said_when_they_are_not_those_that_are_known(pilot, neighbour, group, say):
    say(pilot, group, "Davor")
    with acting_as_nobody():
        [(seats, entries, version)] = _news(group)
        [(same, none, _version)] = _news(group, 1, version)
    assert str(neighbour.pk) in seats
    assert [entry["text"] for entry in entries] == ["Davor"]
    assert (same, none) == (None, None)
    leave_conversation(viewer_for(neighbour), group)
    with acting_as_nobody():
        [(seats, _entries, later)] = _news(group, 1, version)
    assert later > version
    assert str(neighbour.pk) not in seats


def test_how_an_earlier_message_looks_now_is_not_told_to_who_came_later(pilot, outsider, group, say, moderator):
    say(pilot, group, "Davor")
    report = ReportFactory(kind="message", object_id=Message.objects.get().pk, land_id="08")
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    does(moderator, lambda: wall.moderate(report.object_id, hide=True, reason="Irrtum"))
    does(moderator, lambda: wall.moderate(report.object_id, hide=False))
    with acting_as_nobody():
        items = delivery.read_as(pilot.pk, group, 0, 3)
        page, _more = delivery.page(outsider.pk, group, 0)
    told = {joined: [item.now and item.now.text for item in delivery.own_part(items, 1, joined)]
            for joined in (0, 1)}  # fmt: skip
    assert told == {0: ["Davor", "Davor"], 1: [None, None]}
    assert [item.now for item in page] == [None, None]


def test_a_text_looks_the_same_read_by_the_hub_as_read_by_its_reader(pilot, neighbour, group, say):
    say(pilot, group, "Moin **Konstanz**, siehe https://konstanz.example")
    say(neighbour, group, "<b>Heilbronn</b>")
    with acting_as_nobody():
        [(_seats, entries, _version)] = _news(group)
        read = delivery.read_as(neighbour.pk, group, 0, 2)
    faces = faces_of([pilot.pk, neighbour.pk])
    plain = [msgspec.convert(entry, Entry) for entry in entries]
    assert all(entry.plain for entry in plain)
    assert [item_of_text(entry, group, faces[entry.sender or 0]) for entry in plain] == read


def test_a_removed_person_gets_no_entry(pilot, neighbour, group, say):
    leave_conversation(viewer_for(neighbour), group)
    say(pilot, group, "Danach")
    with acting_as_nobody():
        assert delivery.read_as(neighbour.pk, group, 0, 1) == []
        assert delivery.page(neighbour.pk, group, 0) == ([], False)


def test_how_all_stands_is_the_same_asked_for_many_or_by_oneself(pilot, neighbour, outsider, group, direct, say):
    say(pilot, group, "eins")
    say(neighbour, group, "zwei")
    say(neighbour, direct, "drei")
    mark_read(viewer_for(pilot), group, 1)
    set_muted(viewer_for(pilot), direct)
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    send_message(viewer_for(neighbour), group, uuid4(), "vier", everyone=True)
    people = [pilot.pk, neighbour.pk, outsider.pk]
    with acting_as_nobody(), connection.cursor() as cursor:
        cursor.execute("SELECT person, heads::text, unread::text, named::text FROM chat_beats(%s::bigint[])", [people])
        beats = {person: wall_of_loop._beat(*rest) for person, *rest in cursor.fetchall()}
    assert beats == {person: beat_of(viewer_by_id(person)) for person in people}
    assert [beats[person].count for person in people] == [1, 0, 1]
