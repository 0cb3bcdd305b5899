"""Applying for a municipality, and answering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.models import Municipality
from tenancy.policies.applications import may_apply_with
from tenancy.queries.municipalities import TownHint, hints, living_municipality, suggest_municipalities
from tenancy.services.applications import Asked
from toolkit.forms import LineField, TextField
from toolkit.text import fold


class ApplyForm(forms.Form):
    """Which municipality, who asks, and what the network is called.

    ``town`` is what was typed; ``municipality`` the key that a script put in for a suggestion, or that was chosen from
    the list which a page without script shows (``choices``, for the text ``listed_for``).
    """

    town = LineField(
        label=_("Ihre Kommune"),
        max_length=120,
        help_text=_("Tippen Sie die ersten Buchstaben und wählen Sie aus der Liste."),
        widget=forms.TextInput(
            attrs={
                "data-island": "suggest",
                "data-suggest": reverse_lazy("tenancy:municipality-suggest"),
                "data-suggest-target": "id_municipality",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    municipality = LineField(required=False, max_length=8, widget=forms.HiddenInput)
    listed_for = LineField(required=False, max_length=120, widget=forms.HiddenInput)
    chosen = LineField(required=False, max_length=8, widget=forms.HiddenInput)
    given_name = LineField(
        label=_("Vorname"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = LineField(
        label=_("Nachname"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    office_name = LineField(
        label=_("Ihr Amt"),
        max_length=160,
        help_text=_("Amt, Fachbereich oder Stabsstelle, in der Sie arbeiten"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    email = forms.EmailField(
        label=_("Ihre dienstliche E-Mail-Adresse"),
        max_length=254,
        help_text=_("Dorthin schicken wir den Link, mit dem Sie den Antrag bestätigen."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    network_name = LineField(
        label=_("Wie heißt Ihr Netzwerk?"),
        max_length=120,
        help_text=_("In Ihren eigenen Worten, zum Beispiel „Digitallotsen Musterstadt“. Sie können den Namen ändern."),
    )
    note = TextField(
        label=_("Möchten Sie dem Verband etwas dazu sagen?"),
        max_length=2000,
        required=False,
        help_text=_("Zum Beispiel, wer das Netzwerk beschlossen hat oder seit wann es besteht."),
    )

    #: What the page without script offers for the typed name; empty when there is nothing to choose.
    offered: list[TownHint]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = []
        self.place: Municipality | None = None

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        decision = may_apply_with(email)
        if not decision:
            raise forms.ValidationError(str(decision.reason))
        return email

    def clean(self) -> None:
        typed = self.cleaned_data.get("town", "")
        if not typed:
            return
        self.place = self._given(typed)
        if self.place is not None:
            return
        found = suggest_municipalities(typed)
        same = [town for town in found if town.search_key == fold(typed)]
        if len(same) == 1:
            self.place = same[0]
        elif found:
            self.offered = hints(found)
            self.add_error("town", _("Welche Kommune meinen Sie? Bitte wählen Sie eine aus."))
        else:
            self.add_error("town", _("Diese Kommune finden wir nicht im Gemeindeverzeichnis. Stimmt die Schreibweise?"))

    def _given(self, typed: str) -> Municipality | None:
        """The municipality chosen for this very text: a key from an older text says nothing about a new one."""
        if ags := self.cleaned_data.get("municipality"):
            town = living_municipality(str(ags))
            if town is not None and town.search_key == fold(typed):
                return town
        if self.cleaned_data.get("listed_for") == typed and (ags := self.cleaned_data.get("chosen")):
            return living_municipality(str(ags))
        return None

    @property
    def asked(self) -> Asked:
        """What the applicant says, once the form is valid."""
        if self.place is None:
            raise ValueError("only a valid form has a municipality")
        said = ("given_name", "family_name", "office_name", "email", "network_name", "note")
        return Asked(ags=self.place.ags, **{name: str(self.cleaned_data[name]) for name in said})


class ApproveForm(forms.Form):
    """Letting a municipality in; ``needs_reason`` when the mail domain does not fit."""

    override_reason = TextField(
        label=_("Warum lassen Sie den Antrag trotzdem zu?"),
        max_length=1000,
        rows=3,
        help_text=_("Zum Beispiel: im Rathaus angerufen. Das steht im Protokoll, nicht in der Mail."),
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["override_reason"]


class DeclineForm(forms.Form):
    """Not letting it in, and why."""

    reason = TextField(
        label=_("Grund"),
        max_length=2000,
        rows=4,
        help_text=_("Er steht in der Mail. Schreiben Sie, was sich ändern müsste."),
    )
