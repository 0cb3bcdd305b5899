"""Puts ``request.viewer`` there, and lets the database know who acts: read once, before anything else is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from tenancy.viewer import Viewer, viewer_by_id
from toolkit.acting import acting_as

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
        viewer = viewer_by_id(request.user.pk if request.user.is_authenticated else None)
        request.viewer = viewer  # type: ignore[attr-defined]  # set here for ViewerRequest
        with acting_as(viewer):
            return self.get_response(request)
