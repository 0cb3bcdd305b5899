"""Hiding a message after a decision, and showing it again. Called by moderation inside of its transaction."""

from __future__ import annotations

from chat import wall
from chat.hints import hint_conversation


def hide_message(message_id: int, reason: str) -> None:
    """Take the text out of everybody's sight, open pages included; the number stays. Twice is once.

    The acting one does not see the conversation, and need not: they moderate in the Land of a report on the message.
    """
    _note(wall.moderate(message_id, hide=True, reason=reason))


def restore_message(message_id: int) -> None:
    """Show a hidden message again. Twice is once."""
    _note(wall.moderate(message_id, hide=False))


def _note(change: tuple[int, int] | None) -> None:
    if change is not None:
        hint_conversation(*change)
