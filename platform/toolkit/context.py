"""What the frame around every page shows: counts in the header, given by whoever knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

Provider = Callable[[HttpRequest], Any]

_providers: dict[str, Provider] = {}


def register_frame(name: str, provider: Provider) -> None:
    """Give the frame a value (``notice_count``, ``chat_count``, ``person``); called lazily, once per page."""
    _providers[name] = provider


def frame_value(request: HttpRequest, name: str) -> Any:
    """A value of the frame for a view that shows it too: asked of its provider once per request; None when unknown."""
    known: dict[str, Any] = request.__dict__.setdefault("_frame_values", {})
    if name not in known:
        provider = _providers.get(name)
        known[name] = provider(request) if provider is not None else None
    return known[name]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``viewer`` and ``frame``, the registered values by name."""
    if not hasattr(request, "viewer"):
        return {"viewer": None, "frame": {}}  # an error page for what failed before anybody knew who is looking
    return {
        "viewer": request.viewer,
        "frame": {
            name: SimpleLazyObject(lambda name=name: frame_value(request, name))  # type: ignore[misc]  # bound per loop
            for name in _providers
        },
    }
