"""Cities that want to join a format: asking, taking it back, and the answer of those who are in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exchange.services import joining as verbs
from exchange.views.formats import asked_network, back_to, format_or_404
from tenancy.middleware import ViewerRequest


@require_POST
def format_ask(request: ViewerRequest, slug: str) -> HttpResponse:
    """Ask the cities of a format to let one's own in."""
    stored = format_or_404(request, slug)
    verbs.ask_to_join(request.viewer, stored.pk, asked_network(request))
    messages.success(request, _("Ihre Frage ist unterwegs. Die beteiligten Kommunen entscheiden, Sie hören davon."))
    return back_to(stored, "#kommunen")


@require_POST
def format_ask_back(request: ViewerRequest, slug: str) -> HttpResponse:
    """Take back what one's city asked."""
    stored = format_or_404(request, slug)
    verbs.take_asking_back(request.viewer, stored.pk, asked_network(request))
    messages.success(request, _("Ihre Frage ist zurückgenommen."))
    return back_to(stored, "#kommunen")


@require_POST
def format_ask_answer(request: ViewerRequest, slug: str) -> HttpResponse:
    """Let a city in with ``answer=yes``, or not with ``answer=no``."""
    stored = format_or_404(request, slug)
    accept = request.POST.get("answer") == "yes"
    verbs.answer_asking(request.viewer, stored.pk, asked_network(request), accept=accept)
    if accept:
        messages.success(request, _("Aufgenommen. Das Format gehört jetzt auch dieser Kommune."))
    else:
        messages.success(request, _("Abgelehnt. Die Kommune weiß Bescheid."))
    return back_to(stored, "#kommunen")
