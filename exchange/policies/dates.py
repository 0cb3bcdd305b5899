"""Rules of date polls: owning cities steer, who is asked answers, and who said what is read as far as was promised."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.models import (
    CouncilDay,
    DatePoll,
    ExchangeFormat,
    PollCity,
    PollOption,
    PollPerson,
    PollVote,
    Workshop,
)
from exchange.policies.formats import owners_of
from exchange.policies.published import may_invite_as
from exchange.policies.workshops import may_edit_workshop
from tenancy.models import Network
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.rules import within_sight

_ONLY_OWNERS = _("Das darf die Koordination einer der Kommunen, denen die Terminsuche gehört.")
_DECIDED = _("Der Termin steht schon fest.")
_OVER = _("Die Terminsuche ist beendet. Antworten lässt sich nicht mehr ändern.")
#: So many dates and so many people by name a poll holds.
MOST_OPTIONS = 30
MOST_PEOPLE = 200


# --- which may I see? ----------------------------------------------------------------------------------------------


def visible_polls(viewer: Viewer) -> QuerySet[DatePoll]:
    """The polls in which the viewer is asked, or whose owning cities the viewer coordinates; drafts for the latter."""
    return within_sight(DatePoll.objects.all(), viewer)


def visible_votes(viewer: Viewer) -> QuerySet[PollVote]:
    """The answers whose names the viewer reads: own ones, those of polls of own cities, those of open-named polls."""
    return within_sight(PollVote.objects.all(), viewer)


def visible_asked(viewer: Viewer) -> QuerySet[PollPerson]:
    """Who is asked by name, as far as the viewer may read it."""
    if viewer.person_id is None:
        return PollPerson.objects.none()
    steered = PollCity.objects.filter(owns=True, network_id__in=list(viewer.coordinates)).values("poll")
    told = within_sight(DatePoll.objects.filter(names_shown=True), viewer).values("pk")
    return PollPerson.objects.filter(Q(person_id=viewer.person_id) | Q(poll__in=steered) | Q(poll__in=told))


def visible_council_days(viewer: Viewer) -> QuerySet[CouncilDay]:
    """The session days of networks in sight, for everybody in the programme."""
    if not viewer.in_programme:
        return CouncilDay.objects.none()
    return CouncilDay.objects.filter(network__in=visible_networks(viewer))


# --- may I do it, and if not, why? ---------------------------------------------------------------------------------


def poll_owners(poll: DatePoll) -> frozenset[int]:
    """The networks that own it; no query where ``cities`` are prefetched."""
    return frozenset(city.network_id for city in poll.cities.all() if city.owns)


def owns_poll(viewer: Viewer, poll: DatePoll) -> bool:
    """Whether the viewer coordinates one of the cities that own it."""
    return not viewer.coordinates.isdisjoint(poll_owners(poll))


def is_running(poll: DatePoll, *, at: datetime.datetime) -> bool:
    """Whether answers are taken: it is open, and its end has not come."""
    return poll.state == DatePoll.State.OPEN and (poll.ends_at is None or poll.ends_at > at)


def may_create_poll(
    viewer: Viewer,
    network_id: int | None = None,
    exchange_format: ExchangeFormat | None = None,
    workshop: Workshop | None = None,
) -> Decision:
    """Whether the viewer may look for a date: for this network, this format, this draft of a workshop."""
    if not viewer.coordinates:
        return deny(_("Eine Terminsuche beginnt die Koordination eines Netzwerks."))
    if network_id is not None and network_id not in viewer.coordinates:
        return deny(_("Sie können nur für Ihr eigenes Netzwerk fragen."))
    if exchange_format is not None and viewer.coordinates.isdisjoint(owners_of(exchange_format)):
        return deny(_("In diesem Format fragen die beteiligten Kommunen."))
    if workshop is not None:
        steers = may_edit_workshop(viewer, workshop)
        if not steers:
            return steers
        if workshop.state != Workshop.State.DRAFT:
            return deny(_("Diese Veranstaltung hat schon einen Termin."))
    return ALLOW if network_id is None else may_invite_as(network_id)


def may_edit_poll(viewer: Viewer, poll: DatePoll) -> Decision:
    """Whether the viewer may change words and dates, and ask more people: until it is ended."""
    if not owns_poll(viewer, poll):
        return deny(_ONLY_OWNERS)
    if poll.state == DatePoll.State.DECIDED:
        return deny(_DECIDED)
    return ALLOW if poll.state != DatePoll.State.CLOSED else deny(_("Die Terminsuche ist beendet."))


def may_open_poll(viewer: Viewer, poll: DatePoll, *, options: int, asked: int, at: datetime.datetime) -> Decision:
    """Whether it may be sent to whom it asks; ``options`` and ``asked`` say how many dates and addressees it has."""
    if not owns_poll(viewer, poll):
        return deny(_ONLY_OWNERS)
    if poll.state != DatePoll.State.DRAFT:
        return deny(_("Die Terminsuche ist schon verschickt."))
    if not options:
        return deny(_("Wählen Sie zuerst mindestens einen Termin aus."))
    if not asked:
        return deny(_("Sagen Sie zuerst, wen Sie fragen."))
    if poll.ends_at is not None and poll.ends_at <= at:
        return deny(_("Die Frist liegt in der Vergangenheit. Bitte ändern Sie sie zuerst."))
    return ALLOW


def may_vote(viewer: Viewer, poll: DatePoll, *, at: datetime.datetime) -> Decision:
    """Whether the viewer may answer: everybody who sees it, as long as it runs."""
    if not viewer.signed_in:
        return deny(_("Zum Antworten melden Sie sich bitte an."))
    if poll.state == DatePoll.State.DRAFT:
        return deny(_("Die Terminsuche ist noch nicht verschickt."))
    return ALLOW if is_running(poll, at=at) else deny(_OVER)


def may_close_poll(viewer: Viewer, poll: DatePoll) -> Decision:
    """Whether the viewer may end it before its time."""
    if not owns_poll(viewer, poll):
        return deny(_ONLY_OWNERS)
    return ALLOW if poll.state == DatePoll.State.OPEN else deny(_("Die Terminsuche läuft gerade nicht."))


def may_decide_date(
    viewer: Viewer, poll: DatePoll, option: PollOption | None = None, *, at: datetime.datetime
) -> Decision:
    """Whether the viewer may settle it on a date: by any owner, also while it still runs; a date that lies ahead."""
    if not owns_poll(viewer, poll):
        return deny(_ONLY_OWNERS)
    if poll.state == DatePoll.State.DECIDED:
        return deny(_DECIDED)
    if poll.state == DatePoll.State.DRAFT:
        return deny(_("Die Terminsuche ist noch nicht verschickt."))
    if option is not None and option.poll_id != poll.pk:
        return deny(_("Diesen Termin gibt es hier nicht."))
    if option is not None and option.day <= timezone.localtime(at).date():
        return deny(_("Dieser Termin liegt in der Vergangenheit."))
    return ALLOW


def may_delete_poll(viewer: Viewer, poll: DatePoll) -> Decision:
    """Whether a draft may be deleted."""
    if not owns_poll(viewer, poll):
        return deny(_ONLY_OWNERS)
    if poll.state != DatePoll.State.DRAFT:
        return deny(_("Was schon verschickt ist, lässt sich beenden, aber nicht löschen."))
    return ALLOW


def may_read_names(viewer: Viewer, poll: DatePoll) -> bool:
    """Whether the viewer reads who said what: the owners, and everybody where that was promised."""
    return poll.names_shown or owns_poll(viewer, poll)


def may_enter_council_days(viewer: Viewer, network: Network) -> Decision:
    """Whether the viewer may say when a city's council sits."""
    if network.pk not in viewer.coordinates:
        return deny(_("Sitzungstage trägt die Koordination dieses Netzwerks ein."))
    return ALLOW


# --- which date wins? ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sum:
    """What was said to one date, in numbers."""

    option_id: int
    starts: datetime.datetime
    yes: int = 0
    maybe: int = 0
    no: int = 0

    @property
    def rank(self) -> tuple[int, int, datetime.datetime, int]:
        """Lowest is best: most yes, then fewest no, then the earliest; of two at once the one that was there first."""
        return -self.yes, self.no, self.starts, self.option_id


@dataclass(frozen=True, slots=True)
class Winner:
    """The date that fits best, and by what: ``yes``, ``no`` or ``earliest``."""

    option_id: int
    by: str


def winner_of(sums: Sequence[Sum]) -> Winner | None:
    """Which date wins: most yes, then fewest no, then the earliest.

    A date to which nobody said yes or „if need be“ never wins; None where there is no other.
    """
    ranked = sorted((s for s in sums if s.yes or s.maybe), key=lambda s: s.rank)
    if not ranked:
        return None
    best, *others = ranked
    rivals = [s for s in others if s.yes == best.yes]
    if not rivals:
        return Winner(best.option_id, "yes")
    return Winner(best.option_id, "no" if all(s.no > best.no for s in rivals) else "earliest")
