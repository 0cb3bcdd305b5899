"""Forms of the programme and of the materials."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from exchange.forms.formats import choose
from exchange.forms.workshops import AgendaField, ClockField, WebField, moment
from exchange.models import Material, Session
from exchange.policies.timetable import Speaker
from exchange.services.program import WORDS
from toolkit.forms import LineField, TextField

#: So many people can speak in one session.
SPEAKERS = 6


def _day_choices(days: Sequence[datetime.date]) -> list[tuple[str, str]]:
    return [(day.isoformat(), date_format(day, "l, j. F Y")) for day in days]


class SessionForm(forms.Form):
    """A point of the programme. Days and clocks are those of Germany."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False)
    title = LineField(label=_("Titel"), max_length=300)
    kind = forms.ChoiceField(label=_("Was ist es?"), choices=Session.Kind.choices, initial=Session.Kind.SESSION)
    day = forms.TypedChoiceField(label=_("Tag"), coerce=datetime.date.fromisoformat)
    begins = ClockField(label=_("Beginn"))
    ends = ClockField(label=_("Ende"), required=False)
    place = LineField(label=_("Ort"), help_text=_("Raum, Tisch oder Treffpunkt"), required=False, max_length=120)
    track = LineField(
        label=_("Strang"), help_text=_("Nur wenn mehreres nebeneinander läuft, zum Beispiel „Einsteigen“"),
        required=False, max_length=60,
    )  # fmt: skip
    text = TextField(label=_("Mehr dazu"), required=False, max_length=4_000, rows=3)
    anyway = forms.BooleanField(label=_("Trotzdem so speichern"), required=False)

    def __init__(
        self,
        *args: Any,
        days: Sequence[datetime.date],
        people: Mapping[str, Speaker],
        stored: Session | None = None,
        **kwargs: Any,
    ) -> None:
        self.people = people
        if stored is not None:
            kwargs.setdefault("initial", initial_of(stored))
        super().__init__(*args, **kwargs)
        choose(self.fields["day"], _day_choices(days), hide_single=True)
        for number in range(SPEAKERS):
            self.fields[f"speaker_{number}"] = LineField(
                label=_("Person {n}").format(n=number + 1),
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"list": "speakers", "autocomplete": "off"}),
            )

    @property
    def speaker_fields(self) -> list[forms.BoundField]:
        """The fields for those who speak."""
        return [self[f"speaker_{number}"] for number in range(SPEAKERS)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["starts_at"], data["ends_at"] = self._at("begins"), self._at("ends")
        if data["starts_at"] and data["ends_at"] and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends", _("Das Ende liegt vor dem Beginn."))
        return data

    def _at(self, name: str) -> datetime.datetime | None:
        day, clock = self.cleaned_data.get("day"), self.cleaned_data.get(name)
        if day is None or clock is None:
            return None
        try:
            return moment(day, clock)
        except forms.ValidationError as error:
            self.add_error(name, error)
            return None

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by the names the service knows."""
        return {name: self.cleaned_data[name] for name in WORDS}

    @property
    def speakers(self) -> list[Speaker]:
        """Who was named: chosen from the list, or „Name, Organisation“."""
        typed = [self.cleaned_data.get(f"speaker_{number}", "") for number in range(SPEAKERS)]
        return [self.people.get(line) or _named(line) for line in typed if line]


def _named(line: str) -> Speaker:
    name, _comma, organisation = line.partition(",")
    return Speaker(None, name.strip()[:120] or organisation.strip()[:120], organisation.strip()[:160])


def initial_of(session: Session) -> dict[str, Any]:
    """The form's values for a stored session."""
    starts = timezone.localtime(session.starts_at)
    speakers = list(session.speakers.all())
    return {
        **{name: getattr(session, name) for name in ("title", "kind", "place", "track", "text", "version")},
        "day": starts.date().isoformat(),
        "begins": starts.time(),
        "ends": timezone.localtime(session.ends_at).time() if session.ends_at else None,
        **{
            f"speaker_{number}": f"{one.shown}, {one.organisation}" if one.organisation else one.shown
            for number, one in enumerate(speakers[:SPEAKERS])
        },
    }


class LinesForm(forms.Form):
    """Several points at once, one a line."""

    day = forms.TypedChoiceField(label=_("Tag"), coerce=datetime.date.fromisoformat)
    lines = AgendaField(
        label=_("Ein Punkt je Zeile"),
        help_text=_("Uhrzeit, Titel, und nach einem senkrechten Strich mehr dazu. Zum Beispiel: "
                    "10:15 Zwei Städte, zwei Wege | Impulse aus Konstanz und Heilbronn"),
        max_length=12_000,
        max_line=300,
        rows=5,
    )  # fmt: skip

    def __init__(self, *args: Any, days: Sequence[datetime.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["day"], _day_choices(days), hide_single=True)


class ShiftForm(forms.Form):
    """How far a point is moved, and whether what follows on its day comes along."""

    minutes = forms.IntegerField(min_value=-600, max_value=600)
    following = forms.BooleanField(required=False)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, required=False)


class MaterialForm(forms.Form):
    """A file or a link to read before or after."""

    phase = forms.ChoiceField(label=_("Wann?"), choices=Material.Phase.choices, widget=forms.RadioSelect)
    title = LineField(label=_("Titel"), help_text=_("Leer: der Name der Datei"), required=False, max_length=160)
    file = forms.FileField(
        label=_("Datei"), help_text=_("PDF, Bilder, Dokumente, Tabellen; höchstens 25 MB"), required=False
    )
    url = WebField(label=_("Oder ein Link"), required=False, max_length=400)
    seats_only = forms.BooleanField(label=_("Nur für Menschen mit Platz"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("file")) == bool(data.get("url")):
            self.add_error("file", _("Bitte eine Datei auswählen oder einen Link eingeben, eines von beiden."))
        if data.get("url") and not data.get("title"):
            self.add_error("title", _("Bitte sagen Sie, was hinter dem Link steht."))
        return data
