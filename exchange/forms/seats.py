"""Forms of seats: who comes along, to whom a seat goes, and how the hosts give them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.forms.experiences import DayField
from exchange.forms.formats import choose
from exchange.forms.workshops import ClockField, moment
from exchange.models import Workshop
from toolkit.forms import LineField

MOST = 10_000
OFFERS = (
    (0, _("Sofort vergeben, ohne Rückfrage")),
    (24, _("24 Stunden")),
    (48, _("48 Stunden")),
    (72, _("3 Tage")),
    (168, _("7 Tage")),
)


class HandOverForm(forms.Form):
    """To which colleague the seat goes."""

    taker = forms.TypedChoiceField(label=_("Wer kommt an Ihrer Stelle?"), coerce=int)

    def __init__(self, *args: Any, colleagues: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["taker"], [("", _("Bitte wählen")), *colleagues])


class RefuseForm(forms.Form):
    """Why somebody cannot come."""

    reason = LineField(label=_("Warum nicht?"), help_text=_("Die Person liest diesen Satz."), max_length=200)


class SeatsForm(forms.Form):
    """How the seats of a workshop are given; ``quota-N`` for each city that hosts or has a quota."""

    seats = forms.IntegerField(label=_("Plätze"), min_value=1, max_value=MOST)
    seats_online = forms.IntegerField(
        label=_("Plätze online"),
        help_text=_("Leer: Vor Ort und online teilen sich alle Plätze."),
        min_value=0,
        max_value=MOST,
        required=False,
    )
    release_day = DayField(
        label=_("Für alle offen ab"),
        help_text=_("Was eine Kommune bis dahin nicht nutzt, geht an alle. Leer: Es bleibt der Kommune."),
    )
    release_clock = ClockField(label=_("Uhrzeit"), required=False)
    offer_hours = forms.TypedChoiceField(
        label=_("Wird ein Platz frei, hat die nächste Person so lange Zeit"), coerce=int, choices=OFFERS
    )
    withdraw_day = DayField(label=_("Abmelden bis"), help_text=_("Leer: bis zum Beginn"))
    withdraw_clock = ClockField(label=_("Uhrzeit"), required=False)
    approval = forms.BooleanField(
        label=_("Wir bestätigen jede Anmeldung"),
        help_text=_("Sie sagen jeder Person zu oder ab. Die Reihenfolge bleibt die der Anmeldung."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        stored: Workshop,
        cities: Sequence[tuple[int, str]],
        quotas: Mapping[int, int],
        others: Sequence[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        release, until = _local(stored.quota_release_at), _local(stored.withdraw_until)
        kwargs.setdefault("initial", {
            "seats": stored.seats, "seats_online": stored.seats_online, "offer_hours": stored.offer_hours,
            "approval": stored.approval,
            "release_day": release and release.date(), "release_clock": release and release.time(),
            "withdraw_day": until and until.date(), "withdraw_clock": until and until.time(),
        })  # fmt: skip
        super().__init__(*args, **kwargs)
        self.cities = [number for number, _town in cities]
        if stored.mode != Workshop.Mode.HYBRID:
            del self.fields["seats_online"]
        if stored.offer_hours not in dict(OFFERS):
            hours = format_lazy(_("{n} Stunden"), n=stored.offer_hours)
            choose(self.fields["offer_hours"], [*OFFERS, (stored.offer_hours, hours)])
        for number, town in cities:
            self.fields[f"quota-{number}"] = forms.IntegerField(
                label=town, min_value=0, max_value=MOST, required=False, initial=quotas.get(number)
            )
        self.fields["other"] = forms.TypedChoiceField(
            label=_("Weitere Kommune"), coerce=int, empty_value=None, required=False
        )
        choose(self.fields["other"], [("", _("Keine weitere")), *others])
        self.fields["other_seats"] = forms.IntegerField(
            label=_("Plätze für sie"), min_value=1, max_value=MOST, required=False
        )

    def _moment(self, day: str, clock: str) -> datetime.datetime | None:
        found = self.cleaned_data.get(day)
        if found is None:
            return None
        try:
            return moment(found, self.cleaned_data.get(clock) or datetime.time(0, 0))
        except ValidationError as error:
            self.add_error(clock, error)
            return None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["quota_release_at"] = self._moment("release_day", "release_clock")
        data["withdraw_until"] = self._moment("withdraw_day", "withdraw_clock")
        if data.get("other") and not data.get("other_seats"):
            self.add_error("other_seats", _("Wie viele Plätze bekommt diese Kommune?"))
        return data

    @property
    def rules(self) -> dict[str, Any]:
        """What was typed, by the names the service knows."""
        names = ["seats", "offer_hours", "approval", "withdraw_until", "quota_release_at"]
        names += ["seats_online"] if "seats_online" in self.fields else []
        return {name: self.cleaned_data[name] for name in names}

    @property
    def quotas(self) -> dict[int, int]:
        """Seats by the number of the network."""
        typed = {number: self.cleaned_data.get(f"quota-{number}") or 0 for number in self.cities}
        if self.cleaned_data.get("other"):
            typed[self.cleaned_data["other"]] = self.cleaned_data["other_seats"]
        return typed

    @property
    def quota_fields(self) -> list[forms.BoundField]:
        """The boxes of the cities, for the page."""
        return [self[f"quota-{number}"] for number in self.cities]

    #: Where the page shows a mistake in what the service calls by another name.
    AT = {"quota_release_at": "release_day", "withdraw_until": "withdraw_day"}

    def refuse(self, field: str, sentence: str) -> None:
        """Put what the service said at the box that it speaks of."""
        name = self.AT.get(field, field)
        if name not in self.fields:
            name = "other_seats" if name.startswith("quota-") else ""
        self.add_error(name or None, sentence)


def _local(value: datetime.datetime | None) -> datetime.datetime | None:
    return None if value is None else timezone.localtime(value)
