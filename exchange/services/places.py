"""Verbs of one's own place: answer an offer, bring somebody, hand the seat over to a colleague."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.public import join_room
from exchange.models import Registration, SeatHandover
from exchange.policies.seats import (
    may_answer_offer,
    may_change_companions,
    may_hand_over,
    may_take_over,
    visible_handovers,
)
from exchange.services.invitations import place_changed, places_changed
from exchange.services.seats import (
    allocate,
    checked_companions,
    give_back,
    leave_unless_host,
    lock_workshop,
    own_place,
    page_of,
    room_of,
)
from tenancy.queries.people import members_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, given, require
from toolkit.acting import verb
from toolkit.past_sight import answer_of
from toolkit.telling import tell


@verb
def accept_offer(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> Registration:
    """Take the seat that was offered."""
    now = at or timezone.now()
    workshop = lock_workshop(viewer, workshop_id)
    own = own_place(viewer, workshop)
    require(may_answer_offer(own, at=now))
    own = given(own)
    if answer_of("exchange_accept_offer", workshop.pk, now) is None:
        raise Conflict(_("Die Frist für diesen Platz ist vorbei."))
    join_room(room_of(workshop), [viewer.someone])
    own.refresh_from_db()
    place_changed(own)
    return own


@verb
def decline_offer(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> Registration:
    """Let the offered seat go on to the next, and leave the queue."""
    now = at or timezone.now()
    workshop = lock_workshop(viewer, workshop_id)
    own = own_place(viewer, workshop)
    require(may_answer_offer(own, at=now))
    own = given(own)
    give_back(workshop, own, now)
    return own


@verb
def change_companions(
    viewer: Viewer, workshop_id: int, number: int, names: str = "", *, at: datetime | None = None
) -> Registration:
    """Say anew how many come along. Whoever waits keeps their place in the queue.

    Raises ``Conflict`` on ``companions`` where there are not as many seats for which nobody waits.
    """
    now = at or timezone.now()
    workshop = lock_workshop(viewer, workshop_id)
    own = own_place(viewer, workshop)
    require(may_change_companions(workshop, own, at=now))
    own = given(own)
    checked_companions(number)
    if not answer_of("exchange_accompany", workshop.pk, number, names if number else "", now):
        raise Conflict(_("So viele Plätze sind nicht frei, oder es warten schon andere darauf."), field="companions")
    allocate(workshop, at=now)
    own.refresh_from_db()
    return own


@verb
def hand_over(viewer: Viewer, workshop_id: int, taker_id: int, *, at: datetime | None = None) -> SeatHandover:
    """Ask a colleague of one's city to take one's seat; until they say yes, everything stays as it is.

    Raises ``Conflict`` on ``taker`` for who is not of that city.
    """
    workshop = lock_workshop(viewer, workshop_id)
    own = own_place(viewer, workshop)
    require(may_hand_over(workshop, own, at=at or timezone.now()))
    own = given(own)
    if taker_id == viewer.person_id or taker_id not in members_of([own.network_id]):
        raise Conflict(_("Bitte wählen Sie jemanden aus Ihrem Netzwerk."), field="taker")
    SeatHandover.objects.filter(workshop=workshop, giver_id=viewer.someone).delete()
    handover = SeatHandover.objects.create(workshop=workshop, giver_id=viewer.someone, taker_id=taker_id)
    tell(
        [taker_id],
        kind="invitation.handover",
        text=format_lazy(
            _("{name} möchte Ihnen den Platz bei „{title}“ überlassen."), name=viewer.name, title=workshop.title
        ),
        url=page_of(workshop),
        key=f"workshop-{workshop.pk}-handover-{viewer.someone}",
        mail=True,
    )
    return handover


@verb
def keep_seat(viewer: Viewer, workshop_id: int) -> None:
    """Take the question back: one comes oneself."""
    workshop = lock_workshop(viewer, workshop_id)
    visible_handovers(viewer).filter(workshop=workshop, giver_id=viewer.someone).delete()


@verb
def answer_handover(
    viewer: Viewer, workshop_id: int, handover_id: int, *, accept: bool, at: datetime | None = None
) -> None:
    """Take the seat of the colleague who asked, or say no. The seat is never free in between.

    Those who would come along with the giver do not come with the seat; their seats go to who waits. Raises
    ``SeatHandover.DoesNotExist`` and ``Denied``.
    """
    now = at or timezone.now()
    workshop = lock_workshop(viewer, workshop_id)
    handover = visible_handovers(viewer).get(pk=handover_id, workshop=workshop, taker_id=viewer.someone)
    giver = handover.giver_id
    if accept:
        require(may_take_over(workshop, own_place(viewer, workshop), at=now))
        if answer_of("exchange_take_over", handover.pk, now) is None:
            raise Conflict(_("Dieser Platz ist nicht mehr zu haben."))
        leave_unless_host(workshop, giver)
        join_room(room_of(workshop), [viewer.someone])
        places_changed(workshop.pk, [giver, viewer.someone])
        allocate(workshop, at=now)
    else:
        handover.delete()
    sentence = (
        _("{name} kommt an Ihrer Stelle zu „{title}“.")
        if accept
        else _("{name} kann Ihren Platz bei „{title}“ nicht übernehmen. Sie haben ihn weiter.")
    )
    tell(
        [giver],
        kind="workshop.handover",
        text=format_lazy(sentence, name=viewer.name, title=workshop.title),
        url=page_of(workshop),
        key=f"workshop-{workshop.pk}-handed-{viewer.someone}",
        mail=True,
    )
