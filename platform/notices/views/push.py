"""Browsers come and go: the island tells when this one wants to be told, a form lets one go."""

from __future__ import annotations

import msgspec
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notices.models import PushSubscription
from notices.services.push import subscribe, unsubscribe, unsubscribe_browser
from notices.webpush import BadAddress, Browser
from tenancy.middleware import ViewerRequest
from toolkit.text import UncleanText, clean_text

_MOST = 4096
_MAX_DIGITS = 16


class _Keys(msgspec.Struct):
    p256dh: str
    auth: str


class _Said(msgspec.Struct):
    """A ``PushSubscription`` of the browser as JSON; what else it says is left aside."""

    endpoint: str
    keys: _Keys | None = None
    device: str = ""


def _said(request: ViewerRequest) -> _Said | None:
    if len(request.body) > _MOST:
        return None
    try:
        said = msgspec.json.decode(request.body, type=_Said)
        clean = clean_text(said.endpoint) == said.endpoint and clean_text(said.device) == said.device
    except (msgspec.MsgspecError, UncleanText, UnicodeError):
        return None
    return said if clean else None


def _refused() -> JsonResponse:
    return JsonResponse({"reason": _("Dieser Browser lässt sich nicht benachrichtigen.")}, status=400)


@require_POST
def push_on(request: ViewerRequest) -> HttpResponse:
    """This browser wants to be told: 201, or 400 with the reason."""
    said = _said(request)
    if said is None or said.keys is None:
        return _refused()
    browser = Browser(said.endpoint, said.keys.p256dh, said.keys.auth)
    try:
        number = subscribe(request.viewer, browser, device=said.device, session=request.session.session_key or "")
    except BadAddress:
        return _refused()
    return JsonResponse({"id": number}, status=201)


@require_POST
def push_off(request: ViewerRequest) -> HttpResponse:
    """Forget a browser: this one by its endpoint (JSON, 204), or one of the list by its number (form)."""
    if request.content_type == "application/json":
        said = _said(request)
        if said is None:
            return _refused()
        unsubscribe_browser(request.viewer, said.endpoint)
        return HttpResponse(status=204)
    number = request.POST.get("browser", "")
    if not (number.isascii() and number.isdecimal() and len(number) < _MAX_DIGITS):
        raise Http404
    try:
        unsubscribe(request.viewer, int(number))
    except PushSubscription.DoesNotExist as error:
        raise Http404 from error
    return redirect("notices:list")
