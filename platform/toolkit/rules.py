"""Where the rule of the ladder is asked in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from django.db.models import Model, QuerySet

ModelT = TypeVar("ModelT", bound=Model)


class HoldsKeys(Protocol):
    """Somebody who looks and holds keys."""

    @property
    def keys(self) -> tuple[int, ...]: ...


def within_sight(rows: QuerySet[ModelT], viewer: HoldsKeys) -> QuerySet[ModelT]:
    """The rows whose audience shares a key with the viewer: the one rule of visibility."""
    return rows.filter(audience__overlap=list(viewer.keys))


def in_sight(audience: Sequence[int], viewer: HoldsKeys) -> bool:
    """The same rule for a row at hand."""
    return not set(audience).isdisjoint(viewer.keys)
