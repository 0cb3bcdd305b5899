"""Going to a day finds its first message by halving the log, and never one from before one's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from chat.ids import new_client_id
from chat.models import Conversation, Message
from chat.queries.messages import first_of_day
from tenancy.viewer import viewer_for
from tests.factories.chat import ParticipantFactory
from toolkit.acting import acting_as

if TYPE_CHECKING:
    from tenancy.models import Person

BEGAN = datetime(2030, 3, 1, 10, tzinfo=UTC)


def fill(conversation_id: int, sender: Person, entries: int) -> list[date]:
    """A message each seven hours; gives the day of each by its number, less one."""
    moments = [BEGAN + timedelta(hours=7 * n) for n in range(entries)]
    Message.objects.bulk_create(
        [
            Message(
                conversation_id=conversation_id,
                seq=n + 1,
                sender=sender,
                client_id=new_client_id(),
                body="Moin",
                created_at=moment,
            )
            for n, moment in enumerate(moments)
        ]
    )
    Conversation.objects.filter(pk=conversation_id).update(head=entries)
    return [timezone.localdate(moment) for moment in moments]


@pytest.mark.parametrize("entries", [0, 1, 2, 3, 10, 17])
def test_a_day_begins_with_its_first_message_and_a_silent_one_with_the_next(entries, pilot, group):
    days = fill(group, pilot, entries)
    viewer = viewer_for(pilot)
    for day in (BEGAN.date() + timedelta(days=n) for n in range(-2, 8)):
        first = next((n + 1 for n, of in enumerate(days) if of >= day), None)
        with acting_as(viewer):
            assert first_of_day(viewer, group, day) == first


def test_who_came_later_begins_with_what_was_said_since(pilot, outsider, other_moderator, group):
    days = fill(group, pilot, 10)
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=6)
    for person, first in ((outsider, 7), (other_moderator, None)):
        viewer = viewer_for(person)
        with acting_as(viewer):
            assert first_of_day(viewer, group, days[0]) == first
