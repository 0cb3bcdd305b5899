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


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``viewer`` and ``frame``, the registered values by name."""
    if not hasattr(request, "viewer"):
        return {"viewer": None, "frame": {}}  # an error page for what failed before anybody knew who is looking
    return {
        "viewer": request.viewer,
        "frame": {
            name: SimpleLazyObject(lambda provider=provider: provider(request))  # type: ignore[misc]  # bound per loop
            for name, provider in _providers.items()
        },
    }
