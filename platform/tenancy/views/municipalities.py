"""Suggestions while somebody types the name of a municipality."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from tenancy.middleware import ViewerRequest
from tenancy.queries.municipalities import hints, suggest_municipalities
from toolkit.limits import within_limit
from toolkit.text import UncleanText, clean_text

#: A town hall often has one address for everybody, and each letter typed asks once.
PER_MINUTE = 300


@login_not_required
@require_safe
def municipality_suggest(request: ViewerRequest) -> JsonResponse:
    """``[{value, label, hint}]``: key, short name, and what tells it from others of that name."""
    if not within_limit("suggest", request.META.get("REMOTE_ADDR", ""), times=PER_MINUTE, seconds=60):
        return JsonResponse([], safe=False, status=429)
    try:
        text = clean_text(request.GET.get("q", "")[:200])
    except UncleanText:
        text = ""
    found = hints(suggest_municipalities(text))
    return JsonResponse([{"value": town.ags, "label": town.name, "hint": town.hint} for town in found], safe=False)
