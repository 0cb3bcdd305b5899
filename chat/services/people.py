"""What is each person's own: what they put first, away, or out of hearing, and how they want the chat."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Value, When

from chat.hints import hint_person
from chat.models import Block, ChatWish, Conversation, Participant
from chat.policies import may_block, seat_of, visible_conversations
from tenancy.models import Person
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb

#: What a person may wish, by field of ``ChatWish``.
WISHES = (
    "show_presence",
    "show_typing",
    "show_read",
    "announce",
    "enter_sends",
    "shortcuts",
    "mail_missed",
    "mail_rooms",
)


def _change(viewer: Viewer, conversation_id: int, **values: Any) -> Participant:
    seats = seat_of(viewer, conversation_id)
    if not seats.update(**values):
        raise Conversation.DoesNotExist(conversation_id)
    hint_person(viewer.someone)
    return seats.get()


@verb
def set_muted(viewer: Viewer, conversation_id: int) -> bool:
    """Switch a conversation to silent or back; gives the new state. A silent one adds nothing to the count above."""
    return _change(viewer, conversation_id, muted=Case(When(muted=True, then=Value(False)), default=Value(True))).muted


@verb
def set_favourite(viewer: Viewer, conversation_id: int) -> bool:
    """Put a conversation at the top of one's own list, or back; gives the new state."""
    turned = Case(When(favourite=True, then=Value(False)), default=Value(True))
    return _change(viewer, conversation_id, favourite=turned).favourite


@verb
def archive(viewer: Viewer, conversation_id: int) -> None:
    """Put a conversation away until something is said in it; a silent one stays away. Twice is once."""
    head = visible_conversations(viewer).values_list("head", flat=True).get(pk=conversation_id)
    _change(viewer, conversation_id, archived_seq=head)


@verb
def unarchive(viewer: Viewer, conversation_id: int) -> None:
    """Take a conversation back into the list. Twice is once."""
    _change(viewer, conversation_id, archived_seq=None)


@verb
def block_person(viewer: Viewer, person_id: int) -> None:
    """Take no more messages from a person; they are never told, and learn no more than of whoever is away.

    Groups and rooms in which both are go on. Twice is once. Raises ``Person.DoesNotExist`` for who is neither in
    sight nor in a direct conversation with the viewer.
    """
    person = _known(viewer, person_id)
    require(may_block(viewer, person))
    Block.objects.get_or_create(person_id=viewer.someone, blocked_id=person.pk)


@verb
def unblock_person(viewer: Viewer, person_id: int) -> None:
    """Take messages from a person again. Twice is once."""
    Block.objects.filter(person_id=viewer.someone, blocked_id=person_id).delete()


def _known(viewer: Viewer, person_id: int) -> Person:
    """A person in sight, or one who has a direct conversation with the viewer whatever they show by now."""
    found = visible_people(viewer).filter(pk=person_id).first()
    if found is not None:
        return found
    low, high = sorted((viewer.someone, person_id))
    if visible_conversations(viewer).filter(direct_key=f"{low}:{high}").exists():
        return Person.objects.get(pk=person_id)
    raise Person.DoesNotExist(person_id)


@verb
def wish(viewer: Viewer, **wishes: Any) -> ChatWish:
    """Say how one wants the chat: fields of ``WISHES``; what is not named stays."""
    unknown = wishes.keys() - set(WISHES)
    if unknown:
        raise ValueError(f"no wish: {sorted(unknown)}")
    row, _made = ChatWish.objects.update_or_create(person_id=viewer.someone, defaults=wishes)
    hint_person(viewer.someone)
    return row
