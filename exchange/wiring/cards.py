"""What links to experiences, workshops and formats look like under a message: for those alone who may see them."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chat.public import Card, register_card
from exchange.policies.experiences import published_experiences
from exchange.policies.formats import visible_formats
from exchange.policies.workshops import visible_workshops
from tenancy.viewer import Viewer
from toolkit.art import tone_of


def _experiences(viewer: Viewer, keys: list[str]) -> dict[str, Card]:
    rows = published_experiences(viewer).filter(pk__in=keys).select_related("network__municipality")
    return {
        str(row.pk): Card(_("Erfahrung"), row.title, row.network.municipality.name, "lightbulb", tone_of(row.pk))
        for row in rows
    }


def _workshops(viewer: Viewer, keys: list[str]) -> dict[str, Card]:
    rows = visible_workshops(viewer).filter(pk__in=keys)
    return {
        str(row.pk): Card(
            _("Veranstaltung"),
            row.title,
            date_format(localtime(row.starts_at), "j. F Y, H:i"),
            "event",
            tone_of(row.pk),
        )
        for row in rows
    }


def _formats(viewer: Viewer, keys: list[str]) -> dict[str, Card]:
    rows = visible_formats(viewer).filter(slug__in=keys)
    return {row.slug: Card(_("Austauschformat"), f"#{row.hashtag}", row.motto, "tag", tone_of(row.pk)) for row in rows}


def register() -> None:
    """Called when everything is loaded."""
    register_card("exchange:experience-detail", _experiences)
    register_card("exchange:workshop-detail", _workshops)
    register_card("exchange:format-detail", _formats)
