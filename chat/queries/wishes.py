"""How somebody wants the chat, and who lets others see what they have read."""

from __future__ import annotations

from chat import wall
from chat.models import ChatWish
from chat.policies import visible_messages
from chat.queries.faces import Face, faces_of
from tenancy.viewer import Viewer


def wish_of(viewer: Viewer) -> ChatWish:
    """The viewer's wishes; the defaults where none were said. Not stored by this. One query."""
    if viewer.person_id is None:
        return ChatWish()
    return ChatWish.objects.filter(person_id=viewer.person_id).first() or ChatWish(person_id=viewer.person_id)


def readers_of(viewer: Viewer, conversation_id: int, seq: int) -> list[Face] | None:
    """Who has read a message, by name, only where both let it be seen; None where the viewer does not.

    Empty also for whoever does not see the message.
    """
    if not wish_of(viewer).show_read:
        return None
    if not visible_messages(viewer, conversation_id).filter(seq=seq).exists():
        return []
    return sorted(faces_of(wall.readers(conversation_id, seq)).values(), key=lambda face: face.name)
