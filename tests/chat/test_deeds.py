"""What is done with messages that were said: edited, taken back, reacted to, pinned, answered, named people in."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, transaction

from chat import wall
from chat.errors import BadBody
from chat.ids import new_client_id
from chat.models import ChatWish, Conversation, EarlierText, Message, Participant
from chat.queries.conversations import beat_of
from chat.queries.messages import log_after, one_message, pinned, thread, versions
from chat.queries.wishes import readers_of
from chat.services.conversations import leave_conversation, open_group
from chat.services.deeds import edit_message, mark_unread, pin, react, retract_message
from chat.services.messages import mark_read, send_message
from tenancy.viewer import viewer_for
from toolkit.access import Denied
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db


def answer(person, conversation, text, to, **more) -> int:
    return send_message(viewer_for(person), conversation, new_client_id(), text, reply=to, **more).seq


def now(person, conversation, seq):
    viewer = viewer_for(person)
    with acting_as(viewer):
        return one_message(viewer, conversation, seq)


def log(person, conversation, after=0):
    viewer = viewer_for(person)
    with acting_as(viewer):
        return log_after(viewer, conversation, after)


# --- editing ------------------------------------------------------------------------------------------------------


def test_an_edit_is_an_entry_of_the_log_and_the_message_keeps_its_number(pilot, neighbour, direct, say):
    say(pilot, direct, "Um zehn")
    assert edit_message(viewer_for(pilot), direct, 1, "Um elf") == 2
    [message, change] = log(neighbour, direct)
    assert (message.seq, message.text) == (1, "Um elf")
    assert message.edited is not None
    assert (change.kind, change.what, change.target, change.now.text) == ("change", "edit", 1, "Um elf")


def test_everybody_who_sees_a_message_reads_how_it_was_before(pilot, neighbour, direct, say):
    say(pilot, direct, "Um zehn")
    edit_message(viewer_for(pilot), direct, 1, "Um elf")
    edit_message(viewer_for(pilot), direct, 1, "Um **zwölf**")
    viewer = viewer_for(neighbour)
    with acting_as(viewer):
        assert [one.html for one in versions(viewer, direct, 1)] == ["<p>Um elf</p>", "<p>Um zehn</p>"]


def test_earlier_words_are_hidden_from_who_came_later(pilot, outsider, group, say):
    say(pilot, group, "Vorher")
    with acting_as(viewer_for(pilot)):
        other = open_group(viewer_for(pilot), "Zweite", [outsider.pk])
    say(pilot, other, "Vorher")
    edit_message(viewer_for(pilot), other, 1, "Nachher")
    Participant.objects.filter(conversation=other, person=outsider).delete()
    Participant.objects.create(conversation_id=other, person=outsider, joined_seq=1)
    viewer = viewer_for(outsider)
    with acting_as(viewer):
        assert versions(viewer, other, 1) == []
        assert not EarlierText.objects.exists()
    [change] = log(outsider, other)
    assert (change.what, change.now, change.text) == ("edit", None, "")


def test_the_same_words_are_no_edit(pilot, direct, say):
    say(pilot, direct, "Moin")
    assert edit_message(viewer_for(pilot), direct, 1, " Moin ") is None
    assert Conversation.objects.get(pk=direct).head == 1


def test_only_the_sender_edits_and_takes_back(pilot, neighbour, outsider, direct, say):
    say(pilot, direct, "Moin")
    for deed in (lambda who: edit_message(who, direct, 1, "Anders"), lambda who: retract_message(who, direct, 1)):
        with pytest.raises(Denied):
            deed(viewer_for(neighbour))
        with pytest.raises(Message.DoesNotExist):
            deed(viewer_for(outsider))
    assert now(pilot, direct, 1).text == "Moin"


def test_after_a_day_words_stay_as_they_are(pilot, direct, say):
    say(pilot, direct, "Moin")
    Message.objects.update(created_at=Message.objects.get().created_at - datetime.timedelta(hours=25))
    with pytest.raises(Denied, match="24 Stunden"):
        edit_message(viewer_for(pilot), direct, 1, "Anders")
    assert retract_message(viewer_for(pilot), direct, 1) == 2


@pytest.mark.parametrize("body", ["", " \n ", "x" * 8001])
def test_an_edit_must_be_a_message(pilot, direct, say, body):
    say(pilot, direct, "Moin")
    with pytest.raises(BadBody):
        edit_message(viewer_for(pilot), direct, 1, body)


def test_sending_again_is_recognised_after_an_edit(pilot, direct):
    number = new_client_id()
    send_message(viewer_for(pilot), direct, number, "Um zehn")
    edit_message(viewer_for(pilot), direct, 1, "Um elf")
    assert send_message(viewer_for(pilot), direct, number, "Um zehn").again


# --- taking back --------------------------------------------------------------------------------------------------


def test_nothing_is_kept_of_what_was_taken_back(pilot, neighbour, direct, say):
    say(pilot, direct, "Geheimes Wort")
    edit_message(viewer_for(pilot), direct, 1, "Anderes Wort")
    react(viewer_for(neighbour), direct, 1, "👍", on=True)
    pin(viewer_for(neighbour), direct, 1, on=True)
    retract_message(viewer_for(pilot), direct, 1)
    shown = now(neighbour, direct, 1)
    assert (shown.gone, shown.text, shown.html, shown.reactions, shown.pinned) == ("retracted", "", "", [], False)
    assert not EarlierText.objects.exists()
    assert not Message.objects.exclude(body="").exists()


def test_what_was_taken_back_stays_so(pilot, neighbour, direct, say):
    say(pilot, direct, "Moin")
    retract_message(viewer_for(pilot), direct, 1)
    for deed in (
        lambda: edit_message(viewer_for(pilot), direct, 1, "Doch"),
        lambda: retract_message(viewer_for(pilot), direct, 1),
        lambda: react(viewer_for(neighbour), direct, 1, "👍", on=True),
        lambda: pin(viewer_for(neighbour), direct, 1, on=True),
    ):
        with pytest.raises(Denied, match="gibt es nicht mehr"):
            deed()


# --- reactions and pins -------------------------------------------------------------------------------------------


def test_reactions_are_counted_by_person_and_taken_away_again(pilot, neighbour, coordinator, group, say):
    say(pilot, group, "Fertig")
    for person in (neighbour, coordinator, neighbour):
        react(viewer_for(person), group, 1, "🎉", on=True)
    assert [(one.sign, one.people) for one in now(pilot, group, 1).reactions] == [
        ("🎉", [neighbour.pk, coordinator.pk])
    ]
    react(viewer_for(neighbour), group, 1, "🎉", on=False)
    react(viewer_for(neighbour), group, 1, "🎉", on=False)
    assert [one.people for one in now(pilot, group, 1).reactions] == [[coordinator.pk]]
    assert Conversation.objects.get(pk=group).head == 4
    react(viewer_for(coordinator), group, 1, "🎉", on=False)
    assert now(pilot, group, 1).reactions == []


@pytest.mark.parametrize("sign", ["", "gut", "👍gut", "<b>", "1", "👍" * 13, "\u202e", "a\u0301"])
def test_only_a_sign_is_a_reaction(pilot, direct, say, sign):
    say(pilot, direct, "Moin")
    with pytest.raises(BadBody):
        react(viewer_for(pilot), direct, 1, sign, on=True)


@pytest.mark.parametrize("sign", ["👍", "❤️", "👨‍👩‍👧", "🇩🇪", "1️⃣", "✅"])
def test_signs_of_several_characters_are_one(pilot, direct, say, sign):
    say(pilot, direct, "Moin")
    assert react(viewer_for(pilot), direct, 1, sign, on=True) == 2


def test_who_is_not_in_it_reacts_to_nothing_and_pins_nothing(pilot, neighbour, outsider, group, say):
    say(pilot, group, "Moin")
    leave_conversation(viewer_for(neighbour), group)
    for person in (outsider, neighbour):
        with pytest.raises(Message.DoesNotExist):
            react(viewer_for(person), group, 1, "👍", on=True)
        with pytest.raises(Message.DoesNotExist):
            pin(viewer_for(person), group, 1, on=True)
        with acting_as(viewer_for(person)), pytest.raises(DatabaseError), transaction.atomic():
            wall.change(group, 1, "react", "👍", datetime.datetime.now(datetime.UTC))


def test_what_is_pinned_is_found_by_everybody_in_it(pilot, neighbour, direct, say):
    for text in ("eins", "zwei", "drei"):
        say(pilot, direct, text)
    for seq in (3, 1):
        pin(viewer_for(neighbour), direct, seq, on=True)
    viewer = viewer_for(pilot)
    with acting_as(viewer):
        assert [item.seq for item in pinned(viewer, direct)] == [1, 3]
    pin(viewer_for(pilot), direct, 1, on=False)
    with acting_as(viewer):
        assert [item.seq for item in pinned(viewer, direct)] == [3]


# --- answers and names --------------------------------------------------------------------------------------------


def test_an_answer_quotes_and_belongs_to_the_thread_of_what_it_answers(pilot, neighbour, direct, say):
    say(pilot, direct, "Wer kommt?")
    answer(neighbour, direct, "Ich", 1)
    answer(pilot, direct, "Gut", 2)
    say(pilot, direct, "Etwas anderes")
    third = now(pilot, direct, 3)
    assert (third.reply.seq, third.reply.name, third.reply.line, third.thread) == (2, neighbour.name, "Ich", 1)
    viewer = viewer_for(neighbour)
    with acting_as(viewer):
        assert [item.seq for item in thread(viewer, direct, 1)] == [1, 2, 3]
    assert now(pilot, direct, 1).replies == 2


def test_a_quote_of_what_was_before_ones_time_is_a_number(pilot, neighbour, outsider, say):
    group = open_group(viewer_for(pilot), "Runde", [neighbour.pk])
    say(pilot, group, "Geheim")
    Participant.objects.create(conversation_id=group, person=outsider, joined_seq=1)
    answer(neighbour, group, "Ja", 1)
    quote = now(outsider, group, 2).reply
    assert (quote.seq, quote.sender, quote.name, quote.line) == (1, None, "", "")
    with pytest.raises(BadBody, match="gibt es hier nicht"):
        answer(outsider, group, "Auch", 1)


@pytest.mark.parametrize("to", [7, 2])
def test_nobody_answers_what_is_not_there(pilot, direct, say, to):
    say(pilot, direct, "Moin")
    react(viewer_for(pilot), direct, 1, "👍", on=True)
    with pytest.raises(BadBody, match="gibt es hier nicht"):
        answer(pilot, direct, "Ja", to)


def test_a_named_person_finds_a_mark_until_they_have_read(pilot, neighbour, coordinator, outsider, group):
    text = f"@{neighbour.name} und @{outsider.name}, seht ihr das?"
    named = [neighbour.pk, outsider.pk]
    send_message(viewer_for(pilot), group, new_client_id(), text, mentions=named)
    shown = now(coordinator, group, 1)
    assert shown.mentions == [neighbour.pk]
    assert f'<span class="mention" data-person="{neighbour.pk}">@{neighbour.name}</span>' in shown.html
    assert f"@{outsider.name}" in shown.html
    with acting_as(viewer_for(neighbour)):
        assert beat_of(viewer_for(neighbour)).mentioned == [group]
    with acting_as(viewer_for(coordinator)):
        assert beat_of(viewer_for(coordinator)).mentioned == []
    mark_read(viewer_for(neighbour), group, 1)
    with acting_as(viewer_for(neighbour)):
        assert beat_of(viewer_for(neighbour)).mentioned == []


def test_everybody_is_named_in_a_group_and_nobody_in_a_direct_conversation(
    pilot, neighbour, coordinator, group, direct
):
    for conversation in (group, direct):
        send_message(viewer_for(pilot), conversation, new_client_id(), "@alle Bitte lesen", everyone=True)
    with acting_as(viewer_for(neighbour)):
        assert beat_of(viewer_for(neighbour)).mentioned == [group]
    with acting_as(viewer_for(pilot)):
        assert beat_of(viewer_for(pilot)).mentioned == []
    assert now(coordinator, group, 1).everyone
    assert 'data-person="0"' in now(coordinator, group, 1).html


# --- reading ------------------------------------------------------------------------------------------------------


def test_marked_as_unread_it_is_new_again_on_all_devices(pilot, neighbour, direct, say):
    for text in ("eins", "zwei", "drei"):
        say(pilot, direct, text)
    mark_read(viewer_for(neighbour), direct, 3)
    assert mark_unread(viewer_for(neighbour), direct, 2) == 1
    with acting_as(viewer_for(neighbour)):
        assert beat_of(viewer_for(neighbour)).unread == {direct: 2}


def test_who_has_read_is_told_only_where_both_let_it_be_seen(pilot, neighbour, coordinator, group, say):
    say(pilot, group, "Moin")
    for person in (neighbour, coordinator):
        mark_read(viewer_for(person), group, 1)

    def readers(person):
        viewer = viewer_for(person)
        with acting_as(viewer):
            faces = readers_of(viewer, group, 1)
        return None if faces is None else [face.id for face in faces]

    assert readers(pilot) is None
    ChatWish.objects.create(person=pilot, show_read=True)
    assert readers(pilot) == []
    ChatWish.objects.create(person=neighbour, show_read=True)
    assert readers(pilot) == [neighbour.pk]
    leave_conversation(viewer_for(pilot), group)
    assert readers(pilot) == []
