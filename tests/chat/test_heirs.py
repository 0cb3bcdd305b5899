"""Where the only owner of a group is suspended, whoever was there next steers it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import ProgrammingError, connection, transaction

from chat.models import Message, Participant
from chat.queries.messages import log_before
from chat.services.groups import describe, share_ownership
from tenancy.viewer import viewer_for
from tests.chat.past import as_
from toolkit.access import Denied

pytestmark = pytest.mark.django_db


def suspend(person) -> None:
    person.is_active = False
    person.save(update_fields=["is_active"])


def owners(conversation_id: int) -> set[int]:
    rows = Participant.objects.filter(conversation=conversation_id, role="owner", left_seq=None)
    return set(rows.values_list("person_id", flat=True))


def test_who_was_there_next_steers_it_and_the_log_says_so(pilot, neighbour, coordinator, group):
    suspend(pilot)
    heir, other = sorted((neighbour, coordinator), key=lambda person: person.pk)
    assert owners(group) == {pilot.pk, heir.pk}
    describe(viewer_for(heir), group, title="Weiter", about="", announce=False)
    with pytest.raises(Denied):
        describe(viewer_for(other), group, title="Anders", about="", announce=False)
    [first, *_] = [item.text for item in log_before(viewer_for(other), group, 1_000) if item.kind == "note"]
    assert first == f"Verantwortlich ist jetzt {heir.name}."


def test_a_suspended_heir_is_passed_over(pilot, neighbour, coordinator, group):
    heir, other = sorted((neighbour, coordinator), key=lambda person: person.pk)
    suspend(heir)
    suspend(pilot)
    assert owners(group) == {pilot.pk, other.pk}


def test_where_there_is_another_owner_nothing_changes(pilot, neighbour, group):
    share_ownership(viewer_for(pilot), group, neighbour.pk)
    before = Message.objects.count()
    suspend(pilot)
    assert owners(group) == {pilot.pk, neighbour.pk}
    assert Message.objects.count() == before


def test_who_owns_nothing_leaves_everything_as_it_was(neighbour, pilot, group):
    suspend(neighbour)
    assert owners(group) == {pilot.pk}
    assert not Message.objects.exists()


@pytest.mark.parametrize("stranger", ["neighbour", "outsider"], indirect=True)
def test_nobody_calls_for_an_heir_by_themselves(stranger, pilot, group):
    Participant.objects.filter(person=pilot).update(role="member")
    # Past the wall it is the owner's alone: whoever calls it themselves changes nothing, or is refused.
    with as_(stranger), suppress(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT chat_inherit(%s)", [group])
    assert owners(group) == set()
