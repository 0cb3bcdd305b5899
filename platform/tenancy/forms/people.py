"""Invitations, memberships, the own profile, and the search for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.forms.networks import ListForm
from tenancy.models import Membership, Office, Person, State, TaskArea
from tenancy.queries.people import PeopleFilter
from toolkit.forms import LineField, TextField


class _WithOffice(forms.Form):
    """A role, and an office of the network."""

    role = forms.ChoiceField(label=_("Rolle"), choices=Membership.Role.choices, initial=Membership.Role.PILOT)
    office = forms.ChoiceField(label=_("Amt"), required=False)

    def __init__(self, *args: Any, offices: Iterable[Office] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["office"]
        field.choices = [("", _("Kein bestimmtes Amt")), *[(str(office.pk), office.name) for office in offices]]

    @property
    def office_id(self) -> int | None:
        office = self.cleaned_data["office"]
        return int(office) if office else None


class InviteLinkForm(_WithOffice):
    """An invitation that several people may use."""

    uses = forms.IntegerField(label=_("Für wie viele Personen?"), min_value=1, max_value=200, initial=10)
    days = forms.TypedChoiceField(
        label=_("Gültig"),
        choices=[(7, _("7 Tage")), (14, _("14 Tage")), (30, _("30 Tage"))],
        coerce=int,
        initial=14,
    )


class InviteMailForm(_WithOffice):
    """An invitation to one address."""

    email = forms.EmailField(label=_("E-Mail-Adresse"), max_length=254)
    given_name = LineField(label=_("Vorname"), max_length=80, required=False)
    family_name = LineField(label=_("Nachname"), max_length=80, required=False)

    field_order = ("email", "given_name", "family_name", "role", "office")


class InviteListForm(_WithOffice, ListForm):
    """Invitations to a list of people; role and office are for lines that name none."""

    field_order = ("text", "file", "role", "office")


class MembershipForm(_WithOffice):
    """Another role or office."""


class ConfirmAddressForm(forms.Form):
    """Somebody with a link gives an address."""

    email = forms.EmailField(
        label=_("Ihre dienstliche E-Mail-Adresse"),
        max_length=254,
        help_text=_("Wir schicken Ihnen einen Link, mit dem es weitergeht."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewcomerForm(forms.Form):
    """A new login, from an invitation."""

    given_name = LineField(
        label=_("Vorname"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = LineField(
        label=_("Nachname"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Passwort"),
        strip=False,
        max_length=256,
        help_text=_("Mindestens 12 Zeichen. Ein ganzer Satz lässt sich leicht merken."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password")
        if password:
            person = Person(
                email=self.email,
                given_name=data.get("given_name", ""),
                family_name=data.get("family_name", ""),
            )
            try:
                validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class ProfileForm(forms.Form):
    """What a person says of themselves, and who may read it."""

    given_name = LineField(label=_("Vorname"), max_length=80)
    family_name = LineField(label=_("Nachname"), max_length=80)
    about = TextField(
        label=_("Über mich"),
        required=False,
        max_length=2_000,
        help_text=_("Woran arbeiten Sie? Wobei können Sie helfen?"),
    )
    topics = LineField(
        label=_("Themen"),
        required=False,
        max_length=1_000,
        help_text=_("Wozu man Sie fragen kann, mit Komma getrennt: E-Akte, Schulung"),
        widget=forms.TextInput(attrs={"data-island": "tags", "data-suggest": reverse_lazy("tenancy:topic-suggest")}),
    )
    phone = LineField(
        label=_("Telefon"), required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    email_seen = forms.ChoiceField(label=_("Wer sieht meine E-Mail-Adresse?"), choices=Person.Seen.choices)
    phone_seen = forms.ChoiceField(label=_("Wer sieht meine Telefonnummer?"), choices=Person.Seen.choices)
    listed = forms.BooleanField(
        label=_("Andere Netzwerke finden mich im Verzeichnis"),
        required=False,
        help_text=_("Ihr eigenes Netzwerk sieht Sie immer."),
    )
    language = forms.ChoiceField(label=_("Sprache"), choices=settings.LANGUAGES)

    def clean_topics(self) -> list[str]:
        words: dict[str, str] = {}
        for word in self.cleaned_data["topics"].split(","):
            words.setdefault(word.strip().casefold(), word.strip())
        return [word for word in words.values() if word][:20]


class PeopleSearchForm(forms.Form):
    """Search in the directory; bad values ask nothing instead of failing."""

    q = LineField(label=_("Name"), required=False, max_length=100)
    ort = LineField(label=_("Stadt oder Gemeinde"), required=False, max_length=100)
    amt = LineField(label=_("Amt"), required=False, max_length=100)
    feld = forms.ChoiceField(
        label=_("Aufgabenfeld"), required=False, choices=[("", _("Alle Aufgabenfelder")), *TaskArea.choices]
    )
    thema = LineField(label=_("Thema"), required=False, max_length=100)
    land = forms.ChoiceField(label=_("Land"), required=False)
    netzwerk = forms.SlugField(required=False, max_length=80, widget=forms.HiddenInput)
    gleich = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, states: Iterable[State] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["land"]
        field.choices = [("", _("Alle Länder")), *[(state.code, state.name) for state in states]]

    def wanted(self) -> PeopleFilter:
        """What is asked for."""
        self.is_valid()
        data = self.cleaned_data
        return PeopleFilter(
            q=data.get("q", ""),
            place=data.get("ort", ""),
            network=data.get("netzwerk", ""),
            office=data.get("amt", ""),
            area=data.get("feld", ""),
            state=data.get("land", ""),
            topic=data.get("thema", ""),
            same=bool(data.get("gleich")),
        )
