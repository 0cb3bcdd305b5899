"""Partner networks: they share the rung „Unser Netzwerk und Partnernetzwerke“."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.models import Network, Partnership
from tenancy.policies.networks import (
    ONLY_EITHER_SIDE,
    may_accept_partnership,
    may_ask_partnership,
    may_end_partnership,
)
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, Denied, deny, require
from toolkit.acting import verb
from toolkit.audit import record
from toolkit.telling import tell


@verb
def ask_partnership(viewer: Viewer, asking_id: int, asked_id: int) -> Partnership:
    """Ask another network to become a partner; raises ``Conflict`` when there is a question or a partnership."""
    asking, asked = Network.objects.get(pk=asking_id), Network.objects.get(pk=asked_id)
    require(may_ask_partnership(viewer, asking, asked))
    try:
        with transaction.atomic():
            partnership = Partnership.objects.create(asking=asking, asked=asked)
    except IntegrityError as error:
        raise Conflict(_("Mit diesem Netzwerk gibt es schon eine Partnerschaft oder eine Anfrage.")) from error
    _record("partnership.asked", viewer, partnership, asking_id)
    tell(
        coordinators_of([asked_id]),
        kind="invitation.partnership",
        text=format_lazy(
            gettext_lazy("Das Netzwerk {asking} möchte Partner Ihres Netzwerks {asked} werden."),
            asking=asking.name,
            asked=asked.name,
        ),
        url=reverse("tenancy:network-partners", args=[asked.slug]),
        mail=True,
    )
    return partnership


@verb
def accept_partnership(viewer: Viewer, partnership_id: int) -> Partnership:
    """Say yes; from now on both read what the other shares with partners."""
    partnership = _locked(partnership_id)
    require(may_accept_partnership(viewer, partnership))
    partnership.accepted_at = timezone.now()
    partnership.save(update_fields=["accepted_at"])
    _record("partnership.accepted", viewer, partnership, partnership.asked_id)
    asking, asked = partnership.asking, partnership.asked
    tell(
        coordinators_of([asking.pk]),
        kind="partnership",
        text=format_lazy(
            gettext_lazy("{asked} und {asking} sind jetzt Partnernetzwerke."), asking=asking.name, asked=asked.name
        ),
        url=reverse("tenancy:network-detail", args=[asked.slug]),
    )
    return partnership


@verb
def end_partnership(viewer: Viewer, partnership_id: int) -> Partnership:
    """End a partnership, take back or refuse the question; what was shared with partners is theirs no more."""
    partnership = _locked(partnership_id)
    require(may_end_partnership(viewer, partnership))
    partnership.ended_at = timezone.now()
    partnership.save(update_fields=["ended_at"])
    mine = partnership.asking_id if partnership.asking_id in viewer.coordinates else partnership.asked_id
    _record("partnership.ended", viewer, partnership, mine)
    asking, asked = partnership.asking, partnership.asked
    sentence = (
        gettext_lazy("Die Partnerschaft zwischen {asking} und {asked} ist beendet.")
        if partnership.accepted_at
        else gettext_lazy("Die Anfrage zur Partnerschaft zwischen {asking} und {asked} ist vom Tisch.")
    )
    others = {asking.pk, asked.pk} - viewer.coordinates
    tell(coordinators_of(others), kind="partnership", text=format_lazy(sentence, asking=asking.name, asked=asked.name))
    return partnership


def _locked(partnership_id: int) -> Partnership:
    """The partnership, locked; raises ``Denied`` for who coordinates neither side."""
    partnership = Partnership.objects.select_for_update(of=("self",)).filter(pk=partnership_id).first()
    if partnership is None:
        raise Denied(deny(ONLY_EITHER_SIDE))
    return partnership


def _record(verb: str, viewer: Viewer, partnership: Partnership, network_id: int) -> None:
    record(
        verb,
        person_id=viewer.person_id,
        subject="partnership",
        subject_id=partnership.pk,
        network_id=network_id,
        changes={"networks": [None, [partnership.asking_id, partnership.asked_id]]},
    )
