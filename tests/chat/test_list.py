"""The list of conversations: favourites first, what is put away stays away until something is said."""

from __future__ import annotations

import pytest

from chat.ids import new_client_id
from chat.models import Conversation, Participant
from chat.queries.conversations import conversation_page
from chat.services.messages import send_message
from chat.services.people import archive, set_favourite, set_muted, unarchive
from tenancy.viewer import viewer_for

pytestmark = pytest.mark.django_db


def listed(person, *, archived=False):
    return [glance.id for glance in conversation_page(viewer_for(person), archived=archived)[0]]


def test_what_is_put_away_is_in_the_archive_until_somebody_says_something(pilot, neighbour, direct, say):
    say(neighbour, direct, "Moin")
    archive(viewer_for(pilot), direct)
    assert (listed(pilot), listed(pilot, archived=True)) == ([], [direct])
    say(neighbour, direct, "Noch etwas")
    assert (listed(pilot), listed(pilot, archived=True)) == ([direct], [])


def test_a_silent_one_stays_put_away(pilot, neighbour, direct, say):
    say(neighbour, direct, "Moin")
    archive(viewer_for(pilot), direct)
    set_muted(viewer_for(pilot), direct)
    say(neighbour, direct, "Noch etwas")
    assert listed(pilot, archived=True) == [direct]
    unarchive(viewer_for(pilot), direct)
    assert listed(pilot) == [direct]


def test_what_one_puts_away_or_first_is_ones_own_alone(pilot, neighbour, direct, say):
    say(neighbour, direct, "Moin")
    archive(viewer_for(pilot), direct)
    set_favourite(viewer_for(pilot), direct)
    seat = Participant.objects.get(conversation=direct, person=neighbour)
    assert (seat.archived_seq, seat.favourite) == (None, False)
    assert listed(neighbour) == [direct]


@pytest.mark.parametrize("name", ["outsider", "moderator"])
@pytest.mark.parametrize("verb", [archive, unarchive, set_favourite, set_muted])
def test_a_stranger_puts_nothing_anywhere(verb, name, direct, request):
    with pytest.raises(Conversation.DoesNotExist):
        verb(viewer_for(request.getfixturevalue(name)), direct)


def test_favourites_stand_under_a_heading_of_their_own(client, pilot, direct, group, say):
    say(pilot, direct, "Moin")
    set_favourite(viewer_for(pilot), group)
    client.force_login(pilot)
    page = client.get("/chat/").content.decode()
    assert page.index('id="cl-favourites"') < page.index(f'data-row="{group}"') < page.index('id="cl-directs"')
    assert 'id="cl-groups"' not in page


def test_who_is_named_sees_it_in_the_list(client, pilot, neighbour, group):
    send_message(viewer_for(neighbour), group, new_client_id(), f"@{pilot.name} Moin", mentions=[pilot.pk])
    client.force_login(pilot)
    assert ", Sie wurden erwähnt" in client.get("/chat/").content.decode()
    client.force_login(neighbour)
    assert ", Sie wurden erwähnt" not in client.get("/chat/").content.decode()


def test_the_archive_is_a_page_of_its_own(client, pilot, neighbour, direct, say):
    say(neighbour, direct, "Moin")
    client.force_login(pilot)
    client.post(f"/chat/{direct}/archiv/", {"on": "1"})
    assert f'data-row="{direct}"' not in client.get("/chat/").content.decode()
    assert f'data-row="{direct}"' in client.get("/chat/?archiv").content.decode()
