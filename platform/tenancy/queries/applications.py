"""What moderators read of applications."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from tenancy.models import Application, AssociationMember, Moderator, Municipality, Network
from tenancy.policies.applications import may_read_applications, visible_applications
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.pagination import Page, page_by_key

PAGE_SIZE = 20
MOST_EARLIER = 10
DECIDED = (Application.State.APPROVED, Application.State.DECLINED)


def moderators_of(state_code: str) -> list[int]:
    """The people who moderate for an association of this Land now."""
    rows = Moderator.objects.filter(association__state_id=state_code, ended_on=None, person__is_active=True)
    return sorted(set(rows.values_list("person_id", flat=True)))


def open_count(viewer: Viewer) -> int:
    """How many applications wait for the viewer; no query for who moderates nothing."""
    if not may_read_applications(viewer):
        return 0
    return visible_applications(viewer).filter(state=Application.State.OPEN).count()


def application_page(viewer: Viewer, *, decided: bool, mark: str = "") -> Page[Application]:
    """The queue, the oldest first; or what was decided, the newest first. One query."""
    rows = visible_applications(viewer).select_related("municipality__state", "decided_by", "association")
    if decided:
        rows = rows.filter(state__in=DECIDED, decided_at__isnull=False)
        return page_by_key(rows, ("-decided_at", "-id"), mark, size=PAGE_SIZE)
    rows = rows.filter(state=Application.State.OPEN, confirmed_at__isnull=False)
    return page_by_key(rows, ("confirmed_at", "id"), mark, size=PAGE_SIZE)


def application_by_id(viewer: Viewer, pk: int) -> QuerySet[Application]:
    """The application with what its page needs; empty when the viewer may not see it."""
    rows = visible_applications(viewer).filter(pk=pk)
    return rows.select_related("municipality__state", "municipality__district", "decided_by", "association")


@dataclass(frozen=True, slots=True)
class Case:
    """What one needs to judge: earlier answers to the municipality, its associations, and its network by now."""

    earlier: list[Application]
    memberships: list[AssociationMember]
    network: Network | None


def case_of(viewer: Viewer, application: Application) -> Case:
    """What is known beside the application itself. Three queries."""
    earlier = (
        visible_applications(viewer)
        .filter(municipality_id=application.municipality_id, state__in=DECIDED)
        .exclude(pk=application.pk)
        .select_related("decided_by", "association")
    )
    members = AssociationMember.objects.filter(municipality_id=application.municipality_id)
    return Case(
        earlier=list(earlier.order_by("-decided_at", "-id")[:MOST_EARLIER]),
        memberships=list(members.select_related("association").order_by("association__name")),
        network=visible_networks(viewer).filter(municipality_id=application.municipality_id).first(),
    )


def network_in(viewer: Viewer, municipality: Municipality) -> Network | None:
    """The network of the municipality when the viewer may see it, to lead there who wants to apply."""
    return visible_networks(viewer).filter(municipality=municipality).first()
