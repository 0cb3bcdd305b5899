"""How a deed of the chat is answered: a page for people, a few words for the island."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages as flash
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.errors import BadBody, TooFast
from toolkit.access import Conflict, Denied

#: Numbers in addresses fit into the database.
MARK_DIGITS = 16


def refusal(error: Exception) -> tuple[int, str]:
    """Status and code for what can go wrong with a message."""
    match error:
        case BadBody():
            return 422, error.code
        case TooFast():
            return 429, "too_fast"
        case Conflict():
            return 409, "conflict"
        case _:
            return 403, "denied"


def wants_json(request: HttpRequest) -> bool:
    """Whether the island asks, and not a person."""
    return request.headers.get("Accept", "").startswith("application/json")


def number_in(request: HttpRequest, name: str) -> int | None:
    """A number in the query, or None for everything that is none."""
    value = request.GET.get(name, "")
    return int(value) if value.isdecimal() and value.isascii() and len(value) < MARK_DIGITS else None


def day_in(request: HttpRequest, name: str) -> date | None:
    """A day (YYYY-MM-DD) in the query, or None for everything that is none."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def done(request: HttpRequest, pk: int, seq: int, deed: Callable[[], Any], said: str = "") -> HttpResponse:
    """Carry out a deed on a message and go back to it: 404 for what is not in sight, a sentence for what is refused."""
    try:
        number = deed()
    except ObjectDoesNotExist as error:
        if wants_json(request):
            return JsonResponse({"code": "unknown", "reason": _("Diese Nachricht gibt es hier nicht.")}, status=404)
        raise Http404 from error
    except (BadBody, Denied, Conflict) as error:
        status, code = refusal(error)
        if wants_json(request):
            return JsonResponse({"code": code, "reason": str(error)}, status=status)
        if isinstance(error, Denied):
            raise
        flash.error(request, str(error))
        return back_to(pk, seq)
    if wants_json(request):
        return JsonResponse({"seq": number})
    if said:
        flash.success(request, said)
    return back_to(pk, seq)


def back_to(pk: int, seq: int) -> HttpResponse:
    """To the place of a message in its conversation."""
    return redirect(reverse("chat:conversation", kwargs={"pk": pk}) + f"?um={seq}#m{seq}")
