"""Verbs of seats. Everything that gives or takes one locks the workshop first, so nobody is seated twice or left out.

Two promises hold after each of them: never more seats than there are (the database checks it too), and never a free
seat while somebody waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.public import join_room, leave_room, open_room
from exchange.models import Registration, Workshop
from exchange.policies.published import may_speak_for
from exchange.policies.workshops import LIVING, hosts_of, may_take_seat, may_withdraw, visible_workshops
from exchange.services.invitations import place_changed, places_changed
from tenancy.models import Membership
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.past_sight import locked, rows_of
from toolkit.telling import tell


def _locked(viewer: Viewer, workshop_id: int) -> Workshop:
    """The workshop, locked; raises ``DoesNotExist`` for what the viewer cannot see."""
    locked("exchange_lock_workshop", Workshop, workshop_id)
    return visible_workshops(viewer).get(pk=workshop_id)


def _own(viewer: Viewer, workshop: Workshop) -> Registration | None:
    rows = Registration.objects.filter(workshop=workshop, person_id=viewer.person_id or 0, state__in=LIVING)
    return rows.first()


def page_of(workshop: Workshop) -> str:
    """The path of the workshop's page."""
    return reverse("exchange:workshop-detail", kwargs={"pk": workshop.pk})


def room_of(workshop: Workshop) -> int:
    """Within the workshop's lock: the number of its room, opened for the hosts' coordinators if there is none."""
    if workshop.room_id is None:
        workshop.room_id = open_room("workshop", workshop.pk, workshop.title, coordinators_of(hosts_of(workshop)))
        rows_of("exchange_keep_room", workshop.pk, workshop.room_id)
    return workshop.room_id


def chosen_mode(workshop: Workshop, mode: str) -> str:
    """How somebody takes part: their choice when there is one, else what the workshop is."""
    if workshop.mode != Workshop.Mode.HYBRID:
        return workshop.mode
    if mode not in (Workshop.Mode.ON_SITE, Workshop.Mode.ONLINE):
        raise Conflict(_("Bitte wählen Sie, ob Sie vor Ort oder online dabei sind."), field="mode")
    return mode


@verb
def take_seat(
    viewer: Viewer,
    workshop_id: int,
    *,
    network_id: int | None = None,
    mode: str = "",
    needs: str = "",
    name_shown: bool = True,
    at: datetime | None = None,
) -> Registration:
    """Take a seat, or a place at the end of the queue when all are taken. Answers which it became.

    ``network_id`` says for which of the viewer's networks; their first when left out. Raises ``DoesNotExist``,
    ``Denied``, and ``Conflict`` on ``mode`` or ``network``.
    """
    now = at or timezone.now()
    workshop = _locked(viewer, workshop_id)
    require(may_take_seat(viewer, workshop, _own(viewer, workshop), at=now))
    network = viewer.seats[0].network_id if network_id is None else network_id
    if network not in viewer.network_ids:
        raise Conflict(_("Bitte wählen Sie eines Ihrer Netzwerke."), field="network")
    require(may_speak_for(network))
    free = workshop.seats_taken < workshop.seats
    registration = Registration.objects.create(
        workshop=workshop,
        person_id=viewer.someone,
        network_id=network,
        state=Registration.State.SEAT if free else Registration.State.QUEUED,
        mode=chosen_mode(workshop, mode),
        needs=needs,
        name_shown=name_shown,
        seated_at=now if free else None,
        queued_at=None if free else now,
    )
    if free:
        join_room(room_of(workshop), [viewer.someone])
        place_changed(registration)
    return registration


@verb
def withdraw(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> Registration:
    """Give one's place back; whoever waits longest moves up at once and is told."""
    now = at or timezone.now()
    workshop = _locked(viewer, workshop_id)
    own = _own(viewer, workshop)
    require(may_withdraw(viewer, workshop, own, at=now))
    assert own is not None  # noqa: S101 -- may_withdraw refuses without one; this tells the type checker
    _give_back(workshop, own, now)
    return own


def _give_back(workshop: Workshop, registration: Registration, now: datetime) -> None:
    """Within the workshop's lock: end a place, and fill the gap. What a person needs is nobody's business then."""
    registration.state = Registration.State.WITHDRAWN
    registration.withdrawn_at = now
    registration.needs = ""
    registration.save(update_fields=["state", "withdrawn_at", "needs"])
    place_changed(registration)
    if workshop.room_id is not None and registration.person_id not in coordinators_of(hosts_of(workshop)):
        leave_room(workshop.room_id, [registration.person_id])
    move_up(workshop, at=now)


def move_up(workshop: Workshop, *, at: datetime) -> list[int]:
    """Within the workshop's lock: seat as many from the head of the queue as there are free seats, and tell them.

    Answers who has a seat now. The database does it: who gives a place back does not see who waits for it.
    """
    if workshop.state != Workshop.State.OPEN or workshop.starts_at <= at:
        return []
    people = [person_id for (person_id,) in rows_of("exchange_move_up", workshop.pk, at)]
    if people:
        join_room(room_of(workshop), people)
        _tell_seated(people, workshop.pk, workshop.title)
        places_changed(workshop.pk, people)
    workshop.refresh_from_db(fields=["seats", "seats_taken"])
    return people


def _tell_seated(people: Sequence[int], workshop_id: int, title: str) -> None:
    tell(
        people,
        kind="workshop.seat",
        text=format_lazy(_("Sie haben jetzt einen Platz bei „{title}“."), title=title),
        url=reverse("exchange:workshop-detail", kwargs={"pk": workshop_id}),
        key=f"workshop-{workshop_id}-seat",
        mail=True,
    )


def membership_ended(membership: Membership) -> None:
    """Registered with ``tenancy.hooks``: who left a network gives back the coming places taken for it.

    Whoever ends a membership need not see the workshop, so the database gives the places back and seats who waits.
    """
    if membership.network_id in viewer_by_id(membership.person_id).network_ids:
        return
    ended = rows_of("exchange_end_places", membership.person_id, membership.network_id, timezone.now())
    for workshop_id, title, room_id, hosts, moved in ended:
        places_changed(workshop_id, [membership.person_id, *moved])
        if room_id is not None and membership.person_id not in coordinators_of(hosts):
            leave_room(room_id, [membership.person_id])
        if moved:
            if room_id is not None:
                join_room(room_id, moved)
            _tell_seated(moved, workshop_id, title)
