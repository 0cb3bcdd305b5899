"""Forms of feedback: the fixed questions with the hosts' own, and the hosts' own alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchange.models import FeedbackAnswer
from exchange.models.feedback import OWN_QUESTIONS
from toolkit.forms import LineField, TextField

#: The three questions that are answered in words, as they stand above the results too.
GOOD, CHANGE, AFTER = (
    _("Was war gut?"),
    _("Was würden Sie ändern?"),
    _("Was werden Sie zu Hause damit anfangen?"),
)
_MOST = 2_000


class FeedbackAnswerForm(forms.Form):
    """How it was. ``own`` are the hosts' own questions, in their words."""

    helpful = forms.TypedChoiceField(
        label=_("Wie hilfreich war die Veranstaltung für Ihre Arbeit?"),
        choices=[
            (5, _("5 – sehr hilfreich")),
            (4, "4"),
            (3, "3"),
            (2, "2"),
            (1, _("1 – gar nicht hilfreich")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )
    recommend = forms.ChoiceField(
        label=_("Würden Sie sie anderen empfehlen?"),
        choices=FeedbackAnswer.Recommend.choices,
        widget=forms.RadioSelect,
    )
    good = TextField(label=GOOD, required=False, max_length=_MOST, rows=3)
    change = TextField(label=CHANGE, required=False, max_length=_MOST, rows=3)
    after = TextField(label=AFTER, required=False, max_length=_MOST, rows=3)

    def __init__(self, *args: Any, own: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, question in enumerate(own, start=1):
            self.fields[f"own_{number}"] = TextField(label=question, required=False, max_length=_MOST, rows=3)

    def own_answers(self) -> list[str]:
        """What was said to the hosts' own questions, in their order."""
        return [self.cleaned_data[name] for name in self.fields if name.startswith("own_")]


class FeedbackQuestionsForm(forms.Form):
    """Up to three questions of the hosts' own."""

    def __init__(self, *args: Any, questions: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, OWN_QUESTIONS + 1):
            self.fields[f"question_{number}"] = LineField(
                label=_("Eigene Frage %(number)d") % {"number": number},
                required=False,
                max_length=160,
                initial=questions[number - 1] if number <= len(questions) else "",
            )

    def questions(self) -> list[str]:
        """What was asked, empty ones left out."""
        return [question for question in self.cleaned_data.values() if question]
