"""The keys by which names are sorted and found."""

from __future__ import annotations

from toolkit.text import fold, sort_key


def person_sort_key(given_name: str, family_name: str) -> str:
    """Family name first, as German lists sort; at most 180 characters."""
    return sort_key(f"{family_name} {given_name}")[:180]


def person_search_key(given_name: str, family_name: str) -> str:
    """Both names folded for forgiving comparison; at most 180 characters."""
    return fold(f"{given_name} {family_name}")[:180]
