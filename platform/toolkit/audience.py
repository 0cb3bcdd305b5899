"""The ladder of visibility as data: numbers that a thing carries and a viewer holds.

A thing is visible exactly when ``audience && keys``: one operator, one GIN index. The numbers are given out in
ranges, so that one ``int[]`` can hold every kind of key. The database fills ``audience`` (see ``toolkit.triggers``),
no form and no service ever does.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

LAND_BASE = 100_000
ALL_NETWORKS = 200_000
PUBLIC = 200_001
MODERATORS_BASE = 250_000
COORDINATORS_BASE = 300_000
OFFICE_BASE = 1_000_000
PERSON_BASE = 1_000_000_000

ANONYMOUS_KEYS: tuple[int, ...] = (PUBLIC,)


class Rung(models.TextChoices):
    """The ladder, narrowest first."""

    OFFICE = "office", _("Nur mein Amt")
    NETWORK = "network", _("Unser Netzwerk")
    PARTNERS = "partners", _("Unser Netzwerk und Partnernetzwerke")
    LAND = "land", _("Alle Netzwerke im Land")
    ALL = "all", _("Alle Netzwerke")
    PUBLIC = "public", _("Öffentlich")


def network_key(network_id: int) -> int:
    """The key of everybody in a network; networks are numbered below 100,000 (the register has 10,981 entries)."""
    return network_id


def land_key(state_code: str) -> int:
    """The key of all networks of a Land, from its two-digit code in the official register."""
    return LAND_BASE + int(state_code)


def coordinators_key(network_id: int) -> int:
    """The key of the coordinators of a network; drafts between cities are theirs alone."""
    return COORDINATORS_BASE + network_id


def moderators_key(state_code: str) -> int:
    """The key of the moderators of a Land: for what is reported, applied for and on record, never for contents."""
    return MODERATORS_BASE + int(state_code)


def office_key(office_id: int) -> int:
    """The key of one office of an administration."""
    return OFFICE_BASE + office_id


def person_key(person_id: int) -> int:
    """The key of one person; a draft carries its author's alone."""
    return PERSON_BASE + person_id


class AudienceField(ArrayField):
    """``int[]`` of keys, written by a database trigger and by nothing else.

    An insert sends an empty array, which nobody holds a key to, should a trigger ever be missing.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs["base_field"] = models.IntegerField()
        kwargs["editable"] = False
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["base_field"]
        del kwargs["editable"]
        return name, path, args, kwargs
