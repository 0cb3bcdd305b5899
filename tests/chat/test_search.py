"""The search in the chat finds everything one may see, and nothing else."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from chat import wall
from chat.models import Message, Participant
from chat.policies import findable_messages
from chat.queries.search import Asked, found_page
from chat.services.conversations import leave_conversation
from tenancy.models import Person
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.chat import GroupFactory, ParticipantFactory
from tests.factories.tenancy import MembershipFactory
from toolkit.acting import acting_as, acting_as_nobody
from toolkit.past_sight import answer_of, rows_of

pytestmark = pytest.mark.django_db


def found(person: Person, asked: Asked | str, *, alike: bool = False) -> list[str]:
    """What somebody finds, as excerpts without the marks, newest first."""
    asked = Asked(q=asked) if isinstance(asked, str) else asked
    viewer = viewer_for(person)
    with acting_as(viewer):
        page = found_page(viewer, asked)
    hits = page.alike if alike else page.hits
    return [hit.excerpt.replace("<mark>", "").replace("</mark>", "") for hit in hits]


# --- what is found --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Die Beleuchtung ist da", "Beleuchtungen"),
        ("Das Bürgerbüro zieht um", "bürgerbüro"),
        ("Das Bürgerbüro zieht um", "Buergerbuero"),
        ("Das Bürgerbüro zieht um", "Burgerburo"),
        ("Das Buergerbuero zieht um", "Bürgerbüro"),
        ("In der Hauptstraße", "Hauptstrasse"),
        ("In der Hauptstrasse", "Hauptstraße"),
        ("Wir haben die Satzung geändert", '"die Satzung"'),
        ("Frag ayla@stadt.example", "ayla@stadt.example"),
    ],
)
def test_a_word_is_found_in_its_german_forms_and_spellings(said, asked, pilot, neighbour, direct, say):
    say(pilot, direct, said)
    assert found(neighbour, asked) == [said]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Die neue Straßenbeleuchtung", "Beleuchtung"),
        ("Die neue Kläranlage", "Kläranlgae"),
        ("Das Wohngeld kommt", "Wohngelt"),
    ],
)
def test_a_typing_error_and_a_word_within_a_longer_one_are_found_as_alike(said, asked, pilot, neighbour, direct, say):
    say(pilot, direct, said)
    assert found(neighbour, asked) == []
    assert found(neighbour, asked, alike=True) == [said]


def test_what_is_newest_comes_first(pilot, direct, group, say):
    for place, text in ((direct, "Termin eins"), (group, "Termin zwei"), (direct, "Termin drei")):
        say(pilot, place, text)
    assert found(pilot, "Termin") == ["Termin drei", "Termin zwei", "Termin eins"]


def test_filters_narrow_what_is_found(pilot, neighbour, coordinator, direct, group, say):
    say(pilot, direct, "Termin am Montag")
    say(neighbour, direct, "Termin am Dienstag")
    say(coordinator, group, "Termin am Mittwoch")
    assert found(pilot, Asked(q="Termin", talk=direct)) == ["Termin am Dienstag", "Termin am Montag"]
    assert found(pilot, Asked(q="Termin", person=str(neighbour.pk))) == ["Termin am Dienstag"]
    assert found(pilot, Asked(person="Mara Musterlotsin", q="Termin")) == ["Termin am Montag"]
    assert found(pilot, Asked(person="Niemand Sonst", q="Termin")) == []
    today = timezone.localdate()
    assert len(found(pilot, Asked(q="Termin", since=today, until=today))) == 3
    assert found(pilot, Asked(q="Termin", until=today - timedelta(days=1))) == []
    assert found(pilot, Asked(q="Termin", since=today + timedelta(days=1))) == []
    Message.objects.filter(body="Termin am Montag").update(file_count=1)
    assert found(pilot, Asked(files=True)) == ["Termin am Montag"]


def test_fill_words_alone_find_nothing_and_nothing_is_asked_without_a_question(pilot, direct, say):
    say(pilot, direct, "und die der")
    assert found(pilot, "und die der") == []
    assert found(pilot, Asked(talk=direct)) == []


# --- what is not found ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["outsider", "coordinator", "moderator", "operator"])
def test_whoever_is_not_in_a_conversation_finds_nothing_of_it(who, request, pilot, direct, say):
    say(pilot, direct, "Kanarienvogel")
    stranger = request.getfixturevalue(who)
    assert found(stranger, "Kanarienvogel") == []
    assert found(stranger, Asked(q="Kanarienvogel", talk=direct)) == []
    assert found(stranger, "Kanarienvoegl", alike=True) == []


def test_a_visitor_finds_nothing(pilot, direct, say):
    say(pilot, direct, "Kanarienvogel")
    with acting_as_nobody():
        assert found_page(ANONYMOUS, Asked(q="Kanarienvogel")).hits == []
        assert rows_of("chat_find", "'kanarienvogel'", None, None, None, None, False, None, False, 20) == []


def test_who_left_finds_nothing_any_more(pilot, neighbour, group, say):
    say(pilot, group, "Kanarienvogel")
    assert found(neighbour, "Kanarienvogel") == ["Kanarienvogel"]
    leave_conversation(viewer_for(neighbour), group)
    assert found(neighbour, "Kanarienvogel") == []
    assert found(neighbour, "Kanarienvoegl", alike=True) == []


def test_who_came_later_does_not_find_what_was_said_before(pilot, outsider, group, say):
    say(pilot, group, "Kanarienvogel davor")
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    say(pilot, group, "Kanarienvogel danach")
    assert found(outsider, "Kanarienvogel") == ["Kanarienvogel danach"]
    assert found(outsider, Asked(person=str(pilot.pk))) == ["Kanarienvogel danach"]


@pytest.mark.parametrize("gone", ["hidden_at", "retracted_at", "expired_at"])
def test_what_was_hidden_or_taken_back_is_not_found(gone, pilot, neighbour, direct, say):
    say(pilot, direct, "Kanarienvogel")
    body = {} if gone == "hidden_at" else {"body": ""}
    Message.objects.update(**{gone: timezone.now()}, **body)
    for person in (pilot, neighbour):
        assert found(person, "Kanarienvogel") == []
        assert found(person, "Kanarienvoegl", alike=True) == []
        assert found(person, Asked(person=str(pilot.pk))) == []


def test_an_edited_message_is_found_by_its_new_words_only(pilot, neighbour, direct, say):
    seq = say(pilot, direct, "Kanarienvogel")
    with acting_as(viewer_for(pilot)):
        wall.change(direct, seq, "edit", "Nachtigall", timezone.now())
    assert found(neighbour, "Kanarienvogel") == []
    assert found(neighbour, "Nachtigall") == ["Nachtigall"]


def test_the_words_of_others_are_no_dictionary_for_anybody_else(pilot, neighbour, outsider, direct, say):
    say(pilot, direct, "Kanarienvogel")
    with acting_as(viewer_for(neighbour)):
        assert answer_of("chat_alike", ["Kanarienvoegl"], None) == "('kanarienvogel')"
    with acting_as(viewer_for(outsider)):
        assert answer_of("chat_alike", ["Kanarienvoegl"], None) is None
        assert answer_of("chat_alike", ["Kanarienvoegl"], [direct]) is None


# --- three oracles --------------------------------------------------------------------------------------------------


def _world(dice: random.Random) -> list[Person]:
    people = [MembershipFactory().person for _ in range(4)]
    moment = timezone.now()
    for _ in range(7):
        place = GroupFactory(head=9)
        # Whoever says something is in it or was.
        there = dice.sample(people, dice.randint(1, len(people)))
        for person in there:
            ParticipantFactory(
                conversation=place,
                person=person,
                joined_seq=dice.choice([0, 0, 3, 8]),
                left_seq=dice.choice([None, None, 6]),
            )
        Message.objects.bulk_create(
            Message(
                conversation=place,
                seq=seq,
                sender=dice.choice(there),
                client_id=uuid4(),
                kind=dice.choice(["text", "text", "text", "note"]),
                body=dice.choice(["Amsel und Drossel", "Amsel", "Fink"]),
                file_count=dice.choice([0, 0, 1]),
                created_at=moment - timedelta(days=dice.randint(0, 5)),
                hidden_at=dice.choice([None, None, None, moment]),
            )
            for seq in range(1, 10)
        )
    return people


@pytest.mark.parametrize("seed", range(12))
def test_the_plain_rule_the_policy_and_the_function_find_the_same(seed):
    dice = random.Random(seed)
    people = _world(dice)
    log = list(Message.objects.order_by("-pk"))
    seats = list(Participant.objects.filter(left_seq=None))
    if dice.random() < 0.5:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE chat_message")
    for person in people:
        mine = {seat.conversation_id: seat.joined_seq for seat in seats if seat.person_id == person.pk}
        sees = [
            m
            for m in log
            if m.conversation_id in mine
            and m.seq > mine[m.conversation_id]
            and m.kind == "text"
            and m.hidden_at is None
        ]
        viewer = viewer_for(person)
        assert list(findable_messages(viewer).order_by("-pk")) == sees
        with acting_as(viewer):
            assert list(findable_messages(viewer).order_by("-pk")) == sees
        for _ in range(12):
            word = dice.choice([None, "amsel", "drossel", "fink", "niemals"])
            talk = dice.choice([None, None, *(m.conversation_id for m in log[:40])])
            sender = dice.choice([None, None, *(p.pk for p in people)])
            day = dice.choice([None, timezone.now() - timedelta(days=dice.randint(0, 5), minutes=1)])
            until = dice.choice([None, None, timezone.now() - timedelta(days=2, minutes=1)])
            files, back = dice.random() < 0.3, dice.random() < 0.3
            beyond = dice.choice([None, log[len(log) // 2].pk])
            most = dice.choice([3, 200])
            plain = [
                m.pk
                for m in (reversed(sees) if back and beyond else sees)
                if (word is None or word in m.body.casefold())
                and (talk is None or m.conversation_id == talk)
                and (sender is None or m.sender_id == sender)
                and (day is None or m.created_at >= day)
                and (until is None or m.created_at < until)
                and (not files or m.file_count)
                and (beyond is None or (m.pk > beyond if back else m.pk < beyond))
            ]
            question = None if word is None else answer_of("chat_question", [word])
            asked: list[Any] = [question, [talk] if talk else None, [sender] if sender else None, day, until, files]
            with acting_as(viewer):
                rows = rows_of("chat_find", *asked, beyond, back and beyond is not None, most)
            assert [pk for (pk,) in rows] == plain[:most]


def test_a_frequent_word_is_found_the_same_on_every_way():
    """With so many hits the function goes along the logs: each from its end for few, all together for many."""
    everywhere, in_two = MembershipFactory().person, MembershipFactory().person
    places = [GroupFactory(head=130) for _ in range(12)]
    for n, place in enumerate(places):
        ParticipantFactory(conversation=place, person=everywhere, joined_seq=20 if n == 3 else 0)
    ParticipantFactory(conversation=places[0], person=in_two)
    ParticipantFactory(conversation=places[1], person=in_two, joined_seq=100)
    Message.objects.bulk_create(
        Message(conversation=place, seq=seq, sender=everywhere, client_id=uuid4(), body="Die Amsel")
        for seq in range(1, 131)
        for place in places
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE chat_message")
    for person in (everywhere, in_two):
        sees = list(findable_messages(viewer_for(person)).order_by("-pk").values_list("pk", flat=True))
        beyond = sees[40]
        with acting_as(viewer_for(person)):
            for edge, back, wanted in (
                (None, False, sees[:30]),
                (beyond, False, sees[41:71]),
                (beyond, True, sees[10:40][::-1]),
            ):
                rows = rows_of("chat_find", "'amsel'", None, None, None, None, False, edge, back, 30)
                assert [pk for (pk,) in rows] == wanted


# --- the page -------------------------------------------------------------------------------------------------------


def test_a_hit_is_marked_and_leads_into_its_context(client, pilot, neighbour, direct, say):
    seq = say(neighbour, direct, "Hallo. " * 40 + "Die **Straßenbeleuchtung** <script>alert(1)</script> ist neu")
    client.force_login(pilot)
    page = client.get(reverse("chat:search"), {"q": "Straßenbeleuchtung"}).content.decode()
    assert "<mark>Straßenbeleuchtung</mark>" in page
    assert "<script>alert" not in page
    assert f'href="/chat/{direct}/?um={seq}#m{seq}"' in page
    assert "1 Nachricht gefunden" in page


def test_the_page_can_be_paged_without_a_hit_twice_or_missing(client, pilot, direct, group):
    for n in range(1, 46):
        place = (direct, group)[n % 2]
        Message.objects.create(conversation_id=place, seq=n, sender=pilot, client_id=uuid4(), body=f"Meldung Nr{n}")
    viewer = viewer_for(pilot)
    seen, mark, marks = [], "", []
    with acting_as(viewer):
        while True:
            page = found_page(viewer, Asked(q="Meldung"), mark)
            seen.append([hit.excerpt.split("Nr")[1] for hit in page.hits])
            marks.append(page.previous)
            if not page.next:
                break
            mark = page.next
        back = [hit.excerpt.split("Nr")[1] for hit in found_page(viewer, Asked(q="Meldung"), marks[-1]).hits]
    assert [len(part) for part in seen] == [20, 20, 5]
    assert [text for part in seen for text in part] == [str(n) for n in range(45, 0, -1)]
    assert back == seen[1]


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "a" * 5000,
        "c=99999999999999999999",
        "c=-1",
        "von=9999-99-99",
        "bis=0001-01-01",
        "person=%E2%80%AE",
        "q='%20%26%20!",
        "q=%5C:*%20%7C%20()",
        "q=-a",
        "seite=x",
        "q=a&seite=WyJuIiwgIngiXQ",
        "person=999999999999999999999999",
        "person=1234567890123456",
    ],
)
def test_whatever_stands_in_the_address_the_page_answers(query, client, pilot, direct, say):
    say(pilot, direct, "Kanarienvogel")
    client.force_login(pilot)
    assert client.get(reverse("chat:search") + "?" + query).status_code == 200


def test_a_person_one_does_not_talk_with_cannot_be_found_by_name(pilot, neighbour, outsider, direct, say):
    say(neighbour, direct, "Kanarienvogel")
    outsider.given_name, outsider.family_name = "Olga", "Fremd"
    outsider.save()
    assert found(pilot, Asked(person="Olga Fremd")) == []


@pytest.mark.parametrize("messages", [1, 3])
def test_a_search_costs_the_same_for_any_number_of_hits(messages, pilot, direct, say, django_assert_num_queries):
    for n in range(messages + 3):
        say(pilot, direct, f"Meldung {n}")
    viewer = viewer_for(pilot)
    # question, hits, excerpts, titles (2), faces
    with acting_as(viewer), django_assert_num_queries(6):
        found_page(viewer, Asked(q="Meldung"))


def test_dates_are_kept_in_the_form(client, pilot):
    client.force_login(pilot)
    page = client.get(reverse("chat:search"), {"von": "2026-01-02", "q": "x"}).content.decode()
    assert f'value="{date(2026, 1, 2).isoformat()}"' in page
