"""What people do with messages that were said: edit, take back, react, pin, and find again later."""

from __future__ import annotations

import unicodedata

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import wall
from chat.errors import BadBody
from chat.hints import hint_conversation, hint_person
from chat.models import Conversation, Message
from chat.policies import (
    may_edit_message,
    may_pin,
    may_react,
    may_retract_message,
    seat_of,
    visible_conversations,
    visible_messages,
)
from chat.services.files import remove_files_of
from chat.services.messages import checked_body
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb

#: Different signs under one message.
MAX_SIGNS = 20
#: A sign is one picture to the eye, and made of up to so many characters (families and flags are long).
SIGN_LENGTH = 12


def _message(viewer: Viewer, conversation_id: int, seq: int) -> Message:
    return visible_messages(viewer, conversation_id).get(seq=seq, kind=Message.Kind.TEXT)


def _noted(conversation_id: int, head: int | None) -> int | None:
    if head is not None:
        hint_conversation(conversation_id, head)
    return head


@verb
def edit_message(viewer: Viewer, conversation_id: int, seq: int, body: str) -> int | None:
    """Change the words of an own message; how it read before stays visible to all who see it.

    The number of the entry that tells of it; None when it read so already. Raises ``Message.DoesNotExist`` for
    whoever does not see it, ``Denied`` with the reason, ``BadBody``.
    """
    message = _message(viewer, conversation_id, seq)
    require(may_edit_message(viewer, message))
    text = checked_body(body, may_be_empty=message.file_count > 0)
    return _noted(conversation_id, wall.change(conversation_id, seq, "edit", text, timezone.now()))


@verb
def retract_message(viewer: Viewer, conversation_id: int, seq: int) -> int | None:
    """Take an own message back: words, earlier words, reactions and files go; its number stays. Raises as above."""
    message = _message(viewer, conversation_id, seq)
    require(may_retract_message(viewer, message))
    if message.file_count:
        remove_files_of(conversation_id, seq)
    return _noted(conversation_id, wall.change(conversation_id, seq, "retract", "", timezone.now()))


def checked_sign(sign: str) -> str:
    """A sign to react with; raises ``BadBody`` for what is not one."""
    kinds = [unicodedata.category(character) for character in sign]
    joined = all(
        kind in ("So", "Sk", "Mn", "Me", "Cf") or character in "0123456789#*"
        for kind, character in zip(kinds, sign, strict=True)
    )
    if not 1 <= len(sign) <= SIGN_LENGTH or not joined or not {"So", "Me"} & set(kinds):
        raise BadBody("unclean", _("Bitte wählen Sie ein Zeichen aus der Liste."))
    return sign


@verb
def react(viewer: Viewer, conversation_id: int, seq: int, sign: str, *, on: bool) -> int | None:
    """Put a sign under a message, or take the own one away again; twice is once. Raises as above."""
    sign = checked_sign(sign)
    message = _message(viewer, conversation_id, seq)
    require(may_react(viewer, Conversation.objects.get(pk=conversation_id), message))
    if on and sign not in message.reactions and len(message.reactions) >= MAX_SIGNS:
        raise BadBody("too_many", _("Unter dieser Nachricht stehen schon 20 verschiedene Zeichen."))
    deed = "react" if on else "unreact"
    return _noted(conversation_id, wall.change(conversation_id, seq, deed, sign, timezone.now()))


@verb
def pin(viewer: Viewer, conversation_id: int, seq: int, *, on: bool) -> int | None:
    """Pin a message for everybody in the conversation, or loosen it; twice is once. Raises as above."""
    message = _message(viewer, conversation_id, seq)
    require(may_pin(viewer, Conversation.objects.get(pk=conversation_id), message))
    deed = "pin" if on else "unpin"
    return _noted(conversation_id, wall.change(conversation_id, seq, deed, "", timezone.now()))


@verb
def mark_unread(viewer: Viewer, conversation_id: int, seq: int) -> int:
    """Put the own mark back to before a message, on all devices; gives the mark that holds.

    Raises ``Conversation.DoesNotExist`` for whoever is not in it.
    """
    conversation = visible_conversations(viewer).get(pk=conversation_id)
    mark = max(0, min(seq, conversation.head) - 1)
    seat_of(viewer, conversation_id).update(read_seq=mark)
    hint_person(viewer.someone)
    return mark
