"""The form in which people say when they want quiet."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.models import NoticeWish


class QuietForm(forms.Form):
    """From when to when; without quiet hours the times are kept for later."""

    quiet = forms.BooleanField(label=_("Ruhezeiten einhalten"), required=False)
    quiet_from = forms.TimeField(label=_("Ruhe ab"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_to = forms.TimeField(label=_("Ruhe bis"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_weekends = forms.BooleanField(label=_("Auch am Wochenende Ruhe"), required=False)


def form_of(wish: NoticeWish) -> QuietForm:
    """The form, filled with what somebody wishes now."""
    names = ("quiet", "quiet_from", "quiet_to", "quiet_weekends")
    return QuietForm(initial={name: getattr(wish, name) for name in names})
