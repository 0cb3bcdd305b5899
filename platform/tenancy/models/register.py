"""The official register: Länder, districts, municipalities. Keys are text, for they have leading zeros."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.Model):
    """A Land, by its two-digit code in the official register."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=60)
    abbreviation = models.CharField(max_length=2, help_text="ISO 3166-2 without the country, such as BW")

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """A Kreis or kreisfreie Stadt, by its five-digit key."""

    key = models.CharField(max_length=5, primary_key=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="districts")
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A Kommune as the official register has it; never deleted, only dissolved."""

    class Kind(models.TextChoices):
        CITY_STATE_OR_DISTRICT_FREE = "district_free", _("Kreisfreie Stadt")
        TOWN = "town", _("Stadt")
        MARKET = "market", _("Markt")
        MUNICIPALITY = "municipality", _("Gemeinde")
        UNINCORPORATED = "unincorporated", _("Gemeindefreies Gebiet")

    ags = models.CharField(max_length=8, primary_key=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="municipalities")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="municipalities")
    official_name = models.CharField(max_length=160)
    name = models.CharField(
        max_length=120,
        help_text="Short name: Konstanz, not Konstanz, Universitätsstadt",
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    population = models.PositiveIntegerField()
    postal_code = models.CharField(max_length=5, blank=True)
    sort_key = models.CharField(max_length=120)
    search_key = models.CharField(max_length=160, help_text="Folded name for suggestions (toolkit.text.fold)")
    mail_domains = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    register_date = models.DateField(help_text="Date of the register file that last named it")
    dissolved_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ags__regex=r"^[0-9]{8}$"),
                name="municipality_key_is_eight_digits",
            )
        ]
        indexes = [
            GinIndex(
                fields=["search_key"],
                name="municipality_by_trigram",
                opclasses=["gin_trgm_ops"],
                # Written once a year, read at every letter typed: no pending list that the first reads would pay for.
                fastupdate=False,
            ),
            models.Index(fields=["sort_key", "ags"], name="municipality_sorted"),
            models.Index(
                fields=["search_key"],
                name="municipality_by_prefix",
                opclasses=["varchar_pattern_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name
