"""What is each person's own in the chat: favourites, the archive, blocks, wishes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chat.forms.conversations import WishForm
from chat.queries.people import blocked_people
from chat.queries.wishes import wish_of
from chat.services import people
from chat.services.people import WISHES
from tenancy.middleware import ViewerRequest


def _back(request: ViewerRequest, otherwise: str, **kwargs: Any) -> HttpResponse:
    """To the page it was done on, if that is one of ours."""
    page = request.POST.get("zurueck", "")
    if page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        return redirect(page)
    return redirect(otherwise, **kwargs)


def _or_404(deed: Callable[[], Any]) -> Any:
    try:
        return deed()
    except ObjectDoesNotExist as error:
        raise Http404 from error


@require_POST
def favourite(request: ViewerRequest, pk: int) -> HttpResponse:
    """Put a conversation at the top of the list, or back."""
    _or_404(lambda: people.set_favourite(request.viewer, pk))
    return redirect("chat:conversation", pk=pk)


@require_POST
def archive(request: ViewerRequest, pk: int) -> HttpResponse:
    """Put a conversation away (``on=1``), or take it back."""
    if request.POST.get("on") == "1":
        _or_404(lambda: people.archive(request.viewer, pk))
        flash.success(request, _("Im Archiv. Sobald dort jemand schreibt, steht die Unterhaltung wieder in der Liste."))
        return redirect("chat:list")
    _or_404(lambda: people.unarchive(request.viewer, pk))
    return redirect("chat:conversation", pk=pk)


@require_POST
def block(request: ViewerRequest, person_id: int) -> HttpResponse:
    """Take no more messages from a person (``on=1``), or again."""
    if request.POST.get("on") == "1":
        _or_404(lambda: people.block_person(request.viewer, person_id))
        flash.success(request, _("Von dieser Person kommt keine direkte Nachricht mehr. Sie erfährt davon nichts."))
    else:
        people.unblock_person(request.viewer, person_id)
        flash.success(request, _("Diese Person kann Ihnen wieder schreiben."))
    return _back(request, "chat:wishes")


@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: ViewerRequest) -> HttpResponse:
    """How somebody wants the chat, and whom they blocked."""
    viewer = request.viewer
    form = WishForm(instance=wish_of(viewer))
    if request.method == "POST":
        # A form without a tick sends nothing; an announcement is always chosen.
        form = WishForm(request.POST, instance=wish_of(viewer))
        if form.is_valid():
            people.wish(viewer, **{field: form.cleaned_data[field] for field in WISHES})
            flash.success(request, _("Gespeichert."))
            return redirect("chat:wishes")
    context = {"section": "chat", "form": form, "blocked": blocked_people(viewer)}
    return render(request, "chat/wishes.html", context, status=422 if form.is_bound else 200)
