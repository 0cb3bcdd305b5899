"""The documentation of the interface for machines, as a page like all others: no script, no frame of somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a thing, or one parameter of an operation. ``thing`` names the thing it leads to, if any."""

    name: str
    kind: str
    text: str
    thing: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked, and the thing that is the answer."""

    key: str
    method: str
    path: str
    title: str
    text: str
    parameters: tuple[Field, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One object of the answers."""

    name: str
    text: str
    fields: tuple[Field, ...]


@login_not_required
@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """What machines can ask, and what they get."""
    operations, things = described()
    context = {"title": settings.SPECTACULAR_SETTINGS["TITLE"], "operations": operations, "things": things}
    return render(request, "config/api_docs.html", context)


@cache
def described() -> tuple[tuple[Operation, ...], tuple[Thing, ...]]:
    """The schema in the order of its addresses; it is the same as long as the process lives."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operations = tuple(
        _operation(method.upper(), path, how)
        for path, methods in schema["paths"].items()
        for method, how in methods.items()
    )
    things = (_thing(name, what) for name, what in sorted(schema["components"]["schemas"].items()))
    return operations, tuple(thing for thing in things if thing.fields)


def _operation(method: str, path: str, how: Mapping[str, Any]) -> Operation:
    answers = (answer for status, answer in sorted(how["responses"].items()) if status.startswith("2"))
    bodies = (body for answer in answers for body in answer.get("content", {}).values())
    return Operation(
        key=how["operationId"],
        method=method,
        path=path,
        title=how.get("summary", how["operationId"]),
        text=how.get("description", ""),
        parameters=tuple(_field(p["name"], p["schema"], p.get("description", "")) for p in how.get("parameters", ())),
        answer=next((_thing_of(body["schema"]) for body in bodies), ""),
    )


def _thing(name: str, what: Mapping[str, Any]) -> Thing:
    fields = tuple(_field(key, of, of.get("description", "")) for key, of in what.get("properties", {}).items())
    return Thing(name=name, text=what.get("description", ""), fields=fields)


def _field(name: str, schema: Mapping[str, Any], text: str) -> Field:
    return Field(name=name, kind=_kind(schema), text=text, thing=_thing_of(schema))


def _kind(schema: Mapping[str, Any]) -> str:
    """The kind of a value in a few words, as OpenAPI calls it: ``string (date-time) | null``."""
    items = schema.get("items")
    if schema.get("type") == "array" and items is not None:
        kind = f"array of {_kind(items)}"
    else:
        kind = schema.get("type") or _thing_of(schema) or "string"
        if form := schema.get("format"):
            kind += f" ({form})"
    return f"{kind} | null" if schema.get("nullable") else kind


def _thing_of(schema: Mapping[str, Any]) -> str:
    return next((str(ref).rpartition("/")[2] for ref in _references(schema) if not str(ref).endswith("Enum")), "")


def _references(schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"]
    if "items" in schema:
        yield from _references(schema["items"])
    for part in (*schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _references(part)
