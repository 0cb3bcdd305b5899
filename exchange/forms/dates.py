"""Forms of date polls: begin, change, choose days, ask, answer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.forms.experiences import DayField
from exchange.forms.formats import choose
from exchange.forms.workshops import ClockField, moment
from exchange.models import DatePoll, PollOption, PollVote, Workshop
from exchange.services.dates import WORDS
from toolkit.forms import LineField, TextField

WEEKDAYS = [
    ("0", _("Montag")), ("1", _("Dienstag")), ("2", _("Mittwoch")), ("3", _("Donnerstag")), ("4", _("Freitag")),
    ("5", _("Samstag")), ("6", _("Sonntag")),
]  # fmt: skip
#: At the end of the day where only a day is given.
_EVENING = datetime.time(23, 59)


class PollForm(forms.Form):
    """What a poll says of itself, and when it ends."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False)
    title = LineField(label=_("Wofür suchen Sie einen Termin?"), max_length=160)
    text = TextField(
        label=_("Was alle dazu wissen sollten"), required=False, max_length=5_000, rows=4,
        help_text=_("Zum Beispiel, worum es geht und wie lange es dauert."),
    )  # fmt: skip
    end_day = DayField(label=_("Antworten bis"), help_text=_("Leer: bis Sie die Terminsuche selbst beenden"))
    end_clock = ClockField(label=_("Uhrzeit"), required=False)

    def __init__(self, *args: Any, stored: DatePoll | None = None, **kwargs: Any) -> None:
        self.stored = stored
        if stored is not None:
            kwargs.setdefault("initial", initial_of(stored))
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["ends_at"] = None
        if data.get("end_day") is not None:
            try:
                data["ends_at"] = moment(data["end_day"], data.get("end_clock") or _EVENING)
            except ValidationError as error:
                self.add_error("end_clock", error)
        before = self.stored.ends_at if self.stored else None
        if data["ends_at"] is not None and data["ends_at"] <= timezone.now() and data["ends_at"] != before:
            self.add_error("end_day", _("Diese Frist liegt in der Vergangenheit."))
        return data

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by the names the service knows."""
        return {name: self.cleaned_data[name] for name in WORDS}


def initial_of(poll: DatePoll) -> dict[str, Any]:
    """The form's values for a stored poll."""
    ends = timezone.localtime(poll.ends_at) if poll.ends_at else None
    return {
        "version": poll.version,
        "title": poll.title,
        "text": poll.text,
        "end_day": ends.date() if ends else None,
        "end_clock": ends.time() if ends else None,
    }


class NewPollForm(PollForm):
    """Beginning a poll: who asks, who is asked, and who reads the names."""

    network = forms.TypedChoiceField(label=_("Für welches Netzwerk?"), coerce=int)
    owners = forms.TypedMultipleChoiceField(
        label=_("Wer entscheidet mit?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Deren Koordination kann alles ändern, was Sie ändern, und den Termin festlegen."),
    )  # fmt: skip
    asked = forms.TypedMultipleChoiceField(
        label=_("Welche Kommunen fragen Sie?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Gefragt sind dann alle in ihrem Netzwerk. Einzelne Personen wählen Sie danach aus."),
    )  # fmt: skip
    names = forms.ChoiceField(
        label=_("Wer sieht, wer was geantwortet hat?"),
        choices=[
            ("all", _("Alle, die gefragt sind")),
            ("owners", _("Nur die Koordinationen, die einladen. Alle anderen sehen die Summen.")),
        ],
        widget=forms.RadioSelect,
        initial="all",
        help_text=_("Das lässt sich später nicht ändern, denn darauf verlassen sich alle, die antworten."),
    )

    def __init__(
        self, *args: Any, networks: Sequence[tuple[int, str]], others: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        own = {number for number, _name in networks}
        choose(self.fields["network"], networks, hide_single=True)
        choose(self.fields["owners"], [pair for pair in others if len(own) > 1 or pair[0] not in own])
        choose(self.fields["asked"], others)


class DaysField(forms.Field):
    """Days that were ticked; cleans to a list of days to come, each once."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[datetime.date]:
        days = set()
        for text in value or ():
            try:
                day = datetime.date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
            except ValueError:
                day = None
            if day is None or day.year > 2100:
                raise ValidationError(_("Das ist kein Tag."))
            if day <= timezone.localdate():
                raise ValidationError(_("Bitte nur Tage wählen, die noch kommen."))
            days.add(day)
        if not days:
            raise ValidationError(_("Wählen Sie mindestens einen Tag aus."))
        return sorted(days)


class OptionsForm(forms.Form):
    """Days to put to the choice, at one time of the day or at two."""

    days = DaysField(label=_("Tage"))
    begins = ClockField(label=_("Beginn"))
    ends = ClockField(label=_("Ende"))
    also_begins = ClockField(label=_("Oder: Beginn"), required=False)
    also_ends = ClockField(label=_("Oder: Ende"), required=False)
    mode = forms.ChoiceField(label=_("Art"), choices=Workshop.Mode.choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        times = []
        for first, last in (("begins", "ends"), ("also_begins", "also_ends")):
            begins, ends = data.get(first), data.get(last)
            if begins is None and ends is None:
                continue
            if begins is None or ends is None:
                missing = first if begins is None else last
                if not self.errors.get(missing):
                    self.add_error(missing, _("Bitte Beginn und Ende angeben."))
            elif ends <= begins:
                self.add_error(last, _("Das Ende liegt vor dem Beginn."))
            else:
                times.append((begins, ends))
        for day in data.get("days") or ():
            for clock in {clock for pair in times for clock in pair}:
                try:
                    moment(day, clock)
                except ValidationError as error:  # the hour that the change of the clocks leaves out
                    self.add_error("begins", error)
        data["times"] = times
        return data


class SpanForm(forms.Form):
    """Between which days, and on which weekdays, to propose some."""

    von = DayField(label=_("Von"))
    bis = DayField(label=_("Bis"))
    tage = forms.TypedMultipleChoiceField(
        label=_("Wochentage"), coerce=int, choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("von"), data.get("bis")
        if first and last and last < first:
            self.add_error("bis", _("Der letzte Tag liegt vor dem ersten."))
        return data


class AskForm(forms.Form):
    """Whom to ask as well: whole cities, and people by name."""

    networks = forms.TypedMultipleChoiceField(
        label=_("Ganze Netzwerke"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.TypedMultipleChoiceField(
        label=_("Personen"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, networks: Sequence[tuple[int, str]], people: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["networks"], networks)
        choose(self.fields["people"], people)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("networks") and not data.get("people"):
            self.add_error("people", _("Wählen Sie mindestens ein Netzwerk oder eine Person aus."))
        return data


class VoteForm(forms.Form):
    """An answer and a word for each date; a date may be left out."""

    def __init__(self, *args: Any, options: Sequence[tuple[PollOption, PollVote | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = [option for option, _own in options]
        for option, own in options:
            self.fields[f"answer_{option.pk}"] = forms.ChoiceField(
                label=_("Passt der Termin?"), choices=PollVote.Answer.choices, required=False,
                widget=forms.RadioSelect, initial=own.answer if own else None,
            )  # fmt: skip
            self.fields[f"remark_{option.pk}"] = LineField(
                label=_("Anmerkung"), max_length=160, required=False, initial=own.remark if own else ""
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for option in self.options:
            answer = f"answer_{option.pk}"
            if data.get(f"remark_{option.pk}") and not data.get(answer) and answer not in self.errors:
                self.add_error(answer, _("Bitte wählen Sie auch eine Antwort."))
        if not self.errors and not self.answers:
            self.add_error(None, _("Sagen Sie zu mindestens einem Termin, ob er passt."))
        return data

    @property
    def answers(self) -> dict[int, tuple[str, str]]:
        """Option → answer and remark, of those that were answered."""
        return {
            option.pk: (self.cleaned_data[f"answer_{option.pk}"], self.cleaned_data.get(f"remark_{option.pk}", ""))
            for option in self.options
            if self.cleaned_data.get(f"answer_{option.pk}")
        }


class OptionForm(forms.Form):
    """Which of the dates is meant."""

    option = forms.IntegerField(min_value=1, max_value=9_000_000_000_000)
