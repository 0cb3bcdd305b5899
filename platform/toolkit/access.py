"""The vocabulary of every rule: a decision is yes, or no with the reason that the person is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done; ``reason`` is a sentence for the person when it may not."""

    allowed: bool
    reason: str | _StrPromise = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOW = Decision(allowed=True)


def deny(reason: str | _StrPromise) -> Decision:
    """Refuse, with a translated sentence that says why and, where possible, what to do instead."""
    return Decision(allowed=False, reason=reason)


class Denied(PermissionDenied):
    """A rule said no. Carries the decision; the web answers 403 and shows the reason."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(str(decision.reason))
        self.decision = decision


def require(decision: Decision) -> None:
    """Go on only when the decision allows it; raises ``Denied`` otherwise."""
    if not decision:
        raise Denied(decision)


def given(thing: T | None) -> T:
    """What the rule just asked has made sure of; a ``LookupError`` where it let somebody through without it."""
    if thing is None:
        raise LookupError("A rule let through what it should refuse.")
    return thing


class Conflict(Exception):
    """The change does not fit what is true by now. ``str(error)`` is a translated sentence for the person.

    ``field`` names the form field it belongs to, or is empty for the whole form.
    """

    def __init__(self, message: str | _StrPromise, *, field: str = "") -> None:
        super().__init__(str(message))
        self.field = field
