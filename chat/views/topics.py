"""The directory of topic rooms, and how one begins."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chat.forms.conversations import TopicForm
from chat.policies import may_open_topic
from chat.queries.topics import topic_cards
from chat.services.topics import open_topic
from tenancy.middleware import ViewerRequest
from toolkit.access import require


@require_safe
def topic_list(request: ViewerRequest) -> HttpResponse:
    """The topic rooms that one may enter."""
    cards = topic_cards(request.viewer)
    context = {"section": "chat", "topics": cards, "may_open": may_open_topic(request.viewer)}
    return render(request, "chat/topics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def topic_new(request: ViewerRequest) -> HttpResponse:
    """Open a topic room."""
    viewer = request.viewer
    require(may_open_topic(viewer))
    form = TopicForm(viewer, request.POST or None)
    if request.method == "POST":
        form = TopicForm(viewer, request.POST)
        if form.is_valid():
            return redirect("chat:conversation", pk=open_topic(viewer, **form.cleaned_data))
    return render(
        request, "chat/topic_new.html", {"section": "chat", "form": form}, status=422 if form.is_bound else 200
    )
