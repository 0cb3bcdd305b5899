"""What experiences hand to the floors below."""

from __future__ import annotations


def register() -> None:
    """Called once from ``AppConfig.ready``."""
