"""Applying for a municipality: the form, the mail that has to be confirmed, the confirmation."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tenancy.forms.apply import ApplyForm
from tenancy.middleware import ViewerRequest
from tenancy.models import Application
from tenancy.queries.applications import network_in
from tenancy.queries.municipalities import register_date
from tenancy.queries.networks import network_pins
from tenancy.services import applications as verbs
from tenancy.views.common import add_conflict, status_of
from toolkit.access import Conflict
from toolkit.limits import within_limit

_SENT = "application_sent"
#: A town hall has one address for many people; one person needs no more than a few mails.
PER_ADDRESS, PER_MAIL = 20, 3
HOUR = 60 * 60


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: ViewerRequest) -> HttpResponse:
    """What happens, in three lines, and the form."""
    form = ApplyForm(request.POST if request.method == "POST" else None)
    network = None
    if form.is_bound and form.is_valid():
        asked = form.asked
        if not _within_limits(request, asked.email):
            return render(request, "429.html", status=429)
        try:
            application = verbs.apply(asked)
        except Conflict as conflict:
            add_conflict(form, conflict)
            network = network_in(request.viewer, form.place) if form.place else None
        else:
            request.session[_SENT] = {
                "email": application.email,
                "place": application.municipality.name,
                "fits": application.domain_fits,
            }
            return redirect("tenancy:apply-sent")
    context = {
        "section": "networks",
        "form": form,
        "network": network,
        "pins": network_pins(request.viewer),
        "register_date": register_date(),
    }
    return render(request, "tenancy/apply.html", context, status=status_of(form))


def _within_limits(request: HttpRequest, email: str) -> bool:
    address = request.META.get("REMOTE_ADDR", "")
    return within_limit("apply", address, times=PER_ADDRESS, seconds=HOUR) and within_limit(
        "apply-mail", email.lower(), times=PER_MAIL, seconds=HOUR
    )


@login_not_required
@require_safe
def sent(request: ViewerRequest) -> HttpResponse:
    """Said once the form is taken: a mail is on its way, and what it is for."""
    said = request.session.get(_SENT)
    if not said:
        return redirect("tenancy:apply")
    return render(request, "tenancy/apply_sent.html", {"section": "networks", "days": verbs.CONFIRM_DAYS, **said})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: ViewerRequest, token: str) -> HttpResponse:
    """The page of the link in the mail. Only its button confirms: programs that look at mails open links too."""
    problem = ""
    application = None
    try:
        application = verbs.application_by_token(token)
        if request.method == "POST":
            verbs.confirm(token)
            return _private(redirect("tenancy:apply-confirm", token=token))
    except verbs.Unusable as refusal:
        return _private(_page(request, None, str(refusal), status=410))
    except Conflict as conflict:
        problem = str(conflict)
    return _private(_page(request, application, problem, status=422 if problem else 200))


def _page(request: HttpRequest, application: Application | None, problem: str, *, status: int) -> HttpResponse:
    context = {"section": "networks", "application": application, "problem": problem}
    return render(request, "tenancy/apply_confirm.html", context, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    """The address of this page is a key: it goes into no cache, no search engine, and no other site's log."""
    response["Cache-Control"] = "no-store"
    # Not "no-referrer": browsers then send the form's Origin as "null", which no check against forgery lets through.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
