"""The second wall of the chat: what the role that serves gets when no rule in Python stands before it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from chat import delivery, wall, wall_of_loop
from chat.models import Conversation, Message, Participant
from chat.policies import seat_of, visible_conversations, visible_messages
from chat.queries.conversations import beat_of
from chat.queries.faces import faces_of
from chat.queries.messages import item_of_text
from chat.services.conversations import (
    leave_conversation,
    membership_ended,
    open_direct,
    open_group,
)
from chat.services.messages import mark_read, send_message
from chat.services.people import set_muted
from chat.wall_of_loop import Entry
from tenancy.models import Membership, Person
from tenancy.viewer import viewer_by_id, viewer_for
from tests.chat.rooms import does, room_of_a_thing
from tests.database.base import arranging
from tests.factories.chat import GroupFactory, ParticipantFactory
from tests.factories.moderation import ReportFactory
from tests.factories.tenancy import MembershipFactory
from toolkit.acting import acting_as, acting_as_nobody, asking_as

pytestmark = pytest.mark.django_db

STRANGERS = ["outsider", "coordinator", "moderator", "operator"]


@contextmanager
def as_(person: Person) -> Iterator[None]:
    """Ask the database as somebody, past all rules in Python."""
    with acting_as(viewer_for(person)):
        yield


@contextmanager
def refused() -> Iterator[None]:
    """The database says no, and the transaction of the test goes on."""
    with pytest.raises(ProgrammingError), transaction.atomic():
        yield


def message(conversation_id: int, sender: Person | None, seq: int, **more: Any) -> Message:
    """A message that is not stored yet."""
    body = more.pop("body", "Moin")
    return Message(conversation_id=conversation_id, sender=sender, seq=seq, client_id=uuid4(), body=body, **more)


@pytest.fixture
def stranger(request: pytest.FixtureRequest) -> Person:
    person: Person = request.getfixturevalue(request.param)
    return person


# --- who sees what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_gets_empty_lists_from_everything(stranger, pilot, direct, say):
    say(pilot, direct, "Geheim")
    with as_(stranger):
        assert [rows.objects.count() for rows in (Conversation, Participant, Message)] == [0, 0, 0]


def test_nobody_gets_empty_lists_from_everything(pilot, direct, say):
    say(pilot, direct, "Geheim")
    with acting_as_nobody():
        assert [rows.objects.count() for rows in (Conversation, Participant, Message)] == [0, 0, 0]


def test_who_left_keeps_their_own_row_and_nothing_else(pilot, neighbour, group, say):
    say(pilot, group, "Davor")
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour):
        assert list(Participant.objects.values_list("person_id", flat=True)) == [neighbour.pk]
        assert not Conversation.objects.exists()
        assert not Message.objects.exists()


def test_who_came_later_sees_no_earlier_message(pilot, outsider, group, say):
    say(pilot, group, "Davor")
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    say(pilot, group, "Danach")
    with as_(outsider):
        assert list(Message.objects.values_list("body", flat=True)) == ["Danach"]


def _world(numbers: random.Random) -> tuple[list[Person], list[int]]:
    people = [MembershipFactory().person for _ in range(4)]
    conversations = []
    for _ in range(6):
        made = GroupFactory(head=6)
        conversations.append(made.pk)
        for person in numbers.sample(people, numbers.randint(0, len(people))):
            ParticipantFactory(
                conversation=made,
                person=person,
                joined_seq=numbers.choice([0, 0, 2, 5]),
                left_seq=numbers.choice([None, None, 4]),
            )
        Message.objects.bulk_create(message(made.pk, numbers.choice(people), seq) for seq in range(1, 7))
    return people, conversations


@pytest.mark.parametrize("seed", range(12))
def test_the_plain_rule_the_policies_and_the_wall_agree_on_every_row(seed):
    """Three oracles over a random world: the rule in plain words, ``visible_…``, and SQL as the role that serves."""
    people, conversations = _world(random.Random(seed))
    seats = list(Participant.objects.all())
    log = list(Message.objects.all())
    for person in people:
        mine = {seat.conversation_id: seat for seat in seats if seat.person_id == person.pk and seat.left_seq is None}
        plain = (
            set(mine),
            {m.pk for m in log if m.conversation_id in mine and m.seq > mine[m.conversation_id].joined_seq},
            {seat.pk for seat in mine.values()},
        )
        viewer = viewer_for(person)

        def ruled(viewer: Any = viewer) -> tuple[set[int], set[int], set[int]]:
            return (
                set(visible_conversations(viewer).values_list("pk", flat=True)),
                {pk for c in conversations for pk in visible_messages(viewer, c).values_list("pk", flat=True)},
                {pk for c in conversations for pk in seat_of(viewer, c).values_list("pk", flat=True)},
            )

        assert ruled() == plain
        with acting_as(viewer):
            assert ruled() == plain
            assert set(Conversation.objects.values_list("pk", flat=True)) == plain[0]
            assert set(Message.objects.values_list("pk", flat=True)) == plain[1]
            own = {seat.pk for seat in seats if seat.person_id == person.pk}
            around = {seat.pk for seat in seats if seat.conversation_id in mine}
            assert set(Participant.objects.values_list("pk", flat=True)) == own | around


# --- who writes what ----------------------------------------------------------------------------------------------


def test_nobody_writes_past_the_one_function_also_not_in_their_own_name(pilot, direct):
    with as_(pilot):
        with refused():
            message(direct, pilot, 1).save()
        with refused():
            message(direct, None, 2, kind="change", target_seq=1, body="").save()
    assert not Message.objects.exists()


@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_adds_no_message(stranger, direct):
    with as_(stranger):
        for sender, more in ((stranger, {}), (None, {"kind": "note"})):
            with refused():
                message(direct, sender, 1, **more).save()
    assert not Message.objects.exists()


def test_nobody_writes_in_the_name_of_another_or_of_none(pilot, neighbour, direct):
    with as_(pilot):
        for sender in (neighbour, None):
            with refused():
                message(direct, sender, 1).save()


def test_who_left_adds_no_message(pilot, neighbour, group):
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour), refused():
        message(group, neighbour, 1).save()


def test_no_message_is_changed_or_removed_by_anybody(pilot, neighbour, direct, say):
    say(pilot, direct, "Moin")
    for person in (pilot, neighbour):
        with as_(person):
            assert Message.objects.update(body="Anders") == 0
            assert Message.objects.all()._raw_delete("default") == 0
    assert Message.objects.get().body == "Moin"


@pytest.mark.parametrize("stranger", STRANGERS, indirect=True)
def test_a_stranger_moves_no_head_and_locks_nothing(stranger, direct):
    with as_(stranger):
        assert Conversation.objects.filter(pk=direct).update(head=7) == 0
        with pytest.raises(Conversation.DoesNotExist):
            Conversation.objects.select_for_update().get(pk=direct)


def test_a_conversation_is_changed_by_nobody_who_is_in_it(pilot, direct, say):
    say(pilot, direct, "Moin")
    with as_(pilot):
        for change in ({"head": 7}, {"title": "Anders"}, {"retention_days": 1}):
            assert Conversation.objects.filter(pk=direct).update(**change) == 0


def test_nobody_opens_a_conversation_or_takes_a_seat_by_a_bare_insert(pilot, outsider, direct):
    with as_(outsider):
        with refused():
            GroupFactory()
        with refused():
            Participant(conversation_id=direct, person=outsider).save()
    with as_(pilot), refused():
        Participant(conversation_id=direct, person=outsider).save()


def test_a_seat_moves_to_no_other_conversation_and_not_to_before_its_time(pilot, outsider, direct, group):
    other = open_group(viewer_for(outsider), "Andere", [])
    with as_(pilot):
        seat = Participant.objects.filter(person=pilot, conversation_id=direct)
        for change in ({"conversation_id": other}, {"person_id": outsider.pk}, {"joined_seq": -1}, {"left_seq": 0}):
            with refused():
                seat.update(**change)
        assert seat.update(muted=True, read_seq=0) == 1


def test_nobody_touches_the_seat_of_another_or_one_that_ended(pilot, neighbour, group):
    with as_(pilot):
        assert Participant.objects.filter(person=neighbour).update(muted=True) == 0
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour):
        assert Participant.objects.filter(person=neighbour).update(left_seq=None) == 0


# --- the steps past one's sight -----------------------------------------------------------------------------------

#: Every step that only somebody of the programme takes.
STEPS: dict[str, Callable[[Any], object]] = {
    "direct": lambda w: wall.open_direct(w.pilot.pk),
    "group": lambda w: wall.open_group("Runde", [w.pilot.pk]),
    "room": lambda w: wall.open_room("trial", 7, "Raum"),
    "let in": lambda w: wall.let_in(w.room, [w.pilot.pk]),
    "let out": lambda w: wall.let_out(w.room, [w.pilot.pk]),
}


@pytest.fixture
def world(pilot: Person, coordinator: Person, operator: Person, direct: int, group: int) -> Any:
    from types import SimpleNamespace

    room = room_of_a_thing(coordinator, [pilot])
    return SimpleNamespace(pilot=pilot, operator=operator, room=room, direct=direct, group=group)


@pytest.mark.parametrize("step", STEPS)
def test_who_is_not_of_the_programme_takes_no_step(step, world):
    with arranging():
        before = list(Participant.objects.order_by("pk").values_list("conversation", "person", "left_seq"))
    for door in (as_(world.operator), acting_as_nobody()):
        with door, refused():
            STEPS[step](world)
    assert list(Participant.objects.order_by("pk").values_list("conversation", "person", "left_seq")) == before


def test_a_direct_conversation_is_of_the_acting_one_and_never_with_oneself_or_who_is_suspended(pilot, neighbour):
    neighbour.is_active = False
    neighbour.save(update_fields=["is_active"])
    with as_(pilot):
        for number in (pilot.pk, neighbour.pk, 999_999):
            with refused():
                wall.open_direct(number)
    assert not Conversation.objects.exists()


def test_who_begins_a_group_is_in_it_and_suspended_people_are_not(pilot, neighbour, outsider):
    outsider.is_active = False
    outsider.save(update_fields=["is_active"])
    with as_(pilot):
        number = wall.open_group("Runde", [neighbour.pk, outsider.pk, 999_999])
    assert set(Participant.objects.filter(conversation=number).values_list("person_id", flat=True)) == {
        pilot.pk,
        neighbour.pk,
    }


def test_only_into_rooms_somebody_is_let_in(outsider, coordinator, world):
    with as_(outsider):
        assert not wall.let_in(world.group, [outsider.pk])
        assert not wall.let_in(world.direct, [outsider.pk])
        assert not wall.let_in(999_999, [outsider.pk])
    assert not Participant.objects.filter(person=outsider).exists()


def test_out_of_a_group_everybody_goes_by_themselves_and_out_of_a_direct_conversation_nobody(pilot, neighbour, world):
    with as_(pilot):
        with refused():
            wall.let_out(world.group, [neighbour.pk])
        with refused():
            wall.let_out(world.group, [pilot.pk, neighbour.pk])
        with refused():
            wall.let_out(world.direct, [pilot.pk])
        assert not wall.let_out(999_999, [pilot.pk])
    assert not Participant.objects.exclude(left_seq=None).exists()


def test_a_stranger_who_leaves_a_group_changes_nothing(outsider, world):
    with as_(outsider):
        wall.let_out(world.group, [outsider.pk])
    assert not Participant.objects.exclude(left_seq=None).exists()


def test_the_rooms_of_a_person_are_told_to_them_and_their_coordination_alone(
    pilot, coordinator, neighbour_coordinator, outsider, operator, world
):
    for person, told in ((pilot, True), (coordinator, True), (neighbour_coordinator, False), (outsider, False)):
        with as_(person):
            assert bool(wall.rooms_of(pilot.pk)) is told
    for door in (as_(operator), acting_as_nobody()):
        with door:
            assert wall.rooms_of(pilot.pk) == []


def test_of_a_room_its_number_and_thing_are_told_and_of_nothing_else(outsider, world):
    with as_(outsider):
        assert wall.room_at(world.room) == wall.Room(world.room, "trial", 7)
        assert [wall.room_at(number) for number in (world.group, world.direct, 999_999)] == [None] * 3
        assert wall.room_of("trial", 7) == world.room
        assert wall.room_of("", 0) is None
    with acting_as_nobody():
        assert wall.room_at(world.room) is None


def test_own_conversations_are_the_acting_ones_own(pilot, outsider, direct, group):
    def mine() -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT chat_my_conversations()")
            return {number for (number,) in cursor.fetchall()}

    with as_(pilot):
        assert mine() == {direct, group}
    for door in (as_(outsider), acting_as_nobody()):
        with door:
            assert mine() == set()


def test_how_ones_own_conversations_stand_is_told_to_nobody_else(pilot, neighbour, outsider, direct, group, say):
    for _ in range(3):
        say(pilot, direct, "Moin")
    with as_(neighbour):
        assert wall.my_heads() == {direct: 3, group: 0}
        assert wall.my_unread(2) == [wall.Unread(direct, 2, muted=False, named=False)]
        assert wall.my_unread_total() == 1
    with as_(pilot):
        assert (wall.my_unread(2), wall.my_unread_total()) == ([], 0)
    for door in (as_(outsider), acting_as_nobody()):
        with door:
            assert (wall.my_heads(), wall.my_unread(2), wall.my_unread_total()) == ({}, [], 0)


def test_numbers_of_a_conversation_one_has_left_are_told_no_more(pilot, neighbour, group, say):
    say(pilot, group, "Moin")
    leave_conversation(viewer_for(neighbour), group)
    with as_(neighbour):
        assert (wall.my_heads(), wall.my_unread(2)) == ({}, [])


@pytest.mark.parametrize("who", ["pilot", "coordinator", "other_moderator", "operator"])
def test_only_who_moderates_in_the_land_of_a_report_hides_a_message(who, request, pilot, direct, say):
    say(pilot, direct, "Moin")
    report = ReportFactory(kind="message", object_id=Message.objects.get().pk, land_id="08")
    with as_(request.getfixturevalue(who)), refused():
        wall.moderate(report.object_id, hide=True, reason="Nein")
    assert Message.objects.get().hidden_at is None


def test_a_moderator_hides_nothing_that_was_not_reported(moderator, pilot, direct, say):
    say(pilot, direct, "Moin")
    number = Message.objects.get().pk
    ReportFactory(kind="experience", object_id=number, land_id="08")
    ReportFactory(kind="message", object_id=number + 1, land_id="08")
    for door in (as_(moderator), acting_as_nobody()):
        with door, refused():
            wall.moderate(number, hide=True, reason="Nein")
    assert Message.objects.get().hidden_at is None


def test_a_moderator_who_hides_a_message_still_sees_nothing_of_the_conversation(moderator, pilot, direct, say):
    say(pilot, direct, "Moin")
    number = Message.objects.get().pk
    ReportFactory(kind="message", object_id=number, land_id="08")
    with as_(moderator):
        assert wall.moderate(number, hide=True, reason="Beleidigung") == (direct, 2)
        assert wall.moderate(number, hide=True, reason="Beleidigung") is None
        assert not Message.objects.exists()


# --- a rule that is asked for a third person ----------------------------------------------------------------------


def test_a_rule_is_asked_as_the_person_and_the_one_before_acts_on(pilot, neighbour, direct, group):
    with as_(neighbour), transaction.atomic():
        leave_conversation(viewer_for(neighbour), group)
        with asking_as(viewer_for(pilot)):
            assert set(Conversation.objects.values_list("pk", flat=True)) == {direct, group}
        assert set(Conversation.objects.values_list("pk", flat=True)) == {direct}


def test_whoever_is_asked_for_writes_nothing(pilot, neighbour, direct):
    with (
        pytest.raises(DatabaseError, match="read-only transaction"),
        as_(neighbour),
        transaction.atomic(),
        asking_as(viewer_for(pilot)),
    ):
        Participant.objects.filter(person=pilot).update(muted=True)
    assert not Participant.objects.filter(muted=True).exists()


def test_who_ends_a_membership_need_not_see_what_the_person_goes_on_to_see(pilot, coordinator, heilbronn, monkeypatch):
    """The rule is asked with the person's eyes: a coordinator who sees less must not put them out."""
    room = room_of_a_thing(coordinator, [pilot])
    secret = open_direct(viewer_for(pilot), MembershipFactory(network=heilbronn).person.pk)
    monkeypatch.setattr(
        "chat.room_rules.may_join", lambda viewer, kind, subject: Conversation.objects.filter(pk=secret).exists()
    )
    does(coordinator, membership_ended, Membership.objects.get(person=pilot))
    assert Participant.objects.get(conversation=room, person=pilot).left_seq is None


# --- the hub ------------------------------------------------------------------------------------------------------


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
