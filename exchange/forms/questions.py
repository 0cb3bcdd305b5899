"""Forms of the questions at sign-up: what hosts write, and what people answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchange.models import Question
from exchange.services.questions import MOST_WORDS, WORDS
from toolkit.forms import LineField, LinesField, TextField

PREFIX = "question-"
_MISSING = {"required": _("Bitte antworten Sie auf diese Frage.")}


class QuestionForm(forms.Form):
    """A question as its hosts write it."""

    text = LineField(label=_("Frage"), max_length=200)
    hint = LineField(label=_("Hinweis"), help_text=_("Steht klein unter der Frage."), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Wie wird geantwortet?"), choices=Question.Kind.choices, widget=forms.RadioSelect)
    options = LinesField(
        label=_("Möglichkeiten"), help_text=_("Nur bei einer Auswahl: eine je Zeile, mindestens zwei."), required=False,
        max_length=3_000, max_line=120, rows=4,
    )  # fmt: skip
    shown = forms.ChoiceField(
        label=_("Wer liest die Antworten?"),
        help_text=_("Steht beim Anmelden unter der Frage, damit alle wissen, wer mitliest."),
        choices=Question.Shown.choices,
        widget=forms.RadioSelect,
    )
    required = forms.BooleanField(label=_("Die Antwort ist nötig, um sich anzumelden"), required=False)

    def __init__(self, *args: Any, stored: Question | None = None, **kwargs: Any) -> None:
        first = {"kind": Question.Kind.TEXT, "shown": Question.Shown.HOSTS}
        kwargs.setdefault("initial", {name: getattr(stored, name) for name in WORDS} if stored else first)
        super().__init__(*args, **kwargs)

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by the names the service knows."""
        return {name: self.cleaned_data[name] for name in WORDS}


def _field(question: Question) -> forms.Field:
    shown = _("Nur die Gastgebenden lesen die Antwort.")
    if question.shown == Question.Shown.SEATED:
        shown = _("Alle, die einen Platz haben, lesen die Antwort.")
    more: dict[str, Any] = {
        "label": question.text,
        "help_text": f"{question.hint} {shown}".strip(),
        "required": question.required,
        "error_messages": _MISSING,
    }
    nothing = [] if question.required else [("", _("Keine Angabe"))]
    if question.kind == Question.Kind.TEXT:
        return TextField(max_length=MOST_WORDS, rows=2, **more)
    if question.kind == Question.Kind.YES_NO:
        choices = [("yes", _("Ja")), ("no", _("Nein")), *nothing]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **more)
    options = [(option, option) for option in question.options]
    if question.kind == Question.Kind.CHOICE:
        return forms.ChoiceField(choices=[*options, *nothing], widget=forms.RadioSelect, **more)
    return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **more)


def ask(form: forms.Form, questions: Sequence[Question], answered: Mapping[int, Any] | None = None) -> None:
    """Put the questions into a form, with what was answered before."""
    for question in questions:
        name = f"{PREFIX}{question.pk}"
        form.fields[name] = _field(question)
        value = (answered or {}).get(question.pk)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        form.initial.setdefault(name, "" if value is None else value)


def answers_in(form: forms.Form, questions: Sequence[Question]) -> dict[int, Any]:
    """What was answered, by question, as the service takes it; of a form that is valid."""
    given: dict[int, Any] = {}
    for question in questions:
        value = form.cleaned_data.get(f"{PREFIX}{question.pk}")
        if question.kind == Question.Kind.YES_NO:
            value = {"yes": True, "no": False}.get(str(value))
        given[question.pk] = value
    return given


class AnswersForm(forms.Form):
    """One's own answers, to correct them."""

    def __init__(
        self, *args: Any, questions: Sequence[Question], answered: Mapping[int, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ask(self, questions, answered)
