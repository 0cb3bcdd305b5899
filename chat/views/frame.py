"""What every page of the chat is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.ids import new_client_id
from chat.models import Conversation
from chat.policies import may_keep, may_leave_conversation, may_send_message
from chat.queries.conversations import Details, Glance, conversation_details, conversation_page, room_to_join
from chat.queries.keeping import kept_in
from chat.queries.messages import BEFORE, ON_PAGE, Stretch, log_around, log_before, one_message
from chat.queries.rows import rows_of
from chat.queries.topics import open_to_text
from chat.queries.wishes import wish_of
from chat.services.messages import MAX_BODY, MAX_FILES
from chat.signs import offered
from chat.wire import File, encode_items
from tenancy.middleware import ViewerRequest
from tenancy.viewer import Viewer
from toolkit.uploads.kinds import ACCEPT

#: What stands below which heading of the list, besides favourites.
SECTIONS = (
    ("rooms", _("Räume"), (Conversation.Kind.ROOM, Conversation.Kind.TOPIC)),
    ("groups", _("Gruppen"), (Conversation.Kind.GROUP,)),
    ("directs", _("Direktnachrichten"), (Conversation.Kind.DIRECT,)),
)


def sections_of(glances: Sequence[Glance]) -> list[tuple[str, str, list[Glance]]]:
    """The list in its sections, each with a word for the machine and one for people; empty ones left out."""
    made = [("favourites", str(_("Favoriten")), [glance for glance in glances if glance.favourite])]
    for key, title, kinds in SECTIONS:
        made.append((key, str(title), [glance for glance in glances if glance.kind in kinds and not glance.favourite]))
    return [section for section in made if section[2]]


def list_context(request: ViewerRequest) -> dict[str, Any]:
    """The list at the left."""
    archived = "archiv" in request.GET
    glances, page = conversation_page(request.viewer, request.GET.get("seite", ""), archived=archived)
    return {
        "section": "chat",
        "sections": sections_of(glances),
        "archived": archived,
        "older_conversations": page.next,
        "newer_conversations": page.previous,
        "today": timezone.localdate(),
        "said_in": settings.LANGUAGE_CODE,
    }


def show_list(request: ViewerRequest) -> HttpResponse:
    """The list alone; at a wide screen an invitation stands beside it."""
    return render(request, "chat/list.html", list_context(request) | {"wish": wish_of(request.viewer)})


def show_conversation(
    request: ViewerRequest,
    pk: int,
    *,
    typed: str = "",
    problem: str = "",
    status: int = 200,
    before: int | None = None,
    around: int | None = None,
    reply: int | None = None,
    kept_files: Sequence[File] = (),
    file_problems: Sequence[str] = (),
) -> HttpResponse:
    """A conversation with its log; or the door of a room one may enter; 404 for everybody else.

    Without a place in it, it opens where the unread begins. ``reply`` is the number of the message to be answered;
    ``kept_files`` were uploaded for what is being written, ``file_problems`` say why others were not.
    """
    viewer = request.viewer
    try:
        conversation, details = conversation_details(viewer, pk)
    except Conversation.DoesNotExist:
        return _show_door(request, pk)
    stretch = _stretch(viewer, details, before, around)
    items = stretch.items
    may_send = may_send_message(viewer, conversation)
    context = list_context(request) | {
        "current": pk,
        "details": details,
        "wish": wish_of(viewer),
        "kept": kept_in(viewer, pk),
        "may_keep": may_keep(viewer, conversation, 1),
        "open_to": open_to_text(details.open_to),
        "rows": rows_of(items, person_id=viewer.person_id, read_seq=details.read_seq),
        "items_json": encode_items(items),
        "older": items[0].seq if items and stretch.before else 0,
        "newer": items[-1].seq if items and stretch.more else 0,
        "is_past": stretch.more,
        "answered": one_message(viewer, pk, reply) if reply is not None else None,
        "unread_here": details.head > details.read_seq,
        "may_send": may_send,
        "may_leave": may_leave_conversation(viewer, conversation),
        "client_id": new_client_id(),
        "typed": typed,
        "problem": problem,
        "kept_files": kept_files,
        "file_problems": file_problems,
        "max_body": MAX_BODY,
        "max_files": MAX_FILES,
        "file_accept": ACCEPT,
        "others": details.member_count - 1,
        "edit_hours": settings.CHAT_EDIT_HOURS,
        "signs": offered(),
    }
    return render(request, "chat/conversation.html", context, status=status)


def _stretch(viewer: Viewer, details: Details, before: int | None, around: int | None) -> Stretch:
    """The part of the log to show: what was asked for, else from the first unread on, else the newest."""
    if around is None and before is None and details.head - details.read_seq >= ON_PAGE - BEFORE:
        around = max(details.read_seq, details.joined_seq) + 1
    if around is not None:
        return log_around(viewer, details.id, around, head=details.head)
    end = details.head + 1
    items = log_before(viewer, details.id, min(before or end, end))
    return Stretch(items, before=len(items) == ON_PAGE, more=before is not None and before < end)


def _show_door(request: ViewerRequest, pk: int) -> HttpResponse:
    room = room_to_join(request.viewer, pk)
    if room is None:
        raise Http404
    return render(request, "chat/door.html", list_context(request) | {"room": room})
