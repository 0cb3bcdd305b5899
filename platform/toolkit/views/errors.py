"""The pages for what went wrong: kind, in the language of the person, with what to do next."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from toolkit.access import Denied


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "toolkit/error.html", {"code": 400, "title": _("Das hat nicht geklappt")}, status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A rule said no: its reason is what the person reads."""
    reason = str(exception) if isinstance(exception, Denied | PermissionDenied) else ""
    return render(
        request, "toolkit/error.html", {"code": 403, "title": _("Das ist nicht erlaubt"), "reason": reason}, status=403
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "toolkit/error.html", {"code": 404, "title": _("Diese Seite gibt es nicht")}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answers without context processors, for the fault may lie in them."""
    return render(None, "toolkit/error_bare.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(
        request,
        "toolkit/error.html",
        {
            "code": 403,
            "title": _("Bitte noch einmal absenden"),
            "reason": _(
                "Die Seite war zu lange offen. Gehen Sie zurück, laden Sie die Seite neu und senden Sie noch einmal ab."
            ),
        },
        status=403,
    )
