"""The day of a workshop: lists and door codes are the hosts', checking in is for those with a seat."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

from django.utils import timezone

from exchange.door_codes import door_code
from exchange.models import Attendance
from exchange.policies.days import days_of
from tests.access.rows_workshops import owners, pk
from tests.access.table import everyone
from tests.factories.workshops import RegistrationFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Workshops of Konstanz that are on: in the town hall and online; the pilot has a seat."""
    begun = {"starts_at": timezone.now() - datetime.timedelta(minutes=30), "hosts": [cast.konstanz]}
    here, online = WorkshopFactory(**begun), WorkshopFactory(**begun, mode="online")
    places = [RegistrationFactory(workshop=w, person=cast.pilot, network=cast.konstanz) for w in (here, online)]
    day = days_of(here)[0].date
    over = WorkshopFactory(hosts=[cast.konstanz], starts_at=timezone.now() - datetime.timedelta(days=2))
    seat = RegistrationFactory(workshop=over, person=cast.pilot, network=cast.konstanz)
    there = {"workshop": over, "registration": seat, "person": cast.pilot, "day": days_of(over)[0].date}
    proof = Attendance.objects.create(**there, by="list", marked_by=cast.coordinator).check_code
    return SimpleNamespace(
        here=here,
        online=online,
        over=over,
        place=places[0],
        code=door_code(here.pk, 0),
        day=day.isoformat(),
        proof=proof,
    )


def at_door(world: SimpleNamespace) -> dict[str, object]:
    return {"pk": world.here.pk, "code": world.code}


ROWS = {
    "exchange:attendance": owners("get", 200, pk("here")),
    "exchange:attendance#post": owners(
        "post", 302, pk("here"), data=lambda w: {"there": w.place.pk, "tag": w.day}
    ),
    "exchange:attendance#of-others": owners(
        "post", 404, pk("online"), data=lambda w: {"there": w.place.pk, "tag": w.day}
    ),
    "exchange:door": owners("get", 200, pk("here")),
    "exchange:door-renew": owners("post", 302, pk("here")),
    "exchange:check-in": owners("get", 200, at_door, outsider=200, pilot=200, office_head=200, moderator=200,
                                other_moderator=200),
    "exchange:check-in#guessed": owners("get", 403, lambda w: {"pk": w.here.pk, "code": "0" * 25}),
    "exchange:check-in#post": owners("post", 403, at_door, pilot=302),
    "exchange:check-in-alone": owners("post", 403, pk("online"), pilot=302),
    "exchange:certificate-own": owners("get", 403, pk("over"), pilot=200),
    "exchange:certificates": owners("get", 200, pk("over")),
    "exchange:certificates#post": owners("post", 302, pk("over")),
    "exchange:certificates#before": owners("get", 403, pk("here")),
    "exchange:certificates-progress": owners("get", 200, pk("over")),
    "exchange:certificates-file": owners("get", 404, pk("over")),
    "exchange:certificate-ask": everyone("get", 200),
    "exchange:certificate-check": everyone("get", 200, lambda w: {"code": w.proof}),
    "exchange:feedback": owners("get", 403, pk("over"), pilot=200),
    "exchange:feedback#post": owners("post", 403, pk("over"), pilot=302, data={"helpful": "4", "recommend": "yes"}),
    "exchange:feedback#before": owners("get", 403, pk("here")),
    "exchange:feedback-questions": owners("get", 200, pk("here")),
    "exchange:feedback-questions#post": owners("post", 302, pk("here"), data={"question_1": "Wie war das Essen?"}),
    "exchange:feedback-questions#after": owners("get", 403, pk("over")),
    "exchange:feedback-results": owners("get", 200, pk("over")),
    "exchange:feedback-results#before": owners("get", 403, pk("here")),
    "exchange:check-in-alone#at-the-door": owners("post", 403, pk("here")),
}  # fmt: skip
