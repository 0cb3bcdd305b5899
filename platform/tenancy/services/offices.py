"""The offices of an administration: typed one by one, or taken from a list."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.lines import Line
from tenancy.models import Division, Membership, Network, Office
from tenancy.policies.networks import may_coordinate
from tenancy.rows import OfficeRow, read_offices
from tenancy.services.networks import locked_network
from tenancy.task_areas import guess_task_area
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.text import fold, sort_key


@verb
def add_office(
    viewer: Viewer,
    network_id: int,
    *,
    name: str,
    division: str = "",
    task_area: str = "",
    task: str = "",
    pilots_min: int | None = None,
    pilots_max: int | None = None,
) -> Office:
    """Add an office; an empty ``task_area`` is guessed from the name. Raises ``Conflict`` when the name is taken."""
    network = locked_network(viewer, network_id)
    office = Office(network=network)
    _fill(office, name, division, task_area, task, pilots_min, pilots_max)
    _save(office)
    return office


@verb
def change_office(
    viewer: Viewer,
    office_id: int,
    *,
    name: str,
    division: str,
    task_area: str,
    task: str,
    pilots_min: int | None,
    pilots_max: int | None,
) -> Office:
    """Change an office; raises ``Conflict`` when the name is taken by another one."""
    office = Office.objects.select_related("division").get(pk=office_id)
    network = locked_network(viewer, office.network_id)
    office.network = network
    left = office.division
    _fill(office, name, division, task_area, task, pilots_min, pilots_max)
    _save(office)
    _drop_if_empty(left)
    return office


@verb
def close_office(viewer: Viewer, office_id: int, *, on: datetime.date | None = None) -> Office:
    """Close an office that is no more; what its people wrote keeps its name. Refused while people are in it."""
    office = Office.objects.get(pk=office_id)
    network = locked_network(viewer, office.network_id)
    if Membership.objects.filter(office=office, ended_on=None).exists():
        raise Conflict(_("Zu diesem Amt gehören noch Personen. Geben Sie ihnen zuerst ein anderes Amt."))
    if office.closed_on is None:
        office.closed_on = on or timezone.localdate()
        # The name becomes free for a new office; the old one stays readable where it is named.
        office.name = f"{office.name[:140]} (bis {office.closed_on:%d.%m.%Y}, {office.pk})"
        office.save(update_fields=["closed_on", "name"])
    office.network = network
    return office


@verb
def import_offices(viewer: Viewer, network_id: int, text: str) -> list[Line[OfficeRow]]:
    """Take the offices of a list; every line comes back with what became of it.

    A line is taken whole or not at all, and offices that are there already stay as they are.
    """
    require(may_coordinate(viewer, network_id))
    lines = read_offices(text)
    network = locked_network(viewer, network_id)
    there = {fold(name) for name in Office.objects.filter(network=network).values_list("name", flat=True)}
    divisions = {fold(division.name): division for division in Division.objects.filter(network=network)}
    for line in lines:
        row = line.value
        if row is None or line.error:
            continue
        if fold(row.name) in there:
            line.refuse(_("Dieses Amt gibt es schon; es bleibt, wie es ist."))
            continue
        if not _fits(network, row.pilots_min, row.pilots_max):
            line.refuse(_TOO_FEW % {"min": network.pilots_min, "max": network.pilots_max})
            continue
        there.add(fold(row.name))
        Office.objects.create(
            network=network,
            division=_division(network, row.division, divisions),
            name=row.name,
            sort_key=sort_key(row.name)[:160],
            task_area=row.task_area,
            pilots_min=row.pilots_min,
            pilots_max=row.pilots_max,
        )
    return lines


_TOO_FEW = gettext_lazy("Die Zahlen passen nicht zur Regel des Netzwerks (%(min)d bis %(max)d).")


def _fits(network: Network, low: int | None, high: int | None) -> bool:
    """Whether an office's numbers make sense together with the network's rule for the one that is left out."""
    low = network.pilots_min if low is None else low
    high = network.pilots_max if high is None else high
    return low <= high


def _fill(
    office: Office, name: str, division: str, task_area: str, task: str, low: int | None, high: int | None
) -> None:
    network = office.network
    if not _fits(network, low, high):
        raise Conflict(_TOO_FEW % {"min": network.pilots_min, "max": network.pilots_max}, field="pilots_max")
    office.name, office.sort_key = name, sort_key(name)[:160]
    office.division = _division(network, division, None)
    office.task_area = task_area or guess_task_area(name)
    office.task, office.pilots_min, office.pilots_max = task, low, high


def _save(office: Office) -> None:
    same = Office.objects.filter(network_id=office.network_id).exclude(pk=office.pk).values_list("name", flat=True)
    taken = Conflict(_("Ein Amt mit diesem Namen gibt es schon."), field="name")
    if fold(office.name) in {fold(name) for name in same}:
        raise taken
    try:
        with transaction.atomic():
            office.save()
    except IntegrityError as error:
        raise taken from error


def _division(network: Network, name: str, known: dict[str, Division] | None) -> Division | None:
    """The division of this name, made when it is new; no name is no division."""
    if not name:
        return None
    if known is None:
        known = {fold(division.name): division for division in Division.objects.filter(network=network)}
    key = fold(name) or name
    if key not in known:
        known[key] = Division.objects.create(network=network, name=name, position=len(known))
    return known[key]


def _drop_if_empty(division: Division | None) -> None:
    if division is not None and not Office.objects.filter(division=division).exists():
        division.delete()


@verb
def set_rule(
    viewer: Viewer,
    network_id: int,
    *,
    pilots_min: int,
    pilots_max: int,
    exceptions: Mapping[int, tuple[int | None, int | None]],
) -> Network:
    """Say how many pilots an office should have; ``exceptions`` by office, empty numbers follow the rule.

    Offices that ``exceptions`` does not name keep theirs. Raises ``Conflict`` when an office's numbers make no sense.
    """
    network = locked_network(viewer, network_id)
    network.pilots_min, network.pilots_max = pilots_min, pilots_max
    if pilots_max < pilots_min:
        raise Conflict(_("Höchstens darf nicht weniger sein als mindestens."), field="pilots_max")
    offices = list(Office.objects.filter(network=network, closed_on=None))
    for office in offices:
        office.pilots_min, office.pilots_max = exceptions.get(office.pk, (office.pilots_min, office.pilots_max))
        if not _fits(network, office.pilots_min, office.pilots_max):
            raise Conflict(_("Die Zahlen für „%(office)s“ passen nicht zur Regel.") % {"office": office.name})
    network.save(update_fields=["pilots_min", "pilots_max"])
    Office.objects.bulk_update(offices, ["pilots_min", "pilots_max"])
    return network
