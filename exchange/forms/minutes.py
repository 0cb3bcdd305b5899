"""The form of a section of minutes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchange.forms.experiences import DayField
from exchange.models import MinutesSection
from exchange.services.minutes import WORDS
from toolkit.forms import LineField, TextField


class SectionForm(forms.Form):
    """A text, a decision, or a task with who does it until when."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False)
    kind = forms.ChoiceField(label=_("Was ist es?"), choices=MinutesSection.Kind.choices)
    title = LineField(label=_("Überschrift"), max_length=200)
    body = TextField(label=_("Text"), required=False, max_length=20_000, rows=8)
    who = LineField(
        label=_("Wer übernimmt es?"), help_text=_("Bei Aufgaben, zum Beispiel „Konstanz, Bürgeramt“."), required=False,
        max_length=120,
    )  # fmt: skip
    until = DayField(label=_("Bis wann?"))

    def __init__(self, *args: Any, stored: MinutesSection | None = None, **kwargs: Any) -> None:
        if stored is not None:
            kwargs.setdefault("initial", {name: getattr(stored, name) for name in (*WORDS, "version")})
        super().__init__(*args, **kwargs)

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by the names the service knows; only a task has somebody and a day."""
        words = {name: self.cleaned_data[name] for name in WORDS}
        if words["kind"] != MinutesSection.Kind.TASK:
            words |= {"who": "", "until": None}
        return words
