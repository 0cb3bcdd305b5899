"""What was decided: the list for moderators, one decision for its author too."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moderation.forms.reports import RestoreForm
from moderation.models import ModerationDecision
from moderation.policies.reports import moderates_something
from moderation.queries.reports import decision_page, name_of_kind, verdict_of
from moderation.services.decisions import restore_thing
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict


@require_safe
def decision_list(request: ViewerRequest) -> HttpResponse:
    """The decisions in my Länder, newest first."""
    if not moderates_something(request.viewer):
        raise Http404
    page = decision_page(request.viewer, request.GET.get("page", ""))
    return render(
        request,
        "moderation/decisions.html",
        {"page": page, "rows": [(row, name_of_kind(row.kind)) for row in page.items], "tab": "decisions"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: ViewerRequest, pk: int) -> HttpResponse:
    """One decision with its reason: for the author, and for moderators, who can show the thing again."""
    form = RestoreForm(request.POST or None)
    status = 200
    try:
        if request.method == "POST":
            if form.is_valid():
                try:
                    newer = restore_thing(request.viewer, pk, **form.cleaned_data)
                except Conflict as error:
                    form.add_error(None, str(error))
                else:
                    messages.success(request, _("Der Beitrag ist wieder sichtbar. Alle Beteiligten erfahren davon."))
                    return redirect("moderation:decision", pk=newer.pk)
            status = 422
        verdict = verdict_of(request.viewer, pk)
    except ModerationDecision.DoesNotExist as error:
        raise Http404 from error
    return render(
        request,
        "moderation/decision.html",
        {"verdict": verdict, "form": form, "kind_name": name_of_kind(verdict.decision.kind)},
        status=status,
    )
