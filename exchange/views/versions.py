"""Two versions of a text side by side: nothing that somebody typed is lost when another saved first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True, slots=True)
class Versions:
    """One field that differs between what somebody typed and what was stored meanwhile."""

    name: str
    label: str
    typed: str
    stored: str
    value: str
    kind: str


def _value(form: forms.Form, name: str) -> Any:
    value = form[name].value()
    if not form.is_bound:
        value = form.fields[name].prepare_value(value)
    if (
        not hasattr(form.fields[name], "choices")
        and hasattr(form.fields[name].widget, "format_value")
        and not isinstance(value, str | list)
    ):
        value = form.fields[name].widget.format_value(value)
    return value


def _shown(form: forms.Form, name: str) -> str:
    value = _value(form, name)
    said = "" if value is None else value
    choices = getattr(form.fields[name], "choices", None)
    if choices is not None and not isinstance(said, list):
        # What is typed is text, what is stored may be a number.
        said = {str(key): label for key, label in choices}.get(str(said), said)
    return str(said).replace("\r\n", "\n")


def two_texts(typed: forms.Form, stored: forms.Form, sentence: str) -> dict[str, Any]:
    """The context of the page that shows both: what differs, and the rest as it was typed."""
    names = [name for name in typed.fields if name != "version"]
    differing = [
        Versions(
            name,
            str(typed[name].label),
            _shown(typed, name),
            _shown(stored, name),
            str(_value(typed, name) or ""),
            _kind(typed.fields[name]),
        )
        for name in names
        if _shown(typed, name) != _shown(stored, name)
    ]
    shown = {"version", *(d.name for d in differing)}
    return {
        "differing": differing,
        "sentence": sentence,
        "version": stored["version"].value(),
        "hidden": [
            (typed[name].html_name, value) for name in names if name not in shown and (value := typed[name].value())
        ],
    }


def _kind(field: forms.Field) -> str:
    if hasattr(field, "choices"):
        return "choice"
    return "lines" if isinstance(field.widget, forms.Textarea) else "line"
