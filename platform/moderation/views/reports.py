"""Report something; and, for moderators, what waits and one report."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moderation.forms.reports import DecideForm, ReportForm
from moderation.models import Report
from moderation.policies.reports import may_report, moderates_something, visible_thing
from moderation.queries.reports import case_of, name_of_kind, numbers, queue_page
from moderation.services.decisions import decide_report
from moderation.services.reports import NothingToReport, report_thing
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require
from toolkit.limits import within_limit

HOUR = 60 * 60
VISITOR_LIMIT = 5
PERSON_LIMIT = 20


def _may_send_another(request: ViewerRequest) -> bool:
    """Enough in an hour for every honest report, too little for a flood."""
    if request.viewer.person_id is not None:
        return within_limit("report", str(request.viewer.person_id), times=PERSON_LIMIT, seconds=HOUR)
    return within_limit("visitor-report", request.META.get("REMOTE_ADDR", ""), times=VISITOR_LIMIT, seconds=HOUR)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: ViewerRequest, kind: str, object_id: int) -> HttpResponse:
    """Report what one sees; visitors too, for what is public (DSA Art. 16)."""
    thing = visible_thing(request.viewer, kind, object_id)
    if thing is None:
        raise Http404
    require(may_report(request.viewer, thing))
    visitor = not request.viewer.signed_in
    form = ReportForm(request.POST or None, visitor=visitor)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            if not _may_send_another(request):
                return render(request, "429.html", status=429)
            try:
                report_thing(request.viewer, kind, object_id, **form.cleaned_data)
            except Conflict as error:
                form.add_error(error.field or None, str(error))
            except NothingToReport as error:
                raise Http404 from error
            else:
                return redirect("moderation:thanks")
        status = 422
    return render(
        request,
        "moderation/report.html",
        {"form": form, "thing": thing, "kind_name": name_of_kind(kind), "visitor": visitor},
        status=status,
    )


@login_not_required
@require_safe
def thanks(request: ViewerRequest) -> HttpResponse:
    """Said once the report has arrived: what happens now."""
    return render(request, "moderation/thanks.html")


@require_safe
def queue(request: ViewerRequest) -> HttpResponse:
    """What waits for a decision in my Länder, oldest first."""
    if not moderates_something(request.viewer):
        raise Http404
    page = queue_page(request.viewer, request.GET.get("page", ""))
    return render(
        request,
        "moderation/queue.html",
        {
            "page": page,
            "rows": [(report, name_of_kind(report.kind)) for report in page.items],
            "numbers": numbers(request.viewer),
            "tab": "queue",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: ViewerRequest, pk: int) -> HttpResponse:
    """One report with its reason and the reported part; decide on it."""
    form = DecideForm(request.POST or None)
    status = 200
    try:
        if request.method == "POST":
            if form.is_valid():
                try:
                    decision = decide_report(request.viewer, pk, **form.cleaned_data)
                except Conflict as error:
                    form.add_error(None, str(error))
                else:
                    messages.success(request, _("Entschieden. Alle Beteiligten erfahren davon."))
                    return redirect("moderation:decision", pk=decision.pk)
            status = 422
        found = case_of(request.viewer, pk)
    except Report.DoesNotExist as error:
        raise Http404 from error
    return render(
        request,
        "moderation/case.html",
        {"case": found, "form": form, "kind_name": name_of_kind(found.report.kind)},
        status=status,
    )
