"""How somebody wants the chat: what shows others something is off until it is wished."""

from __future__ import annotations

import pytest

from chat.models import ChatWish
from chat.queries.wishes import wish_of
from chat.services.people import wish
from tenancy.viewer import viewer_for
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db


def test_presence_and_read_marks_are_off_at_first(pilot):
    found = wish_of(viewer_for(pilot))
    assert (found.show_presence, found.show_read) == (False, False)


def test_what_is_not_named_stays(pilot):
    wish(viewer_for(pilot), show_presence=True)
    wish(viewer_for(pilot), enter_sends=True)
    found = wish_of(viewer_for(pilot))
    assert (found.show_presence, found.enter_sends) == (True, True)


def test_nothing_else_is_wished(pilot):
    with pytest.raises(ValueError, match="person_id"):
        wish(viewer_for(pilot), person_id=1)


@pytest.mark.parametrize("name", ["neighbour", "moderator"])
def test_nobody_sees_or_changes_the_wishes_of_another(name, pilot, request):
    wish(viewer_for(pilot), show_presence=True)
    other = request.getfixturevalue(name)
    with acting_as(viewer_for(other)):
        assert not ChatWish.objects.exists()
        assert ChatWish.objects.update(show_presence=False) == 0
    assert ChatWish.objects.get().show_presence


def test_the_page_says_why_they_are_off_and_keeps_what_is_ticked(client, pilot):
    client.force_login(pilot)
    assert "wann Sie arbeiten" in client.get("/chat/einstellungen/").content.decode()
    client.post("/chat/einstellungen/", {"announce": "mentions", "show_read": "on"})
    found = ChatWish.objects.get()
    assert (found.announce, found.show_read, found.show_typing) == ("mentions", True, False)
