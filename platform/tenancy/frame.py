"""What the frame around every page says about the one who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from tenancy.viewer import Viewer
from toolkit.art import tone_of


@dataclass(frozen=True, slots=True)
class FramePerson:
    """Name, avatar and city for the header; ``hue`` is the tone of the avatar: the one of the city."""

    name: str
    initials: str
    hue: str
    place: str
    network_url: str


def frame_person(request: HttpRequest) -> FramePerson | None:
    """The person in the header, from the viewer alone: no query of its own."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None or viewer.person_id is None:
        return None
    words = viewer.name.split()
    seat = viewer.seats[0] if viewer.seats else None
    return FramePerson(
        name=viewer.name,
        initials="".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper(),
        hue=tone_of(seat.municipality_id) if seat else "blue",
        place=seat.place if seat else "",
        network_url=reverse("tenancy:network-detail", args=[seat.network_slug]) if seat else "",
    )
