"""Cards for links to people and to networks, which lie on the floor below and cannot register themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chat.cards import Card
from chat.queries.faces import face_of, with_place
from tenancy.policies.networks import visible_networks
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer
from toolkit.art import tone_of


def people_cards(viewer: Viewer, keys: list[str]) -> dict[str, Card]:
    """People in sight, by number."""
    faces = [face_of(person) for person in with_place(visible_people(viewer).filter(pk__in=keys))]
    return {str(face.id): Card(_("Person"), face.name, face.place, "person", face.hue) for face in faces}


def network_cards(viewer: Viewer, keys: list[str]) -> dict[str, Card]:
    """Networks in sight, by the name in their address."""
    rows = visible_networks(viewer).filter(slug__in=keys).select_related("municipality")
    return {
        row.slug: Card(_("Netzwerk"), row.municipality.name, row.slogan, "hub", tone_of(row.municipality_id))
        for row in rows
    }
