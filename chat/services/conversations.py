"""Beginning conversations, entering and leaving them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from chat import room_rules, wall
from chat.hints import hint_conversation, hint_person
from chat.models import Conversation, Participant
from chat.policies import (
    may_join_room,
    may_leave_conversation,
    may_open_group,
    may_write_to,
    reachable_people,
    seat_of,
)
from chat.services.invitations import tell_invited
from tenancy.models import Membership
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.access import require
from toolkit.acting import asking_as, verb


@verb
def open_direct(viewer: Viewer, person_id: int) -> int:
    """The number of the direct conversation with a person, begun if there is none; two at once get the same one.

    Raises ``Person.DoesNotExist`` when the viewer does not see the person, ``Denied`` with the reason.
    """
    person = visible_people(viewer).get(pk=person_id)
    require(may_write_to(viewer, person))
    return wall.open_direct(person.pk)


@verb
def open_group(viewer: Viewer, title: str, person_ids: Iterable[int], about: str = "") -> int:
    """Begin a named group with people the viewer sees; those who cannot be written to are left out.

    Whoever begins it owns it.
    """
    require(may_open_group(viewer))
    seen = visible_people(viewer).filter(pk__in=list(person_ids)).values("pk")
    number = wall.open_group(title, reachable_people().filter(pk__in=seen).values_list("pk", flat=True), about)
    others = Participant.objects.filter(conversation_id=number).exclude(person_id=viewer.someone)
    tell_invited(viewer, number, others.values_list("person_id", flat=True))
    hint_conversation(number)
    return number


@transaction.atomic
def open_room(subject_kind: str, subject_id: int, title: str, person_ids: Iterable[int] = ()) -> int:
    """The number of the room of a thing, opened if there is none; its title follows, and the people are let in.

    Part of the verb of whoever owns the thing: its viewer acts, and its rules were asked.
    """
    number = wall.open_room(subject_kind, subject_id, title[:120])
    let_in(number, person_ids)
    return number


@transaction.atomic
def let_in(room_id: int, person_ids: Iterable[int]) -> None:
    """Let people into a room; who is in already stays as is. The history of a room is open to all who are in it.

    The database checks that somebody of the programme acts, that it is a room, and that nobody suspended comes in.
    Who belongs there is known by whoever owns the thing, and asked before. Raises ``Conversation.DoesNotExist``.
    """
    numbers = sorted(set(person_ids))
    if not numbers:
        return
    if not wall.let_in(room_id, numbers):
        raise Conversation.DoesNotExist(room_id)
    _tell(room_id, numbers)


@transaction.atomic
def let_out(conversation_id: int, person_ids: Iterable[int]) -> None:
    """Take people out: nothing that is said from now on reaches them, on open sockets included.

    The database lets everybody out of a group or a room by themselves; others only out of a room, as ``let_in``.
    Raises ``Conversation.DoesNotExist``.
    """
    numbers = sorted(set(person_ids))
    if not wall.let_out(conversation_id, numbers):
        raise Conversation.DoesNotExist(conversation_id)
    _tell(conversation_id, numbers)


def _tell(conversation_id: int, person_ids: Iterable[int]) -> None:
    hint_conversation(conversation_id)
    for number in person_ids:
        hint_person(number)


@verb
def join_room(viewer: Viewer, room_id: int) -> None:
    """Enter a room by oneself. Raises ``Conversation.DoesNotExist`` where the rule does not let the viewer see it."""
    if wall.topics(room_id):
        wall.enter_topic(room_id)
        _tell(room_id, [viewer.someone])
        return
    room = wall.room_at(room_id)
    if room is None or not may_join_room(viewer, room):
        raise Conversation.DoesNotExist(room_id)
    let_in(room.id, [viewer.someone])


@verb
def leave_conversation(viewer: Viewer, conversation_id: int) -> None:
    """Leave a group or a room; what is said later is not seen.

    Where the last owner goes, who was there next becomes owner: nobody is kept, and no group stays without.
    """
    conversation = Conversation.objects.get(pk=conversation_id)
    if viewer.person_id is None or not seat_of(viewer, conversation_id).exists():
        raise Conversation.DoesNotExist(conversation_id)
    require(may_leave_conversation(viewer, conversation))
    let_out(conversation_id, [viewer.person_id])


def membership_ended(membership: Membership) -> None:
    """Registered with ``tenancy.hooks``: the person leaves every room whose rule does not let them in any more."""
    viewer = viewer_by_id(membership.person_id)
    # In the order of their numbers, so that two who lock several rooms never wait for each other.
    for room in wall.rooms_of(membership.person_id):
        # Whoever ends the membership may not see what the person goes on to see through another one.
        with asking_as(viewer):
            stays = room_rules.may_join(viewer, room.subject_kind, room.subject_id)
        if not stays:
            let_out(room.id, [membership.person_id])
    for room_id in wall.leave_topics(membership.person_id):
        hint_conversation(room_id)
    hint_person(membership.person_id)


def membership_started(membership: Membership) -> None:
    """Registered with ``tenancy.hooks``: the person is in the room of their network from now on, if there is one."""
    room_id = wall.follow_network(membership.network_id, membership.person_id)
    if room_id is not None:
        _tell(room_id, [membership.person_id])
