"""What the pages of date polls show. One function per page, its price is fixed."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from exchange.models import CouncilDay, DatePoll, PollCity, PollOption, PollPerson, PollVote, Workshop
from exchange.policies.dates import (
    Sum,
    Winner,
    may_read_names,
    owns_poll,
    visible_asked,
    visible_council_days,
    visible_polls,
    visible_votes,
    winner_of,
)
from exchange.policies.workshops import visible_workshops
from exchange.queries.day_notes import Concerned, DayNotes, notes_for
from tenancy.models import Membership, Network, Person
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.pagination import Page, page_by_key
from toolkit.past_sight import rows_of

NEWEST = ("-created_at", "-id")
PAGE = 20


def networks_of(person_ids: Iterable[int]) -> list[int]:
    """The networks that people are in now. One query."""
    rows = Membership.objects.filter(person_id__in=list(person_ids), ended_on=None)
    return sorted(set(rows.values_list("network_id", flat=True)))


def with_cities(rows: QuerySet[DatePoll]) -> QuerySet[DatePoll]:
    """Polls with their cities, towns and Länder. One query beside the rows."""
    cities = PollCity.objects.select_related("network__municipality__state").order_by("-owns", "id")
    return rows.prefetch_related(Prefetch("cities", cities))


def readable_poll(viewer: Viewer, pk: int) -> DatePoll:
    """The poll with its cities; raises ``DoesNotExist`` for what the viewer cannot see. Two queries."""
    return with_cities(visible_polls(viewer)).get(pk=pk)


def concerned_by(poll: DatePoll) -> Concerned:
    """The cities of a poll whose cities are at hand."""
    return Concerned([city.network for city in poll.cities.all()])


# --- the list -------------------------------------------------------------------------------------------------------


def poll_list(viewer: Viewer, mark: str = "") -> Page[DatePoll]:
    """The polls that concern the viewer, newest first, with ``answered``. Two queries."""
    own = PollVote.objects.filter(poll=OuterRef("pk"), person_id=viewer.someone)
    rows = with_cities(visible_polls(viewer)).select_related("decided").annotate(answered=Exists(own))
    return page_by_key(rows, NEWEST, mark, size=PAGE)


def waiting_polls(viewer: Viewer, *, at: datetime.datetime, most: int = 5) -> list[DatePoll]:
    """Running polls without an answer of the viewer's, the most pressing first. One query, none for visitors."""
    if not viewer.signed_in:
        return []
    own = PollVote.objects.filter(poll=OuterRef("pk"), person_id=viewer.someone)
    rows = visible_polls(viewer).filter(~Exists(own), state=DatePoll.State.OPEN).exclude(ends_at__lte=at)
    return list(rows.order_by("ends_at", "id")[:most])


def undecided_polls(viewer: Viewer, *, most: int = 5) -> list[DatePoll]:
    """Ended polls of the viewer's cities that wait for a decision. One query, none for who coordinates nothing."""
    if not viewer.coordinates:
        return []
    owned = PollCity.objects.filter(poll=OuterRef("pk"), owns=True, network_id__in=list(viewer.coordinates))
    rows = visible_polls(viewer).filter(Exists(owned), state=DatePoll.State.CLOSED)
    return list(rows.order_by("updated_at", "id")[:most])


def polls_of_workshop(viewer: Viewer, workshop_id: int) -> list[DatePoll]:
    """The polls for the date of a workshop, newest first. One query."""
    return list(visible_polls(viewer).filter(workshop_id=workshop_id).order_by(*NEWEST)[:5])


# --- the page -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """A date to choose, as this viewer reads it."""

    option: PollOption
    sums: Sum
    notes: DayNotes
    own: PollVote | None
    votes: list[PollVote]
    clashes: list[Workshop]
    is_best: bool
    is_past: bool

    @property
    def starts(self) -> datetime.datetime:
        return self.sums.starts

    @property
    def answers(self) -> int:
        return self.sums.yes + self.sums.maybe + self.sums.no

    def _width(self, part: int) -> int:
        """A part of the bar that is 100 long."""
        return round(100 * part / self.answers) if self.answers else 0

    @property
    def bar(self) -> tuple[tuple[str, int, int], ...]:
        """What is drawn: kind, where it begins, how long it is, of 100."""
        yes, maybe = self._width(self.sums.yes), self._width(self.sums.maybe)
        rest = 100 - yes - maybe if self.answers else 0
        return tuple(p for p in (("yes", 0, yes), ("maybe", yes, maybe), ("no", yes + maybe, rest)) if p[2] > 0)

    @property
    def remarks(self) -> list[PollVote]:
        return [vote for vote in self.votes if vote.remark]


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody who answered, with an answer (or none) for each date in the order of the page."""

    person: Person
    answers: list[PollVote | None]


@dataclass(frozen=True, slots=True)
class PollPage:
    """The page of a poll, as this viewer reads it."""

    poll: DatePoll
    options: list[Option]
    voters: list[Voter]
    asked: list[PollPerson]
    people: int
    winner: Winner | None
    workshop: Workshop | None
    beyond: list[str]
    owned: bool

    @property
    def owners(self) -> list[Network]:
        return [city.network for city in self.poll.cities.all() if city.owns]

    @property
    def cities(self) -> list[Network]:
        """The cities all of whose people are asked."""
        return [city.network for city in self.poll.cities.all() if city.everyone]

    @property
    def best(self) -> Option | None:
        return next((option for option in self.options if option.is_best), None)

    @property
    def decided(self) -> Option | None:
        return next((o for o in self.options if o.option.pk == self.poll.decided_id), None)

    @property
    def answered(self) -> bool:
        """Whether the viewer has said something."""
        return any(option.own for option in self.options)


def sum_of(option: PollOption, yes: int = 0, maybe: int = 0, no: int = 0) -> Sum:
    """The numbers of a date, with its moment by the clock of Germany."""
    starts = timezone.make_aware(datetime.datetime.combine(option.day, option.begins))
    return Sum(option.pk, starts, yes, maybe, no)


def _overlap(option: PollOption, workshop: Workshop) -> bool:
    begins, ends = (timezone.make_aware(datetime.datetime.combine(option.day, c)) for c in (option.begins, option.ends))
    return workshop.starts_at < ends and workshop.ends_at > begins


def poll_page(viewer: Viewer, pk: int, *, at: datetime.datetime) -> PollPage:
    """The page of a poll: eleven queries at most. Raises ``DoesNotExist`` for what the viewer cannot see."""
    poll = readable_poll(viewer, pk)
    rows = list(poll.options.order_by("day", "begins", "id"))
    counted = {row[0]: row[1:] for row in rows_of("exchange_poll_sums", poll.pk)}
    sums = {o.pk: sum_of(o, *counted.get(o.pk, (0, 0, 0, 0))[:3]) for o in rows}
    votes: dict[int, list[PollVote]] = defaultdict(list)
    said = visible_votes(viewer).filter(poll=poll).select_related("person")
    if not may_read_names(viewer, poll):
        said = said.filter(person_id=viewer.someone)
    by_person: dict[int, dict[int, PollVote]] = defaultdict(dict)
    people: dict[int, Person] = {}
    for vote in said.order_by("person__sort_key", "person_id")[:5000]:
        votes[vote.option_id].append(vote)
        by_person[vote.person_id][vote.option_id] = vote
        people[vote.person_id] = vote.person
    notes = notes_for(viewer, concerned_by(poll), (o.day for o in rows), but_workshop=poll.workshop_id)
    winner = winner_of(list(sums.values()))
    running_out = timezone.localtime(at).date()
    options = [
        Option(
            option=o,
            sums=sums[o.pk],
            notes=notes[o.day],
            own=by_person.get(viewer.person_id or 0, {}).get(o.pk),
            votes=votes[o.pk],
            clashes=[w for w in notes[o.day].own if _overlap(o, w)],
            is_best=winner is not None and winner.option_id == o.pk,
            is_past=o.day <= running_out,
        )
        for o in rows
    ]
    names = may_read_names(viewer, poll)
    return PollPage(
        poll=poll,
        options=options,
        voters=[Voter(people[n], [by_person[n].get(o.pk) for o in rows]) for n in people] if names else [],
        asked=list(visible_asked(viewer).filter(poll=poll).select_related("person").order_by("person__sort_key"))
        if names
        else [],
        people=max((row[3] for row in counted.values()), default=0),
        winner=winner,
        workshop=visible_workshops(viewer).filter(pk=poll.workshop_id).first() if poll.workshop_id else None,
        beyond=sorted({land for o in options for land in o.notes.beyond}),
        owned=owns_poll(viewer, poll),
    )


# --- session days ---------------------------------------------------------------------------------------------------


def network_by_slug(viewer: Viewer, slug: str) -> Network:
    """A network in sight with its town; raises ``DoesNotExist``. One query."""
    return visible_networks(viewer).select_related("municipality").get(slug=slug)


def council_days(viewer: Viewer, network: Network, *, since: datetime.date) -> list[CouncilDay]:
    """The session days of a network from a day on. One query."""
    return list(visible_council_days(viewer).filter(network=network, day__gte=since).order_by("day", "text")[:600])
