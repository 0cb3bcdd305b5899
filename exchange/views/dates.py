"""Pages of date polls: the list, the poll with its answers, and everything its owners do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange import calendars
from exchange.forms.dates import NewPollForm, OptionForm, PollForm, VoteForm
from exchange.free_days import SCHOOL_SOURCE
from exchange.models import DatePoll, PollOption, Workshop
from exchange.policies import dates as rules
from exchange.policies.formats import owners_of
from exchange.policies.workshops import hosts_of
from exchange.queries import dates as queries
from exchange.queries.workshops import formats_to_meet_in, networks_to_invite, readable_workshop
from exchange.services import dates as verbs
from exchange.services.date_decisions import decide_date, moments_of
from exchange.views.formats import own_choices, town_choices
from exchange.views.versions import two_texts
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require
from toolkit.markdown import plain_text
from toolkit.text import clean_query

SECTION = {"section": "workshops", "school_source": SCHOOL_SOURCE}


def poll_or_404(request: ViewerRequest, pk: int) -> DatePoll:
    """The poll with its cities if the viewer may see it; missing and forbidden look the same."""
    try:
        return queries.readable_poll(request.viewer, pk)
    except DatePoll.DoesNotExist as error:
        raise Http404 from error


@require_safe
def poll_list(request: ViewerRequest) -> HttpResponse:
    """The polls that concern the viewer."""
    page = queries.poll_list(request.viewer, clean_query(request.GET.get("page", "")))
    context = {
        **SECTION,
        "page": page,
        "now": timezone.now(),
        "newer": f"?{urlencode({'page': page.previous})}" if page.previous else "",
        "older": f"?{urlencode({'page': page.next})}" if page.next else "",
        "may_create": rules.may_create_poll(request.viewer),
    }
    return render(request, "exchange/poll_list.html", context)


@require_safe
def poll_detail(request: ViewerRequest, pk: int) -> HttpResponse:
    """The dates, what speaks against them, and what was said."""
    return detail(request, pk)


def detail(request: ViewerRequest, pk: int, *, form: VoteForm | None = None, status: int = 200) -> HttpResponse:
    """The page, also with answers that were not right (422)."""
    viewer, now = request.viewer, timezone.now()
    try:
        page = queries.poll_page(viewer, pk, at=now)
    except DatePoll.DoesNotExist as error:
        raise Http404 from error
    poll = page.poll
    may_vote = rules.may_vote(viewer, poll, at=now)
    if may_vote and form is None:
        form = VoteForm(options=[(o.option, o.own) for o in page.options])
    cards = [
        (o, form[f"answer_{o.option.pk}"], form[f"remark_{o.option.pk}"]) if form and may_vote else (o, None, None)
        for o in page.options
    ]
    context: dict[str, Any] = {
        **SECTION,
        "page": page,
        "poll": poll,
        "cards": cards,
        "form": form,
        "running": rules.is_running(poll, at=now),
        "may_vote": may_vote,
        "may_edit": rules.may_edit_poll(viewer, poll),
        "may_open": rules.may_open_poll(
            viewer, poll, options=len(page.options), asked=len(page.cities) + len(page.asked), at=now
        ),
        "may_close": rules.may_close_poll(viewer, poll),
        "may_decide": rules.may_decide_date(viewer, poll, at=now),
        "may_delete": rules.may_delete_poll(viewer, poll),
        "names": rules.may_read_names(viewer, poll),
    }
    return render(request, "exchange/poll_detail.html", context, status=status)


def _workshop_asked_for(request: ViewerRequest) -> Workshop | None:
    """The draft that ``?workshop=NUMBER`` names, if the viewer sees it."""
    number = request.GET.get("workshop", "")
    if not number.isascii() or not number.isdigit() or len(number) > 12:
        return None
    try:
        return readable_workshop(request.viewer, int(number))
    except Workshop.DoesNotExist as error:
        raise Http404 from error


@require_http_methods(["GET", "POST"])
def poll_new(request: ViewerRequest) -> HttpResponse:
    """Begin a draft; ``?format=SLUG`` and ``?workshop=NUMBER`` propose the cities that meet in it."""
    viewer = request.viewer
    workshop = _workshop_asked_for(request)
    require(rules.may_create_poll(viewer, workshop=workshop))
    own = own_choices(request)
    found = next((f for f in formats_to_meet_in(viewer) if f.slug == request.GET.get("format")), None)
    together = hosts_of(workshop) if workshop else owners_of(found) if found else frozenset()
    initial: dict[str, Any] = {
        "names": "all",
        "title": workshop.title if workshop else f"#{found.hashtag}" if found else "",
        "owners": sorted(together - viewer.coordinates),
        "asked": sorted(together | ({own[0][0]} if len(own) == 1 else set())),
    }
    others = town_choices(networks_to_invite(viewer))
    form = NewPollForm(request.POST or None, networks=own, others=others, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = verbs.create_poll(
                viewer,
                data["network"],
                words=form.words,
                names_shown=data["names"] == "all",
                exchange_format=(workshop.format if workshop else found),
                workshop=workshop,
                owners=data["owners"],
                asked=data["asked"],
            )
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            return redirect("exchange:poll-days", pk=made.pk)
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "form": form, "workshop": workshop, "format": found}
    return render(request, "exchange/poll_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def poll_edit(request: ViewerRequest, pk: int) -> HttpResponse:
    """Change title, text and end; any coordinator of a city that owns it."""
    stored = poll_or_404(request, pk)
    require(rules.may_edit_poll(request.viewer, stored))
    form = PollForm(request.POST or None, stored=stored)
    context: dict[str, Any] = {**SECTION, "form": form, "poll": stored}
    if request.method == "POST" and form.is_valid():
        try:
            verbs.save_poll(request.viewer, pk, version=form.cleaned_data["version"] or 0, words=form.words)
        except verbs.PollChangedMeanwhile as error:
            context |= two_texts(form, PollForm(stored=error.stored), str(error))
            context["back"] = reverse("exchange:poll-edit", kwargs={"pk": pk})
            return render(request, "exchange/workshop_conflict.html", context, status=409)
        messages.success(request, _("Gespeichert."))
        return redirect("exchange:poll-detail", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/poll_form.html", context, status=status)


@require_POST
def poll_open(request: ViewerRequest, pk: int) -> HttpResponse:
    """Send it to everybody who is asked."""
    poll_or_404(request, pk)
    verbs.open_poll(request.viewer, pk)
    messages.success(request, _("Verschickt. Alle Gefragten haben eine Nachricht bekommen."))
    return redirect("exchange:poll-detail", pk=pk)


@require_POST
def poll_vote(request: ViewerRequest, pk: int) -> HttpResponse:
    """Answer."""
    viewer, now = request.viewer, timezone.now()
    poll = poll_or_404(request, pk)
    require(rules.may_vote(viewer, poll, at=now))
    page = queries.poll_page(viewer, pk, at=now)
    form = VoteForm(request.POST, options=[(o.option, o.own) for o in page.options])
    if not form.is_valid():
        return detail(request, pk, form=form, status=422)
    verbs.vote(viewer, pk, form.answers)
    messages.success(request, _("Danke, Ihre Antwort ist da. Solange die Terminsuche läuft, können Sie sie ändern."))
    return redirect("exchange:poll-detail", pk=pk)


@require_POST
def poll_close(request: ViewerRequest, pk: int) -> HttpResponse:
    """End it."""
    poll_or_404(request, pk)
    verbs.close_poll(request.viewer, pk)
    messages.success(request, _("Die Terminsuche ist beendet. Legen Sie jetzt den Termin fest."))
    return redirect("exchange:poll-detail", pk=pk)


@require_POST
def poll_decide(request: ViewerRequest, pk: int) -> HttpResponse:
    """Settle on a date; goes on to the workshop that got it."""
    poll_or_404(request, pk)
    form = OptionForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        workshop = decide_date(request.viewer, pk, form.cleaned_data["option"])
    except PollOption.DoesNotExist as error:
        raise Http404 from error
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("exchange:poll-detail", pk=pk)
    messages.success(request, _("Der Termin steht fest, und alle wissen Bescheid. Hier geht es weiter."))
    return redirect("exchange:workshop-detail", pk=workshop.pk)


@require_POST
def poll_delete(request: ViewerRequest, pk: int) -> HttpResponse:
    """Delete a draft for good."""
    poll_or_404(request, pk)
    verbs.delete_poll(request.viewer, pk)
    messages.success(request, _("Der Entwurf ist gelöscht."))
    return redirect("exchange:poll-list")


@require_safe
@cache_control(private=True, max_age=60)
def poll_calendar(request: ViewerRequest, pk: int) -> HttpResponse:
    """The date that was settled on, as a calendar file; the workshop's own entry takes its place later."""
    poll = poll_or_404(request, pk)
    option = poll.options.filter(pk=poll.decided_id or 0).first()
    if option is None:
        raise Http404
    starts, ends = moments_of(option)
    url = request.build_absolute_uri(verbs.page_of(poll))
    words = [calendars.line_of(plain_text(poll.text, limit=calendars.TOLD)), url]
    facts = calendars.Facts(
        uid=f"{poll.calendar_uid}@lotsennetz",
        sequence=0,  # whatever the workshop says later replaces it
        stamp=poll.updated_at,
        starts_at=starts,
        ends_at=ends,
        title=calendars.line_of(poll.title),
        status="CONFIRMED",
        place="",
        words="\n\n".join(word for word in words if word),
        url=url,
    )
    answer = HttpResponse(calendars.calendar_of_one(facts), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="termin-{poll.pk}.ics"'
    return answer
