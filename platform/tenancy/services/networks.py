"""What a network says of itself."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.models import CouncilPaper, Funding, Network, NetworkStart, RoleTerm
from tenancy.policies.networks import may_coordinate, may_publish_network
from tenancy.role_terms import RoleForms
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audit import record

#: What the coordination writes freely; everything else of a network has a verb of its own.
EDITABLE = frozenset(
    {
        *("name", "crest", "slogan", "about", "goals", "role_facets", "beneficiaries", "sdg_targets", "strategy"),
        *("parent_project", "lead_office", "lead_division", "size_note", "pilots_min", "pilots_max"),
        *("qualification", "qualification_topics", "event_series", "successes", "modelled_on_id", "contact_email"),
    }
)
MAX_STARTS = 8


def locked_network(viewer: Viewer, network_id: int) -> Network:
    """The network, locked against other changes; raises ``Denied`` when the viewer does not coordinate it."""
    require(may_coordinate(viewer, network_id))
    return Network.objects.select_for_update(no_key=True).get(pk=network_id)


@verb
def update_network(viewer: Viewer, network_id: int, **fields: Any) -> Network:
    """Change what the network says of itself; ``fields`` are of ``EDITABLE``."""
    unknown = set(fields) - EDITABLE
    if unknown:
        raise ValueError(f"no field to edit: {sorted(unknown)}")
    network = locked_network(viewer, network_id)
    for name, value in fields.items():
        setattr(network, name, value)
    if network.pilots_max < network.pilots_min:
        raise Conflict(_("Höchstens darf nicht weniger sein als mindestens."), field="pilots_max")
    network.save(update_fields=list(fields))
    return network


@verb
def set_role_term(viewer: Viewer, network_id: int, style: str, forms: RoleForms) -> RoleTerm:
    """Say how the city calls its pilots; every page uses it from now on."""
    network = locked_network(viewer, network_id)
    term, _made = RoleTerm.objects.update_or_create(
        network=network,
        defaults={
            "style": RoleTerm.Style(style),
            "singular": forms.singular,
            "plural": forms.plural,
            "dative_plural": forms.dative_plural,
            "genitive_singular": forms.genitive_singular,
            "feminine_singular": forms.feminine_singular,
            "masculine_singular": forms.masculine_singular,
        },
    )
    return term


@verb
def set_starts(viewer: Viewer, network_id: int, claims: Sequence[tuple[str, str]]) -> None:
    """Say when the network began: pairs of claim and source, in their order. Sources may disagree."""
    network = locked_network(viewer, network_id)
    NetworkStart.objects.filter(network=network).delete()
    NetworkStart.objects.bulk_create(
        NetworkStart(network=network, value=value, source=source, position=position)
        for position, (value, source) in enumerate(claims[:MAX_STARTS])
    )


@verb
def publish_network(viewer: Viewer, network_id: int) -> Network:
    """Show the network to everybody; from now on other cities find it and its people."""
    network = locked_network(viewer, network_id)
    has_term = RoleTerm.objects.filter(network=network).exists()
    require(may_publish_network(viewer, network, has_role_term=has_term))
    network.published_at = timezone.now()
    network.setup_step = "done"
    network.save(update_fields=["published_at", "setup_step"])
    record(
        "network.published",
        person_id=viewer.person_id,
        subject="network",
        subject_id=network.pk,
        network_id=network.pk,
    )
    return network


@verb
def add_funding(
    viewer: Viewer,
    network_id: int,
    *,
    programme: str,
    notice_on: datetime.date | None,
    total_eur: int | None,
    land_share_eur: int | None,
    own_share_max_eur: int | None,
    note: str,
) -> Funding:
    """Add money that a programme gave; amounts in whole euros."""
    network = locked_network(viewer, network_id)
    return Funding.objects.create(
        network=network,
        programme=programme,
        notice_on=notice_on,
        total_eur=total_eur,
        land_share_eur=land_share_eur,
        own_share_max_eur=own_share_max_eur,
        note=note,
    )


@verb
def remove_funding(viewer: Viewer, network_id: int, funding_id: int) -> None:
    """Take a funding away again; one that is not there any more is fine."""
    network = locked_network(viewer, network_id)
    Funding.objects.filter(pk=funding_id, network=network).delete()


@verb
def add_council_paper(
    viewer: Viewer,
    network_id: int,
    *,
    number: str,
    kind: str,
    dated_on: datetime.date,
    references: Sequence[str],
    sessions: Sequence[dict[str, Any]],
    strategy_goals: Sequence[dict[str, str]],
    conflicts: str,
) -> CouncilPaper:
    """Add a paper of the council with its sessions; raises ``Conflict`` when its number is there already."""
    network = locked_network(viewer, network_id)
    try:
        with transaction.atomic():
            return CouncilPaper.objects.create(
                network=network,
                number=number,
                kind=kind,
                dated_on=dated_on,
                references=list(references),
                sessions=sorted(sessions, key=lambda session: session["on"]),
                strategy_goals=list(strategy_goals),
                conflicts=conflicts,
            )
    except IntegrityError as error:
        raise Conflict(_("Eine Vorlage mit dieser Nummer gibt es schon."), field="number") from error


@verb
def remove_council_paper(viewer: Viewer, network_id: int, paper_id: int) -> None:
    """Take a council paper away again; one that is not there any more is fine."""
    network = locked_network(viewer, network_id)
    CouncilPaper.objects.filter(pk=paper_id, network=network).delete()
