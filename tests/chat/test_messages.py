"""The log: one number each, once, in order; and who may add to it."""

from __future__ import annotations

import datetime
import threading
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from chat.errors import BadBody, TooFast
from chat.ids import new_client_id
from chat.models import Conversation, Message, Participant
from chat.policies import visible_messages
from chat.services.conversations import leave_conversation, open_group
from chat.services.messages import mark_read, send_message
from tenancy.models import Membership
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.tenancy import MembershipFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db


def test_messages_are_numbered_from_one_in_the_order_of_sending(pilot, neighbour, direct, say):
    assert [say(pilot, direct, "Moin"), say(neighbour, direct, "Grüezi"), say(pilot, direct, "Na?")] == [1, 2, 3]
    assert Conversation.objects.get(pk=direct).head == 3


def test_sending_the_same_again_gives_the_same_number_and_one_row(pilot, direct):
    number = new_client_id()
    first = send_message(viewer_for(pilot), direct, number, "Moin")
    again = send_message(viewer_for(pilot), direct, number, "Moin ")
    assert (first.seq, first.again, again.seq, again.again) == (1, False, 1, True)
    assert Message.objects.count() == 1


def test_other_content_under_the_same_client_id_is_a_conflict(pilot, direct):
    number = new_client_id()
    send_message(viewer_for(pilot), direct, number, "Moin")
    with pytest.raises(Conflict):
        send_message(viewer_for(pilot), direct, number, "Tschüss")


def test_the_same_client_id_in_another_conversation_is_a_conflict(pilot, direct, group):
    number = new_client_id()
    send_message(viewer_for(pilot), direct, number, "Moin")
    with pytest.raises(Conflict):
        send_message(viewer_for(pilot), group, number, "Moin")


def test_two_people_may_use_the_same_client_id(pilot, neighbour, direct):
    number = new_client_id()
    send_message(viewer_for(pilot), direct, number, "Moin")
    assert send_message(viewer_for(neighbour), direct, number, "Auch Moin").seq == 2


@pytest.mark.parametrize("who", ["outsider", "moderator", "operator"])
def test_whoever_is_not_in_a_conversation_cannot_write_there(who, direct, request):
    person = request.getfixturevalue(who)
    with pytest.raises(Conversation.DoesNotExist):
        send_message(viewer_for(person), direct, new_client_id(), "Hallo")


def test_a_visitor_cannot_write(direct):
    with pytest.raises(Conversation.DoesNotExist):
        send_message(ANONYMOUS, direct, new_client_id(), "Hallo")


def test_a_suspended_person_cannot_write_even_with_an_old_viewer(pilot, direct):
    viewer = viewer_for(pilot)
    pilot.is_active = False
    pilot.save(update_fields=["is_active"])
    with pytest.raises(Conversation.DoesNotExist):
        send_message(viewer, direct, new_client_id(), "Hallo")


def test_a_suspended_person_cannot_be_written_to(pilot, neighbour, direct):
    neighbour.is_active = False
    neighbour.save(update_fields=["is_active"])
    with pytest.raises(Denied, match="nimmt zurzeit keine Nachrichten an"):
        send_message(viewer_for(pilot), direct, new_client_id(), "Hallo")


def test_who_left_the_programme_reads_on_but_writes_no_more(pilot, neighbour, direct, say):
    say(neighbour, direct, "Moin")
    Membership.objects.filter(person=pilot).update(ended_on=datetime.date(2024, 1, 1))
    assert visible_messages(viewer_for(pilot), direct).count() == 1
    with pytest.raises(Denied, match="nicht mehr schreiben"):
        send_message(viewer_for(pilot), direct, new_client_id(), "Hallo")


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "empty"), (" \n\t", "empty"), ("\x00", "empty"), ("x" * 8001, "too_long"), ("\ud800", "unclean")],
)
def test_what_is_no_message_is_refused_with_a_sentence(pilot, direct, body, code):
    with pytest.raises(BadBody) as refused:
        send_message(viewer_for(pilot), direct, new_client_id(), body)
    assert refused.value.code == code
    assert str(refused.value).endswith((".",))


def test_eight_thousand_characters_are_a_message(pilot, direct):
    send_message(viewer_for(pilot), direct, new_client_id(), "ä" * 8000)
    assert len(Message.objects.get().body) == 8000


def test_control_characters_are_dropped_and_line_breaks_stay(pilot, direct):
    send_message(viewer_for(pilot), direct, new_client_id(), "eins\r\nzwei\x00\x07")
    assert Message.objects.get().body == "eins\nzwei"


def test_the_eleventh_message_within_ten_seconds_has_to_wait(pilot, neighbour, direct):
    now = timezone.now()
    for second in range(10):
        at = now + datetime.timedelta(seconds=second / 2)
        send_message(viewer_for(pilot), direct, new_client_id(), "Moin", at=at)
    with pytest.raises(TooFast) as refused:
        send_message(viewer_for(pilot), direct, new_client_id(), "Moin", at=now + datetime.timedelta(seconds=6))
    assert refused.value.retry_after == pytest.approx(4.0)
    send_message(viewer_for(neighbour), direct, new_client_id(), "Moin", at=now + datetime.timedelta(seconds=6))
    late = now + datetime.timedelta(seconds=10.1)
    assert send_message(viewer_for(pilot), direct, new_client_id(), "Moin", at=late).seq == 12


def test_a_clock_that_was_set_back_makes_nobody_wait(pilot, direct):
    now = timezone.now()
    for _ in range(10):
        send_message(viewer_for(pilot), direct, new_client_id(), "Moin", at=now + datetime.timedelta(hours=1))
    assert send_message(viewer_for(pilot), direct, new_client_id(), "Moin", at=now).seq == 11


def test_a_repetition_is_answered_even_when_too_fast_or_not_allowed_any_more(pilot, neighbour, direct):
    number = new_client_id()
    now = timezone.now()
    for _ in range(9):
        send_message(viewer_for(pilot), direct, new_client_id(), "Moin", at=now)
    tenth = send_message(viewer_for(pilot), direct, number, "Moin", at=now)
    neighbour.is_active = False
    neighbour.save(update_fields=["is_active"])
    assert send_message(viewer_for(pilot), direct, number, "Moin", at=now).seq == tenth.seq


def test_who_left_sees_nothing_any_more_and_cannot_write(neighbour, pilot, group, say):
    say(pilot, group, "Moin")
    leave_conversation(viewer_for(neighbour), group)
    assert not visible_messages(viewer_for(neighbour), group).exists()
    with pytest.raises(Conversation.DoesNotExist):
        send_message(viewer_for(neighbour), group, new_client_id(), "Hallo")


def test_a_group_member_sees_only_what_came_after_joining(pilot, neighbour, coordinator, outsider, say):
    number = open_group(viewer_for(pilot), "Vorbereitung", [neighbour.pk])
    say(pilot, number, "Geheim")
    Participant.objects.create(conversation_id=number, person=outsider, joined_seq=1)
    say(pilot, number, "Willkommen")
    assert [m.body for m in visible_messages(viewer_for(outsider), number)] == ["Willkommen"]


def test_reading_moves_the_mark_forwards_only_and_never_beyond_the_end(pilot, neighbour, direct, say):
    for _ in range(3):
        say(pilot, direct, "Moin")
    viewer = viewer_for(neighbour)
    assert [mark_read(viewer, direct, seq) for seq in (2, 1, 99)] == [2, 2, 3]


def test_an_outsider_cannot_mark_a_conversation_as_read(outsider, direct):
    with pytest.raises(Conversation.DoesNotExist):
        mark_read(viewer_for(outsider), direct, 1)


def test_a_removed_member_cannot_mark_a_conversation_as_read(neighbour, group):
    leave_conversation(viewer_for(neighbour), group)
    with pytest.raises(Conversation.DoesNotExist):
        mark_read(viewer_for(neighbour), group, 1)


def test_own_messages_are_read_at_once(pilot, direct, say):
    say(pilot, direct, "Moin")
    assert Participant.objects.get(conversation_id=direct, person=pilot).read_seq == 1


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_leave_no_hole_and_no_double(konstanz):
    people = [MembershipFactory(network=konstanz).person for _ in range(8)]
    number = open_group(viewer_for(people[0]), "Alle", [person.pk for person in people])
    errors: list[BaseException] = []
    seqs: list[int] = []

    def write(person):
        try:
            for text in range(8):
                # Each is sent twice, as over a bad line.
                client_id = new_client_id()
                once = send_message(viewer_for(person), number, client_id, f"{person.pk}:{text}")
                twice = send_message(viewer_for(person), number, client_id, f"{person.pk}:{text}")
                assert once.seq == twice.seq
                seqs.append(once.seq)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(seqs) == list(range(1, 65))
    assert list(Message.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 65))
    assert Conversation.objects.get(pk=number).head == 64


def test_a_client_id_is_a_uuid_of_version_seven_and_rises_with_time():
    one, other = new_client_id(), new_client_id()
    assert (one.version, one.variant) == (7, UUID(int=0x8 << 60).variant)
    assert one.time_low <= other.time_low or one.int >> 80 <= other.int >> 80
