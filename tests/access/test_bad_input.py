"""Every address against hostile input: never a fault of the server, never half a change, never a way out of the house.

Driven by the access table, so a new address is attacked as soon as it has its row.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache as shared_cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.access.poison import (
    BEYOND,
    LONG,
    POISON,
    Watched,
    body_was_read,
    fields_of,
    parameters,
    parameters_were_read,
)
from tests.access.table import PEOPLE, Row
from tests.access.test_every_address import cast, rows
from tests.database.undoing import undone

if TYPE_CHECKING:
    from tenancy.models import Person

__all__ = ["cast"]

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
#: Alone in one field, all others right, these get past what refuses a form as a whole.
ALONE = ("nul", "half a character", "beyond a bigint", "not a number", "a mark beyond", "an address elsewhere")

pytestmark = pytest.mark.slow

EVERYTHING = bool(os.environ.get("HOSTILE_ALL"))


def insider(row: Row) -> str:
    """Whoever gets furthest at an address, so that the attack reaches more than the door."""
    order = ("pilot", "coordinator", "moderator", "outsider", "office_head", "operator", "other_moderator", "anonymous")
    expected = row.expected()
    best = min(order, key=lambda who: (expected[who] not in (200, 302), order.index(who)))
    return best if expected[best] < 400 else "pilot"


class Attack:
    """One address, its world, and whoever gets furthest there."""

    def __init__(self, key: str, row: Row, world: SimpleNamespace, client: Client) -> None:
        self.name, self.row, self.world, self.client = key.partition("#")[0], row, world, client
        self.kwargs: dict[str, Any] = dict(row.kwargs(world)) if row.kwargs else {}
        self.faults: list[str] = []

    def path(self, **instead: Any) -> str:
        return reverse(self.name, kwargs={**self.kwargs, **instead})

    def data(self) -> dict[str, Any]:
        data = self.row.data(self.world) if callable(self.row.data) else self.row.data
        return dict(data or {})

    def send(self, how: str, method: str, path: str, data: Mapping[str, Any] | bytes | None = None, **more: Any) -> Any:
        """Ask once, note what broke, and undo it."""
        shared_cache.clear()
        options = {"data": data, **more} if data is not None else more
        with undone():
            seen = Watched(lambda: getattr(self.client, method)(path, **options))
        if seen.broke:
            self.faults.append(f"{method} {how}: {seen.broke}")
        location = seen.response.headers.get("Location", "")
        if "anderswo.example" in location.split("?")[0] or location.startswith("javascript"):
            self.faults.append(f"{method} {how}: sent away to {location}")
        return seen.response


def doors() -> list[str]:
    """One row for each address: where somebody gets furthest."""
    best: dict[str, str] = {}
    for key, (_module, row) in sorted(rows().items()):
        name, inside = key.partition("#")[0], row.expected()[insider(row)] < 400
        if name not in best or (inside and row.method == "get"):
            best[name] = key
    return sorted(best.values())


def letterboxes() -> list[str]:
    """The rows that send something."""
    return sorted(key for key, (_module, row) in rows().items() if row.method == "post")


@pytest.fixture
def attack(
    request: pytest.FixtureRequest, cast: SimpleNamespace, as_person: Callable[[Person], Client], db: None
) -> Attack:
    module, row = rows()[request.param]
    shared_cache.clear()
    world = module.build(cast)
    who = insider(row)
    client = Client() if who == "anonymous" else as_person(getattr(cast, who))
    client.raise_request_exception = False
    return Attack(request.param, row, world, client)


def _any_method(attack: Attack) -> None:
    for method in METHODS:
        attack.send("plain", method, attack.path())


def _hostile_parts(attack: Attack) -> None:
    for name, value in attack.kwargs.items():
        hostile: list[Any] = [0, 2**31, 2**63, 10**60] if isinstance(value, int) else [*POISON.values(), "x" * 5_000]
        for poison in hostile:
            try:
                path = attack.path(**{name: poison})
            except (NoReverseMatch, UnicodeEncodeError):
                continue  # no address has such a part
            attack.send(f"{name}={str(poison)[:30]!r}", attack.row.method, path, attack.data())


def _hostile_parameters(attack: Attack) -> None:
    names = parameters()
    for kind, poison in POISON.items():
        query = {name: poison.encode("utf-8", "surrogatepass") for name in names}
        answer = attack.send(kind, "get", attack.path(), query)
        if not parameters_were_read(answer):
            break
    attack.send("long", "get", attack.path() + f"?q={LONG[:100_000]}&page={LONG[:100_000]}")
    attack.send("no text at all", "get", attack.path() + "?q=%ff%fe%ed%a0%80&page=%00&seite=%ff&%00=%00&q[]=1&q=2")


@pytest.mark.parametrize("attack", doors(), indirect=True)
def test_no_address_breaks_on_any_method_or_on_hostile_parts_or_parameters(attack: Attack):
    """In one world, since whatever is sent is undone: to build one costs more than most of what is sent."""
    _any_method(attack)
    _hostile_parts(attack)
    if attack.row.method != "post":
        _hostile_parameters(attack)
    assert attack.faults == []


def _bodies(attack: Attack, names: list[str], right: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, poison in POISON.items():
        yield f"all {kind}", dict.fromkeys(names, poison)
    for number, name in enumerate(names):
        # Two kinds for each field, in turn, so that every form meets every kind; HOSTILE_ALL=1 sends all to all.
        turn = number % len(ALONE)
        for kind in ALONE if EVERYTHING else (ALONE[turn], ALONE[turn - 3]):
            yield f"{name} {kind}", {**right, name: POISON[kind]}
    yield "all long", dict.fromkeys(names[:4], LONG)
    for number, name in enumerate(names[:12]):
        if EVERYTHING or number % 4 == 0:
            yield f"{name} long", {**right, name: LONG}
        yield f"{name} missing", {other: value for other, value in right.items() if other != name}
        yield f"{name} many", {**right, name: [BEYOND, "1", "-1"]}


@pytest.mark.parametrize("attack", letterboxes(), indirect=True)
def test_no_form_breaks_on_hostile_fields(attack: Attack):
    right = attack.data()
    page = attack.client.get(attack.path())
    names = sorted({*right, *(fields_of(page.content.decode()) if page.status_code < 400 else ()), "next", "version"})
    for how, body in _bodies(attack, names, right):
        if attack.row.json:
            answer = attack.send(how, "post", attack.path(), body, content_type="application/json")
        else:
            answer = attack.send(how, "post", attack.path(), {k: _sendable(v) for k, v in body.items()})
        if not body_was_read(answer):
            break
    for how, raw in {"no json": b"{", "a list": b"[]", "a number": b"1e999", "deep": b"[" * 50_000,
                     "bytes": b"\xff\xfe\x00", "nan": b'{"id": NaN, "body": NaN}',
                     "half": b'{"id": "\\ud800", "body": "\\ud800", "title": "\\ud800"}'}.items():  # fmt: skip
        attack.send(how, "post", attack.path(), raw, content_type="application/json")
    attack.send("torn", "post", attack.path(), b"--x\r\nContent-Disp", content_type="multipart/form-data; boundary=x")
    attack.send("no boundary", "post", attack.path(), b"x", content_type="multipart/form-data")
    utf7 = "application/x-www-form-urlencoded; charset=utf-7"
    attack.send("another alphabet", "post", attack.path(), b"a=%ff", content_type=utf7)
    assert attack.faults == []


def _sendable(value: Any) -> Any:
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if isinstance(value, str) else value


def test_everybody_of_the_cast_is_an_insider_somewhere():
    """The attack proves little when it stays outside: most rows are attacked by somebody who may."""
    reached = [insider(row) for _module, row in rows().values() if row.expected()[insider(row)] < 400]
    assert len(reached) > len(rows()) * 0.8
    assert set(PEOPLE) & set(reached) >= {"pilot", "coordinator", "moderator"}
