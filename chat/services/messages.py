"""Sending and reading: one entry more in the log, and how far a person has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.errors import BadBody, TooFast
from chat.hints import hint_conversation, hint_person
from chat.models import Conversation, Message
from chat.policies import may_send_message, seat_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.text import UncleanText, clean_text

MAX_BODY = 8_000
RATE = 10
RATE_SECONDS = 10
# The rate is counted in the newest entries alone, so that it costs the same in a log of 100,000.
_RATE_WINDOW = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """The number a message got. ``again`` when it had been stored before and nothing was written now."""

    conversation_id: int
    client_id: UUID
    seq: int
    at: datetime
    again: bool


def checked_body(body: str) -> str:
    """The text as it is stored; raises ``BadBody`` when it cannot be a message."""
    if len(body) > 4 * MAX_BODY:  # cleaning must not be given work by the megabyte
        raise BadBody("too_long", _("Die Nachricht ist zu lang: höchstens 8.000 Zeichen."))
    try:
        text = clean_text(body, multiline=True)
    except UncleanText as error:
        raise BadBody(
            "unclean", _("Der Text enthält Zeichen, die sich nicht speichern lassen. Bitte neu eingeben.")
        ) from error
    if not text:
        raise BadBody("empty", _("Bitte schreiben Sie etwas."))
    if len(text) > MAX_BODY:
        raise BadBody("too_long", _("Die Nachricht ist zu lang: höchstens 8.000 Zeichen."))
    return text


def send_message(
    viewer: Viewer, conversation_id: int, client_id: UUID, body: str, *, at: datetime | None = None
) -> Receipt:
    """Store a message exactly once, and give its number: sending again is always safe and gives the same number.

    Raises ``Conversation.DoesNotExist`` for whoever is not in it, ``Denied`` with the reason, ``TooFast``,
    ``BadBody``, and ``Conflict`` when this client id already belongs to other content.
    """
    text = checked_body(body)
    try:
        return _append(viewer, conversation_id, client_id, text, at or timezone.now())
    except IntegrityError as error:
        # The same client id in two conversations at the same moment: their locks do not meet, the unique key does.
        raise _other_content() from error


def _other_content() -> Conflict:
    return Conflict(_("Unter dieser Nummer wurde schon eine andere Nachricht gesendet."))


@verb
def _append(viewer: Viewer, conversation_id: int, client_id: UUID, text: str, now: datetime) -> Receipt:
    # The lock comes first and alone: whatever is asked after it is asked of the present, removals included.
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    seat = seat_of(viewer, conversation_id).filter(person__is_active=True)
    if not seat.exists():
        raise Conversation.DoesNotExist(conversation_id)
    earlier = Message.objects.filter(sender_id=viewer.person_id, client_id=client_id).first()
    if earlier is not None:
        if earlier.conversation_id != conversation.pk or earlier.body != text:
            raise _other_content()
        return Receipt(conversation.pk, client_id, earlier.seq, earlier.created_at, again=True)
    require(may_send_message(viewer, conversation))
    _require_rate(viewer, conversation, now)
    message = _write(
        conversation, now, sender_id=viewer.person_id, client_id=client_id, kind=Message.Kind.TEXT, body=text
    )
    seat.update(read_seq=message.seq)
    hint_conversation(conversation.pk, conversation.head)
    return Receipt(conversation.pk, client_id, message.seq, message.created_at, again=False)


def _require_rate(viewer: Viewer, conversation: Conversation, now: datetime) -> None:
    recent = Message.objects.filter(
        conversation=conversation,
        seq__gt=conversation.head - _RATE_WINDOW,
        sender_id=viewer.person_id,
        created_at__gt=now - timedelta(seconds=RATE_SECONDS),
    ).order_by("seq")
    times = list(recent.values_list("created_at", flat=True))
    most = RATE * settings.CHAT_PACE
    if len(times) >= most:
        wait = RATE_SECONDS - (now - times[-most]).total_seconds()
        raise TooFast(
            _("Das ging sehr schnell: höchstens 10 Nachrichten in 10 Sekunden. Bitte einen Moment warten."),
            retry_after=max(0.1, wait),
        )


def _write(conversation: Conversation, now: datetime, **fields: object) -> Message:
    """Append an entry to a locked conversation under its next number."""
    conversation.head += 1
    message = Message(conversation=conversation, seq=conversation.head, created_at=now, **fields)
    message.save(force_insert=True)
    conversation.last_at = now
    conversation.save(update_fields=["head", "last_at"])
    return message


@verb
def mark_read(viewer: Viewer, conversation_id: int, seq: int) -> int:
    """Say how far the viewer has read; only ever forwards, never beyond the last message. Gives the mark that holds."""
    conversation = Conversation.objects.get(pk=conversation_id)
    seat = seat_of(viewer, conversation_id)
    mark = seat.select_for_update().values_list("read_seq", flat=True).first()
    if mark is None:
        raise Conversation.DoesNotExist(conversation_id)
    reached = min(seq, conversation.head)
    if reached > mark and viewer.person_id is not None:
        seat.update(read_seq=reached)
        hint_person(viewer.person_id)
        return reached
    return mark
