"""The forms of reporting and deciding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.models import ModerationDecision, Report
from toolkit.forms import LineField, TextField


class ReportForm(forms.Form):
    """Why something is reported. Visitors give an address, so that they hear what came of it."""

    reason = forms.ChoiceField(
        label=_("Warum melden Sie diesen Beitrag?"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    text = TextField(
        label=_("Was genau ist daran nicht in Ordnung?"),
        help_text=_("Zwei, drei Sätze genügen. Nennen Sie die Stelle, um die es geht."),
        max_length=2_000,
        rows=5,
    )
    name = LineField(label=_("Ihr Name"), max_length=160, required=False)
    email = forms.EmailField(
        label=_("Ihre E-Mail-Adresse"),
        help_text=_("Dorthin schreiben wir Ihnen, wie entschieden wurde. Sonst bekommt sie niemand zu sehen."),
        max_length=254,
    )

    def __init__(self, *args: Any, visitor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor
        if not visitor:
            del self.fields["name"], self.fields["email"]


class DecideForm(forms.Form):
    """Hide or keep, and why."""

    action = forms.ChoiceField(
        label=_("Wie entscheiden Sie?"),
        choices=[
            (ModerationDecision.Action.HIDE, _("Ausblenden: niemand außer der Autorin oder dem Autor sieht ihn noch")),
            (ModerationDecision.Action.KEEP, _("Sichtbar lassen: er verstößt gegen keine Regel")),
        ],
        widget=forms.RadioSelect,
    )
    reason = TextField(
        label=_("Begründung"),
        help_text=_("Die Autorin oder der Autor liest sie wörtlich. Nennen Sie die Stelle und die Regel."),
        min_length=10,
        max_length=2_000,
        rows=6,
    )


class RestoreForm(forms.Form):
    """Why something is shown again."""

    reason = TextField(
        label=_("Begründung"),
        help_text=_("Die Autorin oder der Autor liest sie wörtlich."),
        min_length=10,
        max_length=2_000,
        rows=4,
    )
