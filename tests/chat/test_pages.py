"""The pages of the chat without JavaScript: reading, writing, and what nobody else may see."""

from __future__ import annotations

import json

import pytest

from chat.ids import new_client_id
from chat.models import Conversation, Message, Participant
from chat.queries.conversations import beat_of, conversation_page, unread_total
from chat.services.conversations import leave_conversation, open_direct, open_group
from chat.services.messages import mark_read
from chat.services.moderation import hide_message, restore_message
from tenancy.viewer import viewer_for
from tests.chat.rooms import does, room_of_a_thing
from tests.factories.moderation import ReportFactory
from tests.factories.tenancy import MembershipFactory

pytestmark = pytest.mark.django_db

MARKER = "Blaues Nashorn"


def test_who_has_no_conversation_is_told_how_to_begin(as_person, pilot):
    page = as_person(pilot).get("/chat/")
    assert page.status_code == 200
    assert "Noch keine Unterhaltung" in page.content.decode()


def test_a_conversation_shows_its_messages_and_the_line_where_the_new_begins(as_person, pilot, neighbour, direct, say):
    say(pilot, direct, "Moin **Heilbronn**")
    page = as_person(neighbour).get(f"/chat/{direct}/").content.decode()
    assert "Moin <strong>Heilbronn</strong>" in page
    assert "Neu seit" in page
    assert "Neu seit" not in as_person(pilot).get(f"/chat/{direct}/").content.decode().split("chat-words")[0]


def test_a_message_is_sent_by_the_form(as_person, pilot, direct):
    answer = as_person(pilot).post(
        f"/chat/{direct}/senden/", {"client_id": str(new_client_id()), "body": "Moin\r\nHeilbronn"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/chat/{direct}/")
    assert Message.objects.get().body == "Moin\nHeilbronn"


def test_the_form_sent_twice_writes_one_message(as_person, pilot, direct):
    client, data = as_person(pilot), {"client_id": str(new_client_id()), "body": "Moin"}
    assert [client.post(f"/chat/{direct}/senden/", data).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("body", "sentence"), [("", "Bitte schreiben Sie etwas."), ("x" * 8001, "höchstens 8.000")])
def test_a_bad_text_comes_back_with_its_reason_and_nothing_is_lost(as_person, pilot, direct, body, sentence):
    answer = as_person(pilot).post(f"/chat/{direct}/senden/", {"client_id": str(new_client_id()), "body": body})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert body in answer.content.decode()


@pytest.mark.parametrize("client_id", ["", "x", "\x00", "00000000"])
def test_a_form_without_a_client_id_is_not_ours(as_person, pilot, direct, client_id):
    answer = as_person(pilot).post(f"/chat/{direct}/senden/", {"client_id": client_id, "body": "Moin"})
    assert answer.status_code == 404


def send_json(client, pk, data):
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return client.post(f"/chat/{pk}/senden/", content, content_type="application/json")


def test_the_way_around_the_socket_answers_as_the_socket_does(as_person, pilot, direct):
    client, number = as_person(pilot), str(new_client_id())
    first = send_json(client, direct, {"id": number, "body": "Moin"})
    again = send_json(client, direct, {"id": number, "body": "Moin"})
    other = send_json(client, direct, {"id": number, "body": "Tschüss"})
    assert (first.status_code, first.json()["seq"]) == (200, 1)
    assert (again.status_code, again.json()["seq"]) == (200, 1)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert send_json(client, direct, {"id": str(new_client_id()), "body": " "}).json()["code"] == "empty"


@pytest.mark.parametrize(
    "junk", [b"{", b"[]", b"null", b'{"id": 1}', b'{"id": "x", "body": "y"}', b"[" * 60_000, b"\xff\xfe"]
)
def test_junk_is_refused_kindly(as_person, pilot, direct, junk):
    assert send_json(as_person(pilot), direct, junk).status_code == 400


def test_the_eleventh_message_in_a_row_is_told_to_wait(as_person, pilot, direct):
    client = as_person(pilot)
    for _ in range(10):
        send_json(client, direct, {"id": str(new_client_id()), "body": "Moin"})
    late = send_json(client, direct, {"id": str(new_client_id()), "body": "Moin"})
    assert (late.status_code, late.json()["code"]) == (429, "too_fast")
    assert 0 < late.json()["retry"] <= 10


@pytest.mark.parametrize("who", ["coordinator", "outsider", "moderator", "operator"])
def test_nobody_else_reads_a_conversation(who, request, as_person, direct, pilot, say):
    say(pilot, direct, MARKER)
    client = as_person(request.getfixturevalue(who))
    for address in (f"/chat/{direct}/", f"/chat/{direct}/nachrichten/?nach=0", f"/chat/{direct}/nachrichten/?vor=9"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert MARKER not in answer.content.decode()
    for address in ("/chat/", "/chat/zeilen/", "/api/v1/conversations/"):
        assert MARKER not in client.get(address).content.decode()
    assert client.get(f"/api/v1/conversations/{direct}/messages/").status_code == 404


def test_a_removed_member_reads_nothing_any_more(as_person, pilot, neighbour, group, say):
    say(pilot, group, MARKER)
    client = as_person(neighbour)
    assert MARKER in client.get(f"/chat/{group}/").content.decode()
    leave_conversation(viewer_for(neighbour), group)
    assert client.get(f"/chat/{group}/").status_code == 404
    assert MARKER not in client.get("/chat/").content.decode()
    assert client.get(f"/chat/{group}/nachrichten/?nach=0").status_code == 404


def test_a_long_conversation_opens_where_the_unread_begins(as_person, pilot, neighbour, direct):
    Conversation.objects.filter(pk=direct).update(head=300)
    Participant.objects.filter(conversation=direct, person=pilot).update(read_seq=100)
    Message.objects.bulk_create(
        Message(conversation_id=direct, seq=n, sender=neighbour, client_id=new_client_id(), body=f"Nummer {n}")
        for n in range(1, 301)
    )
    client = as_person(pilot)
    page = client.get(f"/chat/{direct}/").content.decode()
    assert [f"Nummer {n}<" in page for n in (75, 76, 100, 101, 150, 151)] == [False, True, True, True, True, False]
    assert page.index("Nummer 100<") < page.index('class="newline"') < page.index("Nummer 101<")
    assert "?vor=76" in page
    assert "?um=150" in page
    around = client.get(f"/chat/{direct}/nachrichten/?um=290").json()
    assert [item["seq"] for item in around["items"]] == list(range(265, 301))
    assert (around["before"], around["more"]) == (True, False)
    first = client.get(f"/chat/{direct}/nachrichten/?tag=2020-01-01").json()
    assert (first["items"][0]["seq"], first["before"]) == (1, False)
    assert client.get(f"/chat/{direct}/nachrichten/?tag=2999-01-01").json()["items"][-1]["seq"] == 300


@pytest.mark.parametrize("query", ["", "?um=x", "?tag=2026-13-01", "?um=99999999999999999999", "?nach=-1", "?vor=²"])
def test_entries_are_asked_for_by_a_number_or_a_day(as_person, pilot, direct, query):
    assert as_person(pilot).get(f"/chat/{direct}/nachrichten/{query}").status_code == 404


def test_older_messages_come_by_number(as_person, pilot, direct):
    Conversation.objects.filter(pk=direct).update(head=120)
    Participant.objects.filter(conversation=direct, person=pilot).update(read_seq=120)
    Message.objects.bulk_create(
        [
            Message(conversation_id=direct, seq=n, sender=pilot, client_id=new_client_id(), body=f"Nummer {n}")
            for n in range(1, 121)
        ]
    )
    client = as_person(pilot)
    page = client.get(f"/chat/{direct}/").content.decode()
    assert "Nummer 71" in page
    assert "Nummer 70<" not in page
    assert "?vor=71" in page
    assert "Nummer 21<" in client.get(f"/chat/{direct}/?vor=71").content.decode()
    data = client.get(f"/chat/{direct}/nachrichten/?vor=71").json()
    assert ([item["seq"] for item in data["items"]], data["more"]) == (list(range(21, 71)), True)
    data = client.get(f"/chat/{direct}/nachrichten/?nach=118").json()
    assert ([item["seq"] for item in data["items"]], data["more"]) == ([119, 120], False)


@pytest.mark.parametrize("query", ["", "?nach=x", "?vor=", "?nach=-1", "?nach=99999999999999999999", "?vor=%00"])
def test_a_question_that_makes_no_sense_is_not_found(as_person, pilot, direct, query):
    assert as_person(pilot).get(f"/chat/{direct}/nachrichten/{query}").status_code == 404


@pytest.mark.parametrize("query", ["?vor=x", "?vor=99999999999999999999", "?seite=x", "?seite=%00"])
def test_a_broken_address_shows_the_newest(as_person, pilot, direct, say, query):
    say(pilot, direct, MARKER)
    answer = as_person(pilot).get(f"/chat/{direct}/{query}")
    assert answer.status_code == 200
    assert MARKER in answer.content.decode()


def test_unread_conversations_are_counted_in_the_header_and_marked_read_by_a_button(
    as_person, pilot, neighbour, direct, say
):
    say(pilot, direct, "Moin")
    client = as_person(neighbour)
    assert client.get("/chat/").context["frame"]["chat_count"] == 1
    assert client.post(f"/chat/{direct}/gelesen/", {"seq": "1"}).status_code == 302
    assert client.get("/chat/").context["frame"]["chat_count"] == 0
    assert client.post(f"/chat/{direct}/gelesen/", {"seq": "x"}).status_code == 404


def test_everybody_has_their_own_mark(pilot, neighbour, coordinator, group, say):
    for _ in range(3):
        say(pilot, group, "Moin")
    mark_read(viewer_for(neighbour), group, 3)
    mark_read(viewer_for(coordinator), group, 1)
    assert [beat_of(viewer_for(person)).unread for person in (pilot, neighbour, coordinator)] == [{}, {}, {group: 2}]
    assert [unread_total(viewer_for(person)) for person in (pilot, neighbour, coordinator)] == [0, 0, 1]
    glances = [conversation_page(viewer_for(person))[0][0].unread for person in (pilot, neighbour, coordinator)]
    assert glances == [0, 0, 2]


def test_a_silent_conversation_adds_nothing_to_the_count(as_person, pilot, neighbour, direct, say):
    say(pilot, direct, "Moin")
    client = as_person(neighbour)
    client.post(f"/chat/{direct}/stumm/")
    assert client.get("/chat/").context["frame"]["chat_count"] == 0
    client.post(f"/chat/{direct}/stumm/")
    assert client.get("/chat/").context["frame"]["chat_count"] == 1


def test_from_a_persons_card_into_the_conversation(as_person, pilot, neighbour, operator):
    answer = as_person(pilot).post(f"/chat/person/{neighbour.pk}/")
    assert answer.headers["Location"] == f"/chat/{Conversation.objects.get().pk}/"
    assert as_person(pilot).post(f"/chat/person/{pilot.pk}/").status_code == 403
    assert as_person(operator).post(f"/chat/person/{pilot.pk}/").status_code == 404
    assert as_person(pilot).post("/chat/person/999999/").status_code == 404


def test_an_empty_direct_conversation_is_not_in_the_list_of_the_other(as_person, pilot, neighbour, direct):
    assert pilot.name not in as_person(neighbour).get("/chat/zeilen/").content.decode()


def test_people_are_found_by_name_and_by_city(as_person, pilot, neighbour, outsider):
    for person, given in ((neighbour, "Jonas"), (outsider, "Änne")):
        person.given_name, person.family_name, person.search_key = given, "Beispiel", f"{given} beispiel"
        person.search_key = {"Jonas": "jonas beispiel", "Änne": "aenne beispiel"}[given]
        person.save()
    client = as_person(pilot)
    assert [face.name for face in client.get("/chat/neu/?q=änn").context["people"]] == ["Änne Beispiel"]
    assert [face.name for face in client.get("/chat/neu/?q=heilb").context["people"]] == ["Jonas Beispiel"]
    assert client.get("/chat/neu/?q=niemand").context["people"] == []


def test_a_group_is_begun_by_the_form_and_a_bad_form_comes_back(as_person, pilot, neighbour, operator):
    client = as_person(pilot)
    empty = client.post("/chat/neu/", {"title": "Runde"})
    assert empty.status_code == 422
    assert "Runde" in empty.content.decode()
    bad = client.post("/chat/neu/", {"title": "Runde", "people": ["x", "999999", "9" * 30]})
    assert bad.status_code == 422
    good = client.post("/chat/neu/", {"title": "Runde", "people": [str(neighbour.pk)]})
    assert good.status_code == 302
    assert Participant.objects.count() == 2
    assert as_person(operator).post("/chat/neu/", {"title": "Runde", "people": ["1"]}).status_code == 403


def test_a_room_has_a_door_for_those_who_may_enter(as_person, konstanz_rule, coordinator, outsider):
    room = room_of_a_thing(coordinator, title="Raum der Probe")
    door = as_person(coordinator).get(f"/chat/{room}/").content.decode()
    assert "Dem Raum beitreten" in door
    assert "<h1>Probe 7</h1>" in door
    assert as_person(outsider).get(f"/chat/{room}/").status_code == 404
    assert as_person(outsider).post(f"/chat/{room}/beitreten/").status_code == 404
    assert as_person(coordinator).post(f"/chat/{room}/beitreten/").status_code == 302
    assert "/trial/7/" in as_person(coordinator).get(f"/chat/{room}/").content.decode()
    assert as_person(coordinator).post(f"/chat/{room}/verlassen/").status_code == 302
    assert not Participant.objects.filter(left_seq=None).exists()


def test_direct_conversations_stay_and_strangers_cannot_leave_others(as_person, pilot, outsider, direct):
    assert as_person(pilot).post(f"/chat/{direct}/verlassen/").status_code == 403
    assert as_person(outsider).post(f"/chat/{direct}/verlassen/").status_code == 404
    assert as_person(outsider).post(f"/chat/{direct}/stumm/").status_code == 404


def test_what_a_message_holds_is_shown_safely(as_person, pilot, direct, say):
    say(pilot, direct, "<script>alert(1)</script> ![x](https://evil.example/x.png) [a](javascript:alert(1))")
    page = as_person(pilot).get(f"/chat/{direct}/").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "</script> ![" not in page


def test_a_change_is_no_message_of_its_own(as_person, pilot, neighbour, direct, say, moderator):
    say(pilot, direct, "Moin")
    report = ReportFactory(kind="message", object_id=Message.objects.get().pk, land_id="08")
    does(moderator, hide_message, report.object_id, "Irrtum")
    does(moderator, restore_message, report.object_id)
    client = as_person(neighbour)
    assert client.get(f"/chat/{direct}/").content.decode().count("<article") == 1
    assert [
        glance.unread for _key, _title, glances in client.get("/chat/").context["sections"] for glance in glances
    ] == [1]


@pytest.mark.parametrize("conversations", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_conversations(
    conversations, as_person, pilot, konstanz, say, django_assert_num_queries
):
    for _ in range(conversations):
        other = MembershipFactory(network=konstanz).person
        say(other, open_direct(viewer_for(pilot), other.pk), "Moin")
        group = open_group(viewer_for(pilot), "Runde", [other.pk])
        say(other, group, "Moin")
    client = as_person(pilot)
    client.get("/chat/")
    # session, person, viewer; conversations, last messages, faces
    with django_assert_num_queries(7 + FRAME):
        client.get("/chat/")


@pytest.mark.parametrize("messages", [1, 3])
def test_a_conversation_costs_the_same_for_any_number_of_messages(
    messages, as_person, pilot, neighbour, coordinator, group, say, django_assert_num_queries
):
    for _ in range(messages):
        for person in (pilot, neighbour, coordinator):
            say(person, group, "Moin")
    client = as_person(pilot)
    client.get(f"/chat/{group}/")
    # session, person, viewer; conversation, counts, members; messages, faces; the list with its last messages, faces
    with django_assert_num_queries(15 + FRAME):
        client.get(f"/chat/{group}/")


#: What the frame around every page asks: who I am and what is new, by whoever registered it.
FRAME = 2
