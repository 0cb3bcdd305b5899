"""What the coordination says of its network."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.lines import Line, read_lines
from tenancy.models import RoleTerm, State, TaskArea
from tenancy.queries.municipalities import living_municipality, suggest_municipalities
from tenancy.queries.networks import DivisionGroup
from tenancy.role_terms import RoleForms
from tenancy.rows import MOST_PILOTS
from tenancy.sdg import TARGET
from toolkit.forms import LineField, LinesField, TextField
from toolkit.text import fold


class RoleTermForm(forms.Form):
    """Style, and the forms that the interface needs."""

    style = forms.ChoiceField(label=_("Schreibweise"), choices=RoleTerm.Style.choices, widget=forms.RadioSelect)
    word = LineField(
        label=_("Ihr Wort"),
        max_length=80,
        help_text=_(
            "Zum Beispiel Digitallotse, Digi-Lots*innen oder Digital-Navigator. Daraus schlagen wir alles vor."
        ),
    )
    singular = LineField(label=_("Einzahl"), max_length=120, required=False)
    plural = LineField(label=_("Mehrzahl"), max_length=120, required=False)
    dative_plural = LineField(label=_("Nach „mit unseren …“"), max_length=120, required=False)
    genitive_singular = LineField(
        label=_("Nach „die Unterstützung …“"),
        max_length=120,
        required=False,
        help_text=_("Mit Artikel: einer Digitallotsin oder eines Digitallotsen"),
    )
    feminine_singular = LineField(label=_("Weibliche Form"), max_length=120, required=False)
    masculine_singular = LineField(label=_("Männliche Form"), max_length=120, required=False)

    needed = ("singular", "plural", "dative_plural", "genitive_singular")

    def forms_given(self) -> RoleForms:
        """The forms as typed."""
        data = self.cleaned_data
        return RoleForms(**{name: data[name] for name in (*self.needed, "feminine_singular", "masculine_singular")})

    @property
    def complete(self) -> bool:
        return all(self.cleaned_data.get(name) for name in self.needed)


class AboutForm(forms.Form):
    """Who we are."""

    name = LineField(label=_("Name des Netzwerks"), max_length=120)
    crest = LineField(
        label=_("Kürzel"),
        max_length=3,
        required=False,
        help_text=_("Zwei oder drei Buchstaben für Ihr Zeichen, zum Beispiel das Kfz-Kennzeichen"),
    )
    slogan = LineField(label=_("Leitspruch"), max_length=160, required=False)
    about = TextField(
        label=_("Über uns"),
        max_length=5_000,
        required=False,
        rows=6,
        help_text=_("Absätze, Listen und Links sind möglich (Markdown)."),
    )
    goals = LinesField(
        label=_("Ziele"), required=False, rows=5, max_line=300, help_text=_("Ein Ziel in jeder Zeile, höchstens zwölf")
    )

    def clean_crest(self) -> str:
        crest: str = self.cleaned_data["crest"].upper()
        if crest and not crest.isalpha():
            raise ValidationError(_("Bitte nur Buchstaben."))
        return crest

    def clean_goals(self) -> list[str]:
        return _at_most(self.cleaned_data["goals"], 12)


class StartForm(forms.Form):
    """When it began (several claims with their sources), and the strategy behind it."""

    claims = TextField(
        label=_("Seit wann gibt es das Netzwerk?"),
        required=False,
        rows=4,
        help_text=_(
            "Je Zeile eine Angabe und nach einem Semikolon ihre Quelle: „März 2019; Beschluss des Gemeinderats“"
        ),
    )
    strategy = LineField(
        label=_("Strategie"), max_length=160, required=False, help_text=_("Zum Beispiel: Digitale Stadt 2030")
    )
    parent_project = LineField(label=_("Teil eines größeren Vorhabens"), max_length=200, required=False)
    model = LineField(
        label=_("Vorbild"),
        max_length=120,
        required=False,
        help_text=_("Die Kommune, nach deren Vorbild Ihr Netzwerk entstand"),
        widget=forms.TextInput(
            attrs={
                "data-island": "suggest",
                "data-suggest": reverse_lazy("tenancy:municipality-suggest"),
                "data-suggest-target": "id_model_ags",
            }
        ),
    )
    model_ags = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """``model_ags`` is the key of the model city, or empty; typed without choosing, the name itself must do."""
        data = super().clean() or {}
        name = data.get("model", "")
        town = living_municipality(data.get("model_ags", "")) if name else None
        if name and (town is None or fold(town.name) != fold(name)):
            town = next((hit for hit in suggest_municipalities(name, most=1) if fold(hit.name) == fold(name)), None)
            if town is None:
                self.add_error("model", _("Diese Kommune finden wir nicht. Bitte wählen Sie sie aus der Liste."))
        data["model_ags"] = town.ags if town is not None else ""
        return data

    def clean_claims(self) -> list[tuple[str, str]]:
        def understand(line: Line[tuple[str, str]], cells: list[str]) -> tuple[str, str] | None:
            if len(cells) < 2 or not cells[0] or not cells[1]:
                line.refuse(str(_("Bitte Angabe und Quelle mit einem Semikolon trennen.")))
            elif len(cells[0]) > 120 or len(cells[1]) > 200:
                line.refuse(str(_("Höchstens 120 Zeichen für die Angabe und 200 für die Quelle.")))
            else:
                return cells[0], "; ".join(cell for cell in cells[1:] if cell)[:200]
            return None

        return _at_most(_lines_or_errors(read_lines(self.cleaned_data["claims"], (), understand, marks=";")), 8)


class LeadForm(forms.Form):
    """Which office leads the network."""

    lead_office = LineField(label=_("Federführendes Amt"), max_length=160, required=False)
    lead_division = LineField(label=_("Dezernat"), max_length=120, required=False)
    size_note = LineField(
        label=_("Größe in Ihren Worten"), max_length=160, required=False, help_text=_("Zum Beispiel: knapp 40 Ämter")
    )


class OfficeForm(forms.Form):
    """One office."""

    name = LineField(label=_("Amt oder Fachbereich"), max_length=160)
    division = LineField(label=_("Dezernat"), max_length=120, required=False)
    task_area = forms.ChoiceField(
        label=_("Aufgabenfeld"),
        choices=[("", _("Aus dem Namen erkennen")), *TaskArea.choices],
        required=False,
        help_text=_("Darüber finden Sie Kolleginnen und Kollegen mit derselben Aufgabe in anderen Städten."),
    )
    task = LineField(label=_("Aufgabe im Netzwerk"), max_length=200, required=False)
    pilots_min = forms.IntegerField(label=_("Mindestens"), min_value=0, max_value=MOST_PILOTS, required=False)
    pilots_max = forms.IntegerField(label=_("Höchstens"), min_value=0, max_value=MOST_PILOTS, required=False)


class ListForm(forms.Form):
    """A pasted or uploaded list."""

    text = TextField(label=_("Liste einfügen"), required=False, rows=8, max_length=200_000)
    file = forms.FileField(
        label=_("Oder Datei hochladen"),
        required=False,
        help_text=_("CSV aus Ihrer Tabellenkalkulation, höchstens 1 MB"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("text") and not data.get("file"):
            self.add_error("text", _("Bitte fügen Sie eine Liste ein oder wählen Sie eine Datei."))
        return data


class RuleForm(forms.Form):
    """How many pilots an office should have: the network's rule, and exceptions for single offices."""

    pilots_min = forms.IntegerField(label=_("Mindestens"), min_value=0, max_value=MOST_PILOTS)
    pilots_max = forms.IntegerField(label=_("Höchstens"), min_value=0, max_value=MOST_PILOTS)

    def __init__(self, *args: Any, divisions: Iterable[DivisionGroup] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = [coverage.office for group in divisions for coverage in group.offices]
        for office in self.offices:
            for bound in ("min", "max"):
                self.fields[f"{bound}_{office.pk}"] = forms.IntegerField(
                    label=(_("Mindestens: %s") if bound == "min" else _("Höchstens: %s")) % office.name,
                    min_value=0,
                    max_value=MOST_PILOTS,
                    required=False,
                    initial=getattr(office, f"pilots_{bound}"),
                )

    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Each office with its two fields."""
        return [(office, self[f"min_{office.pk}"], self[f"max_{office.pk}"]) for office in self.offices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("pilots_min"), data.get("pilots_max")
        if low is None or high is None:
            return data
        if high < low:
            self.add_error("pilots_max", _("Höchstens darf nicht weniger sein als mindestens."))
            return data
        for office in self.offices:
            smallest, largest = data.get(f"min_{office.pk}"), data.get(f"max_{office.pk}")
            if (high if largest is None else largest) < (low if smallest is None else smallest):
                self.add_error(f"max_{office.pk}", _("Höchstens darf nicht weniger sein als mindestens."))
        return data

    def exceptions(self) -> dict[int, tuple[int | None, int | None]]:
        """The numbers of each office; empty ones follow the rule."""
        data = self.cleaned_data
        return {o.pk: (data.get(f"min_{o.pk}"), data.get(f"max_{o.pk}")) for o in self.offices}


class MoreForm(forms.Form):
    """What else a network may tell."""

    role_facets = LinesField(
        label=_("Was die Rolle ausmacht"), required=False, max_line=120, help_text=_("Je Zeile ein Stichwort")
    )
    beneficiaries = LinesField(
        label=_("Wer davon hat"), required=False, max_line=120, help_text=_("Je Zeile eine Gruppe")
    )
    sdg_targets = LineField(
        label=_("Nachhaltigkeitsziele"),
        required=False,
        help_text=_("Nummern der Ziele oder Unterziele, mit Komma getrennt: 16.6, 11"),
    )
    qualification = TextField(label=_("Qualifizierung"), required=False, max_length=3_000)
    qualification_topics = LinesField(
        label=_("Themen der Qualifizierung"), required=False, max_line=120, help_text=_("Je Zeile ein Thema")
    )
    event_series = LinesField(
        label=_("Veranstaltungsreihen"), required=False, max_line=120, help_text=_("Je Zeile eine Reihe")
    )
    successes = LinesField(
        label=_("Was schon gelungen ist"), required=False, max_line=200, help_text=_("Je Zeile ein Erfolg")
    )
    contact_email = forms.EmailField(
        label=_("E-Mail-Adresse des Netzwerks"), required=False, help_text=_("Steht öffentlich auf Ihrer Seite")
    )

    def clean_sdg_targets(self) -> list[str]:
        targets = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["sdg_targets"].strip(" ,;"))))
        wrong = [target for target in targets if target and not TARGET.match(target)]
        if wrong:
            raise ValidationError(_("Diese Ziele gibt es nicht: %(wrong)s") % {"wrong": ", ".join(wrong)[:80]})
        return [target for target in targets if target]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("role_facets", "beneficiaries", "qualification_topics", "event_series", "successes"):
            if len(data.get(name) or []) > 20:
                self.add_error(name, _("Höchstens zwanzig Zeilen."))
        return data


class FundingForm(forms.Form):
    """Money that a programme gave."""

    programme = LineField(label=_("Förderprogramm"), max_length=160)
    notice_on = forms.DateField(
        label=_("Bescheid vom"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    total_eur = forms.IntegerField(label=_("Summe in Euro"), required=False, min_value=0, max_value=2_000_000_000)
    land_share_eur = forms.IntegerField(
        label=_("Anteil des Landes in Euro"), required=False, min_value=0, max_value=2_000_000_000
    )
    own_share_max_eur = forms.IntegerField(
        label=_("Eigenanteil höchstens, in Euro"), required=False, min_value=0, max_value=2_000_000_000
    )
    note = LineField(label=_("Anmerkung"), required=False, max_length=200)


class CouncilPaperForm(forms.Form):
    """A paper of the council with its way through the bodies."""

    number = LineField(label=_("Nummer"), max_length=40, help_text=_("Zum Beispiel 0028/2019/IV"))
    kind = LineField(label=_("Art"), max_length=80, help_text=_("Zum Beispiel Informationsvorlage"))
    dated_on = forms.DateField(label=_("Datum"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    references = LineField(
        label=_("Bezug"), required=False, max_length=300, help_text=_("Nummern früherer Vorlagen, mit Komma getrennt")
    )
    sessions = TextField(
        label=_("Sitzungen"),
        required=False,
        help_text=_("Je Zeile: Gremium; Datum (TT.MM.JJJJ); öffentlich oder nicht öffentlich; Ergebnis"),
    )
    strategy_goals = TextField(
        label=_("Ziele der Strategie"), required=False, help_text=_("Je Zeile: Kürzel; + oder −; Ziel")
    )
    conflicts = LineField(label=_("Zielkonflikte"), required=False, max_length=200)

    def clean_references(self) -> list[str]:
        numbers = [part.strip() for part in self.cleaned_data["references"].split(",") if part.strip()]
        if any(len(number) > 40 for number in numbers):
            raise ValidationError(_("Eine Nummer hat höchstens 40 Zeichen."))
        return _at_most(numbers, 10)

    def clean_sessions(self) -> list[dict[str, Any]]:
        def understand(line: Line[dict[str, Any]], cells: list[str]) -> dict[str, Any] | None:
            body, when, access, result = (*cells[:4], *[""] * (4 - len(cells[:4])))
            day = _day(when)
            if not body or day is None:
                line.refuse(str(_("Bitte Gremium und Datum angeben, zum Beispiel: Gemeinderat; 28.03.2019")))
                return None
            return {
                "body": body[:120],
                "on": day.isoformat(),
                "public": not access.lower().startswith(("nicht", "nö", "non", "geheim")),
                "result": result[:200],
            }

        return _at_most(_lines_or_errors(read_lines(self.cleaned_data["sessions"], (), understand, marks=";")), 20)

    def clean_strategy_goals(self) -> list[dict[str, str]]:
        def understand(line: Line[dict[str, str]], cells: list[str]) -> dict[str, str] | None:
            code, sign, goal = (*cells[:3], *[""] * (3 - len(cells[:3])))
            sign = {"+": "+", "-": "-", "−": "-", "–": "-"}.get(sign, "")
            if not sign or not goal:
                line.refuse(str(_("Bitte Kürzel, + oder − und Ziel angeben, zum Beispiel: AB 3; +; Standort stärken")))
                return None
            return {"code": code[:20], "sign": sign, "goal": goal[:300]}

        goals = read_lines(self.cleaned_data["strategy_goals"], (), understand, marks=";")
        return _at_most(_lines_or_errors(goals), 30)


class NetworkSearchForm(forms.Form):
    """Search in the list of networks."""

    q = LineField(label=_("Name oder Ort"), required=False, max_length=100)
    land = forms.ChoiceField(label=_("Land"), required=False)

    def __init__(self, *args: Any, states: Iterable[State] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["land"]
        field.choices = [("", _("Alle Länder")), *[(state.code, state.name) for state in states]]


def _day(text: str) -> datetime.date | None:
    """A date as people write it: 28.03.2019 or 2019-03-28."""
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _lines_or_errors(lines: list[Line[Any]]) -> list[Any]:
    """What the lines mean; the errors of all refused ones are told together."""
    errors = [
        _("Zeile %(number)d: %(why)s") % {"number": line.number, "why": line.error} for line in lines if line.error
    ]
    if errors:
        raise ValidationError(errors)
    return [line.value for line in lines]


def _at_most(values: list[Any], most: int) -> list[Any]:
    if len(values) > most:
        raise ValidationError(_("Höchstens %(most)d Einträge.") % {"most": most})
    return values
