"""How long what is said is kept, as it is told beside a conversation and on the page of a city's rule."""

from __future__ import annotations

from dataclasses import dataclass

from chat import wall
from chat.models import KeepingRule
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.acting import acting_as


@dataclass(frozen=True, slots=True)
class KeptHere:
    """After how many days something is emptied; ``place`` is the city whose rule that is, if the viewer sees it."""

    days: int
    place: str


def kept_in(viewer: Viewer, conversation_id: int) -> KeptHere | None:
    """The strictest rule in a conversation of the viewer's, or None. One query, two where it is a city's."""
    with acting_as(viewer):
        found = wall.kept(conversation_id)
    if found is None:
        return None
    if found.network_id is None:
        return KeptHere(found.days, "")
    places = visible_networks(viewer).filter(pk=found.network_id).values_list("municipality__name", flat=True)
    return KeptHere(found.days, places.first() or "")


def rule_of_network(network_id: int) -> int | None:
    """The days of a city's own rule; None where it has none, or it is not in sight."""
    return KeepingRule.objects.filter(network_id=network_id).values_list("days", flat=True).first()
