"""Forms of experiences and comments: few fields are needed, and nothing typed is lost."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from exchange.models import Experience
from exchange.policies.experiences import NEEDED_TO_PUBLISH
from exchange.services.experiences import MAX_TOPICS, WORDS, clean_topics
from tenancy.models import TaskArea
from toolkit.audience import Rung
from toolkit.forms import LineField, TextField
from toolkit.text import UncleanText, clean_text

_LONG = 20_000
_NUMBER = re.compile(r"(?:\d{1,3}(?:[.\s]\d{3})+|\d+)(?:,00?|,-)?")
_EARLIEST = datetime.date(1970, 1, 1)
_LATEST = datetime.date(2100, 12, 31)


class WholeNumberField(forms.CharField):
    """A whole number as Germans write it: ``12.500``, ``12 500 €``, ``12500,00``. Cleans to int or None."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, most: int = 999_999_999, unit: str = "", **kwargs: Any) -> None:
        self.most, self.unit = most, unit
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        try:
            text = clean_text(str(value or ""))
        except UncleanText as error:
            raise ValidationError(_("Bitte eine ganze Zahl eingeben, zum Beispiel 12.500.")) from error
        text = text.removesuffix(self.unit).removesuffix("€").removesuffix("Euro").strip() if text else ""
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return None
        if len(text) > 20 or not text.isascii() or not _NUMBER.fullmatch(text):
            raise ValidationError(_("Bitte eine ganze Zahl eingeben, zum Beispiel 12.500."))
        number = int(re.sub(r"[.\s]", "", text.split(",")[0]))
        if number > self.most:
            most = number_format(self.most, force_grouping=True)
            raise ValidationError(_("Die Zahl ist zu groß: höchstens %(most)s.") % {"most": most})
        return number

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


class DayField(forms.DateField):
    """A day, in the browser's own picker; also typed as 31.12.2025."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        if isinstance(value, str) and not value.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        day = super().to_python(value)
        if day is not None and not _EARLIEST <= day <= _LATEST:
            raise ValidationError(_("Bitte ein Datum zwischen 1970 und 2100 eingeben."))
        return day


class TopicsField(LineField):
    """Topics with commas between them; cleans to a list, each once, eight at most."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        names = [name for part in text.split(",") if (name := part.strip().lstrip("#").strip())]
        for name in names:
            if len(name) > 40:
                raise ValidationError(_("„%(name)s …“ ist zu lang: höchstens 40 Zeichen.") % {"name": name[:20]})
            if not any(c.isalnum() for c in name):
                raise ValidationError(_("Ein Thema braucht mindestens einen Buchstaben oder eine Ziffer."))
        if len({name.casefold() for name in names}) > MAX_TOPICS:
            raise ValidationError(_("Höchstens acht Themen: Wählen Sie die wichtigsten."))
        return clean_topics(names)


def _text(label: Any, hint: Any = "", *, rows: int = 4) -> TextField:
    return TextField(label=label, help_text=hint, required=False, max_length=_LONG, rows=rows)


def _line(label: Any, hint: Any = "", *, most: int = 200) -> LineField:
    return LineField(label=label, help_text=hint, required=False, max_length=most)


class StartForm(forms.Form):
    """The first step: a title, and for whom one writes when one is in several networks."""

    title = LineField(
        label=_("Worum geht es?"),
        help_text=_("Ein Arbeitstitel genügt. Sie können ihn später ändern."),
        max_length=160,
    )
    network = forms.TypedChoiceField(label=_("Für welches Netzwerk schreiben Sie?"), coerce=int)

    def __init__(self, *args: Any, networks: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["network"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 -- tells the type checker what stands above
        field.choices = networks
        if len(networks) == 1:
            field.initial = networks[0][0]
            field.widget = forms.HiddenInput()


class ExperienceForm(forms.Form):
    """The editor. ``publishing`` makes the three needed fields required; a draft may be as empty as it likes."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    title = _line(
        NEEDED_TO_PUBLISH["title"],
        _("Was haben Sie erreicht? Zum Beispiel: „E-Akte im Bauamt: in sechs Wochen eingeführt“"),
        most=160,
    )
    summary = TextField(
        label=NEEDED_TO_PUBLISH["summary"],
        help_text=_("Zwei, drei Sätze, die in der Liste stehen."),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "data-island": "count"}),
    )
    topics = TopicsField(
        label=_("Themen"),
        help_text=_("Bis zu acht Stichwörter, mit Komma getrennt, damit andere Sie finden."),
        required=False,
        max_length=400,
        widget=forms.TextInput(
            attrs={"data-island": "tags", "data-suggest": reverse_lazy("exchange:topic-suggest"), "data-suggest-min": 1}
        ),
    )
    task_area = forms.ChoiceField(
        label=_("Aufgabenfeld"), required=False, choices=[("", _("Keine Angabe")), *TaskArea.choices]
    )
    starting_point = _text(_("Ausgangslage"), _("Welches Problem wollten Sie lösen, und für wen?"))
    benefits = _text(_("Wer hat etwas davon?"), rows=2)

    what_we_did = _text(
        NEEDED_TO_PUBLISH["what_we_did"], _("Schritt für Schritt, so dass andere es nachmachen können."), rows=10
    )
    stage = forms.ChoiceField(
        label=_("Stand"), required=False, choices=[("", _("Keine Angabe")), *Experience.Stage.choices]
    )
    period_from = DayField(label=_("Von"))
    period_to = DayField(label=_("Bis"))
    took_part = _text(_("Wer war beteiligt?"), rows=2)
    service = _line(_("Leistung oder Prozess"), _("Zum Beispiel eine OZG-Leistung"))
    legal_basis = _text(_("Rechtsgrundlage"), rows=2)

    cost_once_eur = WholeNumberField(label=_("Kosten einmalig"), help_text=_("In Euro"))
    cost_yearly_eur = WholeNumberField(label=_("Kosten im Jahr"), help_text=_("In Euro"))
    effort_days = WholeNumberField(label=_("Aufwand"), help_text=_("In Personentagen, geschätzt"), most=100_000)
    funding = _line(_("Förderung"))
    software = _line(_("Software"))
    supplier = _line(_("Anbieter"))

    result = _text(_("Ergebnis"), _("Gern mit Zahlen."))
    pitfalls = _text(_("Stolpersteine"), _("Was hat Zeit gekostet oder nicht geklappt?"))
    differently = _text(_("Was wir anders machen würden"))

    reusable = _text(_("Was andere übernehmen können"), _("Vorlagen, Texte, Code, und unter welcher Lizenz"), rows=3)
    contact = _line(_("Kontakt für Fragen"), _("Leer: Sie selbst, über den Chat"))

    rung = forms.ChoiceField(label=_("Sichtbarkeit"), choices=Rung.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, rungs: Sequence[tuple[str, Any]], publishing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["rung"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 -- tells the type checker what stands above
        choice.choices = rungs
        if publishing:
            for name in NEEDED_TO_PUBLISH:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = _("Das wird zum Lesen gebraucht.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("period_from"), data.get("period_to")
        if begins and ends and ends < begins:
            self.add_error("period_to", _("Das Ende liegt vor dem Anfang."))
            # An autosave stores what is right: one half of a wrong period is not.
            data.pop("period_from", None)
        return data

    @property
    def words(self) -> dict[str, Any]:
        """What was typed and is right, by the names the service knows."""
        return {name: self.cleaned_data[name] for name in WORDS if name in self.cleaned_data}


def initial_of(experience: Experience, topics: Sequence[str]) -> dict[str, Any]:
    """The form's values for a stored experience."""
    values = {name: getattr(experience, name) for name in WORDS}
    return {**values, "topics": list(topics), "rung": experience.rung, "version": experience.version}


class CommentForm(forms.Form):
    """A comment; markdown is allowed."""

    body = TextField(
        label=_("Ihr Kommentar"),
        max_length=5_000,
        rows=4,
        error_messages={"required": _("Schreiben Sie erst einen Satz.")},
    )


class SteerForm(forms.Form):
    """What a coordination says when it changes the audience of somebody's experience, or recalls it."""

    rung = forms.ChoiceField(label=_("Sichtbarkeit"), choices=Rung.choices, required=False)
    reason = LineField(
        label=_("Begründung"),
        help_text=_("Die Autorin oder der Autor liest sie."),
        required=False,
        max_length=300,
    )
