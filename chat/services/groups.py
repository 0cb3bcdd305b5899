"""Groups and topic rooms have owners: they say who is in a group, what it is called, and who may write there."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from chat import wall
from chat.hints import hint_conversation, hint_person
from chat.models import Conversation, Participant
from chat.policies import (
    may_add_people,
    may_remove_person,
    may_steer,
    reachable_people,
    visible_conversations,
)
from chat.services.invitations import tell_invited
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb


@verb
def add_people(viewer: Viewer, conversation_id: int, person_ids: Iterable[int]) -> list[int]:
    """Let people whom the viewer sees into their group; gives those who came in.

    They see what is said from then on. Left out are those who take no messages, or not from the viewer. Raises
    ``Conversation.DoesNotExist``, ``Denied``.
    """
    conversation = visible_conversations(viewer).get(pk=conversation_id)
    require(may_add_people(viewer, conversation))
    seen = visible_people(viewer).filter(pk__in=list(person_ids)).values("pk")
    people = wall.group_add(conversation_id, reachable_people().filter(pk__in=seen).values_list("pk", flat=True))
    tell_invited(viewer, conversation_id, people)
    hint_conversation(conversation_id)
    for person_id in people:
        hint_person(person_id)
    return people


@verb
def remove_person(viewer: Viewer, conversation_id: int, person_id: int) -> None:
    """Take somebody out: nothing that is said from now on reaches them, on open sockets included.

    Raises ``Conversation.DoesNotExist``, ``Participant.DoesNotExist``, ``Denied``.
    """
    conversation = visible_conversations(viewer).get(pk=conversation_id)
    seat = Participant.objects.get(conversation_id=conversation_id, person_id=person_id, left_seq=None)
    require(may_remove_person(viewer, conversation, seat))
    wall.group_remove(conversation_id, person_id)
    hint_conversation(conversation_id)
    hint_person(person_id)


@verb
def share_ownership(viewer: Viewer, conversation_id: int, person_id: int) -> None:
    """Let a member be responsible too. Twice is once. Raises ``…DoesNotExist``, ``Denied``."""
    conversation = visible_conversations(viewer).get(pk=conversation_id)
    Participant.objects.get(conversation_id=conversation_id, person_id=person_id, left_seq=None)
    require(may_steer(viewer, conversation))
    wall.group_own(conversation_id, person_id, gives=True)
    hint_conversation(conversation_id)
    hint_person(person_id)


@verb
def give_up_ownership(viewer: Viewer, conversation_id: int) -> None:
    """Be a member like others again. Raises ``Conflict`` where nobody else is responsible."""
    conversation = visible_conversations(viewer).get(pk=conversation_id)
    require(may_steer(viewer, conversation))
    if not wall.group_own(conversation_id, viewer.someone, gives=False):
        raise Conflict(_("Sie sind allein verantwortlich. Machen Sie zuerst eine andere Person verantwortlich."))
    hint_conversation(conversation_id)


@verb
def describe(viewer: Viewer, conversation_id: int, *, title: str, about: str, announce: bool) -> None:
    """Name and describe a group or topic room, and say whether only its owners write. What was so, stays so.

    ``title`` up to 120 characters, ``about`` up to 300. Raises ``Conversation.DoesNotExist``, ``Denied``.
    """
    conversation = visible_conversations(viewer).get(pk=conversation_id)
    require(may_steer(viewer, conversation))
    wall.group_set(conversation_id, "title", title[:120])
    wall.group_set(conversation_id, "about", about[:300])
    writers = Conversation.Writers.OWNERS if announce else Conversation.Writers.ALL
    wall.group_set(conversation_id, "writers", writers)
    hint_conversation(conversation_id)
