"""Verbs of open space: ask for proposals, propose, vote, take back, take into the programme."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import OpenSpace, ProposalVote, Registration, Session, SessionProposal, SessionSpeaker, Workshop
from exchange.policies.proposals import (
    may_propose,
    may_set_open_space,
    may_take_proposal,
    may_withdraw_proposal,
    visible_proposals,
)
from exchange.policies.workshops import own_registrations, visible_workshops
from exchange.services.hosting import record_act
from exchange.services.program import acting_host, note
from exchange.services.seats import page_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, given, require
from toolkit.acting import verb
from toolkit.past_sight import locked
from toolkit.telling import tell

#: So many proposals one person may have open in a workshop.
MOST_EACH = 5
#: How long a session is that was a proposal; its hosts change it.
_LONG = timedelta(minutes=45)


def _held(viewer: Viewer, workshop_id: int) -> tuple[Workshop, OpenSpace | None, Registration | None]:
    """The workshop, locked, with what it asks for and the viewer's place."""
    locked("exchange_lock_workshop", Workshop, workshop_id)
    workshop = visible_workshops(viewer).get(pk=workshop_id)
    own = own_registrations(viewer).filter(workshop=workshop).first()
    return workshop, OpenSpace.objects.filter(workshop=workshop).first(), own


@verb
def set_open_space(viewer: Viewer, workshop_id: int, *, until: datetime | None, votes_each: int = 3) -> None:
    """Ask for proposals until a moment, with so many votes for each; ``None`` asks for no more of them.

    Raises ``Conflict`` on ``until`` where it lies behind the end of the workshop.
    """
    workshop, space, _own = _held(viewer, workshop_id)
    require(may_set_open_space(viewer, workshop))
    if until is not None and until > workshop.ends_at:
        raise Conflict(_("Das liegt hinter dem Ende der Veranstaltung."), field="until")
    before = space.until.isoformat() if space else None
    if until is None:
        OpenSpace.objects.filter(workshop=workshop).delete()
    else:
        OpenSpace.objects.update_or_create(workshop=workshop, defaults={"until": until, "votes_each": votes_each})
    after = until.isoformat() if until else None
    changes = {"proposals_at": [before, after]}
    record_act(viewer, "open_space", workshop, network_id=acting_host(viewer, workshop), changes=changes)


@verb
def propose(
    viewer: Viewer, workshop_id: int, *, title: str, text: str = "", at: datetime | None = None
) -> SessionProposal:
    """Propose a session; whoever comes reads it with one's name. Raises ``Denied``, ``Conflict`` on ``title``."""
    workshop, space, own = _held(viewer, workshop_id)
    require(may_propose(viewer, workshop, space, own, at=at or timezone.now()))
    mine = SessionProposal.objects.filter(workshop=workshop, proposer_id=viewer.someone)
    if mine.filter(state=SessionProposal.State.OPEN).count() >= MOST_EACH:
        raise Conflict(format_lazy(_("Höchstens {n} offene Vorschläge je Person."), n=MOST_EACH), field="title")
    return SessionProposal.objects.create(workshop=workshop, proposer_id=viewer.someone, title=title, text=text)


@verb
def withdraw_proposal(viewer: Viewer, proposal_id: int) -> SessionProposal:
    """Take one's own proposal back."""
    proposal = _seen(viewer, proposal_id)
    require(may_withdraw_proposal(viewer, proposal))
    proposal.state = SessionProposal.State.WITHDRAWN
    proposal.save(update_fields=["state"])
    return proposal


def _seen(viewer: Viewer, proposal_id: int) -> SessionProposal:
    """The proposal, after its workshop was locked."""
    number = visible_proposals(viewer).values_list("workshop_id", flat=True).get(pk=proposal_id)
    locked("exchange_lock_workshop", Workshop, number)
    return visible_proposals(viewer).select_related("workshop", "proposer").get(pk=proposal_id)


@verb
def vote(viewer: Viewer, proposal_id: int, *, at: datetime | None = None) -> int:
    """Give a proposal one of one's votes, once. Answers how many are left. Raises ``Conflict`` when none is."""
    proposal = _seen(viewer, proposal_id)
    workshop, space, own = _held(viewer, proposal.workshop_id)
    require(may_propose(viewer, workshop, space, own, at=at or timezone.now()))
    space = given(space)
    if proposal.state != SessionProposal.State.OPEN:
        raise Conflict(_("Dieser Vorschlag steht nicht mehr offen."))
    used = dict(
        ProposalVote.objects.filter(workshop=workshop, person_id=viewer.someone).values_list("slot", "proposal_id")
    )
    free = sorted(set(range(space.votes_each)) - used.keys())
    if proposal.pk in used.values():
        return len(free)
    if not free:
        raise Conflict(_("Sie haben alle Stimmen vergeben. Nehmen Sie eine zurück, um neu zu wählen."))
    ProposalVote.objects.create(workshop=workshop, proposal=proposal, person_id=viewer.someone, slot=free[0])
    return len(free) - 1


@verb
def unvote(viewer: Viewer, proposal_id: int, *, at: datetime | None = None) -> None:
    """Take one's vote back, as long as votes are given."""
    proposal = _seen(viewer, proposal_id)
    workshop, space, own = _held(viewer, proposal.workshop_id)
    require(may_propose(viewer, workshop, space, own, at=at or timezone.now()))
    ProposalVote.objects.filter(proposal=proposal, person_id=viewer.someone).delete()


@verb
def take_proposal(viewer: Viewer, proposal_id: int) -> Session:
    """Put a proposal into the programme, behind what is there; its proposer speaks, and is told."""
    proposal = _seen(viewer, proposal_id)
    workshop = proposal.workshop
    require(may_take_proposal(viewer, workshop, proposal))
    last = Session.objects.filter(workshop=workshop).order_by("-starts_at", "-id").first()
    begins = workshop.starts_at if last is None else last.ends_at or last.starts_at
    begins = max(workshop.starts_at, min(begins, workshop.ends_at - _LONG))
    session = Session.objects.create(
        workshop=workshop,
        starts_at=begins,
        ends_at=min(begins + _LONG, workshop.ends_at),
        title=proposal.title,
        text=proposal.text,
    )
    place = Registration.objects.filter(workshop=workshop, person_id=proposal.proposer_id).order_by("-id").first()
    town = place.network.municipality.name if place else ""
    SessionSpeaker.objects.create(session=session, person_id=proposal.proposer_id, organisation=town)
    proposal.state = SessionProposal.State.TAKEN
    proposal.session = session
    proposal.save(update_fields=["state", "session"])
    note(viewer, "session_added", workshop, session, {"speakers": ["", proposal.proposer.name]})
    tell(
        {proposal.proposer_id} - {viewer.someone},
        kind="workshop.program",
        text=format_lazy(
            _("Ihr Vorschlag „{session}“ steht im Programm von „{title}“."),
            session=proposal.title[:120],
            title=workshop.title[:120],
        ),
        url=page_of(workshop),
        key=f"proposal-{proposal.pk}-taken",
        mail=True,
    )
    return session
