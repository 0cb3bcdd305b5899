"""Headers that neither Django nor a package of ours sets."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers


def permissions_policy(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Tell browsers that no page of ours needs the camera, the place, or anything else of the kind."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response

    return middleware


def kept_by_nobody(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let no cache between us and the reader keep a page, and no browser one of somebody who was signed in.

    Desks at a counter are shared: after signing out, „back“ must not show what the one before has read. A view that
    knows better says so itself.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        kept = "private, no-store" if settings.SESSION_COOKIE_NAME in request.COOKIES else "private, no-cache"
        response.headers.setdefault("Cache-Control", kept)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware
