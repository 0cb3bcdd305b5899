"""Places in pages of lower floors that higher floors fill, such as the experiences on a network's page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

#: Gets the request and the object of the page; returns rendered HTML, or an empty string for nothing.
Panel = Callable[[HttpRequest, Any], str]

_panels: dict[str, list[tuple[int, Panel]]] = defaultdict(list)


def register_panel(place: str, panel: Panel, *, order: int = 100) -> None:
    """Fill a place (``network``, ``person``, ``home`` …) from ``AppConfig.ready``; lower ``order`` comes first."""
    _panels[place].append((order, panel))
    _panels[place].sort(key=lambda entry: entry[0])


def panels_for(place: str, request: HttpRequest, subject: Any) -> list[str]:
    """The filled panels of a place, in order, empty ones left out."""
    return [html for _order, panel in _panels[place] if (html := panel(request, subject))]
