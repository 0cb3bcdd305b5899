"""Requests of a test's own browser begin as in a server: nobody acts, until it is known who sent them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from toolkit.acting import acting_as_nobody


def nobody_acts_yet(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Outermost middleware of the tests, where the test itself may be arranging."""

    def handle(request: HttpRequest) -> HttpResponse:
        with acting_as_nobody():
            return get_response(request)

    return handle
