"""What people propose, answer at sign-up and plan together is heard by whom it is for, and by nobody else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from exchange.models import Answer, OpenSpace, Question, Session, SessionProposal, WorkshopSeries
from tests.access.aviary import Aviary
from tests.access.crawl import STAYING, crawl, mine, paths, sign_in
from tests.access.test_canaries import SignIn
from tests.access.test_every_address import cast
from tests.factories.workshops import RegistrationFactory, SessionFactory, WorkshopFactory

__all__ = ["cast"]

#: Those with a seat, and the coordination that hosts.
SEATED = ("pilot", "office_head", "outsider")
HOST = "coordinator"


@pytest.fixture
def birds(cast: SimpleNamespace) -> Aviary:
    """A workshop of Konstanz that asks and takes proposals, a draft that does, and series of two cities."""
    birds = Aviary()
    day = birds.keep(WorkshopFactory(hosts=[cast.konstanz]))
    draft = birds.keep(WorkshopFactory(hosts=[cast.konstanz], state="draft"))
    _seats(birds, cast, day)
    for workshop, name, *who in ((day, "open", *SEATED, HOST), (draft, "draft", HOST)):
        OpenSpace.objects.create(workshop=workshop, until=workshop.starts_at)
        proposer = cast.pilot if workshop is day else cast.coordinator
        proposed = birds.texts(SessionProposal, f"{name}proposal", *who)
        birds.keep(SessionProposal.objects.create(workshop=workshop, proposer=proposer, **proposed))
    gone = birds.texts(SessionProposal, "withdrawnproposal")
    SessionProposal.objects.create(workshop=day, proposer=cast.outsider, state="withdrawn", **gone)
    asked = birds.texts(Question, "draftquestion", HOST)
    birds.keep(Question.objects.create(workshop=draft, kind="text", position=1, **asked))
    birds.keep(SessionFactory(workshop=draft, **birds.texts(Session, "draftsession", HOST)))
    _series(birds, cast)
    return birds


def _seats(birds: Aviary, cast: SimpleNamespace, day: object) -> None:
    """Three seats, of which one shows no name, and somebody who waits; each answers twice."""
    asks: dict[str, object] = {"workshop": day, "kind": "text"}
    hosts = Question.objects.create(**asks, position=1, text="Was essen Sie?", shown="hosts")
    seated = Question.objects.create(**asks, position=2, text="Was bringen Sie mit?", shown="seated")
    retired = {"retired_at": "2026-01-01T00:00Z", "position": 3, **birds.texts(Question, "retiredquestion", HOST)}
    birds.keep(Question.objects.create(**asks, **retired))
    birds.things += [hosts, seated]
    for who, network, state, shown in (
        ("pilot", cast.konstanz, "seat", True),
        ("outsider", cast.giessen, "seat", True),
        ("office_head", cast.konstanz, "seat", False),
        ("neighbour", cast.heilbronn, "queued", True),
    ):
        place = RegistrationFactory(
            workshop=day, person=getattr(cast, who), network=network, state=state, name_shown=shown,
            companions=1, companion_names=birds.word(f"{who.replace('_', '')}companion", who, HOST),
        )  # fmt: skip
        name = who.replace("_", "")
        others = SEATED if state == "seat" and shown else ()
        for question, word, *readers in ((hosts, "hosts"), (seated, "seated", *others)):
            value = birds.word(f"{name}{word}answer", who, HOST, *readers)
            Answer.objects.create(question=question, registration=place, value=value)


def _series(birds: Aviary, cast: SimpleNamespace) -> None:
    """One for Konstanz alone, one that is still a draft, one of which nothing is left to be seen."""
    rule = {"rule": "FREQ=WEEKLY;COUNT=2", "first_day": "2027-01-05"}
    for name, state, *who in (("own", "open", "pilot", HOST, "office_head"), ("draft", "draft", HOST)):
        series = WorkshopSeries.objects.create(**rule, title=birds.word(f"{name}series", *who))
        birds.keep(series)
        birds.keep(WorkshopFactory(hosts=[cast.konstanz], rung="network", state=state, series=series))
    begun = birds.word("begunseries", "neighbour_coordinator")
    birds.keep(WorkshopSeries.objects.create(**rule, title=begun, created_by=cast.neighbour_coordinator))


@pytest.mark.parametrize("who", STAYING)
def test_no_page_of_a_workshop_tells_more_than_is_for_ones_ears(
    birds: Aviary, cast: SimpleNamespace, as_person: SignIn, who: str
):
    about = [entry for entry in paths(birds) if " /veranstaltungen/" in entry or "workshop" in entry]
    done = crawl(sign_in(who, cast, as_person), birds, about)
    assert done.foreign(birds, mine(who, birds)) == {}
    assert done.broken == []
    assert sorted(mine(who, birds) - set(done.heard)) == []
