"""Paging by key: a page costs the same at row 20 and at row 1,000,000."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

from toolkit.text import clean_text

ModelT = TypeVar("ModelT", bound=Model)

#: Answers an expression of the numbers that a page is taken from: beyond the values of a mark (None: from the
#: beginning), backwards or not, and so many at most. For what must be looked up past the second wall, such as words.
Candidates = Callable[[Sequence[Any] | None, bool, int], Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    """One page of a list; ``next`` and ``previous`` are opaque marks for the address, or empty."""

    items: list[ModelT]
    next: str = ""
    previous: str = ""


class BadMark(ValueError):
    """The mark in the address was not made by us; answer with the first page."""


def _encode(direction: str, values: Sequence[Any]) -> str:
    plain = [v.isoformat() if isinstance(v, date | datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps([direction, *plain]).encode()).decode().rstrip("=")


def _decode(mark: str, width: int) -> tuple[str, list[Any]]:
    try:
        data = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        direction, *values = data
    except (ValueError, TypeError, RecursionError) as error:
        raise BadMark(mark) from error
    if direction not in ("n", "p") or len(values) != width or not all(isinstance(v, str | int) for v in values):
        raise BadMark(mark)
    if any(isinstance(v, str) and clean_text(v) != v for v in values):
        raise BadMark(mark)
    return direction, values


def _column(rows: QuerySet[ModelT], name: str) -> Field[Any, Any]:
    """The field behind a name of the order: a column of the model, or an annotation (a column of a related row)."""
    name = name.lstrip("-")
    annotation = rows.query.annotations.get(name)
    field = rows.model._meta.get_field(name) if annotation is None else annotation.output_field
    if not isinstance(field, Field):
        raise TypeError(f"{name} is a relation, not a column to page by")
    return field


def _beyond(order: Sequence[str], values: Sequence[Any], *, backwards: bool) -> Q:
    """Rows strictly after ``values`` in ``order``; strictly before when ``backwards``."""
    condition = Q()
    same = Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        descending = name.startswith("-") != backwards
        condition |= same & Q(**{f"{field}__{'lt' if descending else 'gt'}": value})
        same &= Q(**{field: value})
    return condition


def page_by_key(
    rows: QuerySet[ModelT],
    order: Sequence[str],
    mark: str = "",
    *,
    size: int = 20,
    among: Candidates | None = None,
) -> Page[ModelT]:
    """A page of ``rows`` in ``order`` (unique together, such as ``("-published_at", "-id")``; none may be null).

    ``order`` names columns or annotations of ``rows``; ``among`` must know the same order.

    One query. A mark that is not ours, or whose values do not fit the columns, gives the first page.
    """
    direction = "n"
    narrowed = rows
    beyond: list[Any] | None = None
    if mark:
        try:
            direction, values = _decode(mark, len(order))
            fields = [_column(rows, name) for name in order]
            values = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
            if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
                raise BadMark(mark)  # ours always name their zone
            narrowed, beyond = rows.filter(_beyond(order, values, backwards=direction == "p")), values
        except (BadMark, ValidationError, ValueError, TypeError, OverflowError):
            direction, mark = "n", ""
    if among is not None:
        narrowed = narrowed.filter(pk__in=among(beyond, direction == "p", size + 1))
    turned = [n.removeprefix("-") if n.startswith("-") else f"-{n}" for n in order] if direction == "p" else list(order)
    items = list(narrowed.order_by(*turned)[: size + 1])
    more = len(items) > size
    items = items[:size]
    if direction == "p":
        items.reverse()

    def mark_at(row: ModelT, way: str) -> str:
        return _encode(way, [getattr(row, n.lstrip("-")) for n in order])

    has_next = more if direction == "n" else bool(items)
    has_previous = bool(mark) if direction == "n" else more
    return Page(
        items=items,
        next=mark_at(items[-1], "n") if items and has_next else "",
        previous=mark_at(items[0], "p") if items and has_previous else "",
    )
