"""Beginning conversations, entering and leaving them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from chat import room_rules
from chat.hints import hint_conversation, hint_person
from chat.models import Conversation, Participant
from chat.policies import (
    joinable_rooms,
    may_join_room,
    may_leave_conversation,
    may_open_group,
    may_write_to,
    reachable_people,
    seat_of,
)
from tenancy.models import Membership, Person
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.access import require
from toolkit.acting import verb


def direct_key(one: int, other: int) -> str:
    """The key of the one conversation that two people share."""
    low, high = sorted((one, other))
    return f"{low}:{high}"


@verb
def open_direct(viewer: Viewer, person_id: int) -> int:
    """The number of the direct conversation with a person, begun if there is none; two at once get the same one.

    Raises ``Person.DoesNotExist`` when the viewer does not see the person, ``Denied`` with the reason.
    """
    person = visible_people(viewer).get(pk=person_id)
    require(may_write_to(viewer, person))
    assert viewer.person_id is not None  # noqa: S101 -- may_write_to refuses visitors; this tells the type checker
    conversation, created = Conversation.objects.get_or_create(
        direct_key=direct_key(viewer.person_id, person.pk), defaults={"kind": Conversation.Kind.DIRECT}
    )
    if created:
        Participant.objects.bulk_create(
            [Participant(conversation=conversation, person_id=number) for number in (viewer.person_id, person.pk)]
        )
    return conversation.pk


@verb
def open_group(viewer: Viewer, title: str, person_ids: Iterable[int]) -> int:
    """Begin a named group with people the viewer sees; those who cannot be written to are left out."""
    require(may_open_group(viewer))
    seen = visible_people(viewer).filter(pk__in=list(person_ids)).values("pk")
    members = set(reachable_people().filter(pk__in=seen).values_list("pk", flat=True)) | {viewer.person_id}
    conversation = Conversation.objects.create(kind=Conversation.Kind.GROUP, title=title)
    Participant.objects.bulk_create(
        [Participant(conversation=conversation, person_id=number) for number in sorted(filter(None, members))]
    )
    hint_conversation(conversation.pk)
    return conversation.pk


@transaction.atomic
def open_room(subject_kind: str, subject_id: int, title: str, person_ids: Iterable[int] = ()) -> int:
    """The number of the room of a thing, opened if there is none; its title follows, and the people are let in."""
    room, created = Conversation.objects.get_or_create(
        kind=Conversation.Kind.ROOM,
        subject_kind=subject_kind,
        subject_id=subject_id,
        defaults={"title": title[:120]},
    )
    if not created and room.title != title[:120]:
        room.title = title[:120]
        room.save(update_fields=["title"])
    let_in(room.pk, person_ids)
    return room.pk


@transaction.atomic
def let_in(room_id: int, person_ids: Iterable[int]) -> None:
    """Let people into a room; who is in already stays as is. The history of a room is open to all who are in it."""
    numbers = sorted(set(person_ids))
    if not numbers:
        return
    room = joinable_rooms().select_for_update().get(pk=room_id)
    living = Person.objects.filter(pk__in=numbers, is_active=True).values_list("pk", flat=True)
    Participant.objects.filter(conversation=room, person_id__in=numbers).exclude(left_seq=None).update(left_seq=None)
    # Nobody is greeted by a hundred unread messages from before their time.
    Participant.objects.bulk_create(
        [Participant(conversation=room, person_id=number, read_seq=room.head) for number in living],
        ignore_conflicts=True,
    )
    hint_conversation(room.pk)
    for number in numbers:
        hint_person(number)


@transaction.atomic
def let_out(conversation_id: int, person_ids: Iterable[int]) -> None:
    """Take people out: nothing that is said from now on reaches them, on open sockets included."""
    numbers = sorted(set(person_ids))
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    Participant.objects.filter(conversation=conversation, person_id__in=numbers, left_seq=None).update(
        left_seq=conversation.head
    )
    hint_conversation(conversation.pk)
    for number in numbers:
        hint_person(number)


@verb
def join_room(viewer: Viewer, room_id: int) -> Conversation:
    """Enter a room by oneself. Raises ``Conversation.DoesNotExist`` where the rule does not let the viewer see it."""
    room = joinable_rooms().get(pk=room_id)
    if not may_join_room(viewer, room):
        raise Conversation.DoesNotExist(room_id)
    let_in(room.pk, [viewer.person_id] if viewer.person_id is not None else [])
    return room


@verb
def leave_conversation(viewer: Viewer, conversation_id: int) -> None:
    """Leave a group or a room; what is said later is not seen."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    if viewer.person_id is None or not seat_of(viewer, conversation_id).exists():
        raise Conversation.DoesNotExist(conversation_id)
    require(may_leave_conversation(viewer, conversation))
    let_out(conversation_id, [viewer.person_id])


def membership_ended(membership: Membership) -> None:
    """Registered with ``tenancy.hooks``: the person leaves every room whose rule does not let them in any more."""
    viewer = viewer_by_id(membership.person_id)
    rooms = joinable_rooms().filter(participants__person_id=membership.person_id, participants__left_seq=None)
    # In the order of their numbers, so that two who lock several rooms never wait for each other.
    for room in rooms.order_by("pk"):
        if not room_rules.may_join(viewer, room.subject_kind, room.subject_id):
            let_out(room.pk, [membership.person_id])
    hint_person(membership.person_id)


@verb
def set_muted(viewer: Viewer, conversation_id: int) -> bool:
    """Switch a conversation to silent or back; gives the new state. A silent one adds nothing to the count above."""
    seat = seat_of(viewer, conversation_id)
    if viewer.person_id is None or not seat.exists():
        raise Conversation.DoesNotExist(conversation_id)
    seat.update(muted=~F("muted"))
    hint_person(viewer.person_id)
    return bool(seat.values_list("muted", flat=True).first())
