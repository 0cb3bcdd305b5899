"""Who is in a group or room, and what its owners do: pages and forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.forms.conversations import DescribeForm, SearchForm
from chat.models import Conversation
from chat.policies import may_add_people, may_steer
from chat.queries.conversations import conversation_details
from chat.queries.people import members_of_conversation, people_to_add
from chat.services import groups
from chat.services.networks import open_network_room
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from toolkit.access import Conflict, require


@require_safe
def members(request: ViewerRequest, pk: int) -> HttpResponse:
    """Everybody in a conversation (``?wer=`` finds some); for owners also how to add (``?q=``) and remove people."""
    viewer = request.viewer
    try:
        conversation, details = conversation_details(viewer, pk)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    if conversation.kind == Conversation.Kind.DIRECT:
        raise Http404
    search, here = SearchForm(request.GET), SearchForm({"q": request.GET.get("wer", "")})
    words = search.cleaned_data["q"] if search.is_valid() else ""
    wanted = here.cleaned_data["q"] if here.is_valid() else ""
    may_add = may_add_people(viewer, conversation)
    context = {
        "section": "chat",
        "details": details,
        "members": members_of_conversation(viewer, pk, wanted),
        "wanted": wanted,
        "words": words,
        "may_add": may_add,
        "may_steer": may_steer(viewer, conversation),
        "found": people_to_add(viewer, pk, words) if may_add else [],
    }
    return render(request, "chat/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: ViewerRequest, pk: int) -> HttpResponse:
    """Name, description, and who writes: for owners."""
    viewer = request.viewer
    try:
        conversation, details = conversation_details(viewer, pk)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    require(may_steer(viewer, conversation))
    form = DescribeForm(
        request.POST or None,
        initial={"title": conversation.title, "about": conversation.about, "announce": details.announces},
    )
    if request.method == "POST" and form.is_valid():
        groups.describe(viewer, pk, **form.cleaned_data)
        return redirect("chat:conversation", pk=pk)
    context = {"section": "chat", "details": details, "form": form}
    return render(request, "chat/describe.html", context, status=422 if form.is_bound else 200)


def _done(request: ViewerRequest, pk: int, deed: Callable[[], Any], said: str = "") -> HttpResponse:
    try:
        deed()
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Conflict as error:
        flash.error(request, str(error))
    else:
        if said:
            flash.success(request, said)
    return redirect("chat:members", pk=pk)


@require_POST
def add(request: ViewerRequest, pk: int) -> HttpResponse:
    """Let chosen people in."""
    chosen = {int(n) for n in request.POST.getlist("people") if n.isdecimal() and n.isascii() and len(n) < 16}
    let_in: list[int] = []

    def deed() -> None:
        let_in.extend(groups.add_people(request.viewer, pk, chosen))

    answer = _done(request, pk, deed)
    if let_in:
        text = ngettext("Eine Person ist jetzt dabei.", "%(n)d Personen sind jetzt dabei.", len(let_in))
        flash.success(request, text % {"n": len(let_in)})
    if len(let_in) < len(chosen):
        flash.info(request, _("Nicht alle konnten hinzugefügt werden: Sie nehmen zurzeit keine Nachrichten an."))
    return answer


@require_POST
def remove(request: ViewerRequest, pk: int, person_id: int) -> HttpResponse:
    """Take somebody out."""
    said = _("Die Person ist nicht mehr dabei.")
    return _done(request, pk, lambda: groups.remove_person(request.viewer, pk, person_id), said)


@require_POST
def share(request: ViewerRequest, pk: int, person_id: int) -> HttpResponse:
    """Let somebody be responsible too."""
    said = _("Die Person ist jetzt mit verantwortlich.")
    return _done(request, pk, lambda: groups.share_ownership(request.viewer, pk, person_id), said)


@require_POST
def give_up(request: ViewerRequest, pk: int) -> HttpResponse:
    """Be a member like others again."""
    said = _("Sie sind hier nicht mehr verantwortlich.")
    return _done(request, pk, lambda: groups.give_up_ownership(request.viewer, pk), said)


@require_POST
def network_room(request: ViewerRequest, network_id: int) -> HttpResponse:
    """Into the room of a network, which is opened for the first who comes."""
    try:
        return redirect("chat:conversation", pk=open_network_room(request.viewer, network_id))
    except Network.DoesNotExist as error:
        raise Http404 from error
