"""Each published network has a room for its people: opened on first use, membership follows."""

from __future__ import annotations

from chat.policies import may_enter_network_room
from chat.services.conversations import open_room
from tenancy.models import Network
from tenancy.policies.networks import visible_networks
from tenancy.queries.people import members_of
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb


@verb
def open_network_room(viewer: Viewer, network_id: int) -> int:
    """The number of the room of a network, opened if there is none; all its people are in it afterwards.

    Raises ``Network.DoesNotExist``, ``Denied``.
    """
    network: Network = visible_networks(viewer).get(pk=network_id)
    require(may_enter_network_room(viewer, network))
    return open_room("network", network.pk, network.name, members_of([network.pk]))
