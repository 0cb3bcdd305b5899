"""Cards: what a link within the product points to, drawn under the message that holds it.

Whoever owns a page registers for its address, and answers only with what the viewer may see: the one who sends a link
need not see what the one who reads it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import Resolver404, resolve

from tenancy.viewer import Viewer

#: Cards asked for at a time.
MOST = 20


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a page: ``kind`` is its word („Erfahrung“), ``line`` a second line, ``hue`` a tone."""

    kind: str
    title: str
    line: str
    icon: str
    hue: str


#: Gets the viewer and what stands in the addresses (a number or a slug); answers with those in sight.
Provider = Callable[[Viewer, list[str]], dict[str, Card]]

_providers: dict[str, Provider] = {}


def register_card(url_name: str, provider: Provider) -> None:
    """Draw cards for the pages of an address like ``exchange:experience-detail``, which has one variable part."""
    _providers[url_name] = provider


def cards_for(viewer: Viewer, paths: Iterable[str]) -> dict[str, Card]:
    """Cards by path, only for pages that the viewer may see. As many queries as there are kinds of pages."""
    asked: dict[str, dict[str, str]] = {}
    for path in list(dict.fromkeys(paths))[:MOST]:
        try:
            match = resolve(path)
        except Resolver404:
            continue
        if match.view_name in _providers and len(match.kwargs) == 1:
            asked.setdefault(match.view_name, {})[str(next(iter(match.kwargs.values())))] = path
    cards: dict[str, Card] = {}
    for name, keys in asked.items():
        found = _providers[name](viewer, list(keys))
        cards |= {path: found[key] for key, path in keys.items() if key in found}
    return cards
