"""A few mutants in every run; all of them by ``python -m tests.walls.mutants``. What is broken here must be noticed."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from tests.access.test_every_address import cast
from tests.database.base import arranging
from tests.walls import rights, sights
from tests.walls.mutants.making import EQUIVALENT, Mutant, definer_mutants, door_mutants, policy_mutants, sight_mutants
from tests.walls.taking_down import without_the_second_wall

__all__ = ["cast"]

pytestmark = pytest.mark.django_db

SEED = 20_261_122


def execute(statement: str) -> list[tuple[Any, ...]]:
    """As the owner, in the transaction of the test."""
    with arranging(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def some(mutants: list[Mutant], how_many: int) -> list[Mutant]:
    """The same few in every run, in other runs others where the rules have changed."""
    return random.Random(SEED).sample([m for m in mutants if m.name not in EQUIVALENT], how_many)


def test_broken_policies_are_noticed(cast: SimpleNamespace):
    rights.world(cast)
    for mutant in some(list(policy_mutants(execute)), 5):
        table = mutant.where.split()[0]
        with transaction.atomic():
            with mutant.apply():
                found = rights.rights(table, cast)
            assert found != rights.kept()[table], f"{mutant.name} (seed {SEED})"


def test_broken_rules_of_sight_are_noticed(cast: SimpleNamespace):
    birds = rights.world(cast)
    functions = sights.names()
    with without_the_second_wall():
        for mutant in some(list(sight_mutants(functions)), 5):
            with mutant.apply():
                found = sights.sights(functions[mutant.where], birds, cast)
            assert found != sights.kept()[mutant.where], f"{mutant.name} (seed {SEED})"


def test_there_are_mutants_of_every_kind():
    made = {
        "policy": policy_mutants(execute),
        "definer": definer_mutants(execute),
        "sight": sight_mutants(sights.names()),
        "door": door_mutants(),
    }
    counted = {family: len(list(mutants)) for family, mutants in made.items()}
    assert counted["policy"] > 150, counted
    assert counted["definer"] > 40, counted
    assert counted["sight"] > 40, counted
    assert counted["door"] > 50, counted


def test_no_mutant_is_called_equivalent_that_is_made_no_more():
    made = [*policy_mutants(execute), *definer_mutants(execute), *sight_mutants(sights.names()), *door_mutants()]
    assert sorted(set(EQUIVALENT) - {mutant.name for mutant in made}) == []
