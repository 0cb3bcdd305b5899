"""What the guard against guessing passwords needs to know about our way to sign in."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest


def name_for_the_lock(request: HttpRequest | None, credentials: Mapping[str, str] | None) -> str:
    """The mail address that somebody tries, however it is spelled, so that the attempts on it are counted as one."""
    given = dict(credentials or {})
    if request is not None and not given:
        given = {"email": request.POST.get("login", "")}
    return (given.get("email") or given.get("username") or "").strip().casefold()
