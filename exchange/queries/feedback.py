"""What the pages of feedback show."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.models import FeedbackAnswer, Workshop
from exchange.policies.feedback import own_feedback, visible_feedback_forms
from tenancy.viewer import Viewer
from toolkit.past_sight import answer_of, rows_of


def questions_of(viewer: Viewer, workshop: Workshop) -> list[str]:
    """The hosts' own questions. One query."""
    found = visible_feedback_forms(viewer).filter(workshop=workshop).values_list("questions", flat=True).first()
    return list(found or [])


def is_entitled(workshop: Workshop) -> bool:
    """Whether the acting one was there, or had a seat where nobody kept a list. One query."""
    return bool(answer_of("exchange_feedback_entitled", workshop.pk))


def has_given(viewer: Viewer, workshop: Workshop) -> bool:
    """Whether the viewer has answered. One query."""
    return own_feedback(viewer).filter(workshop=workshop).exists()


@dataclass(frozen=True, slots=True)
class Bar:
    """How many gave this answer."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Said:
    """A question, and what was written to it, in an order of chance."""

    question: str
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Results:
    """What people said: numbers, and words without names."""

    answers: int
    helpful: list[Bar]
    recommend: list[Bar]
    said: list[Said]

    @property
    def average(self) -> float:
        """Of one to five."""
        return sum(place * bar.count for place, bar in zip((5, 4, 3, 2, 1), self.helpful, strict=True)) / self.answers


def results_of(viewer: Viewer, workshop: Workshop, asked: tuple[str, str, str]) -> Results | None:
    """What was said, ``asked`` being the three fixed questions; None below five answers. Two queries."""
    rows = rows_of("exchange_feedback_results", workshop.pk)
    if not rows:
        return None
    answers, helpful, recommend, *texts = rows[0]
    words = [*asked, *questions_of(viewer, workshop)]
    return Results(
        answers=answers,
        helpful=[Bar(str(place), helpful[place - 1]) for place in (5, 4, 3, 2, 1)],
        recommend=[
            Bar(str(label), count) for label, count in zip(FeedbackAnswer.Recommend.labels, recommend, strict=True)
        ],
        said=[Said(str(question), list(said or [])) for question, said in zip(words, texts, strict=False)],
    )
