"""Canaries: words that stand in one private text each, who may hear them, and the things that carry them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

#: A word that stands beside every canary, to search for: what is asked for comes back on the page by itself.
BIRD = "Kanarienvogel"

#: Columns of text that nobody reads as it stands: made by the database or for it.
_UNREAD = {"search_key", "sort_key", "direct_key", "token_hash", "slug", "password"}


class Aviary:
    """Canaries, who may hear each, and the things that carry them."""

    def __init__(self) -> None:
        self.heard_by: dict[str, set[str]] = {}
        self.things: list[Any] = []
        #: The secret address of one person's calendar, tried by nobody but the test of that address.
        self.token = ""

    def word(self, name: str, *who: str) -> str:
        """A canary with the word to search for: ``Kanarienvogel xqnamexq``."""
        return f"{BIRD} {self.bare(name, *who)}"

    def bare(self, name: str, *who: str) -> str:
        """A canary alone, for an address or an identifier."""
        canary = f"xq{name}xq"
        self.heard_by[canary] = set(who)
        return canary

    def texts(self, model: type[models.Model], name: str, *who: str, but: tuple[str, ...] = ()) -> dict[str, Any]:
        """A canary for every column of free text of a model; a new column gets its own by itself."""
        found: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.name in _UNREAD or field.name in but or field.choices or not field.editable:
                continue
            part = f"{name}{field.name.replace('_', '')}"
            inner = field.base_field if isinstance(field, ArrayField) else field
            if inner.choices or type(inner) not in (models.CharField, models.TextField):
                continue
            if inner.max_length is not None and inner.max_length < 40:
                continue
            word = self.word(part, *who)
            found[field.name] = [word] if isinstance(field, ArrayField) else word
        return found

    def keep(self, thing: Any) -> Any:
        self.things.append(thing)
        return thing

    def of(self, *models_named: str) -> list[Any]:
        """The things of these models, in the order in which they were made."""
        return [thing for thing in self.things if type(thing).__name__ in models_named]

    def mine(self, who: str) -> set[str]:
        """The canaries that somebody may hear."""
        return {canary for canary, crowd in self.heard_by.items() if who in crowd}
