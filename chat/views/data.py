"""Entries of a log for the island: older ones, and what it missed when there is no socket."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from chat.forms.conversations import SearchForm
from chat.policies import may_name_everyone, visible_conversations
from chat.queries.messages import BATCH, ON_PAGE, log_after, log_before
from chat.queries.people import people_to_name
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


@require_safe
def people(request: ViewerRequest, pk: int) -> HttpResponse:
    """``?q=WORDS``: people of the conversation whom one can name (at most 20), and whether all at once can be named."""
    viewer = request.viewer
    conversation = visible_conversations(viewer).filter(pk=pk).first()
    if conversation is None:
        raise Http404
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    found = [
        {"id": face.id, "name": face.name, "place": face.place, "initials": face.initials, "hue": face.hue}
        for face in people_to_name(viewer, pk, words)
    ]
    return JsonResponse({"people": found, "everyone": bool(may_name_everyone(viewer, conversation))})
