"""Steps that others of the product take in the chat, for the tests: always as somebody who acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction

from chat.public import open_room
from tenancy.viewer import viewer_for
from toolkit.acting import acting_as

if TYPE_CHECKING:
    from tenancy.models import Person


def room_of_a_thing(owner: Person, people: Iterable[Person] = (), title: str = "Raum", kind: str = "trial") -> int:
    """The room of thing 7, opened (or named anew) by its owner, with these people in it."""
    with acting_as(viewer_for(owner)):
        return open_room(kind, 7, title, [person.pk for person in people])


def does(person: Person, step: Callable[..., Any], *arguments: Any) -> Any:
    """Take a step that names no viewer, as part of a verb of somebody."""
    with acting_as(viewer_for(person)), transaction.atomic():
        return step(*arguments)
