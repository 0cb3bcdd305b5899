"""Where the rule of the ladder is asked in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from django.db.models import BooleanField, Model, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

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


def there_is(rows: QuerySet[Any, Any]) -> Q:
    """Whether a subquery has a row, asked of each outer row anew and with all its conditions at the index.

    For what shows a few rows of many. EXISTS leaves PostgreSQL the choice of another way, and it takes the wrong one
    where it cannot know how few are asked: it read every membership of the country to show 24 people, and a log of
    100,000 messages from its first number to find the ten at its end.
    """
    one = Subquery(rows.annotate(yes=Value(True)).values("yes")[:1], output_field=BooleanField())
    return Q(Coalesce(one, Value(False)))
