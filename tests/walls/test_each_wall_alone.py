"""Each of the two walls holds alone: with the policies off, and with every rule of sight in Python saying yes.

The whole access tests can be run in the same way: ``WALL=first pytest tests/access`` switches the policies off for
each test, ``WALL=second`` lets the rules of sight say yes (see ``tests/access/conftest.py``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache as shared_cache
from django.test import Client
from django.urls import reverse

from tenancy.viewer import viewer_for
from tests.access.aviary import Aviary
from tests.access.canaries import build
from tests.access.crawl import crawl, every_address, mine, sign_in
from tests.access.table import PEOPLE
from tests.access.test_every_address import cast, rows, status_for
from tests.database.undoing import undone
from tests.walls.taking_down import (
    ASK_OTHERS,
    EVERYTHING,
    FIRST_WALL_ALONE,
    SIGHT,
    functions_of_policies,
    name_of,
    without_the_first_wall,
    without_the_second_wall,
)
from tests.walls.wall import rows as sql_rows
from toolkit.acting import acting_as

if TYPE_CHECKING:
    from tenancy.models import Person

__all__ = ["cast"]

SignIn = Callable[["Person"], Client]
SEED = 20_261_122
#: A visitor, another Land, a partner, an association: between them they may see least of each kind.
LISTENERS = ("anonymous", "outsider", "neighbour", "moderator")
#: Says nothing that is anybody's.
_DULL = ("account_", "api-schema", "api-docs", "toolkit:", "mailbox", "socialaccount_", "set_language")


@pytest.fixture
def birds(cast: SimpleNamespace) -> Aviary:
    shared_cache.clear()
    return build(cast)


@pytest.fixture
def policies_off(birds: Aviary) -> Iterator[None]:
    with without_the_second_wall():
        yield


@pytest.fixture
def rules_off(birds: Aviary) -> Iterator[None]:
    with without_the_first_wall():
        yield


def addresses(birds: Aviary) -> list[str]:
    return [entry for entry in every_address(birds) if not entry.startswith(_DULL)]


def test_every_rule_of_sight_is_known_here():
    """A new rule that is not taken down with the others would hold the first wall up in the test of the second."""
    known = {name_of(function) for function in EVERYTHING} | set(FIRST_WALL_ALONE) | ASK_OTHERS
    asked = {name_of(f) for f in functions_of_policies() if f.__name__.startswith(SIGHT)}
    assert sorted(asked - known) == []


@pytest.mark.parametrize("who", LISTENERS)
def test_the_first_wall_alone_keeps_every_canary_from_foreign_ears(
    who: str, birds: Aviary, cast: SimpleNamespace, as_person: SignIn, policies_off: None
):
    done = crawl(sign_in(who, cast, as_person), birds, addresses(birds))
    assert done.foreign(birds, mine(who, birds)) == {}
    assert done.broken == []


@pytest.mark.parametrize("who", LISTENERS)
def test_the_second_wall_alone_keeps_every_canary_from_foreign_ears(
    who: str, birds: Aviary, cast: SimpleNamespace, as_person: SignIn, rules_off: None
):
    """Where a rule in Python forgets everything, pages may break on what they did not expect, and tell nothing."""
    client = sign_in(who, cast, as_person)
    client.raise_request_exception = False
    done = crawl(client, birds, addresses(birds), guarded=True)
    assert done.foreign(birds, mine(who, birds)) == {}


def test_both_walls_down_are_heard(birds: Aviary, cast: SimpleNamespace, as_person: SignIn):
    """So the two tests above would notice: without both walls a stranger reads what is not theirs."""
    path = reverse("exchange:experience-list")
    client = as_person(cast.outsider)
    with without_the_second_wall(), without_the_first_wall():
        heard = crawl(client, birds, [f" {path}"], guarded=True).foreign(birds, mine("outsider", birds))
        with acting_as(viewer_for(cast.outsider)):
            seen = {title for (title,) in sql_rows("SELECT title FROM exchange_experience")}
    assert {"xqkndrafttitlexq", "xqhnnetworktitlexq"} <= set(heard)
    assert any("xqkndrafttitlexq" in title for title in seen)


def _some_rows() -> list[str]:
    """Forty rows of the access table; all of them with ``WALL=first pytest tests/access/test_every_address.py``."""
    return sorted(random.Random(SEED).sample(sorted(rows()), 40))


def test_the_first_wall_alone_answers_as_the_access_table_says(cast: SimpleNamespace, as_person: SignIn):
    wrong: dict[str, Any] = {}
    with without_the_second_wall():
        for key in _some_rows():
            module, row = rows()[key]
            shared_cache.clear()
            with undone():
                world = module.build(cast)
                path = reverse(key.partition("#")[0], kwargs=row.kwargs(world) if row.kwargs else None)
                path += f"?{row.query}" if row.query else ""
                for who in PEOPLE:
                    client = Client() if who == "anonymous" else as_person(getattr(cast, who))
                    status = status_for(client, row, path, world).status_code
                    if status != row.expected()[who]:
                        wrong[f"{key} {who}"] = (status, row.expected()[who])
    assert wrong == {}, f"seed {SEED}"
