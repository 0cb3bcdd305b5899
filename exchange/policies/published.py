"""What is shared beyond one's own network stands under that network's name, so others must be able to see it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tenancy.models import Network
from toolkit.access import ALLOW, Decision, deny

#: For those who steer a network, and can change it.
PUBLISH_FIRST = _("Veröffentlichen Sie zuerst Ihr Netzwerk, damit die anderen sehen, wer einlädt.")
#: For everybody else in it.
NOT_YET = _(
    "Ihr Netzwerk ist noch nicht veröffentlicht. Bis dahin teilen Sie innerhalb Ihres Netzwerks. "
    "Wann es so weit ist, weiß Ihre Koordination."
)


def which_are_published(network_ids: Iterable[int]) -> frozenset[int]:
    """Those of the networks that everybody can see. One query."""
    rows = Network.objects.filter(pk__in=list(network_ids), published_at__isnull=False)
    return frozenset(rows.values_list("pk", flat=True))


def may_invite_as(network_id: int) -> Decision:
    """Whether a network may begin something between cities. One query."""
    return ALLOW if which_are_published([network_id]) else deny(PUBLISH_FIRST)


def may_speak_for(network_id: int) -> Decision:
    """Whether somebody may speak for a network where others read or meet them. One query."""
    return ALLOW if which_are_published([network_id]) else deny(NOT_YET)
