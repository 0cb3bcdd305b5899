"""Entries of a log for the island: older ones, and what it missed when there is no socket."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from chat.policies import visible_conversations
from chat.queries.messages import BATCH, ON_PAGE, log_after, log_before
from chat.wire import encode_items
from tenancy.middleware import ViewerRequest

_MAX_DIGITS = 16


@require_safe
def messages(request: ViewerRequest, pk: int) -> HttpResponse:
    """``?nach=NUMBER``: up to 200 entries after it; ``?vor=NUMBER``: up to 50 messages before it. Oldest first."""
    after, before = request.GET.get("nach", ""), request.GET.get("vor", "")
    viewer = request.viewer
    if not visible_conversations(viewer).filter(pk=pk).exists():
        raise Http404
    if before.isdecimal() and len(before) < _MAX_DIGITS:
        items, size = log_before(viewer, pk, int(before)), ON_PAGE
    elif after.isdecimal() and len(after) < _MAX_DIGITS:
        items, size = log_after(viewer, pk, int(after)), BATCH
    else:
        raise Http404
    return HttpResponse(
        b'{"items":%b,"more":%b}' % (encode_items(items).encode(), b"true" if len(items) == size else b"false"),
        content_type="application/json",
    )
