"""The scene: people of four cities, their sessions, their conversations; and whoever lets people in and out.

The one part of the run that uses the product from the inside: it migrates, writes the first rows with the factories,
and enters the chat by its front door, as workshops and formats do.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from tests.faults.crowd.words import Outfit

if TYPE_CHECKING:
    from tenancy.viewer import Viewer


#: Closed at the end of the process, which has nothing else to do.
_ROLE = contextlib.ExitStack()


class World(Struct):
    """Who there is: ``rooms`` can be left and entered again, ``groups`` can be left and joined once by ``spare``."""

    cookie_name: str
    people: list[Outfit]
    rooms: list[int]
    groups: list[int]
    porter: int


def set_up(environment: Mapping[str, str]) -> None:
    """Make this process the owner's to the database, for as long as it lives, and make the tables."""
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="config.settings.dev", DATABASE_POOL="0")
    import django

    django.setup()
    from django.core.management import call_command

    from config.roles import Role, connected_as

    atexit.register(_ROLE.close)
    _ROLE.enter_context(connected_as(Role.OWNER))
    call_command("migrate", verbosity=0, interactive=False)


def build(seed: int, people: int, conversations: int) -> World:
    """Fill the scene. A third of the conversations are pairs, a third groups, a third rooms; one room is for all."""
    from django.conf import settings

    from chat.models import Conversation
    from tests.chat.lines import session_of
    from tests.factories.chat import GroupFactory, ParticipantFactory
    from tests.factories.tenancy import MembershipFactory, NetworkFactory

    chance = random.Random(f"{seed}/stage")
    cities = [NetworkFactory() for _ in range(4)]
    crowd = [MembershipFactory(network=chance.choice(cities)).person for _ in range(people)]
    porter = MembershipFactory(network=cities[0], role="coordinator").person
    inside: dict[int, list[int]] = {person.pk: [] for person in crowd}
    rooms, groups = [], []

    def seat(conversation: Conversation, members: list[int]) -> None:
        for person in members:
            ParticipantFactory(conversation=conversation, person_id=person)
            inside[person].append(conversation.pk)

    everybody = [person.pk for person in crowd]
    pairs = chance.sample(list(itertools.combinations(everybody, 2)), conversations // 3)
    for low, high in pairs:
        pair = Conversation(kind=Conversation.Kind.DIRECT, direct_key=f"{low}:{high}")
        pair.save()
        seat(pair, [low, high])
    for number in range(conversations - len(pairs)):
        members = chance.sample(everybody, min(people, chance.randint(3, 8)))
        if number % 2:
            group = GroupFactory()
            groups.append(group.pk)
            seat(group, members)
            continue
        room = Conversation(kind=Conversation.Kind.ROOM, title="Raum", subject_kind="trial", subject_id=number)
        room.save()
        rooms.append(room.pk)
        seat(room, everybody if not number else members)
    numbers = sorted({number for own in inside.values() for number in own})
    outfits = [
        Outfit(
            person=person.pk,
            cookie=str(session_of(person).session_key),
            devices=2,
            conversations=inside[person.pk],
            foreign=chance.sample([number for number in numbers if number not in inside[person.pk]], 2),
        )
        for person in crowd
    ]
    return World(settings.SESSION_COOKIE_NAME, outfits, rooms, groups, porter.pk)


# --- the porter ---------------------------------------------------------------------------------------------------


def _porter(number: int) -> Viewer:
    from tenancy.viewer import viewer_by_id

    return viewer_by_id(number)


def let_out(porter: int, room: int, person: int) -> None:
    """Somebody takes a person out of a room."""
    from django.db import connection, transaction

    from chat.public import leave_room
    from toolkit.acting import acting_as

    try:
        with acting_as(_porter(porter)), transaction.atomic():
            leave_room(room, [person])
    finally:
        connection.close()


def let_in(porter: int, room: int, person: int) -> None:
    """Somebody lets a person into a room, whose whole history is theirs then."""
    from django.db import connection, transaction

    from chat.public import join_room
    from toolkit.acting import acting_as

    try:
        with acting_as(_porter(porter)), transaction.atomic():
            join_room(room, [person])
    finally:
        connection.close()


def join_group(group: int, person: int) -> None:
    """A person comes into a group: what was said before stays with those who were there."""
    from django.db import connection, transaction

    from chat.models import Conversation, Participant

    try:
        with transaction.atomic():
            head = Conversation.objects.select_for_update().get(pk=group).head
            Participant.objects.get_or_create(
                conversation_id=group, person_id=person, defaults={"joined_seq": head, "read_seq": head}
            )
    finally:
        connection.close()
