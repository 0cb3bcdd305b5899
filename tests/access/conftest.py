"""Lets all access tests run with one of the two walls down: ``WALL=first`` leaves the first alone, ``WALL=second`` the
second. What is then red is either a leak, or a page that breaks on rows its rule would have left out (second only).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.walls.taking_down import without_the_first_wall, without_the_second_wall


@pytest.fixture(autouse=True)
def one_wall_alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing, unless the environment names the wall that is to stand alone."""
    alone = os.environ.get("WALL", "")
    if alone == "first" and {"db", "transactional_db", "_django_db_helper"} & set(request.fixturenames):
        request.getfixturevalue("db")
        with without_the_second_wall():
            yield
    elif alone == "second":
        with without_the_first_wall():
            yield
    else:
        yield
