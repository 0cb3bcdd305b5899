"""The form by which a meeting comes again."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchange.forms.experiences import DayField
from exchange.repeating import HOW_OFTEN, MOST, rule_for


class RepeatForm(forms.Form):
    """How often, and until when or how many times."""

    interval = forms.IntegerField(label=_("Alle wie viele?"), min_value=1, max_value=12, initial=1)
    how = forms.ChoiceField(label=_("Wochen oder Monate"), choices=HOW_OFTEN)
    until = DayField(label=_("Bis"))
    count = forms.IntegerField(
        label=_("Oder so viele Termine"), help_text=_("Dieser hier zählt mit"), min_value=2, max_value=MOST,
        required=False,
    )  # fmt: skip
    open_at_once = forms.BooleanField(label=_("Anmeldung für alle gleich eröffnen"), required=False)

    def __init__(self, *args: Any, first: datetime.date, **kwargs: Any) -> None:
        self.first = first
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        until, count = data.get("until"), data.get("count")
        if not self.errors and (until is None) == (count is None):
            self.add_error("until", _("Bitte sagen Sie, bis wann, oder wie viele Termine: eines von beiden."))
        elif until is not None and not self.first < until <= self.first + datetime.timedelta(days=3 * 366):
            self.add_error("until", _("Bitte einen Tag in den nächsten drei Jahren nach dem ersten Termin."))
        return data

    @property
    def rule(self) -> str:
        """The rule of RFC 5545."""
        data = self.cleaned_data
        return rule_for(self.first, data["how"], data["interval"], until=data["until"], count=data["count"])
