"""Verbs of the days on which a city's council sits."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from exchange.models import CouncilDay
from exchange.policies.dates import may_enter_council_days, visible_council_days
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audit import record

#: So many days a network keeps; more is a mistake in what was pasted.
MOST = 600


@verb
def add_council_days(viewer: Viewer, network_id: int, days: Iterable[tuple[datetime.date, str]]) -> int:
    """Enter session days; those that are there already stay as they are. Returns how many are new.

    Raises ``Network.DoesNotExist``, and ``Conflict`` on ``days`` when there would be too many.
    """
    network = visible_networks(viewer).get(pk=network_id)
    require(may_enter_council_days(viewer, network))
    known = set(visible_council_days(viewer).filter(network=network).values_list("day", "text"))
    new = [pair for pair in dict.fromkeys(days) if pair not in known]
    if len(known) + len(new) > MOST:
        raise Conflict(_("Das sind zu viele Tage. Nehmen Sie zuerst alte weg."), field="days")
    # Somebody else may be pasting the same list: theirs stay, and nobody is refused.
    rows = [CouncilDay(network=network, day=day, text=text) for day, text in new]
    CouncilDay.objects.bulk_create(rows, ignore_conflicts=True)
    if new:
        record("council_days.added", person_id=viewer.person_id, subject="network", subject_id=network.pk,
               network_id=network.pk, changes={"days": [0, len(new)]})  # fmt: skip
    return len(new)


@verb
def remove_council_days(viewer: Viewer, network_id: int, numbers: Iterable[int]) -> int:
    """Take session days away. Returns how many there were; raises ``Network.DoesNotExist``."""
    network = visible_networks(viewer).get(pk=network_id)
    require(may_enter_council_days(viewer, network))
    gone, _by_model = visible_council_days(viewer).filter(network=network, pk__in=list(numbers)).delete()
    if gone:
        record("council_days.removed", person_id=viewer.person_id, subject="network", subject_id=network.pk,
               network_id=network.pk, changes={"days": [gone, 0]})  # fmt: skip
    return gone
