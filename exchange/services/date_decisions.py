"""Settling on a date: the poll ends, a workshop gets the date, and everybody who was asked is told."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from exchange.models import DatePoll, PollOption, Workshop
from exchange.policies.dates import may_decide_date, poll_owners
from exchange.policies.published import which_are_published
from exchange.policies.workshops import visible_workshops
from exchange.services.dates import close_poll, everybody, locked, page_of, record_act
from exchange.services.workshops import create_workshop, save_workshop
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.access import Conflict, require
from toolkit.acting import acting_as, verb
from toolkit.jobs import job_for_nobody
from toolkit.past_sight import rows_of
from toolkit.telling import tell

_LAZY_DAY = lazy(date_format, str)
#: A draft needs a number of seats; its hosts choose their own before they open it.
SEATS = 30


def moments_of(option: PollOption) -> tuple[datetime.datetime, datetime.datetime]:
    """When a date begins and ends, by the clock of Germany."""
    begins, ends = (timezone.make_aware(datetime.datetime.combine(option.day, c)) for c in (option.begins, option.ends))
    return begins, ends


@verb
def decide_date(viewer: Viewer, poll_id: int, option_id: int, *, at: datetime.datetime | None = None) -> Workshop:
    """Settle on a date, with one click: the draft of the workshop gets it, or a new draft is begun.

    A new draft belongs to the viewer's city and asks the other cities of the poll to host it too. Everybody who was
    asked is told. Raises ``DoesNotExist``, ``Denied``, and ``Conflict`` where the workshop cannot take the date.
    """
    poll = locked(viewer, poll_id)
    option = poll.options.get(pk=option_id)
    require(may_decide_date(viewer, poll, option, at=at or timezone.now()))
    workshop = _workshop_with(viewer, poll, option)
    poll.state, poll.decided, poll.workshop = DatePoll.State.DECIDED, option, workshop
    # Whoever takes the date into a calendar finds the workshop's own entry in its place later.
    poll.calendar_uid = workshop.calendar_uid
    poll.version += 1
    poll.save(update_fields=["state", "decided", "workshop", "calendar_uid", "version", "updated_at"])
    record_act(viewer, "decided", poll)
    starts, ends = moments_of(option)
    tell(
        everybody(poll) - {viewer.someone},
        kind="poll.decided",
        text=format_lazy(
            _("„{title}“: Der Termin steht fest. {day}, {begins} bis {ends} Uhr. Den Kalendereintrag finden Sie dort."),
            title=poll.title,
            day=_LAZY_DAY(starts, "l, j. F Y"),
            begins=_LAZY_DAY(timezone.localtime(starts), "H:i"),
            ends=_LAZY_DAY(timezone.localtime(ends), "H:i"),
        ),
        url=page_of(poll),
        key=f"poll-{poll.pk}-decided",
        mail=True,
    )
    return workshop


def _workshop_with(viewer: Viewer, poll: DatePoll, option: PollOption) -> Workshop:
    """The draft that the poll was for, moved; or a new one."""
    starts, ends = moments_of(option)
    words: dict[str, Any] = {"starts_at": starts, "ends_at": ends, "mode": option.mode}
    if poll.workshop_id is None:
        return _begun(viewer, poll, {**words, "registration_ends_at": starts})
    drafted = visible_workshops(viewer).filter(pk=poll.workshop_id).first()
    if drafted is None:
        raise Conflict(_("Die Veranstaltung gehört anderen Kommunen. Deren Koordination entscheidet."))
    # Signing up ends as long before it as was planned.
    lead = drafted.starts_at - drafted.registration_ends_at
    words["registration_ends_at"] = starts - max(lead, datetime.timedelta())
    return save_workshop(viewer, drafted.pk, version=drafted.version, words=words)


def _begun(viewer: Viewer, poll: DatePoll, words: Mapping[str, Any]) -> Workshop:
    own = min(viewer.coordinates & poll_owners(poll))
    others = which_are_published(city.network_id for city in poll.cities.all() if city.owns or city.everyone)
    return create_workshop(
        viewer,
        own,
        words={"title": poll.title, "description": poll.text, "seats": SEATS, **words},
        exchange_format=poll.format,
        invited=others - {own},
    )


@app.periodic(cron="*/10 * * * *")
@job_for_nobody(
    "exchange.end_polls",
    because="It asks for numbers of polls and cities alone; a coordinator who owns a poll then ends it.",
)
def end_polls(*, timestamp: int) -> None:
    """Every ten minutes: end the polls whose time has come. Answers are refused from the very moment anyway."""
    owners: dict[int, list[int]] = defaultdict(list)
    for poll, network in rows_of("exchange_polls_due"):
        owners[poll].append(network)
    for poll, networks in owners.items():
        end_as_one_of(coordinators_of(networks), poll)


def end_as_one_of(people: list[int], poll_id: int) -> None:
    """End a poll as the first who may; nobody, where its cities have no coordination at the moment."""
    for number in people:
        viewer = viewer_by_id(number)
        if viewer.coordinates:
            with acting_as(viewer):
                close_poll(viewer, poll_id, due=True)
            return
