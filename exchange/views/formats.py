"""Pages of exchange formats: read, begin, change, invite, answer, leave, and the history of editions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.forms.formats import AnswerForm, EditionForm, FormatForm, InviteForm, NewFormatForm
from exchange.models import ExchangeFormat
from exchange.policies import formats as rules
from exchange.policies.published import PUBLISH_FIRST, which_are_published
from exchange.policies.workshops import may_create_workshop
from exchange.queries import formats as queries
from exchange.queries.workshops import networks_to_invite
from exchange.services import formats as verbs
from exchange.views.versions import two_texts
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from toolkit.access import Conflict, deny, require
from toolkit.panels import panels_for
from toolkit.text import clean_query

SECTION = {"section": "workshops"}


def town_choices(networks: list[Network]) -> list[tuple[int, str]]:
    """Networks as choices, by the name of their town."""
    return [(network.pk, network.municipality.name) for network in networks]


def own_choices(request: ViewerRequest) -> list[tuple[int, str]]:
    """The published networks that the viewer coordinates, as choices; refuses who has none. One query."""
    seats = {seat.network_id: seat.place for seat in request.viewer.seats}
    own = which_are_published(request.viewer.coordinates)
    if not own:
        require(deny(PUBLISH_FIRST))
    return [(number, seats[number]) for number in sorted(own)]


def format_or_404(request: ViewerRequest, slug: str) -> ExchangeFormat:
    """The format with its cities if the viewer may see it; missing and forbidden look the same."""
    try:
        return queries.readable_format(request.viewer, slug)
    except ExchangeFormat.DoesNotExist as error:
        raise Http404 from error


def back_to(exchange_format: ExchangeFormat, anchor: str = "") -> HttpResponse:
    """To the page of the format."""
    return redirect(reverse("exchange:format-detail", kwargs={"slug": exchange_format.slug}) + anchor)


@login_not_required
@require_safe
def format_list(request: ViewerRequest) -> HttpResponse:
    """All formats in sight."""
    page = queries.format_list(request.viewer, clean_query(request.GET.get("page", "")))
    context = {
        **SECTION,
        "page": page,
        "newer": f"?{urlencode({'page': page.previous})}" if page.previous else "",
        "older": f"?{urlencode({'page': page.next})}" if page.next else "",
        "may_create": rules.may_create_format(request.viewer),
        "may_create_workshop": may_create_workshop(request.viewer),
    }
    return render(request, "exchange/format_list.html", context)


@login_not_required
@require_safe
def format_detail(request: ViewerRequest, slug: str) -> HttpResponse:
    """The story of a format."""
    return _detail(request, slug)


def _detail(
    request: ViewerRequest, slug: str, *, invite_form: InviteForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    try:
        page = queries.format_page(viewer, slug)
    except ExchangeFormat.DoesNotExist as error:
        raise Http404 from error
    exchange_format = page.format
    may_edit = rules.may_edit_format(viewer, exchange_format)
    towns = {network.pk: network.municipality.name for network in (*page.cities, *page.invited)}
    if may_edit and invite_form is None:
        taken = [network.pk for network in (*page.cities, *page.invited)]
        invite_form = InviteForm(others=town_choices(networks_to_invite(viewer, but=taken)))
    context: dict[str, Any] = {
        **SECTION,
        "page": page,
        "format": exchange_format,
        "may_edit": may_edit,
        "may_create_workshop": may_create_workshop(viewer, exchange_format=exchange_format),
        "may_join_room": rules.may_join_format_room(viewer, exchange_format),
        "asked": [(n, towns[n]) for n in sorted(rules.invited_to(exchange_format) & viewer.coordinates)],
        "own": [
            (n, towns[n], rules.may_leave_format(viewer, exchange_format, n))
            for n in sorted(rules.owners_of(exchange_format) & viewer.coordinates)
        ],
        "askers": [network for network in page.asking if may_edit or network.pk in viewer.coordinates],
        "may_ask": rules.may_ask_to_join(viewer, exchange_format),
        "ask_for": [
            (seat.network_id, seat.place)
            for seat in viewer.seats
            if seat.network_id in viewer.coordinates and rules.may_ask_to_join(viewer, exchange_format, seat.network_id)
        ]
        if viewer.coordinates and not may_edit
        else [],
        "parts": panels_for("format", request, page),
        "tools": panels_for("format-tools", request, page),
        "may_see_invited": rules.may_see_invited(viewer, exchange_format),
        "invite_form": invite_form,
    }
    return render(request, "exchange/format_detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
def format_new(request: ViewerRequest) -> HttpResponse:
    """Begin a format, and invite the others."""
    require(rules.may_create_format(request.viewer))
    own = own_choices(request)
    others = town_choices(networks_to_invite(request.viewer))
    if len(own) == 1:
        others = [choice for choice in others if choice[0] != own[0][0]]
    # Those chosen among the suggestions; whatever else stands in the address chooses nobody.
    chosen = [number for number, _town in others if str(number) in request.GET.getlist("mit")]
    form = NewFormatForm(request.POST or None, networks=own, others=others, initial={"invited": chosen})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = verbs.create_format(request.viewer, data["network"], words=form.words, invited=data["invited"])
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Das Format ist angelegt. Wer eingeladen ist, hat eine Nachricht bekommen."))
            return back_to(made)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/format_form.html", {**SECTION, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def format_edit(request: ViewerRequest, slug: str) -> HttpResponse:
    """Change what the format says of itself; any coordinator of a city that owns it."""
    stored = format_or_404(request, slug)
    require(rules.may_edit_format(request.viewer, stored))
    form = FormatForm(request.POST or None, stored=stored)
    context: dict[str, Any] = {**SECTION, "form": form, "format": stored}
    if request.method == "POST" and form.is_valid():
        try:
            verbs.save_format(request.viewer, stored.pk, version=form.cleaned_data["version"] or 0, words=form.words)
        except verbs.FormatChangedMeanwhile as error:
            context |= two_texts(form, FormatForm(stored=error.stored), str(error))
            context["back"] = reverse("exchange:format-edit", kwargs={"slug": slug})
            return render(request, "exchange/workshop_conflict.html", context, status=409)
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Gespeichert."))
            return back_to(stored)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/format_form.html", context, status=status)


@require_POST
def format_invite(request: ViewerRequest, slug: str) -> HttpResponse:
    """Invite another city."""
    stored = format_or_404(request, slug)
    require(rules.may_invite_city(request.viewer, stored))
    taken = rules.owners_of(stored) | rules.invited_to(stored)
    form = InviteForm(request.POST, others=town_choices(networks_to_invite(request.viewer, but=sorted(taken))))
    if not form.is_valid():
        return _detail(request, slug, invite_form=form, status=422)
    verbs.invite_city(request.viewer, stored.pk, form.cleaned_data["network"])
    messages.success(request, _("Die Einladung ist unterwegs."))
    return back_to(stored, "#kommunen")


def asked_network(request: ViewerRequest) -> int:
    """The network that a form is about; 404 for what is no number."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    number: int = form.cleaned_data["network"]
    return number


@require_POST
def format_recall(request: ViewerRequest, slug: str) -> HttpResponse:
    """Take an unanswered invitation back."""
    stored = format_or_404(request, slug)
    verbs.recall_city(request.viewer, stored.pk, asked_network(request))
    messages.success(request, _("Die Einladung ist zurückgenommen."))
    return back_to(stored, "#kommunen")


@require_POST
def format_answer(request: ViewerRequest, slug: str) -> HttpResponse:
    """Accept with ``answer=yes``, decline with ``answer=no``, for the city ``network``."""
    stored = format_or_404(request, slug)
    accept = request.POST.get("answer") == "yes"
    verbs.answer_format(request.viewer, stored.pk, asked_network(request), accept=accept)
    if accept:
        messages.success(request, _("Sie sind dabei. Das Format gehört jetzt auch Ihrer Kommune."))
    else:
        messages.success(request, _("Abgelehnt. Die anderen wissen Bescheid."))
    seen = rules.visible_formats(request.viewer).filter(pk=stored.pk).exists()
    return back_to(stored) if seen else redirect("exchange:format-list")


@require_POST
def format_leave(request: ViewerRequest, slug: str) -> HttpResponse:
    """Take one's own city out."""
    stored = format_or_404(request, slug)
    verbs.leave_format(request.viewer, stored.pk, asked_network(request))
    messages.success(request, _("Ihre Kommune ist nicht mehr dabei. Die gemeinsame Geschichte bleibt."))
    seen = rules.visible_formats(request.viewer).filter(pk=stored.pk).exists()
    return back_to(stored) if seen else redirect("exchange:format-list")


@require_http_methods(["GET", "POST"])
def edition_edit(request: ViewerRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Add an edition, or put one right. A new one proposes the next number and whose turn it is."""
    exchange_format = format_or_404(request, slug)
    require(rules.may_edit_format(request.viewer, exchange_format))
    edition = None
    if number is not None:
        rows = rules.visible_editions(request.viewer).filter(format=exchange_format)
        edition = get_object_or_404(rows, number=number)
    hosts = queries.host_choices(exchange_format, edition)
    initial = {} if edition else {"initial": queries.proposed_edition(exchange_format)}
    form = EditionForm(request.POST or None, hosts=hosts, stored=edition, **initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = verbs.save_edition(
                request.viewer,
                exchange_format.pk,
                edition.pk if edition else None,
                words=form.words,
                host_ags=form.cleaned_data["host"] or None,
            )
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Die Folge steht in der Geschichte."))
            return back_to(exchange_format, f"#folge-{saved.number}")
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "form": form, "format": exchange_format, "edition": edition}
    return render(request, "exchange/format_edition.html", context, status=status)
