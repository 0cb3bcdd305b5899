"""Pages of the chat. All of them read and work without JavaScript."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chat.forms.conversations import GroupForm, SearchForm
from chat.policies import may_open_group
from chat.queries.messages import first_of_day
from chat.queries.people import people_to_write_to
from chat.services.conversations import open_group
from chat.views import frame
from chat.views.answers import day_in, number_in
from tenancy.middleware import ViewerRequest
from toolkit.access import require


@require_safe
def conversation_list(request: ViewerRequest) -> HttpResponse:
    """All conversations of the viewer."""
    return frame.show_list(request)


@require_safe
def rows(request: ViewerRequest) -> HttpResponse:
    """The list alone, for the island: what a conversation that just began looks like."""
    number = number_in(request, "c") or 0
    # Alone on its page the list stands right below the heading of the page.
    context = frame.list_context(request) | {"current": number, "level": "h3" if number else "h2"}
    return render(request, "chat/_rows.html", context)


@require_safe
def conversation(request: ViewerRequest, pk: int) -> HttpResponse:
    """One conversation: where the unread begins, or ``?vor=NUMBER`` before a message, ``?um=NUMBER`` around it.

    ``?tag=YYYY-MM-DD`` begins with the first message of that day or after it; ``?antwort=NUMBER`` opens the form for an
    answer to a message.
    """
    before, around, reply = (number_in(request, name) for name in ("vor", "um", "antwort"))
    if (day := day_in(request, "tag")) is not None:
        around = first_of_day(request.viewer, pk, day)
    return frame.show_conversation(request, pk, before=before, around=around, reply=reply)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ViewerRequest) -> HttpResponse:
    """Pick somebody to write to, or begin a group."""
    viewer = request.viewer
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    status = 200
    group = GroupForm(viewer)
    if request.method == "POST":
        require(may_open_group(viewer))
        group = GroupForm(viewer, request.POST)
        if group.is_valid():
            return redirect(
                "chat:conversation",
                pk=open_group(
                    viewer, group.cleaned_data["title"], group.cleaned_data["people"], group.cleaned_data["about"]
                ),
            )
        status = 422
    chosen = [str(number) for number in request.POST.getlist("people")]
    context = frame.list_context(request) | {
        "words": words,
        "people": people_to_write_to(viewer, words),
        "group": group,
        "chosen": chosen,
        "may_open": may_open_group(viewer),
    }
    return render(request, "chat/new.html", context, status=status)
