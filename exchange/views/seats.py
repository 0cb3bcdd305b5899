"""Signing up, withdrawing, and the list of who takes part."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exchange.models import Registration
from exchange.policies import workshops as rules
from exchange.queries import workshops as queries
from exchange.queries.questions import answer_sheet
from exchange.services import seats as verbs
from exchange.services.questions import sign_up
from exchange.views.workshops import SECTION, detail, seat_form_for, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, Denied, deny, require

#: A cell that begins with one of these is a formula for spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@require_POST
def seat_take(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take a seat, or a place in the queue."""
    workshop = workshop_or_404(request, pk)
    own = queries.own_place(request.viewer, workshop)
    require(rules.may_take_seat(request.viewer, workshop, own, at=timezone.now()))
    form = seat_form_for(request, workshop)
    if not form.is_valid():
        return detail(request, pk, seat_form=form, status=422)
    data = form.cleaned_data
    try:
        place = sign_up(
            request.viewer,
            pk,
            answers=form.answers,
            network_id=data["network"],
            mode=data.get("mode", ""),
            needs=data["needs"],
            name_shown=data["name_shown"],
            companions=data["companions"],
            companion_names=data["companion_names"],
        )
    except Conflict as error:
        form.add_error(error.field or None, str(error))
        return detail(request, pk, seat_form=form, status=422)
    except Denied as refused:
        # For which network one comes is only known with the form; what was typed there is not lost over it.
        form.add_error(None, str(refused))
        return detail(request, pk, seat_form=form, status=422)
    if place.state == Registration.State.SEAT:
        messages.success(request, _("Sie haben einen Platz. Bis bald!"))
    elif place.state == Registration.State.REQUESTED:
        messages.success(request, _("Ihre Anmeldung ist da. Die Gastgebenden antworten Ihnen."))
    elif workshop.offer_hours:
        messages.success(request, _("Sie stehen auf der Warteliste. Wird ein Platz frei, bekommen Sie eine Nachricht."))
    else:
        messages.success(request, _("Sie stehen auf der Warteliste und rücken von selbst nach."))
    return redirect("exchange:workshop-detail", pk=pk)


@require_POST
def seat_withdraw(request: ViewerRequest, pk: int) -> HttpResponse:
    """Give one's place back."""
    workshop_or_404(request, pk)
    verbs.withdraw(request.viewer, pk)
    messages.success(request, _("Sie sind abgemeldet. Ihr Platz geht an die Warteliste."))
    return redirect("exchange:workshop-detail", pk=pk)


@require_safe
def participant_list(request: ViewerRequest, pk: int) -> HttpResponse:
    """Who takes part: hosts read everything, who has a seat reads the names that are shown."""
    workshop = workshop_or_404(request, pk)
    own = queries.own_place(request.viewer, workshop)
    hosting = rules.may_see_needs(request.viewer, workshop)
    if not hosting and not (own is not None and own.state == Registration.State.SEAT):
        require(deny(_("Namen sehen nur die Gastgebenden und wer einen Platz hat.")))
    people = queries.participants(request.viewer, workshop, own)
    sheet = answer_sheet(request.viewer, workshop, own, hosting=bool(hosting))
    for place in (*people.seated, *people.offered, *people.waiting, *people.requested):
        place.cells = sheet.cells(place.pk)  # type: ignore[attr-defined]  # for the template alone
    context = {
        **SECTION,
        "w": workshop,
        "hosting": hosting,
        "people": people,
        "sheet": sheet,
    }
    return render(request, "exchange/workshop_participants.html", context)


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


@require_safe
def participant_csv(request: ViewerRequest, pk: int) -> HttpResponse:
    """The list for the door, for the hosts: names, cities, needs, states; opens in any spreadsheet."""
    workshop = workshop_or_404(request, pk)
    require(rules.may_see_needs(request.viewer, workshop))
    people = queries.participants(request.viewer, workshop, None)
    sheet = answer_sheet(request.viewer, workshop, None, hosting=True)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    heads = [_("Name"), _("Kommune"), _("Stand"), _("Platz aus"), _("Teilnahme"), _("Begleitung")]
    heads += [_("Namen der Begleitung"), _("Bedarf"), _("Angemeldet am")]
    writer.writerow([*heads, *(safe_cell(question.text) for question in sheet.questions)])
    for place in (*people.seated, *people.offered, *people.waiting, *people.requested):
        cells = [
            place.person.name,
            place.network.municipality.name,
            place.get_state_display(),
            place.get_pool_display() if place.state in rules.TAKING else "",
            place.get_mode_display(),
            place.companions or "",
            place.companion_names,
            place.needs,
            date_format(timezone.localtime(place.created_at), "d.m.Y H:i"),
            *sheet.cells(place.pk),
        ]
        writer.writerow([safe_cell(str(cell)) for cell in cells])
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="teilnehmende-{workshop.pk}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer
