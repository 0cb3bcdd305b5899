"""The hosts' page of the programme, and the forms of its sessions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.forms.program import LinesForm, SessionForm, ShiftForm
from exchange.models import Session, Workshop
from exchange.policies.program import may_edit_program, may_step_back
from exchange.queries import program as queries
from exchange.services import hosting
from exchange.services import program as verbs
from exchange.views.versions import two_texts
from exchange.views.workshops import SECTION, network_of, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require


def _hosted(request: ViewerRequest, pk: int) -> Workshop:
    """The workshop, for those who write its programme: 404 for whoever does not see it, 403 for everybody else."""
    workshop = workshop_or_404(request, pk)
    require(may_edit_program(request.viewer, workshop))
    return workshop


def _page(
    request: ViewerRequest, workshop: Workshop, *, lines: LinesForm | None = None, status: int = 200
) -> HttpResponse:
    sessions = queries.sessions_of(request.viewer, workshop)
    context: dict[str, Any] = {
        **SECTION,
        "w": workshop,
        "days": queries.points_of(workshop, sessions),
        "lines": lines or LinesForm(days=queries.days_of(workshop)),
    }
    return render(request, "exchange/program_hosts.html", context, status=status)


@require_safe
def program(request: ViewerRequest, pk: int) -> HttpResponse:
    """The programme as its hosts write it."""
    return _page(request, _hosted(request, pk))


@require_POST
def program_lines(request: ViewerRequest, pk: int) -> HttpResponse:
    """Add several points at once."""
    workshop = _hosted(request, pk)
    form = LinesForm(request.POST, days=queries.days_of(workshop))
    if form.is_valid():
        try:
            made = verbs.add_lines(request.viewer, pk, day=form.cleaned_data["day"], points=form.cleaned_data["lines"])
        except verbs.DoesNotFit as error:
            form.add_error("lines", str(error))
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, ngettext("Ein Punkt kam dazu.", "{n} Punkte kamen dazu.", made).format(n=made))
            return redirect("exchange:program", pk=pk)
    return _page(request, workshop, lines=form, status=422)


def _session(request: ViewerRequest, workshop: Workshop, number: int) -> Session:
    found = next((s for s in queries.sessions_of(request.viewer, workshop) if s.pk == number), None)
    if found is None:
        raise Http404
    return found


def _refused(form: SessionForm, error: Conflict) -> bool:
    """Say at the fields what does not fit; whether it may be stored all the same."""
    if isinstance(error, verbs.DoesNotFit):
        for name, sentence in error.fields.items():
            form.add_error(name, sentence)
        return error.clash
    form.add_error(error.field or None, str(error))
    return False


@require_http_methods(["GET", "POST"])
def session_new(request: ViewerRequest, pk: int) -> HttpResponse:
    """Add a point to the programme."""
    workshop = _hosted(request, pk)
    days = queries.days_of(workshop)
    asked = request.GET.get("tag", "")
    day = asked if asked in {d.isoformat() for d in days} else days[0].isoformat()
    people = queries.candidates(request.viewer, workshop)
    form = SessionForm(request.POST or None, days=days, people=people, initial={"day": day, "kind": "session"})
    clash = False
    if request.method == "POST" and form.is_valid():
        try:
            verbs.add_session(
                request.viewer, pk, words=form.words, speakers=form.speakers, anyway=form.cleaned_data["anyway"]
            )
        except Conflict as error:
            clash = _refused(form, error)
        else:
            messages.success(request, _("Der Programmpunkt ist eingetragen."))
            return redirect("exchange:program", pk=pk)
    context = {**SECTION, "w": workshop, "form": form, "people": people, "clash": clash}
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/program_session.html", context, status=status)


@require_http_methods(["GET", "POST"])
def session_edit(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Change a point of the programme; two who change it at once both keep their words."""
    workshop = _hosted(request, pk)
    stored = _session(request, workshop, number)
    asked: dict[str, Any] = {"days": queries.days_of(workshop), "people": queries.candidates(request.viewer, workshop)}
    form = SessionForm(request.POST or None, stored=stored, **asked)
    context: dict[str, Any] = {**SECTION, "w": workshop, "form": form, "stored": stored, "people": asked["people"]}
    if request.method == "POST" and form.is_valid():
        try:
            verbs.save_session(
                request.viewer,
                number,
                version=form.cleaned_data["version"] or 0,
                words=form.words,
                speakers=form.speakers,
                anyway=form.cleaned_data["anyway"],
            )
        except verbs.SessionChangedMeanwhile as error:
            now_stored = SessionForm(stored=error.stored, **asked)
            for version in (form, now_stored):
                # No words of the session.
                del version.fields["anyway"]
            context |= two_texts(form, now_stored, str(error))
            context["back"] = reverse("exchange:session-edit", kwargs={"pk": pk, "number": number})
            return render(request, "exchange/workshop_conflict.html", context, status=409)
        except Conflict as error:
            context["clash"] = _refused(form, error)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("exchange:program", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/program_session.html", context, status=status)


def _shift(request: ViewerRequest) -> ShiftForm:
    form = ShiftForm(request.POST)
    if not form.is_valid():
        raise Http404
    return form


@require_POST
def session_move(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Move a point by ``minutes``, with ``following`` everything after it on that day as well."""
    _session(request, _hosted(request, pk), number)
    data = _shift(request).cleaned_data
    try:
        moved = verbs.move_session(request.viewer, number, minutes=data["minutes"], following=data["following"])
    except Conflict as error:
        messages.error(request, str(error))
    else:
        sentence = ngettext("Ein Programmpunkt ist verschoben.", "{n} Programmpunkte sind verschoben.", moved)
        messages.success(request, sentence.format(n=moved))
    return redirect("exchange:program", pk=pk)


@require_POST
def session_remove(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Take a point out of the programme."""
    _session(request, _hosted(request, pk), number)
    try:
        version = int(request.POST.get("version", ""))
    except ValueError:
        version = 0
    try:
        verbs.remove_session(request.viewer, number, version=version)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Der Programmpunkt ist gelöscht."))
    return redirect("exchange:program", pk=pk)


# --- stepping back --------------------------------------------------------------------------------------------------


@require_POST
def host_step_back(request: ViewerRequest, pk: int) -> HttpResponse:
    """Stop hosting, for the city ``network``; others go on."""
    workshop = workshop_or_404(request, pk)
    network = network_of(request)
    require(may_step_back(request.viewer, workshop, network))
    try:
        hosting.step_back(request.viewer, pk, network)
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("exchange:workshop-detail", pk=pk)
    messages.success(request, _("Ihre Kommune lädt nicht mehr mit ein. Die anderen wissen Bescheid."))
    return redirect("exchange:workshop-list")
