"""After a workshop: minutes for hosts and seats until they are released, tools for hosts, numbers for one's own."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from tests.access.rows_workshops import owners, pk, programme
from tests.access.table import Row
from tests.factories.workshops import MinutesFactory, RegistrationFactory, SectionFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Workshops of Konstanz that are over, with minutes, released ones and none; the pilot had a seat in each."""
    past = timezone.now() - datetime.timedelta(days=9)
    held = {"starts_at": past, "registration_ends_at": past, "hosts": [cast.konstanz], "kind": "training"}
    world = SimpleNamespace(**{name: WorkshopFactory(**held) for name in ("written", "released", "bare")})
    for workshop in (world.written, world.released):
        RegistrationFactory(workshop=workshop, person=cast.pilot, network=cast.konstanz)
    world.section = SectionFactory(minutes__workshop=world.written, written_by=cast.pilot)
    world.open = SectionFactory(minutes=MinutesFactory(workshop=world.released, released_at=timezone.now()))
    return world


def at(workshop: str, section: str) -> Any:
    return lambda world: {"pk": getattr(world, workshop).pk, "number": getattr(world, section).pk}


def inside(status: int, kwargs: Any, **more: Any) -> Row:
    """For hosts and those with a seat; to others of the programme there is nothing."""
    people = dict.fromkeys(("outsider", "office_head", "moderator", "other_moderator", "operator"), 404)
    return Row("get", kwargs, **{**people, "anonymous": 404, "pilot": status, "coordinator": status, **more})


WORDS = {"kind": "text", "title": "Neu", "version": "1"}
#: To write one must read first; who has a seat reads, and writes where the hosts let them.
UNREAD = dict.fromkeys(("outsider", "office_head", "moderator", "other_moderator"), 404)
TOLD: dict[str, Any] = dict.fromkeys(("outsider", "moderator", "other_moderator", "operator"), 403)


def konstanz(_world: Any) -> dict[str, str]:
    return {"slug": "konstanz"}


ROWS = {
    "exchange:minutes": inside(200, pk("written")),
    "exchange:minutes#released": programme("get", pk("released")),
    "exchange:minutes#none": inside(200, pk("bare"), pilot=404),
    "exchange:minutes-section-new": owners("get", 200, pk("written")),
    "exchange:minutes-section-new#post": owners("post", 302, pk("written"), data=WORDS),
    "exchange:minutes-section-new#first": owners("post", 302, pk("bare"), data=WORDS),
    "exchange:minutes-history": owners("get", 200, pk("released"), pilot=200),
    "exchange:minutes-history#unreleased": owners("get", 200, pk("written"), pilot=200, **UNREAD),
    "exchange:minutes-steer": owners("post", 302, pk("written"), data={"released": "1"}),
    "exchange:minutes-section": owners("get", 200, at("written", "section"), **UNREAD),
    "exchange:minutes-section#post": owners("post", 302, at("written", "section"), data=WORDS, **UNREAD),
    "exchange:minutes-section#released": owners("post", 302, at("released", "open"), data=WORDS),
    "exchange:minutes-section#of-another": owners("get", 404, at("bare", "section"), pilot=404, **UNREAD),
    "exchange:minutes-section-remove": owners("post", 302, at("written", "section"), data={"version": "1"}, **UNREAD),
    "exchange:workshop-experience": owners("post", 302, pk("written"), pilot=302),
    "exchange:workshop-experience#without-seat": owners("post", 302, pk("bare")),
    "exchange:next-edition": owners("post", 302, pk("written")),
    "exchange:workshop-funding": owners("get", 200, pk("written")),
    "exchange:funding-list": owners("get", 200, pk("written")),
    "exchange:host-numbers": Row("get", konstanz, **TOLD),
    "exchange:host-numbers-csv": Row("get", konstanz, **TOLD),
}
