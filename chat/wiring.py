"""What the chat hangs into lower floors, called once when everything is loaded."""

from __future__ import annotations

from django.http import HttpRequest

from chat.queries.conversations import unread_total
from chat.services.conversations import membership_ended
from tenancy.hooks import register_membership_hook
from toolkit.context import register_frame


def _chat_count(request: HttpRequest) -> int:
    return unread_total(request.viewer)  # type: ignore[attr-defined]  # set by ViewerMiddleware


def connect() -> None:
    """Give the frame its count, and hear when somebody leaves a network."""
    register_frame("chat_count", _chat_count)
    register_membership_hook(ended=membership_ended)
