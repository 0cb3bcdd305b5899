"""Forms of exchange formats and editions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.forms.experiences import DayField
from exchange.models import Edition, ExchangeFormat
from exchange.services.formats import EDITION_WORDS, NOT_FREE, RESERVED, WORDS, hashtag_is_free
from toolkit.audience import Rung
from toolkit.forms import LineField, LinesField, TextField

#: The rungs of what belongs to several cities; one office is never among them.
RUNGS = [(rung.value, rung.label) for rung in Rung if rung != Rung.OFFICE]
_HASHTAG = re.compile(r"[0-9A-Za-zÄÖÜäöüß_]{2,40}")


class HashtagField(LineField):
    """A hashtag, with or without its #; cleans to the word without it."""

    def clean(self, value: Any) -> str:
        word = super().clean(value).strip().lstrip("#").strip()
        if not word:
            raise ValidationError(self.error_messages["required"], code="required")
        if not _HASHTAG.fullmatch(word):
            raise ValidationError(_("Bitte 2 bis 40 Buchstaben, Ziffern oder Unterstriche, ohne Leerzeichen."))
        if word.casefold() in RESERVED:
            raise ValidationError(NOT_FREE)
        return word


def year_field(label: Any, *, required: bool) -> forms.IntegerField:
    """A year from 1990 to 2100."""
    return forms.IntegerField(label=label, required=required, min_value=1990, max_value=2100)


class FormatForm(forms.Form):
    """What a format says of itself."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False)
    hashtag = HashtagField(
        label=_("Hashtag"), help_text=_("Zum Beispiel KNmeetsHN. Daran erkennt man das Format überall."), max_length=60
    )
    motto = LineField(label=_("Motto"), required=False, max_length=200)
    about = TextField(
        label=_("Darum geht es"), help_text=_("Was bringt die Kommunen zusammen?"), required=False, max_length=5_000,
        rows=5,
    )  # fmt: skip
    elements = LinesField(
        label=_("Was dazugehört"),
        help_text=_("Eine Sache je Zeile, zum Beispiel Workshops, Hospitationen, gemeinsame Schulungen."),
        required=False,
        max_length=2_000,
        max_line=80,
    )
    since = year_field(_("Seit (Jahr)"), required=False)
    rung = forms.ChoiceField(label=_("Sichtbarkeit"), choices=RUNGS, initial=Rung.ALL)

    def __init__(self, *args: Any, stored: ExchangeFormat | None = None, **kwargs: Any) -> None:
        self.stored = stored
        if stored is not None:
            kwargs.setdefault("initial", {n: getattr(stored, n) for n in (*WORDS, "version")})
        super().__init__(*args, **kwargs)

    def clean_hashtag(self) -> str:
        hashtag: str = self.cleaned_data["hashtag"]
        if not hashtag_is_free(hashtag, but=self.stored.pk if self.stored else None):
            raise ValidationError(NOT_FREE)
        return hashtag

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by the names the service knows."""
        return {name: self.cleaned_data[name] for name in WORDS if name in self.cleaned_data}


class NewFormatForm(FormatForm):
    """Beginning a format: for which of one's networks, and with whom."""

    network = forms.TypedChoiceField(label=_("Für welches Netzwerk?"), coerce=int)
    invited = forms.TypedMultipleChoiceField(
        label=_("Welche Kommunen laden Sie ein?"),
        help_text=_("Deren Koordination bekommt eine Nachricht und entscheidet. Alle, die zusagen, tragen das Format "
                    "mit gleichen Rechten."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self, *args: Any, networks: Sequence[tuple[int, str]], others: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["network"], networks, hide_single=True)
        choose(self.fields["invited"], others)


def choose(field: forms.Field, choices: Sequence[tuple[Any, Any]], *, hide_single: bool = False) -> None:
    """Give a choice field its choices; a single one may be hidden, for there is nothing to choose."""
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- tells the type checker what the callers hand over
    field.choices = choices
    if hide_single and len(choices) == 1:
        field.initial = choices[0][0]
        field.widget = forms.HiddenInput()


class EditionForm(forms.Form):
    """An edition: past ones for the history, planned ones, and one that was called off, with its reason."""

    number = forms.IntegerField(label=_("Nummer"), min_value=1, max_value=999)
    year = year_field(_("Jahr"), required=True)
    held_on = DayField(label=_("Tag"))
    host = forms.ChoiceField(label=_("Gastgeberin"), required=False)
    mode = forms.ChoiceField(
        label=_("Art"), required=False, choices=[("", _("Keine Angabe")), *Edition.Mode.choices]
    )  # fmt: skip
    state = forms.ChoiceField(label=_("Stand"), choices=Edition.State.choices)
    reason = LineField(
        label=_("Warum ausgefallen?"), help_text=_("Gehört zur Geschichte."), required=False, max_length=200
    )
    motto = LineField(label=_("Motto"), required=False, max_length=200)
    about = TextField(label=_("Was geschah"), required=False, max_length=5_000)
    themes = LinesField(
        label=_("Themen"), help_text=_("Eines je Zeile"), required=False, max_length=3_000, max_line=120
    )
    place = LineField(label=_("Ort"), required=False, max_length=160)
    people_note = LineField(
        label=_("Wie viele waren dabei?"), help_text=_("In Ihren Worten, zum Beispiel „rund 40“"), required=False,
        max_length=80,
    )  # fmt: skip

    def __init__(
        self, *args: Any, hosts: Sequence[tuple[str, str]], stored: Edition | None = None, **kwargs: Any
    ) -> None:
        if stored is not None:
            values = {name: getattr(stored, name) for name in EDITION_WORDS}
            kwargs.setdefault("initial", {**values, "host": stored.host_id or ""})
        super().__init__(*args, **kwargs)
        choose(self.fields["host"], [("", _("Keine Angabe")), *hosts])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("state") == Edition.State.CANCELLED and not data.get("reason"):
            self.add_error("reason", _("Bitte schreiben Sie, warum sie ausgefallen ist."))
        day, year = data.get("held_on"), data.get("year")
        if day and year and day.year != year:
            self.add_error("held_on", _("Der Tag liegt nicht in diesem Jahr."))
        if day and data.get("state") == Edition.State.HELD and day > timezone.localdate():
            self.add_error("state", _("Dieser Tag kommt erst noch."))
        return data

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by the names the service knows."""
        return {name: self.cleaned_data[name] for name in EDITION_WORDS if name in self.cleaned_data}


class InviteForm(forms.Form):
    """Which city to invite."""

    network = forms.TypedChoiceField(label=_("Kommune"), coerce=int)

    def __init__(self, *args: Any, others: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["network"], others)


class AnswerForm(forms.Form):
    """The answer of a city."""

    network = forms.IntegerField(min_value=1, max_value=99_999)
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)
