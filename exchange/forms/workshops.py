"""Forms of workshops and seats."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.forms.experiences import DayField
from exchange.forms.formats import RUNGS, choose
from exchange.forms.questions import PREFIX, answers_in, ask
from exchange.models import Question, Workshop
from exchange.services.workshops import WORDS
from toolkit.audience import Rung
from toolkit.forms import LineField, LinesField, TextField

_ENTRY = re.compile(r"(\d{1,2})[:.](\d{2})\s*(?:Uhr)?\s*[-–]?\s*(.+)")


class ClockField(forms.TimeField):
    """A time of the day, in the browser's own picker."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def to_python(self, value: Any) -> datetime.time | None:
        if isinstance(value, str) and not value.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class NeededDayField(DayField):
    """A day that must be given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.required = True


class AgendaField(LinesField):
    """A point of the agenda a line, ``10:15 Zwei Wege | Impulse``; cleans to ``[{time, title, text}]``."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            f"{p['time']} {p['title']}" + (f" | {p['text']}" if p.get("text") else "") for p in value if "title" in p
        )

    def clean(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]  # lines become points
        points = []
        for number, line in enumerate(super().clean(value), start=1):
            found = _ENTRY.fullmatch(line)
            hour, minute = (int(found[1]), int(found[2])) if found else (99, 99)
            if found is None or hour > 23 or minute > 59:
                raise ValidationError(
                    _("Zeile %(number)d: Bitte mit der Uhrzeit beginnen, zum Beispiel „10:15 Zwei Städte, zwei Wege“.")
                    % {"number": number}
                )
            title, _bar, text = found[3].partition("|")
            points.append({"time": f"{hour:02}:{minute:02}", "title": title.strip(), "text": text.strip()})
        if len(points) > 40:
            raise ValidationError(_("Höchstens 40 Punkte."))
        return points


class WebField(LineField):
    """An address on the web, ``https://…``; without the first part it is added."""

    def clean(self, value: Any) -> str:
        text = super().clean(value).strip()
        if not text:
            return ""
        if "://" not in text:
            text = f"https://{text}"
        try:
            URLValidator(schemes=["https", "http"])(text)
        except ValidationError as error:
            raise ValidationError(_("Bitte eine Adresse eingeben, die mit https:// beginnt.")) from error
        return text


def moment(day: datetime.date, clock: datetime.time) -> datetime.datetime:
    """The moment in Germany; raises ``ValidationError`` for the hour that the change of the clocks leaves out."""
    return from_current_timezone(datetime.datetime.combine(day, clock))


class ReminderField(forms.ChoiceField):
    """How many days before it begins people are reminded; cleans to a list of days."""

    CHOICES = (
        ("7,1", _("Eine Woche und einen Tag vorher")),
        ("14,1", _("Zwei Wochen und einen Tag vorher")),
        ("7", _("Eine Woche vorher")),
        ("1", _("Einen Tag vorher")),
        ("", _("Gar nicht")),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=self.CHOICES, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ",".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        chosen = super().clean(value)
        return [int(days) for days in chosen.split(",")] if chosen else []


class WorkshopForm(forms.Form):
    """What a workshop says of itself. Days and clocks are those of Germany."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False)
    title = LineField(label=_("Titel"), max_length=160)
    summary = LineField(
        label=_("Kurz gesagt"), help_text=_("Ein, zwei Sätze, die in der Liste stehen."), required=False,
        max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Was ist es?"), choices=Workshop.Kind.choices)
    day = NeededDayField(label=_("Tag"))
    begins = ClockField(label=_("Beginn"))
    last_day = DayField(label=_("Letzter Tag"), help_text=_("Nur wenn es mehrere Tage sind"))
    ends = ClockField(label=_("Ende"))
    mode = forms.ChoiceField(label=_("Art"), choices=Workshop.Mode.choices)
    place = LineField(label=_("Ort"), help_text=_("Gebäude, Raum, Stadt"), required=False, max_length=200)
    online_url = WebField(
        label=_("Link zur Teilnahme"), help_text=_("Nur wer einen Platz hat, sieht ihn."), required=False,
        max_length=200,
    )  # fmt: skip
    seats = forms.IntegerField(label=_("Plätze"), min_value=1, max_value=10_000)
    until_day = DayField(label=_("Anmelden bis"), help_text=_("Leer: bis zum Beginn"))
    until_clock = ClockField(label=_("Uhrzeit"), required=False)
    description = TextField(label=_("Darum geht es"), required=False, max_length=20_000, rows=6)
    accessibility = LineField(
        label=_("Barrierefreiheit"), help_text=_("Zum Beispiel Untertitel, Gebärdensprache, stufenloser Zugang"),
        required=False, max_length=200,
    )  # fmt: skip
    accessibility_notes = TextField(
        label=_("Mehr zur Barrierefreiheit"),
        help_text=_("Wege, Aufzüge, Toiletten, Höranlage, Unterlagen vorab: was jemand wissen muss, um zu kommen."),
        required=False,
        max_length=4_000,
        rows=3,
    )
    price = forms.DecimalField(
        label=_("Kosten je Person in Euro"), help_text=_("0 heißt kostenfrei, leer heißt: noch offen."),
        required=False, min_value=0, max_value=99_999, max_digits=7, decimal_places=2, localize=True,
    )  # fmt: skip
    cost = LineField(
        label=_("Kosten in Worten"), help_text=_("Zum Beispiel: Verpflegung inklusive, Reise zahlt die eigene Kommune"),
        required=False, max_length=200,
    )  # fmt: skip
    contact_person_id = forms.TypedChoiceField(label=_("Ansprechperson"), coerce=int, empty_value=None, required=False)
    contact = LineField(
        label=_("Kontakt"), help_text=_("Wenn niemand aus der Liste passt oder noch etwas dazugehört"),
        required=False, max_length=200,
    )  # fmt: skip
    rung = forms.ChoiceField(label=_("Sichtbarkeit"), choices=RUNGS, initial=Rung.ALL)
    reminder_days = ReminderField(
        label=_("Wann erinnern wir?"),
        help_text=_("Alle, die einen Platz haben, mit Zeit, Ort und Link."),
        initial="7,1",
    )
    move_reason = LineField(
        label=_("Warum verlegen Sie?"),
        help_text=_("Nur wenn sich Titel, Zeit, Ort, Art oder Link ändern. Alle, die kommen oder warten, lesen es."),
        required=False,
        max_length=200,
    )

    def __init__(
        self, *args: Any, stored: Workshop | None = None, people: Sequence[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        if stored is not None:
            kwargs.setdefault("initial", initial_of(stored))
        super().__init__(*args, **kwargs)
        if stored is None or stored.state != Workshop.State.OPEN:
            del self.fields["move_reason"]
        choose(self.fields["contact_person_id"], [("", _("Niemand aus der Liste")), *people])

    def _moment(self, day: str, clock: str) -> datetime.datetime | None:
        found, at = self.cleaned_data.get(day), self.cleaned_data.get(clock)
        if found is None or at is None:
            return None
        try:
            return moment(found, at)
        except ValidationError as error:
            self.add_error(clock, error)
            return None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "last_day" in data and data["last_day"] is None:
            data["last_day"] = data.get("day")
        starts, ends = self._moment("day", "begins"), self._moment("last_day", "ends")
        if starts and ends and ends <= starts:
            wrong = "last_day" if data["last_day"] < data["day"] else "ends"
            self.add_error(wrong, _("Das Ende liegt vor dem Beginn."))
        if data.get("until_day") is None:
            data["registration_ends_at"] = starts
        else:
            if data.get("until_clock") is None:
                data["until_clock"] = (
                    datetime.time(18, 0) if data["until_day"] != data.get("day") else data.get("begins")
                )
            until = self._moment("until_day", "until_clock")
            if until and starts and until > starts:
                self.add_error("until_day", _("Die Anmeldung endet spätestens mit dem Beginn."))
            data["registration_ends_at"] = until
        data["starts_at"], data["ends_at"] = starts, ends
        if data.get("mode") == Workshop.Mode.ONLINE:
            data["place"] = ""
        elif data.get("mode") == Workshop.Mode.ON_SITE:
            data["online_url"] = ""
        return data

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by the names the service knows."""
        return {name: self.cleaned_data[name] for name in WORDS}


def initial_of(workshop: Workshop) -> dict[str, Any]:
    """The form's values for a stored workshop."""
    starts, ends = timezone.localtime(workshop.starts_at), timezone.localtime(workshop.ends_at)
    until = timezone.localtime(workshop.registration_ends_at)
    plain = {name: getattr(workshop, name) for name in WORDS if not name.endswith("_at")}
    return {
        **plain,
        "version": workshop.version,
        "day": starts.date(),
        "begins": starts.time(),
        "last_day": ends.date() if ends.date() != starts.date() else None,
        "ends": ends.time(),
        "until_day": None if until == starts else until.date(),
        "until_clock": None if until == starts else until.time(),
    }


class NewWorkshopForm(WorkshopForm):
    """Beginning a workshop: for which network, in which format, and which cities are asked to host it too."""

    agenda = AgendaField(
        label=_("Ablauf"),
        help_text=_("Ein Punkt je Zeile: Uhrzeit, Titel, und nach einem senkrechten Strich mehr dazu. Zum Beispiel: "
                    "10:15 Zwei Städte, zwei Wege | Impulse aus Konstanz und Heilbronn"),
        required=False,
        max_length=12_000,
        max_line=300,
        rows=6,
    )  # fmt: skip
    network = forms.TypedChoiceField(label=_("Für welches Netzwerk?"), coerce=int)
    format = forms.TypedChoiceField(label=_("Format"), coerce=int, empty_value=None, required=False)
    invited = forms.TypedMultipleChoiceField(
        label=_("Wer lädt mit ein?"),
        help_text=_("Diese Kommunen werden gefragt. Sobald alle geantwortet haben, lässt sich die Anmeldung eröffnen."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        networks: Sequence[tuple[int, str]],
        formats: Sequence[tuple[int, str]],
        others: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["network"], networks, hide_single=True)
        choose(self.fields["format"], [("", _("Einzelne Veranstaltung")), *formats])
        choose(self.fields["invited"], others)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts = data.get("starts_at")
        if starts and starts <= timezone.now():
            self.add_error("day", _("Dieser Termin liegt in der Vergangenheit."))
        return data


class CancelForm(forms.Form):
    """Why it is called off."""

    reason = LineField(
        label=_("Warum sagen Sie ab?"), help_text=_("Alle Angemeldeten lesen diesen Satz."), max_length=200
    )


class CompanionsForm(forms.Form):
    """How many come along, and who."""

    companions = forms.IntegerField(
        label=_("Wie viele Personen begleiten Sie?"),
        help_text=_("Zum Beispiel eine Assistenz. Jede Person braucht einen Platz."),
        min_value=0,
        max_value=5,
        required=False,
    )
    companion_names = LineField(
        label=_("Namen der Begleitung"),
        help_text=_("Nur die Gastgebenden lesen sie."),
        required=False,
        max_length=300,
    )

    def clean_companions(self) -> int:
        """An empty box is nobody."""
        return self.cleaned_data["companions"] or 0


class SeatForm(CompanionsForm):
    """Taking part: how, for which network, with whom, and with what needs."""

    mode = forms.ChoiceField(
        label=_("Wie nehmen Sie teil?"), choices=Workshop.Mode.choices[:2], widget=forms.RadioSelect
    )
    network = forms.TypedChoiceField(label=_("Für welches Netzwerk?"), coerce=int)
    needs = LineField(
        label=_("Was brauchen Sie zur Teilnahme?"),
        help_text=_("Zum Beispiel Gebärdensprache, Untertitel, stufenloser Zugang. Nur die Gastgebenden lesen es."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    name_shown = forms.BooleanField(label=_("Name und Kommune für Teilnehmende sichtbar"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,
        hybrid: bool,
        networks: Sequence[tuple[int, str]],
        questions: Sequence[Question] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        ask(self, questions)
        if not hybrid:
            del self.fields["mode"]
        choose(self.fields["network"], networks, hide_single=True)

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields of the hosts' questions, in order."""
        return [self[f"{PREFIX}{question.pk}"] for question in self.questions]

    @property
    def answers(self) -> dict[int, Any]:
        """What was answered, as the service takes it."""
        return answers_in(self, self.questions)
