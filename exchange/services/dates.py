"""Verbs of date polls: begin, send, ask more people, answer, end, and settle on a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import DatePoll, ExchangeFormat, PollCity, PollOption, PollPerson, PollVote, Workshop
from exchange.policies.dates import (
    MOST_OPTIONS,
    MOST_PEOPLE,
    may_close_poll,
    may_create_poll,
    may_delete_poll,
    may_edit_poll,
    may_open_poll,
    may_vote,
    poll_owners,
    visible_polls,
)
from exchange.policies.published import which_are_published
from exchange.queries.dates import networks_of
from tenancy.policies.people import visible_people
from tenancy.queries.people import coordinators_of, members_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audit import record
from toolkit.past_sight import locked as hold
from toolkit.past_sight import rows_of
from toolkit.telling import tell

#: What an owner writes of a poll.
WORDS = ("title", "text", "ends_at")


class PollChangedMeanwhile(Conflict):
    """Somebody else saved in between. Carries what is stored by now."""

    def __init__(self, stored: DatePoll) -> None:
        super().__init__(_("Diese Terminsuche wurde inzwischen geändert. Nichts ist verloren: Sie sehen beide Texte."))
        self.stored = stored


def page_of(poll: DatePoll) -> str:
    """The path of its page."""
    return reverse("exchange:poll-detail", kwargs={"pk": poll.pk})


def locked(viewer: Viewer, poll_id: int) -> DatePoll:
    """The poll with its cities, locked for change; raises ``DoesNotExist`` for what the viewer does not see."""
    hold("exchange_lock_poll", DatePoll, poll_id)
    return visible_polls(viewer).prefetch_related("cities").get(pk=poll_id)


def record_act(viewer: Viewer, verb: str, poll: DatePoll, **more: Any) -> None:
    """One line on the record of the owner for whom the viewer acts."""
    acting = min(viewer.coordinates & poll_owners(poll), default=None)
    record(f"poll.{verb}", person_id=viewer.person_id, subject="poll", subject_id=poll.pk, network_id=acting, **more)


def everybody(poll: DatePoll) -> set[int]:
    """Everybody who is asked or owns it: people of whole cities, people by name, coordinators of the owners."""
    cities = list(poll.cities.all())
    asked = set(poll.people.values_list("person_id", flat=True))
    asked.update(members_of(city.network_id for city in cities if city.everyone))
    return asked | set(coordinators_of(city.network_id for city in cities if city.owns))


@verb
def create_poll(
    viewer: Viewer,
    network_id: int,
    *,
    words: Mapping[str, Any],
    names_shown: bool = True,
    exchange_format: ExchangeFormat | None = None,
    workshop: Workshop | None = None,
    owners: Iterable[int] = (),
    asked: Iterable[int] = (),
) -> DatePoll:
    """Begin a draft that the coordinators of its owners alone see; ``asked`` are networks whose people are asked.

    Raises ``Conflict`` on ``asked`` or ``owners`` for a network that is not published.
    """
    require(may_create_poll(viewer, network_id, exchange_format, workshop))
    poll = DatePoll.objects.create(
        **{name: words[name] for name in WORDS},
        names_shown=names_shown,
        format=exchange_format,
        workshop=workshop,
        created_by_id=viewer.someone,
    )
    own, everyone = {network_id, *owners}, set(asked)
    _only_published(owners, field="owners")
    _only_published(everyone - {network_id}, field="asked")
    for number in [network_id, *sorted((own | everyone) - {network_id})]:
        PollCity.objects.create(
            poll=poll, network_id=number, owns=number in own, asked_at=timezone.now() if number in everyone else None
        )
    poll = locked(viewer, poll.pk)
    record_act(viewer, "created", poll)
    return poll


def _only_published(network_ids: Iterable[int], *, field: str) -> None:
    wanted = set(network_ids)
    if wanted - which_are_published(wanted):
        raise Conflict(_("Eines dieser Netzwerke ist noch nicht veröffentlicht."), field=field)


@verb
def save_poll(viewer: Viewer, poll_id: int, *, version: int, words: Mapping[str, Any]) -> DatePoll:
    """Store title, text and end. Raises ``PollChangedMeanwhile``."""
    poll = locked(viewer, poll_id)
    require(may_edit_poll(viewer, poll))
    if poll.version != version:
        raise PollChangedMeanwhile(poll)
    changed = {name: words[name] for name in WORDS if getattr(poll, name) != words[name]}
    if not changed:
        return poll
    for name, value in changed.items():
        setattr(poll, name, value)
    poll.version += 1
    poll.save(update_fields=[*changed, "version", "updated_at"])
    record_act(viewer, "changed", poll)
    return poll


@verb
def ask_more(viewer: Viewer, poll_id: int, *, networks: Iterable[int] = (), people: Iterable[int] = ()) -> int:
    """Ask whole cities and people by name; who is asked already is passed over. Returns how many people are new.

    People whom the viewer may not find are passed over too. Where it runs already, the new ones are told.
    """
    poll = locked(viewer, poll_id)
    require(may_edit_poll(viewer, poll))
    before = everybody(poll)
    cities = {city.network_id: city for city in poll.cities.all()}
    wanted = set(networks)
    _only_published(wanted - poll_owners(poll), field="networks")
    for number in sorted(wanted):
        city = cities.get(number)
        if city is None:
            cities[number] = PollCity.objects.create(poll=poll, network_id=number, asked_at=timezone.now())
        elif not city.everyone:
            city.asked_at = timezone.now()
            city.save(update_fields=["asked_at"])
    found = set(visible_people(viewer).filter(pk__in=list(people)).values_list("pk", flat=True))
    held = set(poll.people.values_list("person_id", flat=True))
    if len(held | found) > MOST_PEOPLE:
        raise Conflict(
            format_lazy(_("Höchstens {n} Personen. Fragen Sie lieber ganze Kommunen."), n=MOST_PEOPLE), field="people"
        )
    for number in sorted(found - held):
        PollPerson.objects.create(poll=poll, person_id=number)
    # What their city keeps free concerns them as well.
    places = which_are_published(networks_of(found))
    for number in sorted(places - set(cities)):
        PollCity.objects.create(poll=poll, network_id=number)
    poll = locked(viewer, poll_id)
    new = everybody(poll) - before
    if new:
        record_act(viewer, "asked", poll)
    if poll.state == DatePoll.State.OPEN:
        _tell_asked(viewer, poll, new)
    return len(new)


@verb
def add_options(
    viewer: Viewer, poll_id: int, *, days: Iterable[date], times: Iterable[tuple[time, time]], mode: str
) -> int:
    """Put dates to the choice: each day with each time. Returns how many are new; raises ``Conflict`` on ``days``."""
    poll = locked(viewer, poll_id)
    require(may_edit_poll(viewer, poll))
    known = set(poll.options.values_list("day", "begins", "ends", "mode"))
    pairs = list(times)
    wanted = [(day, begins, ends, mode) for day in sorted(set(days)) for begins, ends in pairs]
    new = [option for option in dict.fromkeys(wanted) if option not in known]
    if len(known) + len(new) > MOST_OPTIONS:
        raise Conflict(
            format_lazy(_("Höchstens {n} Termine stehen zur Wahl. Weniger ist leichter."), n=MOST_OPTIONS),
            field="days",
        )
    for day, begins, ends, how in new:
        PollOption.objects.create(poll=poll, day=day, begins=begins, ends=ends, mode=how)
    if new and poll.state == DatePoll.State.OPEN:
        tell(
            everybody(poll) - {viewer.someone},
            kind="poll.options",
            text=format_lazy(_("„{title}“: Es stehen neue Termine zur Wahl."), title=poll.title),
            url=page_of(poll),
            key=f"poll-{poll.pk}-options",
        )
    return len(new)


@verb
def remove_option(viewer: Viewer, poll_id: int, option_id: int) -> None:
    """Take a date away to which nobody has answered; raises ``DoesNotExist``, or ``Conflict`` where somebody has."""
    poll = locked(viewer, poll_id)
    require(may_edit_poll(viewer, poll))
    option = poll.options.get(pk=option_id)
    answered = {number: yes + maybe + no for number, yes, maybe, no, _all in rows_of("exchange_poll_sums", poll.pk)}
    if answered.get(option.pk):
        raise Conflict(_("Zu diesem Termin gibt es schon Antworten. Er bleibt stehen, damit keine verloren geht."))
    option.delete()


@verb
def open_poll(viewer: Viewer, poll_id: int, *, at: datetime | None = None) -> DatePoll:
    """Send it: everybody who is asked sees it, and is told."""
    poll = locked(viewer, poll_id)
    asked = sum(city.everyone for city in poll.cities.all()) + poll.people.count()
    require(may_open_poll(viewer, poll, options=poll.options.count(), asked=asked, at=at or timezone.now()))
    poll.state = DatePoll.State.OPEN
    poll.version += 1
    poll.save(update_fields=["state", "version", "updated_at"])
    record_act(viewer, "opened", poll)
    _tell_asked(viewer, poll, everybody(poll))
    return poll


def _tell_asked(viewer: Viewer, poll: DatePoll, people: set[int]) -> None:
    tell(
        people - {viewer.someone},
        kind="invitation.poll",
        text=format_lazy(
            _("{name} sucht einen Termin: „{title}“. Wann können Sie?"), name=viewer.name, title=poll.title
        ),
        url=page_of(poll),
        key=f"poll-{poll.pk}-asked",
        mail=True,
    )


@verb
def vote(viewer: Viewer, poll_id: int, answers: Mapping[int, tuple[str, str]], *, at: datetime | None = None) -> int:
    """Say what suits: option → answer and remark. Returns to how many dates something is new.

    Options that are not of this poll are passed over; an answer once given can be changed, not taken back.
    """
    poll = locked(viewer, poll_id)
    require(may_vote(viewer, poll, at=at or timezone.now()))
    options = set(poll.options.values_list("pk", flat=True))
    own = {v.option_id: v for v in PollVote.objects.filter(option__in=options, person_id=viewer.someone)}
    changed = 0
    for number, (answer, remark) in answers.items():
        if number not in options:
            continue
        held = own.get(number)
        if held is None:
            PollVote.objects.create(poll=poll, option_id=number, person_id=viewer.someone, answer=answer, remark=remark)
        elif (held.answer, held.remark) != (answer, remark):
            held.answer, held.remark = answer, remark
            held.save(update_fields=["answer", "remark", "at"])
        else:
            continue
        changed += 1
    return changed


@verb
def close_poll(viewer: Viewer, poll_id: int, *, due: bool = False) -> DatePoll:
    """End it: no answer is taken any more, and the owners are told. ``due``: its own end has come."""
    poll = locked(viewer, poll_id)
    require(may_close_poll(viewer, poll))
    poll.state = DatePoll.State.CLOSED
    poll.version += 1
    poll.save(update_fields=["state", "version", "updated_at"])
    record_act(viewer, "closed", poll)
    tell(
        set(coordinators_of(poll_owners(poll))) - (set() if due else {viewer.someone}),
        kind="poll.closed",
        text=format_lazy(_("„{title}“: Die Terminsuche ist zu Ende. Jetzt entscheiden Sie."), title=poll.title),
        url=page_of(poll),
        key=f"poll-{poll.pk}-closed",
        mail=True,
    )
    return poll


@verb
def delete_poll(viewer: Viewer, poll_id: int) -> None:
    """Delete a draft for good."""
    poll = locked(viewer, poll_id)
    require(may_delete_poll(viewer, poll))
    record_act(viewer, "deleted", poll)
    rows_of("exchange_delete_poll", poll.pk)
