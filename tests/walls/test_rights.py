"""The second wall by itself: who may see, add, change and remove which row, table by table, against what is kept."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

import pytest

from config.open_tables import OPEN
from tests.access.test_every_address import cast
from tests.walls.rights import KEPT, kept, rights, world
from tests.walls.wall import protected_tables

__all__ = ["cast"]

#: Set (and ``-k written``) to write down what is found; the difference is to be read before it is kept.
WRITING = bool(os.environ.get("KEEP_RIGHTS"))


@pytest.mark.django_db
def test_every_table_behind_the_wall_is_in_the_list():
    assert set(kept()) == protected_tables()
    assert not set(kept()) & set(OPEN)


@pytest.mark.parametrize("table", sorted(kept()))
def test_everybody_may_do_to_the_rows_what_is_kept_and_nothing_else(table: str, cast: SimpleNamespace):
    world(cast)
    found = rights(table, cast)
    assert found == kept()[table]


if WRITING:

    def test_what_is_found_is_written_down(cast: SimpleNamespace):
        world(cast)
        everything = {table: rights(table, cast) for table in sorted(protected_tables())}
        KEPT.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
