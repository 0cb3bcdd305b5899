"""The front door of moderation: rooms say here what can be reported, and how it is hidden and shown again.

A room calls ``register_reportable`` in ``AppConfig.ready``; pages link to ``moderation:report`` with ``kind`` and
``object_id``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenancy.viewer import Viewer

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["Reportable", "ReportedThing", "kinds", "register_reportable", "register_verbs", "reportable", "verbs"]


@dataclass(frozen=True, slots=True)
class ReportedThing:
    """What is reported, as it stands at this moment. ``excerpt`` is the reported part as plain text, and no more.

    ``state_code`` is the Land of the thing's network (of its author, where a thing has no network); ``url`` is the
    path of the page on which its author finds it.
    """

    kind: str
    object_id: int
    title: str
    excerpt: str
    author_id: int | None
    network_id: int | None
    state_code: str
    url: str


@dataclass(frozen=True, slots=True)
class Reportable:
    """One kind of things that can be reported.

    ``load(viewer, object_id)`` answers None when the viewer may not see it. ``hide(object_id, reason)`` and
    ``restore(object_id)`` run inside the transaction of the decision and must bear to be called twice. ``name`` is
    the thing in one translated German word, such as „Erfahrung“.
    """

    kind: str
    load: Callable[[Viewer, int], ReportedThing | None]
    hide: Callable[[int, str], None]
    restore: Callable[[int], None]
    name: str | _StrPromise = ""


_kinds: dict[str, Reportable] = {}


def register_reportable(what: Reportable) -> None:
    """Let people report things of this kind; called once from ``AppConfig.ready`` of the room that owns them."""
    _kinds[what.kind] = what


def reportable(kind: str) -> Reportable | None:
    """The kind of that name, or None when no room registered it."""
    return _kinds.get(kind)


def kinds() -> tuple[Reportable, ...]:
    """Every registered kind."""
    return tuple(_kinds.values())


_verbs: dict[str, str | _StrPromise] = {}


def register_verbs(labels: Mapping[str, str | _StrPromise]) -> None:
    """Say what acts of a room on the record are called, such as ``{"experience.recalled": _("Erfahrung …")}``."""
    _verbs.update(labels)


def verbs() -> Mapping[str, str | _StrPromise]:
    """What the registered verbs of the record say."""
    return _verbs
