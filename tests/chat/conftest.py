"""Rooms for the tests of the chat, and rules for them as an owner would register them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from chat import room_rules
from chat.ids import new_client_id
from chat.services.conversations import open_direct, open_group
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from toolkit.access import ALLOW, deny

if TYPE_CHECKING:
    from tenancy.models import Network, Person
    from tenancy.viewer import Viewer
    from toolkit.access import Decision


@pytest.fixture
def say() -> Callable[[Person, int, str], int]:
    """Somebody says something; gives the number of the message."""

    def say(person: Person, conversation_id: int, text: str) -> int:
        return send_message(viewer_for(person), conversation_id, new_client_id(), text).seq

    return say


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    """The direct conversation of the pilots of Konstanz and Heilbronn."""
    return open_direct(viewer_for(pilot), neighbour.pk)


@pytest.fixture
def group(pilot: Person, neighbour: Person, coordinator: Person) -> int:
    """A group of two people of Konstanz and one of Heilbronn."""
    return open_group(viewer_for(pilot), "Vorbereitung", [neighbour.pk, coordinator.pk])


@pytest.fixture
def konstanz_rule(konstanz: Network) -> Iterator[None]:
    """Rooms of kind ``trial`` are for people of Konstanz."""
    before = dict(room_rules._rules)

    def may_join(viewer: Viewer, subject_id: int) -> Decision:
        return ALLOW if konstanz.pk in viewer.network_ids else deny("Nur Konstanz.")

    room_rules.register_room_rule(
        "trial", may_join, lambda subject_id: f"/trial/{subject_id}/", lambda viewer, subject_id: f"Probe {subject_id}"
    )
    yield
    room_rules._rules.clear()
    room_rules._rules.update(before)


@pytest.fixture
def stranger(request: pytest.FixtureRequest) -> Person:
    """One of the cast, by the name that ``parametrize`` gives (``indirect=True``)."""
    person: Person = request.getfixturevalue(request.param)
    return person
