"""Groups have owners: who lets in, takes out, names, describes and hands over."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from chat import wall
from chat.models import Conversation, Message, Participant
from chat.policies import may_steer
from chat.queries.messages import log_before
from chat.services.conversations import leave_conversation, open_group
from chat.services.groups import add_people, describe, give_up_ownership, remove_person, share_ownership
from chat.services.people import block_person
from tenancy.viewer import viewer_for
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db


def notes(person, conversation_id):
    """The notes of the server in a log, as a person reads them."""
    items = log_before(viewer_for(person), conversation_id, 1_000)
    return [item.text for item in items if item.kind == "note"]


def owners(conversation_id):
    seats = Participant.objects.filter(conversation=conversation_id, role="owner", left_seq=None)
    return set(seats.values_list("person_id", flat=True))


def test_who_begins_a_group_owns_it(pilot, group):
    assert owners(group) == {pilot.pk}


def test_who_is_added_sees_what_is_said_from_then_on_and_everybody_reads_who_came(pilot, outsider, group, say):
    say(pilot, group, "Davor")
    assert add_people(viewer_for(pilot), group, [outsider.pk]) == [outsider.pk]
    say(pilot, group, "Danach")
    texts = [item.text for item in log_before(viewer_for(outsider), group, 1_000)]
    assert texts == [f"{pilot.name} hat {outsider.name} hinzugefügt.", "Danach"]


def test_a_note_is_read_in_the_language_of_its_reader(pilot, outsider, group):
    from django.utils import translation

    add_people(viewer_for(pilot), group, [outsider.pk])
    with translation.override("en"):
        assert notes(pilot, group) == [f"{pilot.name} added {outsider.name}."]


def test_a_member_who_owns_nothing_adds_nobody(neighbour, outsider, group):
    with pytest.raises(Denied):
        add_people(viewer_for(neighbour), group, [outsider.pk])
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(neighbour)):
        wall.group_add(group, [outsider.pk])


def test_a_stranger_adds_nobody_not_even_themselves(outsider, group):
    with pytest.raises(Conversation.DoesNotExist):
        add_people(viewer_for(outsider), group, [outsider.pk])
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(outsider)):
        wall.group_add(group, [outsider.pk])


def test_into_a_direct_conversation_nobody_is_added(pilot, outsider, direct):
    with pytest.raises(Denied):
        add_people(viewer_for(pilot), direct, [outsider.pk])
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(pilot)):
        wall.group_add(direct, [outsider.pk])


@pytest.mark.parametrize("blocks", ["the owner", "the other"])
def test_who_blocked_whom_comes_into_no_group_by_them(blocks, pilot, outsider, group):
    one, other = (pilot, outsider) if blocks == "the owner" else (outsider, pilot)
    block_person(viewer_for(one), other.pk)
    assert add_people(viewer_for(pilot), group, [outsider.pk]) == []
    made = open_group(viewer_for(pilot), "Neu", [outsider.pk])
    assert not Participant.objects.filter(person=outsider, conversation__in=[group, made]).exists()


def test_suspended_people_and_those_of_no_network_are_not_added(pilot, outsider, operator, group):
    outsider.is_active = False
    outsider.save(update_fields=["is_active"])
    with acting_as(viewer_for(pilot)):
        assert wall.group_add(group, [outsider.pk, operator.pk]) == []


def test_who_is_removed_sees_nothing_any_more_and_may_come_back_to_what_is_said_then(pilot, neighbour, group, say):
    say(pilot, group, "Davor")
    remove_person(viewer_for(pilot), group, neighbour.pk)
    assert log_before(viewer_for(neighbour), group, 1_000) == []
    say(pilot, group, "Dazwischen")
    add_people(viewer_for(pilot), group, [neighbour.pk])
    say(pilot, group, "Danach")
    texts = [item.text for item in log_before(viewer_for(neighbour), group, 1_000) if item.kind == "text"]
    assert texts == ["Danach"]


def test_a_member_removes_nobody_and_an_owner_no_owner(pilot, neighbour, coordinator, group):
    with pytest.raises(Denied):
        remove_person(viewer_for(neighbour), group, coordinator.pk)
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(neighbour)):
        wall.group_remove(group, coordinator.pk)
    share_ownership(viewer_for(pilot), group, neighbour.pk)
    with pytest.raises(Denied):
        remove_person(viewer_for(pilot), group, neighbour.pk)
    with acting_as(viewer_for(pilot)):
        assert not wall.group_remove(group, neighbour.pk)


def test_ownership_is_shared_and_given_up(pilot, neighbour, group):
    share_ownership(viewer_for(pilot), group, neighbour.pk)
    give_up_ownership(viewer_for(pilot), group)
    assert owners(group) == {neighbour.pk}
    assert not may_steer(viewer_for(pilot), Conversation.objects.get(pk=group))


def test_the_only_owner_gives_nothing_up_before_there_is_another(pilot, group):
    with pytest.raises(Conflict):
        give_up_ownership(viewer_for(pilot), group)
    assert owners(group) == {pilot.pk}


def test_nobody_makes_themselves_an_owner(neighbour, coordinator, group):
    for person in (neighbour, coordinator):
        with pytest.raises(Denied):
            share_ownership(viewer_for(person), group, person.pk)
        with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(person)):
            wall.group_own(group, person.pk, gives=True)


def test_nobody_takes_ownership_from_another(pilot, neighbour, group):
    share_ownership(viewer_for(pilot), group, neighbour.pk)
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(pilot)):
        wall.group_own(group, neighbour.pk, gives=False)


def test_where_the_last_owner_leaves_who_was_there_next_becomes_owner(pilot, neighbour, coordinator, group):
    leave_conversation(viewer_for(pilot), group)
    heir = min(neighbour.pk, coordinator.pk)
    assert owners(group) == {heir}
    assert notes(neighbour, group)[0].startswith(f"{pilot.name} ist nicht mehr dabei. Verantwortlich ist jetzt ")


def test_an_owner_names_and_describes_and_a_member_does_not(pilot, neighbour, group):
    describe(viewer_for(pilot), group, title="Neuer Name", about="Worum es geht", announce=False)
    found = Conversation.objects.get(pk=group)
    assert (found.title, found.about) == ("Neuer Name", "Worum es geht")
    assert notes(neighbour, group) == [f"{pilot.name} hat den Namen geändert in „Neuer Name“."]
    with pytest.raises(Denied):
        describe(viewer_for(neighbour), group, title="Anders", about="", announce=False)
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(neighbour)):
        wall.group_set(group, "title", "Anders")


def test_a_direct_conversation_gets_no_name(pilot, direct):
    with pytest.raises(Denied):
        describe(viewer_for(pilot), direct, title="Wir", about="", announce=False)
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as(viewer_for(pilot)):
        wall.group_set(direct, "title", "Wir")


def test_a_name_with_markup_is_only_text_in_a_note(pilot, group):
    describe(viewer_for(pilot), group, title="<b>Fett</b>", about="", announce=False)
    [item] = log_before(viewer_for(pilot), group, 1_000)
    assert "<b>" not in item.html


def test_nobody_writes_a_note_by_themselves(pilot, group):
    from django.db import DatabaseError, connection

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        acting_as(viewer_for(pilot)),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT chat_note(%s, %s::jsonb)", [group, "{}"])
    assert not Message.objects.exists()


def test_the_pages_of_a_group_do_what_the_verbs_do(client, pilot, neighbour, outsider, group):
    client.force_login(pilot)
    assert outsider.family_name in client.get(f"/chat/{group}/mitglieder/?q={outsider.family_name}").content.decode()
    client.post(f"/chat/{group}/mitglieder/hinzufuegen/", {"people": [outsider.pk]})
    client.post(f"/chat/{group}/mitglieder/{neighbour.pk}/verantwortlich/")
    client.post(f"/chat/{group}/mitglieder/{outsider.pk}/entfernen/")
    client.post(f"/chat/{group}/abgeben/")
    assert owners(group) == {neighbour.pk}
    assert not Participant.objects.filter(person=outsider, left_seq=None).exists()


def test_a_bad_name_comes_back_with_what_was_typed(client, pilot, group):
    client.force_login(pilot)
    answer = client.post(f"/chat/{group}/beschreiben/", {"title": "", "about": "Bleibt stehen"})
    assert answer.status_code == 422
    assert "Bleibt stehen" in answer.content.decode()
