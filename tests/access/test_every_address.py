"""Every address of the product × everybody of the cast. A new address without its row fails by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache as shared_cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.access.table import PEOPLE, Row
from tests.database.undoing import undone

if TYPE_CHECKING:
    from tenancy.models import Person


@cache
def modules() -> dict[str, ModuleType]:
    """The modules with rows, by name."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("rows_*.py"))
    return {name: importlib.import_module(f"tests.access.{name}") for name in names}


def rows() -> dict[str, tuple[ModuleType, Row]]:
    """Every row with the module that knows its world."""
    return {key: (module, row) for module in modules().values() for key, row in module.ROWS.items()}


def unasked() -> dict[str, str]:
    """Addresses that are left out on purpose, each with its reason."""
    return {key: why for module in modules().values() for key, why in getattr(module, "UNASKED", {}).items()}


def addresses(resolver: URLResolver | None = None, namespace: str = "", route: str = "") -> Iterator[str]:
    """The names of all addresses, with their namespace; one without a name is called by its route."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, below, here)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else here


def test_every_address_has_its_row():
    known = {key.partition("#")[0] for key in rows()} | set(unasked())
    missing = sorted(set(addresses()) - known)
    assert not missing, "Addresses without a row in tests/access/rows_*.py: " + ", ".join(missing)


def test_no_two_addresses_share_their_name():
    every = list(addresses())
    assert {name for name in every if every.count(name) > 1} == set()


def test_no_row_speaks_of_an_address_that_is_gone():
    known = {key.partition("#")[0] for key in rows()} | set(unasked())
    assert sorted(known - set(addresses())) == []


def test_no_two_modules_speak_of_the_same_row():
    keys = [key for module in modules().values() for key in module.ROWS]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_what_is_left_out_says_why():
    assert [key for key, why in unasked().items() if len(why) < 15] == []


@pytest.fixture
def cast(db: None, request: pytest.FixtureRequest) -> SimpleNamespace:
    """Three cities and everybody who looks at them (tests/conftest.py)."""
    names = ("konstanz", "heilbronn", "giessen", *PEOPLE[1:], "neighbour", "neighbour_coordinator")
    return SimpleNamespace(**{name: request.getfixturevalue(name) for name in names})


def status_for(client: Client, row: Row, path: str, world: Any) -> HttpResponseBase:
    """Ask once and undo what it did, so that everybody finds the same world."""
    data = row.data(world) if callable(row.data) else row.data
    options: dict[str, Any] = {}
    if data is not None:
        options["data"] = data
    if row.json or row.method in ("put", "patch", "delete"):
        options["content_type"] = "application/json"
    with undone():
        response: HttpResponseBase = getattr(client, row.method)(path, **options)
    return response


@pytest.mark.parametrize("key", sorted(rows()))
def test_everybody_gets_what_the_table_says(
    key: str, cast: SimpleNamespace, as_person: Callable[[Person], Client], db: None
):
    module, row = rows()[key]
    shared_cache.clear()  # limits count in the cache, which no transaction rolls back
    world = module.build(cast)
    path = reverse(key.partition("#")[0], kwargs=row.kwargs(world) if row.kwargs else None)
    path += f"?{row.query}" if row.query else ""

    answers = {}
    for who in PEOPLE:
        client = Client() if who == "anonymous" else as_person(getattr(cast, who))
        response = status_for(client, row, path, world)
        answers[who] = response.status_code
        if who == "anonymous" and response.status_code == 302 and not row.visitors:
            assert response.headers["Location"].startswith(reverse(settings.LOGIN_URL)), (
                "A visitor is sent elsewhere than to the sign-in page: " + response.headers["Location"]
            )
    assert answers == row.expected()


@pytest.mark.parametrize("name", sorted(modules()))
def test_an_address_of_the_table_leads_to_the_view_of_that_name(name: str, cast: SimpleNamespace):
    """A row proves something only when its address is not caught by another pattern first."""
    module = modules()[name]
    world = module.build(cast)
    wrong = {}
    for key, row in module.ROWS.items():
        address = key.partition("#")[0]
        found = resolve(reverse(address, kwargs=row.kwargs(world) if row.kwargs else None)).view_name
        if found != address:
            wrong[key] = found
    assert wrong == {}
