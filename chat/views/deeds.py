"""What can be done with a message that was said: a page with all of it for people without JavaScript, and each deed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.errors import BadBody
from chat.models import Conversation
from chat.policies import may_edit_message, may_pin, may_react, may_retract_message, visible_messages
from chat.queries.conversations import conversation_details
from chat.queries.messages import one_message, thread, versions
from chat.queries.wishes import readers_of
from chat.services import deeds
from chat.views.answers import back_to, done, refusal, wants_json
from chat.wire import Item
from tenancy.middleware import ViewerRequest
from toolkit.access import require

#: The signs that are offered without JavaScript, each with its word.
SIGNS = (
    ("👍", gettext_lazy("Zustimmung")),
    ("❤️", gettext_lazy("Herz")),
    ("🙏", gettext_lazy("Danke")),
    ("🎉", gettext_lazy("Glückwunsch")),
    ("✅", gettext_lazy("Erledigt")),
    ("👀", gettext_lazy("Sehe ich mir an")),
)


def _context(request: ViewerRequest, pk: int, seq: int) -> tuple[Conversation, Item, dict[str, Any]]:
    viewer = request.viewer
    try:
        conversation, details = conversation_details(viewer, pk)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    item = one_message(viewer, pk, seq)
    if item is None:
        raise Http404
    return conversation, item, {"section": "chat", "details": details, "item": item}


@require_safe
def message(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """One message with everything that the viewer may do with it."""
    viewer = request.viewer
    conversation, item, context = _context(request, pk, seq)
    row = visible_messages(viewer, pk).get(seq=seq)
    given = {reaction.sign: reaction.people for reaction in item.reactions}
    context |= {
        "may_edit": may_edit_message(viewer, row),
        "may_retract": may_retract_message(viewer, row),
        "may_react": may_react(viewer, conversation, row),
        "may_pin": may_pin(viewer, conversation, row),
        "signs": [
            {"sign": sign, "word": word, "n": len(given.get(sign, ())), "on": viewer.person_id in given.get(sign, ())}
            for sign, word in SIGNS
        ],
        "own": item.sender == viewer.person_id,
    }
    return render(request, "chat/message.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """Change the words of an own message."""
    if request.method == "POST" and wants_json(request):
        return done(request, pk, seq, lambda: deeds.edit_message(request.viewer, pk, seq, request.POST.get("body", "")))
    _conversation, item, context = _context(request, pk, seq)
    require(may_edit_message(request.viewer, visible_messages(request.viewer, pk).get(seq=seq)))
    problem, typed, status = "", item.text, 200
    if request.method == "POST":
        typed = request.POST.get("body", "")
        try:
            deeds.edit_message(request.viewer, pk, seq, typed)
        except BadBody as error:
            problem, status = str(error), refusal(error)[0]
        else:
            return back_to(pk, seq)
    return render(request, "chat/edit.html", context | {"typed": typed, "problem": problem}, status=status)


@require_POST
def retract(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """Take an own message back."""
    said = _("Die Nachricht ist zurückgenommen.")
    return done(request, pk, seq, lambda: deeds.retract_message(request.viewer, pk, seq), said)


@require_POST
def react(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """Put a sign under a message, or take it away."""
    sign, on = request.POST.get("sign", ""), request.POST.get("on") == "1"
    return done(request, pk, seq, lambda: deeds.react(request.viewer, pk, seq, sign, on=on))


@require_POST
def pin(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """Pin a message for everybody in the conversation, or loosen it."""
    on = request.POST.get("on") == "1"
    return done(request, pk, seq, lambda: deeds.pin(request.viewer, pk, seq, on=on))


@require_POST
def unread(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """Put the own mark back to before a message."""
    return done(request, pk, seq, lambda: deeds.mark_unread(request.viewer, pk, seq))


@require_safe
def message_versions(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """How a message read before."""
    _conversation, item, context = _context(request, pk, seq)
    earlier = [] if item.hidden or item.gone else versions(request.viewer, pk, seq)
    if wants_json(request):
        return JsonResponse({"versions": [{"html": one.html, "until": one.until} for one in earlier]})
    return render(request, "chat/versions.html", context | {"versions": earlier})


@require_safe
def readers(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """Who has read a message, where both let it be seen."""
    _conversation, _item, context = _context(request, pk, seq)
    faces = readers_of(request.viewer, pk, seq)
    if wants_json(request):
        people = [{"id": face.id, "name": face.name, "place": face.place} for face in faces or ()]
        return JsonResponse({"people": people, "allowed": faces is not None})
    return render(request, "chat/readers.html", context | {"readers": faces})


@require_safe
def thread_page(request: ViewerRequest, pk: int, seq: int) -> HttpResponse:
    """A message and what was answered to it."""
    _conversation, item, context = _context(request, pk, seq)
    if item.thread is not None:
        raise Http404
    items = thread(request.viewer, pk, seq)
    return render(request, "chat/thread.html", context | {"items": items})
