"""Puts ``request.viewer`` there: who is looking, read once and only when asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tenancy.viewer import Viewer, viewer_by_id

if TYPE_CHECKING:

    class ViewerRequest(HttpRequest):
        """A request as our views get it."""

        viewer: Viewer
else:
    ViewerRequest = HttpRequest

__all__ = ["ViewerMiddleware", "ViewerRequest"]


class ViewerMiddleware:
    """Every request carries its viewer; an anonymous one holds the public key alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def read() -> Viewer:
            return viewer_by_id(request.user.pk if request.user.is_authenticated else None)

        request.viewer = SimpleLazyObject(read)  # type: ignore[attr-defined]  # set here for ViewerRequest
        return self.get_response(request)
