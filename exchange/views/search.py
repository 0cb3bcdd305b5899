"""The search over everything."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.queries.experiences import popular_topics
from exchange.queries.search import search_everything
from tenancy.middleware import ViewerRequest
from toolkit.text import clean_query


@login_not_required
@require_safe
def search(request: ViewerRequest) -> HttpResponse:
    """What the words of ``q`` find, in groups; without words, topics to begin with."""
    q = clean_query(request.GET.get("q", ""))
    context = {
        "q": q,
        "found": search_everything(request.viewer, q),
        "topics": popular_topics(request.viewer, most=12),
    }
    return render(request, "exchange/search.html", context)
