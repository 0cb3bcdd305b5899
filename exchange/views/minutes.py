"""Pages of minutes: read, write a section, see what was written before, release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.forms.minutes import SectionForm
from exchange.models import Minutes, MinutesSection
from exchange.policies import minutes as rules
from exchange.queries import minutes as queries
from exchange.queries.workshops import own_place
from exchange.services import minutes as verbs
from exchange.views.versions import two_texts
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, deny, require


def _to_minutes(pk: int, anchor: str = "") -> HttpResponse:
    return redirect(reverse("exchange:minutes", kwargs={"pk": pk}) + anchor)


@login_not_required
@require_safe
def minutes(request: ViewerRequest, pk: int) -> HttpResponse:
    """The minutes, for who may read them; hosts see how to begin."""
    viewer, workshop = request.viewer, workshop_or_404(request, pk)
    page = queries.minutes_page(viewer, workshop)
    may_begin = rules.may_begin_minutes(viewer, workshop)
    if page.minutes is None and not may_begin:
        raise Http404
    own = own_place(viewer, workshop)
    context = {
        **SECTION,
        "w": workshop,
        "page": page,
        "may_begin": may_begin,
        "may_write": rules.may_write_minutes(viewer, workshop, page.minutes, own),
        "may_steer": rules.may_steer_minutes(viewer, workshop),
        "reads_history": rules.may_steer_minutes(viewer, workshop) or rules.has_seat(viewer, own),
    }
    return render(request, "exchange/minutes.html", context)


@require_http_methods(["GET", "POST"])
def section_new(request: ViewerRequest, pk: int) -> HttpResponse:
    """Write a new section; the first one begins the minutes."""
    viewer, workshop = request.viewer, workshop_or_404(request, pk)
    stored = queries.minutes_page(viewer, workshop).minutes
    if stored is None:
        require(rules.may_begin_minutes(viewer, workshop))
    else:
        require(rules.may_write_minutes(viewer, workshop, stored, own_place(viewer, workshop)))
    kind = request.GET.get("art")
    initial = {"kind": kind if kind in MinutesSection.Kind.values else MinutesSection.Kind.TEXT}
    form = SectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.add_section(viewer, pk, words=form.words)
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Gespeichert."))
            return _to_minutes(pk, f"#abschnitt-{made.pk}")
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/minutes_section.html", {**SECTION, "w": workshop, "form": form}, status=status)


def _section(request: ViewerRequest, pk: int, number: int) -> tuple[Any, MinutesSection]:
    workshop = workshop_or_404(request, pk)
    try:
        return workshop, queries.section_of(request.viewer, workshop, number)
    except MinutesSection.DoesNotExist as error:
        raise Http404 from error


@require_http_methods(["GET", "POST"])
def section_edit(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Change a section. Where somebody saved in between both texts are shown (409)."""
    workshop, stored = _section(request, pk, number)
    require(rules.may_write_minutes(request.viewer, workshop, stored.minutes, own_place(request.viewer, workshop)))
    form = SectionForm(request.POST or None, stored=stored)
    context: dict[str, Any] = {**SECTION, "w": workshop, "form": form, "stored": stored}
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            verbs.save_section(request.viewer, pk, number, version=version, words=form.words)
        except verbs.SectionChangedMeanwhile as error:
            context |= two_texts(form, SectionForm(stored=error.stored), str(error))
            context["back"] = reverse("exchange:minutes-section", kwargs={"pk": pk, "number": number})
            return render(request, "exchange/workshop_conflict.html", context, status=409)
        messages.success(request, _("Gespeichert."))
        return _to_minutes(pk, f"#abschnitt-{number}")
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/minutes_section.html", context, status=status)


@require_POST
def section_remove(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Take a section out; its versions stay in the history."""
    _workshop, stored = _section(request, pk, number)
    version = request.POST.get("version", "")
    known = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    try:
        verbs.save_section(request.viewer, pk, number, version=known, words={}, removed=True)
    except verbs.SectionChangedMeanwhile as error:
        messages.error(request, str(error))
        return redirect("exchange:minutes-section", pk=pk, number=stored.pk)
    messages.success(request, _("Der Abschnitt ist herausgenommen. Im Verlauf steht er weiterhin."))
    return _to_minutes(pk)


@require_safe
def minutes_history(request: ViewerRequest, pk: int) -> HttpResponse:
    """Every version of every section, newest first: for hosts and those with a seat."""
    viewer, workshop = request.viewer, workshop_or_404(request, pk)
    stored, own = queries.minutes_page(viewer, workshop).minutes, own_place(viewer, workshop)
    if stored is None:
        raise Http404
    if not (rules.may_steer_minutes(viewer, workshop) or rules.has_seat(viewer, own)):
        require(deny(_("Den Verlauf sehen die Gastgebenden und alle mit einem Platz.")))
    context = {**SECTION, "w": workshop, "versions": queries.history_of(viewer, stored)}
    return render(request, "exchange/minutes_history.html", context)


@require_POST
def minutes_steer(request: ViewerRequest, pk: int) -> HttpResponse:
    """Release (``released=1``) or take back (``0``), and say whether those with a seat write (``seats_write``)."""
    workshop_or_404(request, pk)

    def said(name: str) -> bool | None:
        return {"1": True, "0": False}.get(request.POST.get(name, ""))

    try:
        verbs.steer_minutes(request.viewer, pk, released=said("released"), seats_write=said("seats_write"))
    except Minutes.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Gespeichert."))
    return _to_minutes(pk)
