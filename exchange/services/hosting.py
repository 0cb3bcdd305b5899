"""Verbs of hosting: asking other cities to host a workshop too, and their answers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.public import join_room, leave_room
from exchange.models import Registration, Workshop, WorkshopHost
from exchange.policies.program import may_step_back
from exchange.policies.workshops import hosts_of, may_answer_hosting, may_invite_host, may_recall_host
from exchange.services.seats import page_of
from tenancy.policies.networks import visible_networks
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audit import record
from toolkit.past_sight import answer_of
from toolkit.past_sight import locked as hold
from toolkit.telling import tell


def locked(workshop_id: int) -> Workshop:
    """The workshop, locked for change; raises ``DoesNotExist``."""
    hold("exchange_lock_workshop", Workshop, workshop_id)
    return Workshop.objects.get(pk=workshop_id)


def record_act(viewer: Viewer, verb: str, workshop: Workshop, **more: Any) -> None:
    """One line on the record, for all hosts to read."""
    record(f"workshop.{verb}", person_id=viewer.person_id, subject="workshop", subject_id=workshop.pk, **more)


@verb
def invite_host(viewer: Viewer, workshop_id: int, network_id: int) -> WorkshopHost:
    """Ask another city to host too; its coordinators are told. Raises ``Network.DoesNotExist``."""
    workshop = locked(workshop_id)
    network = visible_networks(viewer).select_related("municipality").get(pk=network_id, published_at__isnull=False)
    require(may_invite_host(viewer, workshop, network.pk))
    host, _created = WorkshopHost.objects.update_or_create(
        workshop=workshop,
        network=network,
        defaults={"state": WorkshopHost.State.INVITED, "answered_at": None},
    )
    record_act(viewer, "host_invited", workshop, network_id=network.pk)
    tell(
        coordinators_of([network.pk]),
        kind="invitation.workshop",
        text=format_lazy(
            _("{name} fragt, ob {town} zu „{title}“ mit einlädt."),
            name=viewer.name,
            town=network.municipality.name,
            title=workshop.title,
        ),
        url=page_of(workshop),
        key=f"workshop-{workshop.pk}-invitation-{network.pk}",
        mail=True,
    )
    return host


@verb
def recall_host(viewer: Viewer, workshop_id: int, network_id: int) -> None:
    """Take an unanswered question back."""
    workshop = locked(workshop_id)
    require(may_recall_host(viewer, workshop, network_id))
    WorkshopHost.objects.filter(workshop=workshop, network_id=network_id).delete()
    record_act(viewer, "host_recalled", workshop, network_id=network_id)


@verb
def answer_hosting(viewer: Viewer, workshop_id: int, network_id: int, *, accept: bool) -> WorkshopHost:
    """Accept or decline for one's city. Who accepts owns the workshop like all the others, from this moment."""
    workshop = locked(workshop_id)
    require(may_answer_hosting(viewer, workshop, network_id))
    asking = hosts_of(workshop)
    host = WorkshopHost.objects.select_related("network__municipality").get(workshop=workshop, network_id=network_id)
    host.state = WorkshopHost.State.ACCEPTED if accept else WorkshopHost.State.DECLINED
    host.answered_at = timezone.now()
    host.save(update_fields=["state", "answered_at"])
    if accept and workshop.room_id is not None:
        join_room(workshop.room_id, coordinators_of([network_id]))
    record_act(viewer, "host_accepted" if accept else "host_declined", workshop, network_id=network_id)
    sentence = _("{town} lädt zu „{title}“ mit ein.") if accept else _("{town} lädt zu „{title}“ nicht mit ein.")
    tell(
        set(coordinators_of(asking)) - {viewer.someone},
        kind="workshop.host",
        text=format_lazy(sentence, town=host.network.municipality.name, title=workshop.title),
        url=page_of(workshop),
        key=f"workshop-{workshop.pk}-answer-{network_id}",
        mail=True,
    )
    return host


@verb
def step_back(viewer: Viewer, workshop_id: int, network_id: int) -> None:
    """Stop hosting for one's own city, while another one goes on. The others are told; places stay.

    Raises ``Conflict`` where somebody who has a place would lose sight of the workshop by it.
    """
    workshop = locked(workshop_id)
    require(may_step_back(viewer, workshop, network_id))
    left = sorted(hosts_of(workshop) - {network_id})
    town = workshop.hosts.select_related("network__municipality").get(network_id=network_id).network.municipality.name
    if workshop.room_id is not None:
        seated = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT)
        stay = {*coordinators_of(left), *seated.values_list("person_id", flat=True)}
        leave_room(workshop.room_id, sorted(set(coordinators_of([network_id])) - stay))
    # First: afterwards the record of the workshop is the business of the others.
    record_act(viewer, "host_stepped_back", workshop, network_id=network_id)
    if not answer_of("exchange_step_back", workshop.pk, network_id):
        raise Conflict(_("Damit sähen schon Angemeldete die Veranstaltung nicht mehr."))
    tell(
        set(coordinators_of(left)) - {viewer.someone},
        kind="workshop.host",
        text=format_lazy(_("{town} lädt zu „{title}“ nicht mehr mit ein."), town=town, title=workshop.title),
        url=page_of(workshop),
        key=f"workshop-{workshop.pk}-left-{network_id}",
        mail=True,
    )
