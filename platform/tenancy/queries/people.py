"""Who belongs where: numbers for other rooms, and what the pages of people show."""

from __future__ import annotations

from collections.abc import Iterable

from tenancy.models import Membership


def members_of(network_ids: Iterable[int]) -> list[int]:
    """The people who are in any of the networks now, in whatever role; suspended ones left out."""
    rows = Membership.objects.filter(network_id__in=list(network_ids), ended_on=None, person__is_active=True)
    return sorted(set(rows.values_list("person_id", flat=True)))


def coordinators_of(network_ids: Iterable[int]) -> list[int]:
    """The people who coordinate any of the networks now; suspended ones left out."""
    rows = Membership.objects.filter(
        network_id__in=list(network_ids),
        role=Membership.Role.COORDINATOR,
        ended_on=None,
        person__is_active=True,
    )
    return sorted(set(rows.values_list("person_id", flat=True)))
