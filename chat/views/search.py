"""The search in the chat: a form and a page, without JavaScript."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat.queries.conversations import latest_conversations, titles_of
from chat.queries.search import PAGE, Asked, found_page
from tenancy.middleware import ViewerRequest
from toolkit.text import clean_query

#: So many conversations are offered to choose from.
OFFERED = 50
_MAX_DIGITS = 16


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # What lies near the ends of the calendar cannot be told in every time zone.
    return day if 1900 < day.year < 9000 else None


def asked_from(data: QueryDict) -> Asked:
    """Read what is looked for from an address; never raises."""
    talk = data.get("c", "")
    return Asked(
        q=clean_query(data.get("q", "")),
        talk=int(talk) if talk.isascii() and talk.isdecimal() and len(talk) < _MAX_DIGITS else None,
        person=clean_query(data.get("person", ""))[:80],
        since=_day(data.get("von", "")),
        until=_day(data.get("bis", "")),
        files=data.get("datei") == "1",
    )


@require_safe
def search(request: ViewerRequest) -> HttpResponse:
    """What was said in the conversations of the viewer, newest first."""
    viewer = request.viewer
    asked = asked_from(request.GET)
    found = found_page(viewer, asked, clean_query(request.GET.get("seite", "")))
    offered = {glance.id: glance.title for glance in latest_conversations(viewer, OFFERED)}
    if asked.talk is not None and asked.talk not in offered:
        offered |= titles_of(viewer, [asked.talk])
    context = {
        "section": "chat",
        "asked": asked,
        "found": found,
        "offered": offered.items(),
        "place": offered.get(asked.talk or 0, ""),
        "page_size": PAGE,
        "today": timezone.localdate(),
        "newer": asked.address(seite=found.previous) if found.previous else "",
        "older": asked.address(seite=found.next) if found.next else "",
    }
    return render(request, "chat/search.html", context)
