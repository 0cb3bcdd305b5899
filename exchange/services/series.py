"""Verbs of meetings that come again: one workshop is made for each date, and each lives its own life from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import Session, SessionSpeaker, Workshop, WorkshopHost, WorkshopSeries
from exchange.policies.program import may_repeat
from exchange.policies.workshops import hosts_of, may_answer_hosting, may_edit_workshop
from exchange.repeating import MOST, days_of_rule
from exchange.services.hosting import answer_hosting, locked, record_act
from exchange.services.program import acting_host, shifted
from exchange.services.workshops import WORDS, open_workshop, save_workshop
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, given, require
from toolkit.acting import verb
from toolkit.telling import tell

#: Words of a date that lie in time, and move with it.
TIMES = ("starts_at", "ends_at", "registration_ends_at")


def page_of(series_id: int) -> str:
    """The path of the page of a series."""
    return reverse("exchange:series", kwargs={"pk": series_id})


@verb
def repeat_workshop(
    viewer: Viewer, workshop_id: int, *, rule: str, days: Iterable[date], open_at_once: bool = False
) -> WorkshopSeries:
    """Make a workshop like this one on each of ``days`` of the rule; the other days of it are left out.

    All in one transaction. The copies belong to the viewer's city; the other hosts are asked for all of them at once.
    Raises ``Denied``, and ``Conflict`` on ``days`` or ``open_at_once``.
    """
    source = locked(workshop_id)
    require(may_repeat(viewer, source))
    first = timezone.localtime(source.starts_at).date()
    planned = [day for day in days_of_rule(rule, first) if day != first]
    wanted = sorted(set(days) & set(planned))
    if not wanted:
        raise Conflict(_("Bitte wählen Sie mindestens einen weiteren Termin."), field="days")
    own = acting_host(viewer, source)
    own = given(own)
    others = sorted(hosts_of(source) - {own})
    if open_at_once and others:
        raise Conflict(_("Erst antworten die anderen Kommunen, dann lässt sich die Anmeldung eröffnen."), field="open")
    series = WorkshopSeries.objects.create(
        title=source.title,
        rule=rule,
        first_day=first,
        left_out=[day.isoformat() for day in planned if day not in wanted],
        created_by_id=viewer.someone,
    )
    Workshop.objects.filter(pk=source.pk).update(series=series, series_day=first)
    sessions = list(Session.objects.filter(workshop=source).prefetch_related("speakers").order_by("starts_at", "id"))
    for day in wanted:
        made = _copy(viewer, source, series, day, own, others, sessions)
        if open_at_once:
            open_workshop(viewer, made.pk)
    record_act(viewer, "series", source, network_id=own, changes={"dates": [None, len(wanted) + 1]})
    if others:
        tell(
            set(coordinators_of(others)) - {viewer.someone},
            kind="invitation.workshop",
            text=format_lazy(
                _("{name} fragt, ob Ihre Kommune zu {n} weiteren Terminen von „{title}“ mit einlädt."),
                name=viewer.name,
                n=len(wanted),
                title=source.title[:120],
            ),
            url=page_of(series.pk),
            key=f"series-{series.pk}-invitation",
            mail=True,
        )
    return series


def _copy(
    viewer: Viewer,
    source: Workshop,
    series: WorkshopSeries,
    day: date,
    own: int,
    others: Iterable[int],
    sessions: Iterable[Session],
) -> Workshop:
    by = timedelta(days=(day - series.first_day).days)
    words = {name: getattr(source, name) for name in WORDS}
    words |= {name: shifted(words[name], by) for name in TIMES}
    made = Workshop.objects.create(
        **words, format_id=source.format_id, series=series, series_day=day, created_by_id=viewer.someone
    )
    WorkshopHost.objects.create(
        workshop=made, network_id=own, state=WorkshopHost.State.ACCEPTED, answered_at=timezone.now()
    )
    for network_id in others:
        WorkshopHost.objects.create(workshop=made, network_id=network_id)
    record_act(viewer, "created", made, network_id=own)
    for session in sessions:
        again = Session.objects.create(
            workshop=made,
            kind=session.kind,
            starts_at=shifted(session.starts_at, by),
            ends_at=shifted(session.ends_at, by) if session.ends_at else None,
            track=session.track,
            place=session.place,
            title=session.title,
            text=session.text,
        )
        # People of the platform are asked anew for each date; names of others are words.
        SessionSpeaker.objects.bulk_create(
            SessionSpeaker(session=again, position=s.position, name=s.name, organisation=s.organisation)
            for s in session.speakers.all()
            if s.person_id is None
        )
    return made


@verb
def answer_series(viewer: Viewer, series_id: int, network_id: int, *, accept: bool) -> int:
    """Accept or decline for one's city, for all dates that wait for its answer. Answers how many they were."""
    rows = Workshop.objects.filter(series_id=series_id).prefetch_related("hosts").order_by("pk")[: MOST + 1]
    waiting = [w for w in rows if may_answer_hosting(viewer, w, network_id)]
    for workshop in waiting:
        answer_hosting(viewer, workshop.pk, network_id, accept=accept)
    return len(waiting)


def _moved(workshop: Workshop, name: str, before: datetime, after: datetime) -> datetime:
    """A moment of another date of the series, moved as far as this one was, by the clock on the wall."""
    by = timezone.make_naive(after) - timezone.make_naive(before)
    return shifted(getattr(workshop, name), by)


@verb
def save_following(
    viewer: Viewer, workshop_id: int, *, version: int, words: Mapping[str, Any], reason: str = ""
) -> int:
    """Store what changed of one date of a series, and the same for all that follow it; answers how many these are.

    Times move as far as those of this one. What was cancelled, is past, or belongs to others is left as it is. All or
    nothing: raises what ``save_workshop`` raises, naming the date where one of the others does not take it.
    """
    before = locked(workshop_id)
    require(may_edit_workshop(viewer, before))
    stored = {name: getattr(before, name) for name in WORDS}
    saved = save_workshop(viewer, workshop_id, version=version, words=words, reason=reason)
    changed = {name: value for name, value in words.items() if stored[name] != value}
    if before.series_id is None or not changed:
        return 0
    rows = Workshop.objects.filter(series_id=before.series_id, series_day__gt=before.series_day)
    rows = rows.filter(ends_at__gt=timezone.now()).prefetch_related("hosts").order_by("series_day")
    done = 0
    for other in list(rows):
        if not may_edit_workshop(viewer, other):
            continue
        moved = {n: _moved(other, n, stored[n], getattr(saved, n)) for n in TIMES if n in changed}
        same = {name: value for name, value in changed.items() if name not in TIMES}
        try:
            save_workshop(viewer, other.pk, version=other.version, words=same | moved, reason=reason)
        except Conflict as error:
            day = timezone.localtime(other.starts_at)
            raise Conflict(f"{day:%d.%m.%Y}: {error}", field=error.field) from error
        done += 1
    return done
