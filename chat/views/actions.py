"""What people do in the chat without a socket: forms, and the way around for the island when the line is cut."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.errors import BadBody, TooFast
from chat.models import Conversation
from chat.queries.messages import was_said
from chat.services import conversations, people
from chat.services.messages import mark_read, send_message
from chat.views import frame
from chat.views.answers import MARK_DIGITS, refusal
from chat.views.files import Attached, attached
from chat.wire import FRAME_LIMIT, Said
from tenancy.middleware import ViewerRequest
from tenancy.models import Person
from toolkit.access import Conflict, Denied


def _is_json(request: HttpRequest) -> bool:
    return (request.content_type or "") == "application/json"


@require_POST
def send(request: ViewerRequest, pk: int) -> HttpResponse:
    """Store a message, from the form or as JSON with the fields of the socket's ``send``; sending again is always safe.

    JSON answers ``{"seq", "at"}``, or ``{"code", "reason", "retry"}`` with 4xx, as the socket does.
    """
    if _is_json(request):
        return _send_json(request, pk)
    body = request.POST.get("body", "")
    answered = request.POST.get("reply", "")
    try:
        client_id = UUID(request.POST.get("client_id", ""))
        # A number that is longer is none of ours, and what is left of it neither.
        reply = int(answered[:MARK_DIGITS]) if answered else None
    except ValueError as error:
        raise Http404 from error
    return _send_form(request, pk, client_id, body, reply)


def _send_form(request: ViewerRequest, pk: int, client_id: UUID, body: str, reply: int | None) -> HttpResponse:
    """Files first: when one is not taken, or the message is not, the page keeps the words and the other files."""
    came = Attached()
    problem, status = "", 422
    try:
        # A form that is sent again by the browser brings its files again, and would be another message.
        if not (request.FILES and was_said(request.viewer, pk, client_id)):
            came = attached(request, pk)
            if not came.problems:
                keys = [file.id for file in came.files]
                send_message(request.viewer, pk, client_id, body, reply=reply, files=keys)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    except (BadBody, Denied, Conflict) as error:
        problem, status = str(error), refusal(error)[0]
    if not problem and not came.problems:
        return redirect("chat:conversation", pk=pk)
    return frame.show_conversation(
        request,
        pk,
        typed=body,
        problem=problem,
        status=status,
        reply=reply,
        kept_files=came.files,
        file_problems=came.problems,
    )


def _send_json(request: ViewerRequest, pk: int) -> JsonResponse:
    try:
        if len(request.body) > FRAME_LIMIT:
            raise ValueError("too long")
        said = msgspec.json.decode(request.body, type=Said)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return JsonResponse({"code": "malformed", "reason": "", "retry": None}, status=400)
    try:
        receipt = send_message(
            request.viewer,
            pk,
            said.id,
            said.body,
            reply=said.reply,
            mentions=said.mentions,
            everyone=said.everyone,
            files=said.files,
        )
    except Conversation.DoesNotExist:
        reason = _("Sie sind nicht (mehr) in dieser Unterhaltung.")
        return JsonResponse({"code": "unknown", "reason": reason, "retry": None}, status=404)
    except (BadBody, Denied, Conflict) as error:
        status, code = refusal(error)
        retry = error.retry_after if isinstance(error, TooFast) else None
        return JsonResponse({"code": code, "reason": str(error), "retry": retry}, status=status)
    return JsonResponse({"seq": receipt.seq, "at": receipt.at})


@require_POST
def read(request: ViewerRequest, pk: int) -> HttpResponse:
    """Mark a conversation as read up to ``seq``."""
    seq = request.POST.get("seq", "")
    if not seq.isdecimal() or len(seq) > 16:
        raise Http404
    try:
        mark_read(request.viewer, pk, int(seq))
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    return redirect("chat:conversation", pk=pk)


@require_POST
def direct(request: ViewerRequest, person_id: int) -> HttpResponse:
    """From a person's card into the conversation with them."""
    try:
        return redirect("chat:conversation", pk=conversations.open_direct(request.viewer, person_id))
    except Person.DoesNotExist as error:
        raise Http404 from error


@require_POST
def join(request: ViewerRequest, pk: int) -> HttpResponse:
    """Enter a room."""
    try:
        conversations.join_room(request.viewer, pk)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    return redirect("chat:conversation", pk=pk)


@require_POST
def leave(request: ViewerRequest, pk: int) -> HttpResponse:
    """Leave a group or a room."""
    try:
        conversations.leave_conversation(request.viewer, pk)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    flash.success(request, _("Sie haben die Unterhaltung verlassen."))
    return redirect("chat:list")


@require_POST
def mute(request: ViewerRequest, pk: int) -> HttpResponse:
    """Switch a conversation to silent, or back."""
    try:
        people.set_muted(request.viewer, pk)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    return redirect("chat:conversation", pk=pk)
