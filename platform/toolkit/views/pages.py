"""Pages without a domain: the operator's texts and the health checks."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from toolkit.ending import is_ending
from toolkit.legal import legal_text
from toolkit.markdown import render_markdown
from toolkit.models import LegalText


@login_not_required
@require_safe
def legal(request: HttpRequest, page: str) -> HttpResponse:
    """Impressum, Datenschutz, Barrierefreiheit."""
    label = LegalText.Page(page).label
    text = legal_text(page, (get_language() or "de")[:2])
    return render(request, "toolkit/legal.html", {"page": page, "title": label, "html": render_markdown(text)})


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers too, and the process is not about to end; 503 otherwise."""
    if is_ending():
        return JsonResponse({"status": "ending"}, status=503)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
