"""Questions at sign-up: written by the cities that host, answered by who has a place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from exchange.models import Question
from tests.access.rows_workshops import owners
from tests.access.table import hidden
from tests.factories.workshops import RegistrationFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """A workshop that asks something, in which the pilot has a seat, and a draft."""
    taken = WorkshopFactory(hosts=[cast.konstanz])
    RegistrationFactory(workshop=taken, person=cast.pilot, network=cast.konstanz)
    question = Question.objects.create(workshop=taken, text="Was essen Sie?", kind="text", position=1)
    return SimpleNamespace(taken=taken, question=question, draft=WorkshopFactory(hosts=[cast.konstanz], state="draft"))


def taken(world: Any) -> dict[str, Any]:
    return {"pk": world.taken.pk}


def question(world: Any) -> dict[str, Any]:
    return {"pk": world.taken.pk, "number": world.question.pk}


WORDS = {"text": "Wie reisen Sie an?", "kind": "text", "shown": "hosts"}
ROWS = {
    "exchange:question-list": owners("get", 200, taken),
    "exchange:question-list#draft": hidden("get", lambda w: {"pk": w.draft.pk}, coordinator=200),
    "exchange:question-list#post": owners("post", 302, taken, data=WORDS),
    "exchange:question-edit": owners("get", 200, question),
    "exchange:question-edit#post": owners("post", 302, question, data=WORDS),
    "exchange:question-deed": owners("post", 302, question, data={"deed": "remove"}),
    "exchange:own-answers": owners("get", 403, taken, pilot=200),
    "exchange:own-answers#post": owners("post", 403, taken, pilot=302),
}
