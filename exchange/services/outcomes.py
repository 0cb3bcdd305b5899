"""Verbs of what comes after a workshop: make an experience of it, and begin its next edition."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exchange.models import Experience, Session, Workshop, WorkshopHost
from exchange.policies.formats import visible_formats
from exchange.policies.outcomes import may_repeat_workshop, may_tell_of_workshop, networks_to_tell_for
from exchange.policies.program import visible_materials
from exchange.policies.published import which_are_published
from exchange.policies.questions import visible_questions
from exchange.policies.workshops import hosts_of
from exchange.queries.formats import next_edition
from exchange.queries.minutes import MinutesPage, minutes_page
from exchange.queries.program import sessions_of
from exchange.queries.workshops import city_counts, own_place, readable_workshop
from exchange.services.experiences import start_experience
from exchange.services.program import add_session
from exchange.services.questions import WORDS as QUESTION_WORDS
from exchange.services.questions import add_question
from exchange.services.seat_rules import RULES, save_seats
from exchange.services.workshops import WORDS, create_workshop
from tenancy.models import Municipality
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb

#: The same weekday, about a year later.
A_YEAR: Final = timedelta(weeks=52)

# --- an experience -------------------------------------------------------------------------------------------------


def _towns(workshop: Workshop) -> str:
    accepted = WorkshopHost.State.ACCEPTED
    towns = [host.network.municipality.name for host in workshop.hosts.all() if host.state == accepted]
    return get_text_list(towns, _("und"))


def _listed(title: str, lines: list[str]) -> str:
    return "\n".join([f"**{title}**", "", *(f"- {line}" for line in lines)]) if lines else ""


def _what_we_did(viewer: Viewer, workshop: Workshop, minutes: MinutesPage) -> str:
    day = date_format(timezone.localtime(workshop.starts_at), "j. F Y")
    where = workshop.place if workshop.has_place and workshop.place else workshop.get_mode_display()
    words = _("{kind} von {towns} am {day}, {where}.")
    first = words.format(kind=workshop.get_kind_display(), towns=_towns(workshop), day=day, where=where)
    points = [s.title for s in sessions_of(viewer, workshop) if s.kind != Session.Kind.BREAK]
    texts = [f"**{section.title}**\n\n{section.body}".strip() for section in minutes.texts]
    return "\n\n".join(filter(None, [first, _listed(_("Ablauf"), points), *texts]))


def _result(minutes: MinutesPage) -> str:
    # Who does what stays in the minutes: an experience travels further than they do.
    decisions = [f"{s.title}: {s.body}" if s.body and "\n" not in s.body else s.title for s in minutes.decisions]
    tasks = [
        _("{task} (bis {day})").format(task=s.title, day=date_format(s.until, "j. F Y")) if s.until else s.title
        for s in minutes.tasks
    ]
    return "\n\n".join(filter(None, [_listed(_("Beschlossen"), decisions), _listed(_("Verabredet"), tasks)]))


def _took_part(workshop: Workshop) -> str:
    lines = [_("Eingeladen haben: {towns}.").format(towns=_towns(workshop))]
    cities = city_counts(workshop)
    if cities:
        people = sum(city.people for city in cities)
        counted = ", ".join(f"{city.network.municipality.name} {city.people}" for city in cities)
        words = ngettext("Dabei war {n} Mensch: {cities}.", "Dabei waren {n} Menschen: {cities}.", people)
        lines.append(words.format(n=people, cities=counted))
    return "\n\n".join(lines)


def _reusable(viewer: Viewer, workshop: Workshop) -> str:
    """What was left to read for everybody; what is for seats only stays with them."""
    rows = visible_materials(viewer).filter(workshop=workshop, seats_only=False).order_by("phase", "id")
    return _listed(_("Unterlagen"), [f"[{m.title}]({m.url})" if m.url else m.title for m in rows[:30]])


@verb
def make_experience(
    viewer: Viewer, workshop_id: int, *, network_id: int | None = None, at: datetime | None = None
) -> Experience:
    """Begin an experience that carries what the workshop and its minutes say, without names, and links back to both.

    A draft of the viewer's own, for the network they host or came for. Raises ``DoesNotExist``.
    """
    workshop = readable_workshop(viewer, workshop_id)
    own = own_place(viewer, workshop)
    require(may_tell_of_workshop(viewer, workshop, own, network_id, at=at or timezone.now()))
    network = network_id if network_id is not None else min(networks_to_tell_for(viewer, workshop, own))
    minutes = minutes_page(viewer, workshop)
    words = {
        "summary": workshop.summary,
        "starting_point": workshop.description,
        "what_we_did": _what_we_did(viewer, workshop, minutes),
        "result": _result(minutes),
        "took_part": _took_part(workshop),
        "reusable": _reusable(viewer, workshop),
        "period_from": timezone.localdate(workshop.starts_at),
        "period_to": timezone.localdate(workshop.ends_at),
        "stage": Experience.Stage.ENDED,
    }
    return start_experience(
        viewer, network, title=workshop.title, words=words, workshop=workshop, exchange_format=workshop.format
    )


# --- the next edition ----------------------------------------------------------------------------------------------


def a_year_later(moment: datetime, *, years: int = 1) -> datetime:
    """The same weekday and the same time on the clock, 52 weeks later for each year; summer time is minded."""
    local = timezone.localtime(moment).replace(tzinfo=None)
    return timezone.make_aware(local + years * A_YEAR)


@verb
def repeat_workshop(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> Workshop:
    """Begin the next edition as a draft with all that repeats; the other hosts are asked, as for any draft.

    It lies on the same weekday a year later, or as many years as bring it ahead. In a format the place is left
    open when it is another city's turn to host. The link to take part is new each time and not carried over.
    """
    now = at or timezone.now()
    workshop = readable_workshop(viewer, workshop_id)
    require(may_repeat_workshop(viewer, workshop))
    years = 1
    while a_year_later(workshop.starts_at, years=years) <= now:
        years += 1
    words = {name: getattr(workshop, name) for name in WORDS}
    moments = [name for name, value in words.items() if isinstance(value, datetime)]
    words |= {name: a_year_later(words[name], years=years) for name in moments}
    words["online_url"] = ""
    seen = visible_formats(viewer).filter(pk=workshop.format_id or 0).first()
    hosts = hosts_of(workshop)
    if seen is not None and len(hosts) > 1 and proposed_host(workshop) not in (None, _host_of(workshop)):
        words["place"] = ""
    made = create_workshop(
        viewer,
        min(viewer.coordinates & hosts),
        words=words,
        exchange_format=seen if seen is not None and _owns(viewer, seen.pk) else None,
        invited=hosts - viewer.coordinates,
    )
    for session in sessions_of(viewer, workshop):
        add_session(viewer, made.pk, words=_again(session, years), anyway=True)
    for question in visible_questions(viewer).filter(workshop=workshop, retired_at=None).order_by("position", "id"):
        add_question(viewer, made.pk, words={name: getattr(question, name) for name in QUESTION_WORDS})
    _repeat_seats(viewer, workshop, made, years)
    return made


def _repeat_seats(viewer: Viewer, workshop: Workshop, made: Workshop, years: int) -> None:
    """Give seats by the same rules, with the same quotas of cities that are still published."""
    rules = {name: getattr(workshop, name) for name in RULES}
    rules |= {name: a_year_later(rules[name], years=years) for name in RULES if isinstance(rules[name], datetime)}
    kept = {quota.network_id: quota.seats for quota in workshop.quotas.all()}
    save_seats(viewer, made.pk, rules=rules, quotas={n: kept[n] for n in which_are_published(kept)})


def _again(session: Session, years: int) -> dict[str, Any]:
    """A point of the programme for the next time; who speaks is asked anew."""
    return {
        "kind": session.kind,
        "starts_at": a_year_later(session.starts_at, years=years),
        "ends_at": a_year_later(session.ends_at, years=years) if session.ends_at else None,
        "track": session.track,
        "title": session.title,
        "text": session.text,
    }


def _owns(viewer: Viewer, format_id: int) -> bool:
    from exchange.models import FormatCity

    owned = FormatCity.objects.filter(format=format_id, state=FormatCity.State.ACCEPTED)
    return owned.filter(network_id__in=list(viewer.coordinates)).exists()


def _host_of(workshop: Workshop) -> str | None:
    edition = getattr(workshop, "edition", None)
    return edition.host_id if edition is not None else None


def proposed_host(workshop: Workshop) -> str | None:
    """The key of the town whose turn it is next in the format of a workshop; None without a format in sight."""
    return next_edition(workshop.format)[1] if workshop.format is not None else None


def proposed_host_name(workshop: Workshop) -> str:
    """The same by name; empty without a format."""
    turn = proposed_host(workshop)
    return Municipality.objects.get(pk=turn).name if turn else ""
