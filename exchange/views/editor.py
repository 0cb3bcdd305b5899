"""The editor of experiences: drafts are saved as one types, and nothing typed is ever lost."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exchange.forms.experiences import ExperienceForm, StartForm, initial_of
from exchange.models import Experience
from exchange.policies.experiences import may_edit_experience, may_publish_experience
from exchange.queries import experiences as queries
from exchange.queries.ladder import RungChoice, ladder_for
from exchange.services.experiences import ChangedMeanwhile, publish_experience, save_experience, start_experience
from exchange.views.experiences import SECTION
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, deny, require


@dataclass(frozen=True, slots=True)
class TwoTexts:
    """One field that differs between what somebody typed and what was stored meanwhile."""

    name: str
    label: str
    typed: str
    stored: str
    value: str


@require_http_methods(["GET", "POST"])
def experience_new(request: ViewerRequest) -> HttpResponse:
    """The first step: a title. The draft exists from then on, and is saved as one types."""
    seats = {s.network_id: s.place for s in request.viewer.seats}
    if not seats:
        require(deny(_("Erfahrungen schreiben Menschen, die zu einem Netzwerk gehören.")))
    form = StartForm(request.POST or None, networks=list(seats.items()))
    if request.method == "POST" and form.is_valid():
        experience = start_experience(request.viewer, form.cleaned_data["network"], title=form.cleaned_data["title"])
        return redirect("exchange:experience-edit", pk=experience.pk)
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "form": form, "drafts": queries.drafts_of(request.viewer)}
    return render(request, "exchange/experience_new.html", context, status=status)


def _editable(request: ViewerRequest, pk: int) -> Experience:
    try:
        experience = queries.readable_experience(request.viewer, pk)
    except Experience.DoesNotExist as error:
        raise Http404 from error
    require(may_edit_experience(request.viewer, experience))
    return experience


def _topics(experience: Experience) -> list[str]:
    return [row.tag.name for row in experience.experience_topics.all()]


def _form(request: ViewerRequest, experience: Experience, ladder: list[RungChoice], publishing: bool) -> ExperienceForm:
    rungs = [(choice.value, choice.label) for choice in ladder]
    initial = initial_of(experience, _topics(experience))
    if request.method == "POST":
        return ExperienceForm(request.POST, rungs=rungs, publishing=publishing, initial=initial)
    return ExperienceForm(rungs=rungs, publishing=publishing, initial=initial)


def _page(
    request: ViewerRequest, experience: Experience, form: ExperienceForm, ladder: list[RungChoice], *, status: int = 200
) -> HttpResponse:
    chosen = form["rung"].value()
    context = {
        **SECTION,
        "experience": experience,
        "form": form,
        "ladder": [(choice, choice.value == chosen) for choice in ladder],
        "is_draft": experience.state == Experience.State.DRAFT,
        "is_published": experience.state == Experience.State.PUBLISHED,
        "may_publish": may_publish_experience(request.viewer, experience),
        "open": _open_sections(form),
    }
    return render(request, "exchange/experience_edit.html", context, status=status)


_FOLDED = {
    "around": ("took_part", "service", "legal_basis", "period_from", "period_to", "benefits"),
    "costs": ("cost_once_eur", "cost_yearly_eur", "effort_days", "funding", "software", "supplier"),
    "result": ("result", "pitfalls", "differently"),
    "reuse": ("reusable", "contact"),
}


def _open_sections(form: ExperienceForm) -> set[str]:
    """The folded parts that stand open: those that hold something, or something to put right."""
    return {
        part
        for part, names in _FOLDED.items()
        if any(form[name].value() not in (None, "") or form[name].errors for name in names)
    }


@require_http_methods(["GET", "POST"])
def experience_edit(request: ViewerRequest, pk: int) -> HttpResponse:
    """The editor. ``action`` says what the pressed button wants: save, preview, publish."""
    experience = _editable(request, pk)
    action = request.POST.get("action", "save")
    is_published = experience.state == Experience.State.PUBLISHED
    ladder = ladder_for(experience)
    form = _form(request, experience, ladder, publishing=is_published or action == "publish")
    if request.method != "POST":
        return _page(request, experience, form, ladder)
    if not form.is_valid():
        return _page(request, experience, form, ladder, status=422)
    try:
        save_experience(
            request.viewer,
            pk,
            version=form.cleaned_data["version"],
            words=form.words,
            topics=form.cleaned_data["topics"],
            rung=form.cleaned_data["rung"],
        )
    except ChangedMeanwhile as error:
        return _conflict(request, experience, form, str(error))
    except Conflict as error:
        form.add_error(error.field or None, str(error))
        return _page(request, experience, form, ladder, status=422)
    if action == "publish" and not is_published:
        publish_experience(request.viewer, pk)
        messages.success(request, _("Veröffentlicht. Danke, dass Sie Ihre Erfahrung teilen."))
    elif is_published:
        messages.success(request, _("Gespeichert. Die Leserinnen und Leser sehen Ihre Änderungen."))
    elif action == "preview":
        pass
    else:
        messages.success(request, _("Der Entwurf ist gespeichert."))
        return redirect("exchange:experience-edit", pk=pk)
    return redirect("exchange:experience-detail", pk=pk)


def _conflict(request: ViewerRequest, stored: Experience, form: ExperienceForm, sentence: str) -> HttpResponse:
    """Both texts side by side: the person decides, field by field, and saves again on top of what is stored."""
    now = ExperienceForm(rungs=[(c.value, c.label) for c in ladder_for(stored)],
                         initial=initial_of(stored, _topics(stored)))  # fmt: skip

    def shown(which: ExperienceForm, name: str) -> str:
        value = which[name].value()
        value = which.fields[name].prepare_value(value)
        choices = dict(getattr(which.fields[name], "choices", ()))
        return str(choices.get(value, "" if value is None else value)).replace("\r\n", "\n")

    differing = [
        TwoTexts(name, str(form[name].label), shown(form, name), shown(now, name), str(form[name].value() or ""))
        for name in form.fields
        if name != "version" and shown(form, name) != shown(now, name)
    ]
    context = {
        **SECTION,
        "experience": stored,
        "form": form,
        "differing": differing,
        "sentence": sentence,
        "version": stored.version,
        "hidden": [
            (name, form[name].html_name, value)
            for name in form.fields
            if name not in {"version", *(d.name for d in differing)} and (value := form[name].value()) is not None
        ],
    }
    return render(request, "exchange/experience_conflict.html", context, status=409)


@require_POST
def experience_autosave(request: ViewerRequest, pk: int) -> JsonResponse:
    """Save a draft as it is typed. What is right is stored; what is not is named and stays in the form.

    Answers ``{saved_at, version, errors}``; 409 with ``{message, version, stored}`` when somebody saved meanwhile.
    """
    experience = _editable(request, pk)
    if experience.state == Experience.State.PUBLISHED:
        require(deny(_("Veröffentlichtes speichern Sie mit dem Knopf, damit niemand halbe Sätze liest.")))
    form = _form(request, experience, ladder_for(experience), publishing=False)
    form.is_valid()
    if "version" not in form.cleaned_data:
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        saved = save_experience(
            request.viewer,
            pk,
            version=form.cleaned_data["version"],
            words=form.words,
            topics=form.cleaned_data.get("topics"),
            rung=form.cleaned_data.get("rung"),
        )
    except ChangedMeanwhile as error:
        stored = initial_of(error.stored, list(error.stored.topics.names()))
        page = reverse("exchange:experience-edit", kwargs={"pk": pk})
        return JsonResponse(
            {"message": str(error), "version": error.stored.version, "stored": stored, "page_url": page}, status=409
        )
    return JsonResponse({"saved_at": timezone.now(), "version": saved.version, "errors": form.errors})
