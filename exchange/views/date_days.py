"""What the owners of a poll choose: the days, and whom they ask."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from exchange.forms.dates import AskForm, OptionForm, OptionsForm, SpanForm
from exchange.models import PollOption
from exchange.policies import dates as rules
from exchange.queries import dates as queries
from exchange.queries.day_notes import DayNotes, days_between, notes_for
from exchange.queries.workshops import networks_to_invite
from exchange.services import dates as verbs
from exchange.views.dates import SECTION, poll_or_404
from exchange.views.formats import town_choices
from tenancy.middleware import ViewerRequest
from tenancy.queries.people import PeopleFilter, people_for, with_card
from toolkit.access import Conflict, require
from toolkit.text import clean_query

#: Proposed at first: the working days of four weeks, beginning in three.
SOON, LONG = datetime.timedelta(days=21), datetime.timedelta(days=27)
WORKING_DAYS = [0, 1, 2, 3, 4]


def _span(request: ViewerRequest) -> tuple[SpanForm, list[datetime.date]]:
    """The form of the span, and the days that it means."""
    start = timezone.localdate() + SOON
    initial: dict[str, Any] = {"von": start, "bis": start + LONG, "tage": WORKING_DAYS}
    if not request.GET:
        return SpanForm(initial=initial), days_between(initial["von"], initial["bis"], WORKING_DAYS)
    form = SpanForm(request.GET)
    if not form.is_valid():
        return form, []
    data = form.cleaned_data
    first = max(data["von"] or start, timezone.localdate() + datetime.timedelta(days=1))
    last = data["bis"] or first + LONG
    return form, days_between(first, last, data["tage"] or WORKING_DAYS)


@require_http_methods(["GET", "POST"])
def poll_days(request: ViewerRequest, pk: int) -> HttpResponse:
    """Choose the days: those that nothing speaks against come first. ``?von=&bis=&tage=`` sets the span."""
    viewer = request.viewer
    poll = poll_or_404(request, pk)
    require(rules.may_edit_poll(viewer, poll))
    span, days = _span(request)
    workshop = {"begins": datetime.time(10), "ends": datetime.time(12), "mode": "online"}
    form = OptionsForm(request.POST or None, initial=workshop)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            new = verbs.add_options(viewer, pk, days=data["days"], times=data["times"], mode=data["mode"])
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            said = ngettext("{n} Termin steht neu zur Wahl.", "{n} Termine stehen neu zur Wahl.", new)
            messages.success(request, said.format(n=new))
            return redirect("exchange:poll-detail", pk=pk)
    chosen = set(form.data.getlist("days")) if form.is_bound and hasattr(form.data, "getlist") else set()
    notes = notes_for(viewer, queries.concerned_by(poll), days, but_workshop=poll.workshop_id)
    rows = [notes[day] for day in days]
    context = {
        **SECTION,
        "poll": poll,
        "span": span,
        "form": form,
        "chosen": chosen,
        "clear": [row for row in rows if row.is_clear],
        "others": [row for row in rows if not row.is_clear],
        "months": _months(rows),
        "beyond": _beyond(rows),
        "lands": list(queries.concerned_by(poll).lands.values()),
    }
    return render(request, "exchange/poll_days.html", context, status=422 if request.method == "POST" else 200)


def _months(rows: list[DayNotes]) -> int:
    return len({(row.day.year, row.day.month) for row in rows})


def _beyond(rows: list[DayNotes]) -> list[tuple[str, datetime.date]]:
    """The Länder whose school holidays are not known to the end, each with the first such day of the span."""
    first: dict[str, datetime.date] = {}
    for row in rows:
        for land in row.beyond:
            first.setdefault(land, row.day)
    return sorted(first.items())


@require_POST
def option_remove(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take a date away that nobody has answered."""
    poll_or_404(request, pk)
    form = OptionForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        verbs.remove_option(request.viewer, pk, form.cleaned_data["option"])
    except PollOption.DoesNotExist as error:
        raise Http404 from error
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Der Termin ist weg."))
    return redirect("exchange:poll-detail", pk=pk)


def _named(person: Any) -> str:
    """A person with the towns whose networks they are in, as far as the viewer sees them."""
    towns = dict.fromkeys(membership.network.municipality.name for membership in person.shown)
    return f"{person.name} ({', '.join(towns)})" if towns else str(person.name)


@require_http_methods(["GET", "POST"])
def poll_ask(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask whole cities and people by name; ``?q=`` looks for people."""
    viewer = request.viewer
    poll = poll_or_404(request, pk)
    require(rules.may_edit_poll(viewer, poll))
    words = clean_query(request.GET.get("q", ""))[:80]
    held = {city.network_id for city in poll.cities.all() if city.everyone}
    towns = town_choices(networks_to_invite(viewer, but=sorted(held)))
    asked = set(poll.people.values_list("person_id", flat=True))
    ticked = [int(n) for n in request.POST.getlist("people") if n.isascii() and n.isdigit() and len(n) < 15]
    rows = with_card(viewer, people_for(viewer, PeopleFilter(q=words)).exclude(pk__in=asked | {viewer.someone}))
    found = list(rows.filter(pk__in=ticked[:200]) if ticked else rows.order_by("sort_key", "id")[:40])
    form = AskForm(request.POST or None, networks=towns, people=[(p.pk, _named(p)) for p in found])
    if request.method == "POST" and form.is_valid():
        try:
            new = verbs.ask_more(viewer, pk, networks=form.cleaned_data["networks"], people=form.cleaned_data["people"])
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            said = ngettext("{n} Person ist neu gefragt.", "{n} Personen sind neu gefragt.", new)
            messages.success(request, said.format(n=new))
            return redirect("exchange:poll-detail", pk=pk)
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "poll": poll, "form": form, "q": words}
    return render(request, "exchange/poll_ask.html", context, status=status)
