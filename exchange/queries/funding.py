"""Which authorities take part in a workshop, and who comes for each: for the funding of a joint training."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.models import Registration, Workshop
from exchange.policies.workshops import hosts_of
from exchange.queries.workshops import city_counts
from tenancy.models import Network
from tenancy.policies.people import visible_memberships
from tenancy.viewer import Viewer


def authorities_of(workshop: Workshop) -> list[Network]:
    """The networks that host it or have a seat in it, by town. Three queries."""
    numbers = {*hosts_of(workshop), *(city.network.pk for city in city_counts(workshop))}
    rows = Network.objects.filter(pk__in=numbers).select_related("municipality")
    return list(rows.order_by("municipality__sort_key"))


def functions_of(viewer: Viewer, places: Iterable[Registration]) -> dict[tuple[int, int], str]:
    """(person, network) → the office somebody is in, as far as the viewer may read it. One query."""
    every = list(places)
    rows = visible_memberships(viewer).filter(
        person__in={place.person_id for place in every}, network__in={place.network_id for place in every}
    )
    return {
        (row.person_id, row.network_id): row.office.name if row.office else str(row.get_role_display())
        for row in rows.select_related("office")
    }
