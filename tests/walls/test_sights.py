"""The first wall by itself: what each rule of sight shows to whom while no policy is on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.access.test_every_address import cast
from tests.walls.rights import world
from tests.walls.sights import keep, kept, names, sights
from tests.walls.taking_down import without_the_second_wall
from tests.walls.test_rights import WRITING

__all__ = ["cast"]


def test_every_rule_of_sight_is_in_the_list():
    assert set(kept()) == set(names())


def test_every_rule_of_sight_shows_what_is_kept_and_nothing_else(cast: SimpleNamespace):
    birds = world(cast)
    with without_the_second_wall():
        found = {name: sights(function, birds, cast) for name, function in names().items()}
    assert found == kept()


if WRITING:

    @pytest.mark.django_db
    def test_what_is_shown_is_written_down(cast: SimpleNamespace):
        birds = world(cast)
        with without_the_second_wall():
            keep({name: sights(function, birds, cast) for name, function in names().items()})
