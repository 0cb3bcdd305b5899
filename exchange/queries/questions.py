"""What is asked at sign-up and what was answered, as pages show it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from exchange.models import Question, Registration, Workshop
from exchange.policies.questions import visible_answers, visible_questions
from tenancy.viewer import Viewer


def questions_of(viewer: Viewer, workshop: Workshop) -> list[Question]:
    """What is asked now, in order. One query."""
    return list(visible_questions(viewer).filter(workshop=workshop, retired_at=None).order_by("position", "pk"))


def every_question(viewer: Viewer, workshop: Workshop) -> list[Question]:
    """What is and was asked; what is asked no more comes last. One query."""
    rows = visible_questions(viewer).filter(workshop=workshop).order_by("position", "pk")
    return sorted(rows, key=lambda question: question.retired_at is not None)


def in_words(value: Any) -> str:
    """An answer as one reads it."""
    if isinstance(value, bool):
        return _("Ja") if value else _("Nein")
    return ", ".join(value) if isinstance(value, list) else str(value)


def own_answers(viewer: Viewer, workshop: Workshop, own: Registration) -> dict[int, Any]:
    """The viewer's own answers by question, as stored. One query."""
    rows = visible_answers(viewer, workshop, own).filter(registration=own)
    return dict(rows.values_list("question_id", "value"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of all whose names the viewer reads: a column for each question, a row for each place."""

    questions: list[Question]
    rows: dict[int, dict[int, str]]

    def cells(self, registration_id: int) -> list[str]:
        """The row of a place, in the order of the questions."""
        row = self.rows.get(registration_id, {})
        return [row.get(question.pk, "") for question in self.questions]


def answer_sheet(viewer: Viewer, workshop: Workshop, own: Registration | None, *, hosting: bool) -> Sheet:
    """What was answered, as far as the viewer reads it. Two queries."""
    rows: dict[int, dict[int, str]] = {}
    answered: set[int] = set()
    found = visible_answers(viewer, workshop, own).values_list("registration_id", "question_id", "value")
    for registration_id, question_id, value in found:
        rows.setdefault(registration_id, {})[question_id] = in_words(value)
        answered.add(question_id)
    questions = [
        question
        for question in every_question(viewer, workshop)
        if (hosting or question.shown == Question.Shown.SEATED)
        and (question.retired_at is None or question.pk in answered)
    ]
    return Sheet(questions, rows)


@dataclass(frozen=True, slots=True)
class Tally:
    """A question with what was answered: how often each option, or the words themselves."""

    question: Question
    answered: int
    counts: list[tuple[str, int]]
    words: list[str]


def tallies(viewer: Viewer, workshop: Workshop) -> list[Tally]:
    """For hosts: each question with its answers. Two queries."""
    by_question: dict[int, list[Any]] = {}
    for question_id, value in (
        visible_answers(viewer, workshop, None).order_by("pk").values_list("question_id", "value")
    ):
        by_question.setdefault(question_id, []).append(value)
    return [_tally(question, by_question.get(question.pk, [])) for question in every_question(viewer, workshop)]


def _tally(question: Question, values: list[Any]) -> Tally:
    if question.kind == Question.Kind.TEXT:
        return Tally(question, len(values), [], [str(value) for value in values])
    chosen = Counter(option for value in values for option in (value if isinstance(value, list) else [value]))
    options = [True, False] if question.kind == Question.Kind.YES_NO else question.options
    return Tally(question, len(values), [(in_words(option), chosen[option]) for option in options], [])
