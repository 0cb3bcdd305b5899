"""Hiding a message after a decision, and showing it again. Called by moderation inside of its transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from chat.models import Message
from chat.services.messages import append_change


@transaction.atomic
def hide_message(message_id: int, reason: str) -> None:
    """Take the text out of everybody's sight, open pages included; the number stays. Twice is once."""
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.hidden_at is not None:
        return
    message.hidden_at, message.hidden_reason = timezone.now(), reason
    message.save(update_fields=["hidden_at", "hidden_reason"])
    append_change(message.conversation_id, message.seq)


@transaction.atomic
def restore_message(message_id: int) -> None:
    """Show a hidden message again. Twice is once."""
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.hidden_at is None:
        return
    message.hidden_at, message.hidden_reason = None, ""
    message.save(update_fields=["hidden_at", "hidden_reason"])
    append_change(message.conversation_id, message.seq)
