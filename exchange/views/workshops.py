"""Pages of workshops: find, read, begin, change, open, cancel, and ask other cities to host too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.forms.formats import AnswerForm, InviteForm
from exchange.forms.workshops import CancelForm, CompanionsForm, NewWorkshopForm, SeatForm, WorkshopForm
from exchange.models import Workshop
from exchange.policies import seats as seat_rules
from exchange.policies import workshops as rules
from exchange.policies.formats import may_create_format, owners_of
from exchange.queries import workshops as queries
from exchange.queries.calendar import own_between
from exchange.queries.narrowing import filter_from
from exchange.queries.program import contact_choices
from exchange.queries.questions import questions_of
from exchange.services import hosting
from exchange.services import workshops as verbs
from exchange.services.series import save_following
from exchange.views.formats import own_choices, town_choices
from exchange.views.versions import two_texts
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require
from toolkit.panels import panels_for
from toolkit.text import clean_query

SECTION = {"section": "workshops"}


def workshop_or_404(request: ViewerRequest, pk: int) -> Workshop:
    """The workshop with its hosts if the viewer may see it; missing and forbidden look the same."""
    try:
        return queries.readable_workshop(request.viewer, pk)
    except Workshop.DoesNotExist as error:
        raise Http404 from error


@login_not_required
@require_safe
def workshop_list(request: ViewerRequest) -> HttpResponse:
    """Those to come, soonest first; the past ones under their own tab."""
    wanted = filter_from(request.GET)
    found = queries.workshop_list(request.viewer, wanted, clean_query(request.GET.get("page", "")), now=timezone.now())
    context = {
        **SECTION,
        "wanted": wanted,
        "upcoming_tab": not wanted.past,
        "found": found,
        "as_week": reverse("exchange:calendar") + replace(wanted, past=False).address(ansicht="woche"),
        "as_month": reverse("exchange:calendar") + replace(wanted, past=False).address(ansicht="monat"),
        "older": wanted.address(page=found.page.next) if found.page.next else "",
        "newer": wanted.address(page=found.page.previous) if found.page.previous else "",
        "may_create": rules.may_create_workshop(request.viewer),
        "may_create_format": may_create_format(request.viewer),
    }
    return render(request, "exchange/workshop_list.html", context)


@login_not_required
@require_safe
def workshop_detail(request: ViewerRequest, pk: int) -> HttpResponse:
    """The page of a workshop."""
    return detail(request, pk)


def _tools(request: ViewerRequest, page: queries.WorkshopPage, now: datetime) -> list[tuple[str, list[str], bool]]:
    """What hosts do before, on the day and after: headings, buttons, and whether it is the time for them."""
    begins, ends = page.workshop.starts_at, page.workshop.ends_at
    stages = (
        (_("Vorbereiten"), "workshop-before", now < begins),
        (_("Am Tag"), "workshop-day", begins - timedelta(hours=12) <= now < ends),
        (_("Danach"), "workshop-after", now >= ends),
    )
    found = [(heading, panels_for(place, request, page), is_time) for heading, place, is_time in stages]
    return [stage for stage in found if stage[1]]


def detail(
    request: ViewerRequest,
    pk: int,
    *,
    seat_form: SeatForm | None = None,
    companions_form: CompanionsForm | None = None,
    invite_form: InviteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, also with a form that was not right (422)."""
    viewer, now = request.viewer, timezone.now()
    try:
        page = queries.workshop_page(viewer, pk)
    except Workshop.DoesNotExist as error:
        raise Http404 from error
    workshop = page.workshop
    may_edit = rules.may_edit_workshop(viewer, workshop)
    may_take = rules.may_take_seat(viewer, workshop, page.own, at=now)
    if may_edit and invite_form is None:
        taken = [network.pk for network in (*page.hosts, *page.asked)]
        invite_form = InviteForm(others=town_choices(queries.networks_to_invite(viewer, but=taken)))
    towns = {network.pk: network.municipality.name for network in page.asked}
    context: dict[str, Any] = {
        **SECTION,
        "page": page,
        "w": workshop,
        "own": page.own,
        "mode_icon": {"on_site": "location_on", "online": "videocam"}.get(workshop.mode, "devices"),
        "is_over": workshop.ends_at <= now,
        "has_begun": workshop.starts_at <= now,
        "is_host": rules.is_host(viewer, workshop),
        "asked": [(n, towns[n]) for n in sorted(rules.asked_to_host(workshop) & viewer.coordinates)],
        "may_edit": may_edit,
        "may_open": rules.may_open_workshop(viewer, workshop, at=now),
        "may_cancel": rules.may_cancel_workshop(viewer, workshop, at=now),
        "may_delete": rules.may_delete_workshop(viewer, workshop),
        "may_take_seat": may_take,
        "may_withdraw": rules.may_withdraw(viewer, workshop, page.own, at=now),
        "may_see_online_url": rules.may_see_online_url(viewer, workshop, page.own),
        "may_join_room": rules.may_join_workshop_room(viewer, workshop, page.own),
        "clashes": own_between(viewer, workshop.starts_at, workshop.ends_at, but=pk) if may_take else [],
        "seat_form": (seat_form or seat_form_for(request, workshop)) if may_take else None,
        "seating": page.seating,
        "may_answer_offer": seat_rules.may_answer_offer(page.own, at=now),
        "may_take_over": seat_rules.may_take_over(workshop, page.own, at=now),
        "may_hand_over": seat_rules.may_hand_over(workshop, page.own, at=now),
        "companions_form": companions_form or companions_form_for(page, now),
        "invite_form": invite_form,
        "parts": panels_for("workshop", request, page),
        "tools": _tools(request, page, now) if rules.is_host(viewer, workshop) else [],
    }
    return render(request, "exchange/workshop_detail.html", context, status=status)


def companions_form_for(page: queries.WorkshopPage, now: datetime) -> CompanionsForm | None:
    """The form that says anew who comes along, for who has a place."""
    if page.own is None or not seat_rules.may_change_companions(page.workshop, page.own, at=now):
        return None
    return CompanionsForm(
        initial={"companions": page.own.companions or None, "companion_names": page.own.companion_names}
    )


def seat_form_for(request: ViewerRequest, workshop: Workshop) -> SeatForm:
    """The form of sign-up, filled in where somebody sent it."""
    networks = list({seat.network_id: seat.place for seat in request.viewer.seats}.items())
    hybrid = workshop.mode == Workshop.Mode.HYBRID
    questions = questions_of(request.viewer, workshop)
    if request.method == "POST":
        return SeatForm(request.POST, hybrid=hybrid, networks=networks, questions=questions)
    return SeatForm(hybrid=hybrid, networks=networks, questions=questions, initial={"mode": Workshop.Mode.ON_SITE})


@require_http_methods(["GET", "POST"])
def workshop_new(request: ViewerRequest) -> HttpResponse:
    """Begin a draft. ``?format=SLUG`` proposes the format and asks its other cities to host too."""
    viewer = request.viewer
    require(rules.may_create_workshop(viewer))
    own = own_choices(request)
    formats = queries.formats_to_meet_in(viewer)
    proposed = next((f for f in formats if f.slug == request.GET.get("format")), None)
    others = town_choices(queries.networks_to_invite(viewer, but=[own[0][0]] if len(own) == 1 else []))
    initial: dict[str, Any] = {"mode": "on_site", "kind": "workshop", "seats": 30, "rung": "all"}
    if proposed is not None:
        initial |= {
            "format": proposed.pk,
            "rung": proposed.rung,
            "invited": sorted(owners_of(proposed) - viewer.coordinates),
        }
    form = NewWorkshopForm(
        request.POST or None,
        networks=own,
        formats=[(f.pk, f"#{f.hashtag}") for f in formats],
        others=others,
        people=contact_choices(viewer, sorted(viewer.coordinates)),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = verbs.create_workshop(
                viewer,
                data["network"],
                words=form.words,
                exchange_format=next((f for f in formats if f.pk == data["format"]), None),
                invited=data["invited"],
                points=data["agenda"],
            )
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Der Entwurf ist angelegt. Ihn sehen nur die Koordinationen, die einladen."))
            return redirect("exchange:workshop-detail", pk=made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/workshop_form.html", {**SECTION, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def workshop_edit(request: ViewerRequest, pk: int) -> HttpResponse:
    """Change it; any coordinator of a city that hosts it."""
    stored = workshop_or_404(request, pk)
    require(rules.may_edit_workshop(request.viewer, stored))
    people = contact_choices(request.viewer, sorted(rules.hosts_of(stored)), stored.contact_person_id)
    form = WorkshopForm(request.POST or None, stored=stored, people=people)
    context: dict[str, Any] = {**SECTION, "form": form, "w": stored}
    if request.method == "POST" and form.is_valid():
        try:
            version, reason = form.cleaned_data["version"] or 0, form.cleaned_data.get("move_reason", "")
            save = save_following if stored.series_id and request.POST.get("following") else verbs.save_workshop
            save(request.viewer, pk, version=version, words=form.words, reason=reason)
        except verbs.WorkshopChangedMeanwhile as error:
            context |= two_texts(form, WorkshopForm(stored=error.stored, people=people), str(error))
            context["back"] = reverse("exchange:workshop-edit", kwargs={"pk": pk})
            return render(request, "exchange/workshop_conflict.html", context, status=409)
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("exchange:workshop-detail", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/workshop_form.html", context, status=status)


@require_POST
def workshop_open(request: ViewerRequest, pk: int) -> HttpResponse:
    """Open the sign-up."""
    workshop_or_404(request, pk)
    verbs.open_workshop(request.viewer, pk)
    messages.success(request, _("Die Anmeldung ist eröffnet."))
    return redirect("exchange:workshop-detail", pk=pk)


@require_http_methods(["GET", "POST"])
def workshop_cancel(request: ViewerRequest, pk: int) -> HttpResponse:
    """Call it off, with the reason that everybody reads."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_cancel_workshop(request.viewer, workshop, at=timezone.now()))
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verbs.cancel_workshop(request.viewer, pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("Abgesagt. Alle Angemeldeten bekommen eine Nachricht."))
        return redirect("exchange:workshop-detail", pk=pk)
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "w": workshop, "form": form}
    return render(request, "exchange/workshop_cancel.html", context, status=status)


@require_POST
def workshop_delete(request: ViewerRequest, pk: int) -> HttpResponse:
    """Delete a draft for good."""
    workshop_or_404(request, pk)
    verbs.delete_workshop(request.viewer, pk)
    messages.success(request, _("Der Entwurf ist gelöscht."))
    return redirect("exchange:workshop-list")


@require_POST
def host_invite(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask another city to host too."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_invite_host(request.viewer, workshop))
    taken = rules.hosts_of(workshop) | rules.asked_to_host(workshop)
    others = town_choices(queries.networks_to_invite(request.viewer, but=sorted(taken)))
    form = InviteForm(request.POST, others=others)
    if not form.is_valid():
        return detail(request, pk, invite_form=form, status=422)
    hosting.invite_host(request.viewer, pk, form.cleaned_data["network"])
    messages.success(request, _("Die Frage ist unterwegs."))
    return redirect("exchange:workshop-detail", pk=pk)


def network_of(request: ViewerRequest) -> int:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    number: int = form.cleaned_data["network"]
    return number


@require_POST
def host_recall(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take an unanswered question back."""
    workshop_or_404(request, pk)
    hosting.recall_host(request.viewer, pk, network_of(request))
    messages.success(request, _("Die Frage ist zurückgenommen."))
    return redirect("exchange:workshop-detail", pk=pk)


@require_POST
def host_answer(request: ViewerRequest, pk: int) -> HttpResponse:
    """Accept with ``answer=yes``, decline with ``answer=no``, for the city ``network``."""
    workshop_or_404(request, pk)
    accept = request.POST.get("answer") == "yes"
    hosting.answer_hosting(request.viewer, pk, network_of(request), accept=accept)
    if accept:
        messages.success(request, _("Ihre Kommune lädt mit ein. Sie können alles ändern, was die anderen ändern."))
    else:
        messages.success(request, _("Abgelehnt. Die anderen wissen Bescheid."))
    seen = rules.visible_workshops(request.viewer).filter(pk=pk).exists()
    return redirect("exchange:workshop-detail", pk=pk) if seen else redirect("exchange:workshop-list")
