"""What the page of a workshop shows of its open space."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from exchange.models import OpenSpace, ProposalVote, SessionProposal, Workshop
from exchange.policies.proposals import visible_proposals
from tenancy.viewer import Viewer


def open_space_of(workshop: Workshop) -> OpenSpace | None:
    """What the hosts ask for, or nothing. One query."""
    return OpenSpace.objects.filter(workshop=workshop).first()


def proposals_of(viewer: Viewer, workshop: Workshop) -> list[SessionProposal]:
    """What was proposed and not taken back, most votes first; ``is_mine``, ``has_mine`` (my vote). One query."""
    mine = ProposalVote.objects.filter(proposal=OuterRef("pk"), person_id=viewer.person_id or 0)
    rows = visible_proposals(viewer).filter(workshop=workshop).exclude(state=SessionProposal.State.WITHDRAWN)
    rows = rows.select_related("proposer").annotate(has_mine=Exists(mine))
    return list(rows.order_by("-votes", "id")[:200])
