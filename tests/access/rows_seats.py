"""Places and how they are given: one's own place is one's own, how seats are given is the hosts'."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from exchange.models import SeatHandover
from tests.access.rows_workshops import owners
from tests.access.table import Row
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import RegistrationFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Of the cast the pilot has an offer in one workshop, a seat in the next, and is asked to take one in a third."""
    hosts = {"hosts": [cast.konstanz]}
    here = {"person": cast.pilot, "network": cast.konstanz}
    offering, taken, handing = (WorkshopFactory(**hosts) for _ in range(3))
    asking = WorkshopFactory(**hosts, approval=True)
    until = timezone.now() + datetime.timedelta(hours=3)
    RegistrationFactory(workshop=offering, state="offered", offered_until=until, **here)
    RegistrationFactory(workshop=taken, **here)
    giver = MembershipFactory(network=cast.konstanz).person
    RegistrationFactory(workshop=handing, person=giver, network=cast.konstanz)
    return SimpleNamespace(
        offering=offering,
        taken=taken,
        handing=handing,
        asking=asking,
        handover=SeatHandover.objects.create(workshop=handing, giver=giver, taker=cast.pilot),
        first=RegistrationFactory(workshop=asking, state="requested", network=cast.konstanz),
        second=RegistrationFactory(workshop=asking, state="requested", network=cast.konstanz),
        konstanz=cast.konstanz,
    )


def pk(name: str) -> Any:
    return lambda world: {"pk": getattr(world, name).pk}


def of(name: str, number: str) -> Any:
    return lambda world: {"pk": getattr(world, name).pk, "number": getattr(world, number).pk}


def pilots(method: str, kwargs: Any, status: int, others: int = 403, **more: Any) -> Row:
    """For the pilot whose place it is; everybody else of the programme is told that they have none."""
    people = ("outsider", "coordinator", "office_head", "moderator", "other_moderator")
    rest = dict.fromkeys(people, others)
    return Row(method, kwargs, **{**rest, "operator": 404, "anonymous": 302, "pilot": status, **more})


ROWS: dict[str, Row] = {
    "exchange:offer-answer": pilots("post", pk("offering"), 302, data={"answer": "yes"}),
    "exchange:companions-change": pilots("post", pk("taken"), 302, data={"companions": "1"}),
    "exchange:seat-hand-over": pilots("get", pk("taken"), 200),
    "exchange:handover-answer": pilots("post", of("handing", "handover"), 302, others=404, data={"answer": "yes"}),
    "exchange:seats-manage": owners("get", 200, pk("taken")),
    "exchange:place-approve": owners("post", 302, of("asking", "first")),
    "exchange:place-refuse": owners("post", 302, of("asking", "second"), data={"reason": "Voll."}),
}
