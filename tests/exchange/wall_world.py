"""A small world of the exchange for the tests of its wall: a bit of everything, and who looks at it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from exchange.models import CalendarAddress, Edition, Helpful, SeatHandover
from tenancy.viewer import ANONYMOUS, Viewer, viewer_for
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from tests.factories.workshops import EditionFactory, FormatFactory, QuotaFactory, RegistrationFactory, WorkshopFactory
from toolkit.acting import acting_as

#: Everybody who looks; Konstanz is at the centre, Heilbronn is asked, Gießen has nothing to do with it.
CAST = (
    "pilot", "coordinator", "office_head", "neighbour", "neighbour_coordinator", "outsider", "moderator",
    "other_moderator", "operator",
)  # fmt: skip
KONSTANZ = {"pilot", "coordinator", "office_head"}
PROGRAMME = {*CAST} - {"operator"}


@pytest.fixture
def world(request: pytest.FixtureRequest, konstanz: Any, heilbronn: Any, giessen: Any) -> SimpleNamespace:
    """Rows by name, and ``viewers`` by the cast's names; ``visitor`` is nobody."""
    people = {name: request.getfixturevalue(name) for name in CAST}
    pilot, neighbour = people["pilot"], people["neighbour"]
    w = SimpleNamespace(
        konstanz=konstanz,
        heilbronn=heilbronn,
        giessen=giessen,
        people=people,
        viewers={"visitor": ANONYMOUS, **{name: viewer_for(person) for name, person in people.items()}},
    )
    card = {"network": konstanz, "author": pilot}
    w.draft = DraftFactory(**card, topics=["Akte"])
    w.narrow = ExperienceFactory(**card, rung="network", topics=["Akte"])
    w.wide = ExperienceFactory(**card, rung="all", topics=["Akte"])
    w.hidden = ExperienceFactory(**card, rung="all", hidden_at=w.wide.published_at, hidden_reason="Musterhaft.")
    w.narrow_topic, w.draft_topic = w.narrow.experience_topics.get(), w.draft.experience_topics.get()
    w.narrow_comment = CommentFactory(experience=w.narrow, author=people["office_head"])
    w.wide_comment = CommentFactory(experience=w.wide, author=neighbour)
    w.withdrawn_comment = CommentFactory(experience=w.wide, author=neighbour, withdrawn_at=w.wide.published_at)
    w.helpful = Helpful.objects.create(experience=w.wide, person=neighbour)

    w.narrow_format = FormatFactory(rung="network", cities=[konstanz], invited=[heilbronn], created_by=pilot)
    w.wide_format = FormatFactory(rung="all", cities=[konstanz])
    w.owner_city = w.narrow_format.cities.get(network=konstanz)
    w.invited_city = w.narrow_format.cities.get(network=heilbronn)
    w.declined_city = w.wide_format.cities.create(network=giessen, state="declined")

    w.narrow_workshop = WorkshopFactory(rung="network", hosts=[konstanz], format=w.wide_format)
    w.wide_workshop = WorkshopFactory(rung="all", hosts=[konstanz], asked=[heilbronn])
    w.draft_workshop = WorkshopFactory(state="draft", hosts=[konstanz])
    w.host = w.wide_workshop.hosts.get(network=konstanz)
    w.asked_host = w.wide_workshop.hosts.get(network=heilbronn)
    w.plain_edition = EditionFactory(format=w.wide_format, number=1)
    w.narrow_edition = Edition.objects.create(format=w.wide_format, number=2, year=2026, workshop=w.narrow_workshop)
    w.quota, w.narrow_quota = (
        QuotaFactory(workshop=there, network=konstanz) for there in (w.wide_workshop, w.narrow_workshop)
    )
    place = {"workshop": w.wide_workshop}
    w.seat = RegistrationFactory(**place, person=pilot, network=konstanz, needs="Untertitel")
    w.need = w.seat.need
    w.quiet_seat = RegistrationFactory(**place, person=neighbour, network=heilbronn, name_shown=False)
    w.queued = RegistrationFactory(**place, person=people["outsider"], network=giessen, state="queued")
    w.handover = SeatHandover.objects.create(workshop=w.wide_workshop, giver=pilot, taker=people["office_head"])
    w.calendar = CalendarAddress.objects.create(person=pilot)
    return w


@contextlib.contextmanager
def acting(world: SimpleNamespace, name: str) -> Iterator[Viewer]:
    """Somebody of the cast acts, as the runtime role."""
    viewer: Viewer = world.viewers[name]
    with acting_as(viewer):
        yield viewer


def refused(act: Callable[[], Any]) -> bool:
    """Whether the database let nothing happen: it said no, or found no row to do it to."""
    try:
        with transaction.atomic():
            answer = act()
    except ProgrammingError as error:
        said = str(error)
        assert any(words in said for words in ("row-level security", "second wall", "stays as it is")), said
        return True
    return answer in (0, (0, {}))
