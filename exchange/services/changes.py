"""What changed between a stored thing and new words, in the form that the record keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model


def _plain(value: Any) -> Any:
    """A value as JSON knows it; moments and days as ISO 8601, amounts as text."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def changes_between(stored: Model, words: Mapping[str, Any]) -> dict[str, list[Any]]:
    """``{field: [before, after]}`` for each field whose value differs."""
    return {
        name: [_plain(getattr(stored, name)), _plain(value)]
        for name, value in words.items()
        if getattr(stored, name) != value
    }
