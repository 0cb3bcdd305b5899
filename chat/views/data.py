"""Entries of a log for the island: older ones, newer ones, a thread, what is pinned, and cards for links."""

from __future__ import annotations

from dataclasses import asdict

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from chat.cards import cards_for
from chat.forms.conversations import SearchForm
from chat.policies import may_name_everyone, visible_conversations
from chat.queries.messages import (
    BATCH,
    ON_PAGE,
    Stretch,
    first_of_day,
    log_after,
    log_around,
    log_before,
    pinned,
    thread,
)
from chat.queries.people import people_to_name
from chat.views.answers import day_in, number_in
from chat.wire import encode_items
from tenancy.middleware import ViewerRequest
from tenancy.viewer import Viewer


@require_safe
def messages(request: ViewerRequest, pk: int) -> HttpResponse:
    """Items as JSON, oldest first; ``before`` and ``more`` say whether there are earlier and later ones.

    ``?nach=NUMBER``: up to 200 entries after it; ``?vor=NUMBER``: up to 50 messages before it; ``?um=NUMBER``: some
    before it, it, and what follows; ``?tag=YYYY-MM-DD``: as that, from the first message of the day on;
    ``?faden=NUMBER``: a thread; ``?geheftet=1``: what is pinned.
    """
    viewer = request.viewer
    conversation = visible_conversations(viewer).filter(pk=pk).first()
    if conversation is None:
        raise Http404
    stretch = _asked(request, viewer, pk, conversation.head)
    if stretch is None:
        raise Http404
    flags = b'"before":%b,"more":%b' % (_truth(stretch.before), _truth(stretch.more))
    body = b'{"items":%b,%b}' % (encode_items(stretch.items).encode(), flags)
    return HttpResponse(body, content_type="application/json")


def _asked(request: ViewerRequest, viewer: Viewer, pk: int, head: int) -> Stretch | None:
    if (before := number_in(request, "vor")) is not None:
        items = log_before(viewer, pk, before)
        return Stretch(items, before=len(items) == ON_PAGE, more=len(items) == ON_PAGE)
    if (after := number_in(request, "nach")) is not None:
        items = log_after(viewer, pk, after)
        return Stretch(items, before=after > 0, more=len(items) == BATCH)
    if (around := number_in(request, "um")) is not None:
        return log_around(viewer, pk, around, head=head)
    if (root := number_in(request, "faden")) is not None:
        return Stretch(thread(viewer, pk, root), before=False, more=False)
    if request.GET.get("geheftet"):
        return Stretch(pinned(viewer, pk), before=False, more=False)
    if (day := day_in(request, "tag")) is None:
        return None
    return log_around(viewer, pk, first_of_day(viewer, pk, day) or head, head=head)


def _truth(value: bool) -> bytes:
    return b"true" if value else b"false"


@require_safe
def cards(request: ViewerRequest) -> HttpResponse:
    """``?pfad=PATH``, several times: what these pages are, for those that the viewer may see."""
    found = cards_for(request.viewer, request.GET.getlist("pfad"))
    return JsonResponse({path: asdict(card) for path, card in found.items()})


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
