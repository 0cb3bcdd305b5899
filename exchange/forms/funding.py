"""What a training costs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CostForm(forms.Form):
    """The total cost of a training in euro; asked in the address, nothing is kept."""

    kosten = forms.DecimalField(
        label=_("Gesamtkosten in Euro"),
        help_text=_("Honorar, Räume und Material zusammen. Der Betrag wird nicht gespeichert."),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
