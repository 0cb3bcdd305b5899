"""The directory of topic rooms, as far as they are open to the viewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from chat import wall
from tenancy.models import State
from tenancy.viewer import Viewer
from toolkit.acting import acting_as
from toolkit.art import tone_of
from toolkit.audience import ALL_NETWORKS, LAND_BASE, land_key


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A topic room in the directory; nothing of what is said in it."""

    id: int
    title: str
    about: str
    open_to: str
    announces: bool
    members: int
    last_at: datetime
    mine: bool
    hue: str


def open_to_text(key: int | None, lands: dict[str, str] | None = None) -> str:
    """To whom a topic room is open, in words; empty for other conversations."""
    if key is None:
        return ""
    if key == ALL_NETWORKS:
        return _("Alle Netzwerke")
    names = lands if lands is not None else dict(State.objects.values_list("code", "name"))
    return names.get(f"{key - LAND_BASE:02d}", "")


def topic_cards(viewer: Viewer) -> list[TopicCard]:
    """The topic rooms that the viewer may enter or is in by their key, the liveliest first. Two queries."""
    if not viewer.signed_in:
        return []
    lands = dict(State.objects.values_list("code", "name"))
    with acting_as(viewer):
        topics = wall.topics()
    return [
        TopicCard(
            id=topic.id,
            title=topic.title,
            about=topic.about,
            open_to=open_to_text(topic.open_to, lands),
            announces=topic.announces,
            members=topic.members,
            last_at=topic.last_at,
            mine=topic.mine,
            hue=tone_of(topic.title),
        )
        for topic in topics
    ]


def open_to_choices(viewer: Viewer) -> list[tuple[int, str]]:
    """To whom the viewer may open a topic room: all networks, and the Länder where they coordinate or moderate."""
    codes = {seat.state_code for seat in viewer.seats} | viewer.moderated_states
    lands = dict(State.objects.filter(code__in=codes).values_list("code", "name"))
    return [(ALL_NETWORKS, _("Alle Netzwerke")), *((land_key(code), name) for code, name in sorted(lands.items()))]
