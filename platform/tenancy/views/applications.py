"""For moderators: who wants to join in their Land, one application, the decision."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenancy.forms.apply import ApproveForm, DeclineForm
from tenancy.middleware import ViewerRequest
from tenancy.models import Application
from tenancy.policies.applications import may_read_applications
from tenancy.queries.applications import application_by_id, application_page, case_of, open_count
from tenancy.services import applications as verbs
from tenancy.views.common import add_conflict, page_links, status_of
from toolkit.access import Conflict


@require_safe
def application_list(request: ViewerRequest) -> HttpResponse:
    """What waits in my Länder, or what was decided there."""
    if not may_read_applications(request.viewer):
        raise Http404
    decided = request.GET.get("stand") == "entschieden"
    page = application_page(request.viewer, decided=decided, mark=request.GET.get("seite", ""))
    context = {
        "page": page,
        "decided": decided,
        "waiting": open_count(request.viewer),
        **page_links(request, page.previous, page.next),
    }
    return render(request, "tenancy/application_list.html", context)


@require_safe
def application_detail(request: ViewerRequest, pk: int) -> HttpResponse:
    """Everything that one needs to judge an application."""
    application = get_object_or_404(application_by_id(request.viewer, pk))
    return _detail(request, application, ApproveForm(needs_reason=not application.domain_fits), DeclineForm())


@require_POST
def application_decide(request: ViewerRequest, pk: int) -> HttpResponse:
    """Let the municipality in, or not."""
    application = get_object_or_404(application_by_id(request.viewer, pk))
    declining = request.POST.get("what") == "decline"
    approve = ApproveForm(None if declining else request.POST, needs_reason=not application.domain_fits)
    decline = DeclineForm(request.POST if declining else None)
    form: ApproveForm | DeclineForm = decline if declining else approve
    place = {"place": application.municipality.name}
    if request.POST.get("what") not in ("approve", "decline"):
        return redirect("tenancy:application-detail", pk=pk)
    if form.is_valid():
        try:
            if declining:
                verbs.decline(request.viewer, pk, reason=form.cleaned_data["reason"])
                messages.success(request, _("%(place)s ist abgelehnt. Der Grund ist per Mail unterwegs.") % place)
            else:
                override = form.cleaned_data.get("override_reason", "")
                verbs.approve(request.viewer, pk, override_reason=override)
                messages.success(
                    request, _("%(place)s ist dabei. Die Einladung zum Einrichten ist per Mail unterwegs.") % place
                )
        except verbs.Decided as decided:
            messages.error(request, str(decided))
        except Conflict as conflict:
            add_conflict(form, conflict)
            return _detail(request, application, approve, decline)
        return redirect("tenancy:application-detail", pk=pk)
    return _detail(request, application, approve, decline)


def _detail(
    request: ViewerRequest, application: Application, approve: ApproveForm, decline: DeclineForm
) -> HttpResponse:
    context = {
        "application": application,
        "case": case_of(request.viewer, application),
        "approve": approve,
        "decline": decline,
        "is_open": application.state == Application.State.OPEN,
    }
    return render(request, "tenancy/application_detail.html", context, status=status_of(approve, decline))
