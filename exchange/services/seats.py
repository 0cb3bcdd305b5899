"""Verbs of seats. Each locks the workshop, changes places, and lets the database give what is free (``allocate``).

Two promises hold after each of them: never more seats than there are (the database checks it too), and never a free
seat while somebody waits who is first in line for it. Who that is says ``platform/handbook/seats.md``.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.public import leave_room, open_room
from exchange.models import PlaceNeed, Registration, Workshop
from exchange.policies.published import may_speak_for
from exchange.policies.workshops import LIVING, hosts_of, may_take_seat, may_withdraw, visible_workshops
from exchange.services.invitations import place_changed, places_changed
from exchange.services.seat_changes import Change, after
from tenancy.models import Membership
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.access import Conflict, given, require
from toolkit.acting import verb
from toolkit.past_sight import locked, rows_of

#: So many may come along with somebody; the database checks it too.
MOST_COMPANIONS = 5


def lock_workshop(viewer: Viewer, workshop_id: int) -> Workshop:
    """The workshop, locked; raises ``DoesNotExist`` for what the viewer cannot see."""
    locked("exchange_lock_workshop", Workshop, workshop_id)
    return visible_workshops(viewer).get(pk=workshop_id)


def own_place(viewer: Viewer, workshop: Workshop) -> Registration | None:
    """The viewer's living place."""
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
    companions: int = 0,
    companion_names: str = "",
    at: datetime | None = None,
) -> Registration:
    """Ask for a place. Answers what it became: a seat, one in the queue, or a request that the hosts decide on.

    ``network_id`` says for which of the viewer's networks; their first when left out. Raises ``DoesNotExist``,
    ``Denied``, and ``Conflict`` on ``mode``, ``network`` or ``companions``.
    """
    workshop = lock_workshop(viewer, workshop_id)
    # The moment behind the lock: who came first is who got it first, however long others waited for their turn.
    now = at or timezone.now()
    require(may_take_seat(viewer, workshop, own_place(viewer, workshop), at=now))
    network = viewer.seats[0].network_id if network_id is None else network_id
    if network not in viewer.network_ids:
        raise Conflict(_("Bitte wählen Sie eines Ihrer Netzwerke."), field="network")
    require(may_speak_for(network))
    registration = Registration.objects.create(
        workshop=workshop,
        person_id=viewer.someone,
        network_id=network,
        state=Registration.State.REQUESTED if workshop.approval else Registration.State.QUEUED,
        mode=chosen_mode(workshop, mode),
        name_shown=name_shown,
        companions=checked_companions(companions),
        companion_names=companion_names if companions else "",
        queued_at=now,
    )
    if needs:
        PlaceNeed.objects.create(registration=registration, text=needs)
    if not workshop.approval:
        allocate(workshop, at=now, fresh=viewer.someone)
        registration.refresh_from_db()
    return registration


def checked_companions(number: int) -> int:
    """How many come along; raises ``Conflict`` on ``companions``."""
    if not 0 <= number <= MOST_COMPANIONS:
        sentence = _("Höchstens {most} Begleitpersonen sind möglich.")
        raise Conflict(format_lazy(sentence, most=MOST_COMPANIONS), field="companions")
    return number


@verb
def withdraw(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> Registration:
    """Give one's place back; whoever is next gets it, or an offer of it, and is told."""
    now = at or timezone.now()
    workshop = lock_workshop(viewer, workshop_id)
    own = own_place(viewer, workshop)
    require(may_withdraw(viewer, workshop, own, at=now))
    own = given(own)
    give_back(workshop, own, now)
    return own


def give_back(workshop: Workshop, registration: Registration, now: datetime) -> None:
    """Within the workshop's lock: end a place, and fill the gap. A trigger forgets what the person needs."""
    registration.state = Registration.State.WITHDRAWN
    registration.withdrawn_at = now
    registration.companion_names = ""
    registration.save(update_fields=["state", "withdrawn_at", "companion_names"])
    place_changed(registration)
    leave_unless_host(workshop, registration.person_id)
    allocate(workshop, at=now)


def leave_unless_host(workshop: Workshop, person_id: int) -> None:
    """Whoever has no seat any more leaves the room, but for those who host."""
    if workshop.room_id is not None and person_id not in coordinators_of(hosts_of(workshop)):
        leave_room(workshop.room_id, [person_id])


def allocate(workshop: Workshop, *, at: datetime, fresh: int | None = None) -> list[Change]:
    """Within the workshop's lock: let the database give what is free, and tell whom it concerns. Answers what changed.

    ``fresh`` is who signs up just now and reads it on the page. The database does it, since whoever gives a place
    back does not see who waits for it.
    """
    if workshop.state != Workshop.State.OPEN:
        return []
    changes = [Change(*row) for row in rows_of("exchange_allocate", workshop.pk, at)]
    if any(change.became == Registration.State.SEAT for change in changes):
        room_of(workshop)
    after(changes, workshop.pk, workshop.title, workshop.room_id, fresh=fresh)
    workshop.refresh_from_db(fields=["seats_taken", "online_taken", "shared_taken", "quota_seats"])
    return changes


def fold_modes(workshop: Workshop) -> None:
    """Within the workshop's lock, after it stopped being hybrid: everybody takes part in the one way that is left.

    Raises ``Conflict`` on ``mode`` where the seats do not suffice for those who had one online.
    """
    workshop.refresh_from_db(fields=["online_taken", "shared_taken", "quota_seats"])
    if workshop.seats < workshop.quota_seats + workshop.shared_taken + workshop.online_taken:
        raise Conflict(_("So reichen die Plätze nicht für alle, die schon einen haben."), field="mode")
    rows = Registration.objects.filter(workshop=workshop)
    rows.filter(pool=Registration.Pool.ONLINE).update(pool=Registration.Pool.SHARED)
    rows.update(mode=workshop.mode)
    workshop.seats_online = None
    workshop.save(update_fields=["seats_online"])


def membership_ended(membership: Membership) -> None:
    """Registered with ``tenancy.hooks``: who left a network gives back the coming places taken for it.

    Whoever ends a membership need not see the workshop, so the database gives the places back and seats who waits.
    """
    if membership.network_id in viewer_by_id(membership.person_id).network_ids:
        return
    rows = rows_of("exchange_end_places", membership.person_id, membership.network_id, timezone.now())
    for (workshop_id, title, room_id, hosts), changed in groupby(rows, key=lambda row: (*row[:3], tuple(row[3]))):
        if room_id is not None and membership.person_id not in coordinators_of(hosts):
            leave_room(room_id, [membership.person_id])
        places_changed(workshop_id, [membership.person_id])
        changes = [Change(*row[4:]) for row in changed]
        after([c for c in changes if c.became != Registration.State.WITHDRAWN], workshop_id, title, room_id)
