"""Switching off the mails for what was missed, by the link in them, without signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chat.services.missed import switch_missed_mail, viewer_of
from toolkit.acting import acting_as_nobody


@csrf_exempt  # the programs that read mail send this form for their reader (RFC 8058); the token is the proof
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def missed_off(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; its form is what mail programs send for „unsubscribe“ as well."""
    with acting_as_nobody():
        viewer = viewer_of(token)
        if viewer is None:
            raise Http404
        done = request.method == "POST"
        if done:
            switch_missed_mail(viewer, on=False)
    return render(request, "chat/missed_off.html", {"done": done})
