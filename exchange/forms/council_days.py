"""Forms of the days on which a council sits."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exchange.forms.formats import choose
from toolkit.forms import LineField, TextField

_DATE = re.compile(r"(?<!\d)(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2}))(?!\d)")
_LEFT = re.compile(r"\b(?:mo|di|mi|do|fr|sa|so)\b\.?|\b(?:mon|diens|donners|frei|sams|sonn)tag\b|\bmittwoch\b", re.I)
_EDGES = " \t,;:–-|·"
_MOST = 300


def _day(found: re.Match[str]) -> datetime.date | None:
    if found[1]:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    else:
        day, month, year = int(found[4]), int(found[5]), int(found[6])
    try:
        return datetime.date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


class CouncilDaysField(TextField):
    """Days as they are pasted, ``17.12.2026 Gemeinderat`` or several in a line; cleans to ``[(day, text)]``."""

    def clean(self, value: Any) -> list[tuple[datetime.date, str]]:
        days: list[tuple[datetime.date, str]] = []
        for number, line in enumerate(super().clean(value).split("\n"), start=1):
            if not line.strip():
                continue
            found = list(_DATE.finditer(line))
            read = [_day(one) for one in found]
            if not read or None in read:
                raise ValidationError(
                    _("Zeile %(number)d: Hier steht kein Datum, das es gibt. Schreiben Sie zum Beispiel 17.12.2026.")
                    % {"number": number}
                )
            text = " ".join(_LEFT.sub("", _DATE.sub("", line)).split()).strip(_EDGES)
            if len(text) > 120:
                raise ValidationError(_("Zeile %(number)d: höchstens 120 Zeichen.") % {"number": number})
            for day in read:
                if day is None or not 2000 <= day.year <= 2100:
                    raise ValidationError(
                        _("Zeile %(number)d: Bitte ein Jahr zwischen 2000 und 2100.") % {"number": number}
                    )
                days.append((day, text))
        if len(days) > _MOST:
            raise ValidationError(_("Höchstens %(most)d Tage auf einmal.") % {"most": _MOST})
        return days


class CouncilDaysForm(forms.Form):
    """Session days to enter; ``name`` is what they are called where the line says nothing."""

    name = LineField(
        label=_("Was tagt?"), max_length=120, help_text=_("Gilt für Zeilen, in denen nur ein Datum steht.")
    )
    days = CouncilDaysField(
        label=_("Sitzungstage"), max_length=20_000, rows=6,
        help_text=_("Ein Datum je Zeile oder mehrere, wie Sie sie im Sitzungskalender finden. Zum Beispiel: "
                    "17.12.2026 Gemeinderat"),
    )  # fmt: skip

    @property
    def pairs(self) -> list[tuple[datetime.date, str]]:
        """Day and text of each, the name filled in."""
        return [(day, text or self.cleaned_data["name"]) for day, text in self.cleaned_data["days"]]


class RemoveDaysForm(forms.Form):
    """Session days to take away."""

    gone = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, held: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["gone"], held)
