"""Where only the owners write, all others read and react."""

from __future__ import annotations

import pytest

from chat.models import Conversation
from chat.services.deeds import react
from chat.services.groups import describe
from tenancy.viewer import viewer_for
from toolkit.access import Denied

pytestmark = pytest.mark.django_db


@pytest.fixture
def announcing(pilot, group):
    describe(viewer_for(pilot), group, title="Vorbereitung", about="", announce=True)
    return group


def test_an_owner_writes_and_the_others_do_not(pilot, neighbour, coordinator, announcing, say):
    say(pilot, announcing, "Achtung")
    for person in (neighbour, coordinator):
        with pytest.raises(Denied, match="Hier schreiben nur die Verantwortlichen"):
            say(person, announcing, "Ich auch")


def test_all_react(pilot, neighbour, announcing, say):
    number = say(pilot, announcing, "Achtung")
    assert react(viewer_for(neighbour), announcing, number, "👍", on=True)


def test_only_owners_switch_it_back(pilot, neighbour, announcing, say):
    with pytest.raises(Denied):
        describe(viewer_for(neighbour), announcing, title="Vorbereitung", about="", announce=False)
    describe(viewer_for(pilot), announcing, title="Vorbereitung", about="", announce=False)
    assert say(neighbour, announcing, "Moin")


def test_a_direct_conversation_announces_nothing(pilot, direct):
    with pytest.raises(Denied):
        describe(viewer_for(pilot), direct, title="x", about="", announce=True)
    assert Conversation.objects.get(pk=direct).writers == "all"
