"""A message that was reported: moderation sees it alone, hides it, and shows it again."""

from __future__ import annotations

import pytest

from chat.models import Message
from chat.queries.reports import reported_message
from chat.services.moderation import hide_message, restore_message
from moderation.public import reportable
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.chat.rooms import does
from tests.factories.chat import ParticipantFactory
from tests.factories.moderation import ReportFactory

pytestmark = pytest.mark.django_db


def test_a_member_reports_the_message_and_nothing_around_it(pilot, neighbour, heilbronn, direct, say):
    say(pilot, direct, "Davor")
    say(neighbour, direct, "Sehr **unfreundlich**")
    message = Message.objects.get(seq=2)
    thing = reported_message(viewer_for(pilot), message.pk)
    assert thing is not None
    assert (thing.excerpt, thing.author_id, thing.network_id, thing.state_code) == (
        "Sehr unfreundlich",
        neighbour.pk,
        heilbronn.pk,
        "08",
    )
    assert thing.url == f"/chat/{direct}/#m2"


@pytest.mark.parametrize("who", ["coordinator", "outsider", "moderator", "operator"])
def test_nobody_outside_of_a_conversation_reports_what_is_said_there(who, request, pilot, direct, say):
    say(pilot, direct, "Moin")
    viewer = viewer_for(request.getfixturevalue(who))
    assert reported_message(viewer, Message.objects.get().pk) is None


def test_a_visitor_reports_no_message_and_nobody_one_that_is_not(pilot, direct, say):
    say(pilot, direct, "Moin")
    assert reported_message(ANONYMOUS, Message.objects.get().pk) is None
    assert reported_message(viewer_for(pilot), 999_999) is None


def test_what_was_said_before_one_came_cannot_be_reported(pilot, outsider, group, say):
    say(pilot, group, "Davor")
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    assert reported_message(viewer_for(outsider), Message.objects.get().pk) is None


def test_a_message_of_a_moderator_lies_with_their_own_land(pilot, other_moderator, say):
    from chat.services.conversations import open_direct

    number = open_direct(viewer_for(pilot), other_moderator.pk)
    say(other_moderator, number, "Moin")
    thing = reported_message(viewer_for(pilot), Message.objects.get().pk)
    assert thing is not None
    assert (thing.network_id, thing.state_code) == (None, "06")


def test_a_hidden_message_keeps_its_number_and_loses_its_text_everywhere(
    as_person, pilot, neighbour, direct, say, moderator
):
    say(neighbour, direct, "Sehr unfreundlich")
    say(neighbour, direct, "Danach")
    report = ReportFactory(kind="message", object_id=Message.objects.get(seq=1).pk, land_id="08")
    does(moderator, hide_message, report.object_id, "Beleidigung")
    does(moderator, hide_message, report.object_id, "Beleidigung")
    client = as_person(pilot)
    page = client.get(f"/chat/{direct}/").content.decode()
    assert "unfreundlich" not in page
    assert "von der Moderation ausgeblendet" in page
    for address in ("/chat/", f"/chat/{direct}/nachrichten/?nach=0", f"/api/v1/conversations/{direct}/messages/"):
        assert "unfreundlich" not in client.get(address).content.decode()
    assert list(Message.objects.order_by("seq").values_list("seq", "kind", "target_seq")) == [
        (1, "text", None),
        (2, "text", None),
        (3, "change", 1),
    ]


def test_a_restored_message_is_read_again(as_person, pilot, neighbour, direct, say, moderator):
    say(neighbour, direct, "Doch freundlich")
    message = Message.objects.get()
    ReportFactory(kind="message", object_id=message.pk, land_id="08")
    does(moderator, restore_message, message.pk)
    does(moderator, hide_message, message.pk, "Irrtum")
    does(moderator, restore_message, message.pk)
    does(moderator, restore_message, message.pk)
    assert "Doch freundlich" in as_person(pilot).get(f"/chat/{direct}/").content.decode()
    assert Message.objects.filter(kind="change").count() == 2


def test_messages_are_among_what_can_be_reported():
    assert reportable("message") is not None
