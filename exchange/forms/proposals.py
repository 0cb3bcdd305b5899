"""Forms of open space."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.forms.experiences import DayField
from exchange.forms.workshops import ClockField, moment
from exchange.models import OpenSpace, Workshop
from exchange.models.proposals import MOST_VOTES
from toolkit.forms import LineField, TextField


class ProposalForm(forms.Form):
    """What somebody proposes."""

    title = LineField(label=_("Worum soll es gehen?"), max_length=160)
    text = TextField(label=_("Mehr dazu"), required=False, max_length=2_000, rows=4)


class OpenSpaceForm(forms.Form):
    """Until when the hosts ask for proposals, and how many votes each has. No day: not at all."""

    until_day = DayField(label=_("Vorschläge und Stimmen bis"), help_text=_("Leer: keine Vorschläge sammeln"))
    until_clock = ClockField(label=_("Uhrzeit"), required=False, initial=datetime.time(18, 0))
    votes_each = forms.IntegerField(label=_("Stimmen je Person"), min_value=1, max_value=MOST_VOTES, initial=3)

    def __init__(self, *args: Any, stored: OpenSpace | None, workshop: Workshop, **kwargs: Any) -> None:
        if stored is not None:
            until = timezone.localtime(stored.until)
            kwargs["initial"] = {
                "until_day": until.date(),
                "until_clock": until.time(),
                "votes_each": stored.votes_each,
            }
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("until_day")
        data["until"] = None
        if day is not None:
            try:
                data["until"] = moment(day, data.get("until_clock") or datetime.time(18, 0))
            except forms.ValidationError as error:
                self.add_error("until_clock", error)
        return data
