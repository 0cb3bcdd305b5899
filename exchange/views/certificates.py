"""Certificates of attendance: one's own, everybody's, and whether one is real."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exchange.models import Workshop
from exchange.policies import days as rules
from exchange.queries import days as queries
from exchange.services import certificates as verbs
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require
from toolkit.text import clean_query
from toolkit.uploads.serving import handed_out


def _here(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


@require_safe
def own(request: ViewerRequest, pk: int) -> HttpResponse:
    """One's own certificate, to be saved."""
    workshop = workshop_or_404(request, pk)
    try:
        data = verbs.own_certificate(request.viewer, workshop, address=_here(request))
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("exchange:workshop-detail", pk=pk)
    answer = HttpResponse(data, content_type="application/pdf")
    name = _("Teilnahmenachweis")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}-{pk}.pdf") or ""
    answer["Cache-Control"] = "private, no-store"
    return answer


def _state(request: ViewerRequest, workshop: Workshop) -> dict[str, object]:
    bundle = queries.newest_bundle(request.viewer, workshop)
    ready = bundle is not None and bundle.finished_at is not None and verbs.file_of(bundle).exists()
    return {**SECTION, "w": workshop, "bundle": bundle, "ready": ready}


@require_http_methods(["GET", "POST"])
def everybody(request: ViewerRequest, pk: int) -> HttpResponse:
    """Have them made, see how far they are, and fetch them."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_get_all_certificates(request.viewer, workshop, at=timezone.now()))
    if request.method == "POST":
        try:
            verbs.ask_for_certificates(request.viewer, pk, language=get_language() or "de", address=_here(request))
        except Conflict as error:
            messages.error(request, str(error))
        return redirect("exchange:certificates", pk=pk)
    people = queries.present(request.viewer, workshop)
    context = {**_state(request, workshop), "people": people, "kept_days": verbs.KEPT_FILE.days}
    return render(request, "exchange/day_certificates.html", context)


@require_safe
def progress(request: ViewerRequest, pk: int) -> HttpResponse:
    """How far they are: the part of the page that looks again by itself."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_get_all_certificates(request.viewer, workshop, at=timezone.now()))
    return render(request, "exchange/day_certificates_progress.html", _state(request, workshop))


@require_safe
def bundle(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """The file with everybody's."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_get_all_certificates(request.viewer, workshop, at=timezone.now()))
    found = queries.newest_bundle(request.viewer, workshop)
    if found is None or found.finished_at is None:
        raise Http404
    try:
        return handed_out(
            request,
            verbs.file_of(found),
            name=f"{_('Teilnahmenachweise')}-{pk}.zip",
            media_type="application/zip",
            tag=found.key.hex,
        )
    except FileNotFoundError as error:
        raise Http404 from error


@login_not_required
@require_safe
def ask(request: ViewerRequest) -> HttpResponse:
    """Where the code of a certificate is typed in."""
    code = "".join(c for c in clean_query(request.GET.get("code", "")).upper() if c.isascii() and c.isalnum())[:32]
    if code:
        return redirect(reverse("exchange:certificate-check", kwargs={"code": code}))
    return render(request, "exchange/day_certificate_check.html", SECTION)


@login_not_required
@require_safe
def check(request: ViewerRequest, code: str) -> HttpResponse:
    """Whether a certificate is real, and of what; the name is read by the hosts alone."""
    found = queries.certified(request.viewer, code)
    context = {**SECTION, "code": code, "found": found, "asked": True}
    return render(request, "exchange/day_certificate_check.html", context)
