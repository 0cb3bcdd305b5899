"""The guided first hour, and the same parts for editing later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.forms.networks import (
    AboutForm,
    CouncilPaperForm,
    FundingForm,
    LeadForm,
    ListForm,
    MoreForm,
    OfficeForm,
    RoleTermForm,
    RuleForm,
    StartForm,
)
from tenancy.lines import TooMuch
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from tenancy.policies.networks import may_publish_network
from tenancy.queries.networks import (
    fundings_of,
    group_offices,
    network_page,
    office_of,
    offices_of,
    papers_of,
    pilots_by_office,
    starts_of,
)
from tenancy.role_terms import RoleForms, examples, propose
from tenancy.services import networks as verbs
from tenancy.services.offices import add_office, change_office, close_office, import_offices, set_rule
from tenancy.services.setup import STEPS, Step, current_step, finish_step, is_done, next_step, step_by_slug
from tenancy.views.common import add_conflict, for_coordination, status_of, text_of_list
from tenancy.views.parts import PARTS, Part
from toolkit.access import Conflict

Handler = Callable[[ViewerRequest, Network, Part, bool], HttpResponse]


@require_safe
@for_coordination
def setup_resume(request: ViewerRequest, network: Network) -> HttpResponse:
    """Go on where the first hour was left."""
    return redirect("tenancy:network-setup", slug=network.slug, step=current_step(network).slug)


@require_http_methods(["GET", "POST"])
@for_coordination
def setup_step(request: ViewerRequest, network: Network, step: str) -> HttpResponse:
    """One step of the first hour."""
    return _part(request, network, step, guided=True)


@require_safe
@for_coordination
def edit_start(request: ViewerRequest, network: Network) -> HttpResponse:
    """Editing begins with who we are."""
    return redirect("tenancy:network-edit", slug=network.slug, part="wir")


@require_http_methods(["GET", "POST"])
@for_coordination
def edit(request: ViewerRequest, network: Network, part: str) -> HttpResponse:
    """One part of what the network says of itself, after the first hour."""
    return _part(request, network, part, guided=False)


@require_POST
@for_coordination
def publish(request: ViewerRequest, network: Network) -> HttpResponse:
    """Show the network to everybody."""
    verbs.publish_network(request.viewer, network.pk)
    messages.success(request, _("Ihr Netzwerk ist veröffentlicht. Laden Sie jetzt Ihre Leute ein."))
    return redirect("tenancy:invitation-list", slug=network.slug)


def _part(request: ViewerRequest, network: Network, slug: str, *, guided: bool) -> HttpResponse:
    part = next((part for part in PARTS if part.slug == slug and (part.guided or not guided)), None)
    if part is None or (slug == "vorschau" and not guided):
        raise Http404
    return _HANDLERS[slug](request, network, part, guided)


def _show(
    request: ViewerRequest, network: Network, part: Part, guided: bool, template: str, *given: forms.Form, **more: Any
) -> HttpResponse:
    step = step_by_slug(part.slug)
    context = {
        "section": "networks",
        "network": network,
        "part": part,
        "parts": [p for p in PARTS if p.slug != "vorschau"],
        "guided": guided,
        "steps": [(s, is_done(network, s)) for s in STEPS],
        "step": step,
        "number": STEPS.index(step) + 1 if step else 0,
        "step_total": len(STEPS),
        "form": given[0] if given else None,
        **more,
    }
    return render(request, f"tenancy/setup_{template}.html", context, status=more.get("status") or status_of(*given))


def _onward(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    """After saving: the next step, or the same part again with a word of success."""
    step: Step | None = step_by_slug(part.slug)
    if guided and step is not None:
        finish_step(request.viewer, network.pk, step)
        return redirect("tenancy:network-setup", slug=network.slug, step=next_step(step).slug)
    messages.success(request, _("Gespeichert."))
    return redirect("tenancy:network-edit", slug=network.slug, part=part.slug)


# --- the parts --------------------------------------------------------------------------------------------------


def _role(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    term = getattr(network, "role_term", None)
    initial = {"word": "Digitallotse", "style": "paired"}
    if term is not None:
        initial = {"word": term.masculine_singular or term.plural, "style": term.style}
        initial |= {name: getattr(term, name) for name in RoleForms.__dataclass_fields__}
    form = RoleTermForm(request.POST or None, initial=initial)
    shown: RoleForms | None = None
    if form.is_bound and form.is_valid():
        proposing = "propose" in request.POST or "vorschlagen" in request.GET or not form.complete
        if not proposing:
            verbs.set_role_term(request.viewer, network.pk, form.cleaned_data["style"], form.forms_given())
            return _onward(request, network, part, guided)
        try:
            shown = propose(form.cleaned_data["word"], form.cleaned_data["style"])
        except ValueError:
            form.add_error("word", _("Daraus können wir keine Formen ableiten. Bitte ein Wort wie „Digitallotse“."))
    elif not form.is_bound and term is None:
        shown = propose(initial["word"], initial["style"])
    if shown is not None:
        # A form that was filled by us is shown as unsent: what is in it may still be changed.
        word, style = (form.cleaned_data if form.is_bound else initial)["word"], form["style"].value()
        fields = {name: getattr(shown, name) for name in RoleForms.__dataclass_fields__}
        form = RoleTermForm(initial={"word": word, "style": style, **fields})
    given = shown or term
    sentences = examples(given) if given is not None else []
    return _show(request, network, part, guided, "role", form, sentences=sentences)


def _plain(form_class: type[forms.Form], template: str = "form") -> Handler:
    """A part that is one form whose fields are the network's."""

    def handle(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
        names = list(form_class.base_fields)
        initial = {name: getattr(network, name) for name in names}
        if "sdg_targets" in initial:
            initial["sdg_targets"] = ", ".join(initial["sdg_targets"])
        form = form_class(request.POST or None, initial=initial)
        if form.is_bound and form.is_valid():
            verbs.update_network(request.viewer, network.pk, **{name: form.cleaned_data[name] for name in names})
            return _onward(request, network, part, guided)
        return _show(request, network, part, guided, template, form)

    return handle


def _start(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    claims = "\n".join(f"{start.value}; {start.source}" for start in starts_of(network))
    initial = {
        "claims": claims,
        "strategy": network.strategy,
        "parent_project": network.parent_project,
        "model": network.modelled_on.name if network.modelled_on else "",
        "model_ags": network.modelled_on_id or "",
    }
    form = StartForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        verbs.set_starts(request.viewer, network.pk, data["claims"])
        verbs.update_network(
            request.viewer,
            network.pk,
            strategy=data["strategy"],
            parent_project=data["parent_project"],
            modelled_on_id=data["model_ags"] or None,
        )
        return _onward(request, network, part, guided)
    return _show(request, network, part, guided, "form", form)


def _offices(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    """Three small forms on one page: who leads, one more office, a whole list."""
    what = request.POST.get("what", "")
    lead = LeadForm(
        request.POST if what == "lead" else None,
        initial={name: getattr(network, name) for name in LeadForm.base_fields},
        prefix="lead",
    )
    one = OfficeForm(request.POST if what == "one" else None, prefix="one")
    many = ListForm(request.POST if what == "many" else None, request.FILES or None, prefix="many")
    report = None
    if what == "go":
        return _onward(request, network, part, guided)
    if lead.is_bound and lead.is_valid():
        verbs.update_network(request.viewer, network.pk, **lead.cleaned_data)
        messages.success(request, _("Gespeichert."))
        return redirect(request.path)
    if one.is_bound and one.is_valid():
        try:
            office = add_office(request.viewer, network.pk, **one.cleaned_data)
            messages.success(request, _("„%(office)s“ ist angelegt.") % {"office": office.name})
            return redirect(request.path)
        except Conflict as conflict:
            add_conflict(one, conflict)
    if many.is_bound and many.is_valid():
        try:
            report = import_offices(request.viewer, network.pk, text_of_list(many))
        except TooMuch as error:
            many.add_error("text", str(error))
    return _show(
        request,
        network,
        part,
        guided,
        "offices",
        lead,
        one,
        many,
        lead=lead,
        one=one,
        many=many,
        report=report,
        taken=sum(line.taken for line in report or ()),
        divisions=group_offices(network, offices_of(network), pilots_by_office(network)),
    )


def _rule(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    divisions = group_offices(network, offices_of(network), {})
    initial = {"pilots_min": network.pilots_min, "pilots_max": network.pilots_max}
    form = RuleForm(request.POST or None, initial=initial, divisions=divisions)
    if form.is_bound and form.is_valid():
        try:
            set_rule(
                request.viewer,
                network.pk,
                pilots_min=form.cleaned_data["pilots_min"],
                pilots_max=form.cleaned_data["pilots_max"],
                exceptions=form.exceptions(),
            )
            return _onward(request, network, part, guided)
        except Conflict as conflict:
            add_conflict(form, conflict)
    return _show(request, network, part, guided, "rule", form)


def _preview(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    data = network_page(request.viewer, network)
    term = getattr(network, "role_term", None)
    todo = [
        (_("Bezeichnung festgelegt"), term is not None, "bezeichnung"),
        (_("Netzwerk vorgestellt"), bool(network.about or network.goals), "wir"),
        (_("Beginn mit Quelle angegeben"), bool(data.starts), "beginn"),
        (_("Ämter angelegt"), data.office_total > 0, "aemter"),
    ]
    decision = may_publish_network(request.viewer, network, has_role_term=term is not None)
    return _show(request, network, part, guided, "preview", data=data, todo=todo, decision=decision)


def _fundings(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    form = FundingForm(request.POST or None)
    if form.is_bound and form.is_valid():
        verbs.add_funding(request.viewer, network.pk, **form.cleaned_data)
        return _onward(request, network, part, guided)
    return _show(request, network, part, guided, "fundings", form, fundings=fundings_of(network))


def _papers(request: ViewerRequest, network: Network, part: Part, guided: bool) -> HttpResponse:
    form = CouncilPaperForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            verbs.add_council_paper(request.viewer, network.pk, **form.cleaned_data)
            return _onward(request, network, part, guided)
        except Conflict as conflict:
            add_conflict(form, conflict)
    return _show(request, network, part, guided, "papers", form, papers=papers_of(network))


_HANDLERS: dict[str, Handler] = {
    "bezeichnung": _role,
    "wir": _plain(AboutForm),
    "beginn": _start,
    "aemter": _offices,
    "umfang": _rule,
    "vorschau": _preview,
    "mehr": _plain(MoreForm),
    "foerderung": _fundings,
    "vorlagen": _papers,
}


# --- single things ----------------------------------------------------------------------------------------------


@require_POST
@for_coordination
def funding_remove(request: ViewerRequest, network: Network, pk: int) -> HttpResponse:
    """Take a funding away."""
    verbs.remove_funding(request.viewer, network.pk, pk)
    messages.success(request, _("Entfernt."))
    return redirect("tenancy:network-edit", slug=network.slug, part="foerderung")


@require_POST
@for_coordination
def paper_remove(request: ViewerRequest, network: Network, pk: int) -> HttpResponse:
    """Take a council paper away."""
    verbs.remove_council_paper(request.viewer, network.pk, pk)
    messages.success(request, _("Entfernt."))
    return redirect("tenancy:network-edit", slug=network.slug, part="vorlagen")


@require_http_methods(["GET", "POST"])
@for_coordination
def office_edit(request: ViewerRequest, network: Network, pk: int) -> HttpResponse:
    """Change one office."""
    office = get_object_or_404(office_of(network, pk))
    initial = {name: getattr(office, name) for name in ("name", "task_area", "task", "pilots_min", "pilots_max")}
    form = OfficeForm(
        request.POST or None, initial=initial | {"division": office.division.name if office.division else ""}
    )
    if form.is_bound and form.is_valid():
        try:
            change_office(request.viewer, office.pk, **form.cleaned_data)
            messages.success(request, _("Gespeichert."))
            return redirect("tenancy:network-edit", slug=network.slug, part="aemter")
        except Conflict as conflict:
            add_conflict(form, conflict)
    context = {"section": "networks", "network": network, "office": office, "form": form}
    return render(request, "tenancy/setup_office.html", context, status=status_of(form))


@require_POST
@for_coordination
def office_close(request: ViewerRequest, network: Network, pk: int) -> HttpResponse:
    """Close an office that is no more."""
    office = get_object_or_404(office_of(network, pk))
    try:
        close_office(request.viewer, office.pk)
        messages.success(request, _("Das Amt ist geschlossen."))
    except Conflict as conflict:
        messages.error(request, str(conflict))
    return redirect("tenancy:network-edit", slug=network.slug, part="aemter")
