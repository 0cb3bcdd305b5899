"""What had its time is emptied: by the strictest rule of all who are there, said before, and with numbers that stay."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, transaction
from django.utils import timezone

from chat import wall
from chat.models import Conversation, EarlierText, KeepingRule, Message, MessageFile
from chat.queries.messages import log_before
from chat.services.deeds import edit_message, react
from chat.services.keeping import empty_all, keep_for, set_keeping_rule
from tenancy.viewer import viewer_for
from tests.factories.chat import GroupFactory, ParticipantFactory
from tests.factories.tenancy import MembershipFactory, NetworkFactory
from toolkit.access import Denied
from toolkit.acting import acting_as, acting_as_nobody

pytestmark = pytest.mark.django_db


def empty(days_later=0):
    with acting_as_nobody():
        return empty_all(timezone.now() + timedelta(days=days_later))


def texts(person, conversation_id):
    return [item.text for item in log_before(viewer_for(person), conversation_id, 1_000) if item.kind == "text"]


@pytest.mark.parametrize("seed", range(15))
def test_the_strictest_of_conversation_and_living_people_holds(seed):
    dice = random.Random(seed)
    networks = [NetworkFactory() for _ in range(4)]
    rules = {n.pk: dice.choice([None, 7, 30, 90]) for n in networks}
    KeepingRule.objects.bulk_create(KeepingRule(network_id=n, days=d) for n, d in rules.items() if d)
    own = dice.choice([None, 14, 60])
    group = GroupFactory(retention_days=own)
    plain = [own]
    reader = MembershipFactory(network=networks[0]).person
    ParticipantFactory(conversation=group, person=reader)
    plain.append(rules[networks[0].pk])
    for _ in range(dice.randint(0, 5)):
        network = dice.choice(networks)
        membership = MembershipFactory(network=network, ended_on=dice.choice([None, None, timezone.localdate()]))
        left = dice.choice([None, None, 0])
        ParticipantFactory(conversation=group, person=membership.person, left_seq=left)
        if left is None and membership.ended_on is None:
            plain.append(rules[network.pk])
    with acting_as(viewer_for(reader)):
        found = wall.kept(group.pk)
    assert (found.days if found else None) == min((days for days in plain if days), default=None)


def test_what_is_old_enough_is_empty_and_its_number_stays(pilot, neighbour, group, say):
    first = say(pilot, group, "Alt")
    edit_message(viewer_for(pilot), group, first, "Alt und neu")
    react(viewer_for(neighbour), group, first, "👍", on=True)
    keep_for(viewer_for(pilot), group, 30)
    assert empty(29) == 0
    assert empty(31) > 0
    found = Message.objects.get(conversation=group, seq=first)
    assert (found.body, found.reactions, found.expired_at is not None) == ("", {}, True)
    assert not EarlierText.objects.exists()
    numbers = list(Message.objects.filter(conversation=group).order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, Conversation.objects.get(pk=group).head + 1))


def test_files_go_with_their_messages(pilot, group, say):
    number = say(pilot, group, "Mit Plan")
    MessageFile.objects.create(
        conversation_id=group, seq=number, uploader=pilot, name="Plan.pdf", media_type="application/pdf", size=1,
        state="ready",
    )  # fmt: skip
    keep_for(viewer_for(pilot), group, 1)
    empty(2)
    assert MessageFile.objects.get().state == "gone"


def test_what_is_younger_stays(pilot, group, say):
    old = say(pilot, group, "Alt")
    Message.objects.filter(seq=old).update(created_at=timezone.now() - timedelta(days=40))
    say(pilot, group, "Jung")
    keep_for(viewer_for(pilot), group, 30)
    empty()
    assert texts(pilot, group) == ["", "Jung"]


def test_many_are_emptied_in_batches_and_it_goes_on_where_it_stopped(pilot, group, say, monkeypatch):
    monkeypatch.setattr("chat.services.keeping.BATCH", 2)
    for number in range(5):
        say(pilot, group, f"Nummer {number}")
    keep_for(viewer_for(pilot), group, 1)
    with acting_as_nobody():
        assert wall.empty(group, timezone.now() + timedelta(days=2), 2) == 2
    assert texts(pilot, group)[:3] == ["", "", "Nummer 2"]
    empty(2)
    assert set(texts(pilot, group)) == {""}
    assert empty(2) == 0


def test_a_rule_of_a_city_is_said_in_the_log_of_each_conversation_of_its_people(
    pilot, coordinator, neighbour, konstanz, direct, say
):
    say(neighbour, direct, "Moin")
    assert set_keeping_rule(viewer_for(coordinator), konstanz.pk, 90) == 1
    notes = [item.text for item in log_before(viewer_for(neighbour), direct, 1_000) if item.kind == "note"]
    assert notes == ["Was hier steht, wird von jetzt an nach 90 Tagen geleert."]
    set_keeping_rule(viewer_for(coordinator), konstanz.pk, None)
    assert not KeepingRule.objects.exists()


def test_who_brings_a_stricter_rule_along_has_it_said_before_anything_goes(pilot, outsider, giessen, group, say):
    say(pilot, group, "Alt")
    KeepingRule.objects.create(network=giessen, days=1)
    ParticipantFactory(conversation_id=group, person=outsider)
    assert empty(3) == 0
    assert texts(pilot, group) == ["Alt"]
    assert Message.objects.filter(conversation=group, kind="note").count() == 1
    empty(3)
    assert texts(pilot, group) == [""]


@pytest.mark.parametrize("name", ["pilot", "neighbour_coordinator"])
def test_only_its_coordination_says_how_long_a_city_keeps(name, konstanz, request):
    person = request.getfixturevalue(name)
    with pytest.raises(Denied):
        set_keeping_rule(viewer_for(person), konstanz.pk, 7)
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(person)):
        wall.keeping_rule(konstanz.pk, 7)


def test_a_member_says_nothing_about_a_group_and_nobody_about_a_room(
    pilot, neighbour, coordinator, group, konstanz_rule
):
    from tests.chat.rooms import room_of_a_thing

    room = room_of_a_thing(coordinator, [coordinator])
    for person, talk in ((neighbour, group), (coordinator, room)):
        with pytest.raises(Denied):
            keep_for(viewer_for(person), talk, 7)
        with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(person)):
            wall.keep(talk, 7)


def test_of_two_either_makes_it_stricter_and_neither_laxer(pilot, neighbour, direct):
    keep_for(viewer_for(pilot), direct, 90)
    keep_for(viewer_for(neighbour), direct, 30)
    for days in (60, None):
        with pytest.raises(Denied):
            keep_for(viewer_for(pilot), direct, days)
        with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(pilot)):
            wall.keep(direct, days)
    assert Conversation.objects.get(pk=direct).retention_days == 30


def test_a_stranger_neither_sets_nor_reads_it(outsider, pilot, group):
    keep_for(viewer_for(pilot), group, 30)
    with pytest.raises(Conversation.DoesNotExist):
        keep_for(viewer_for(outsider), group, 7)
    with acting_as(viewer_for(outsider)):
        assert wall.kept(group) is None


def test_nobody_who_acts_empties_anything(pilot, group):
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(pilot)):
        wall.empty(group, timezone.now(), 10)
    with acting_as(viewer_for(pilot)):
        assert wall.due(0, 10) == []


def test_the_command_tells_how_far_it_is(pilot, group, say, capsys):
    number = say(pilot, group, "Alt")
    keep_for(viewer_for(pilot), group, 1)
    Message.objects.filter(seq=number).update(created_at=timezone.now() - timedelta(days=2))
    call_command("empty_chat")
    assert "Fertig: 1 Einträge in 1 Unterhaltungen." in capsys.readouterr().out
