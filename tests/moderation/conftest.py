"""A kind of thing that exists for these tests alone, so that moderation is tested without the rooms above it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from moderation import public
from tests.moderation.leaflets import Leaflets


@pytest.fixture
def leaflets() -> Iterator[Leaflets]:
    """The leaflets of this test, registered as the kind ``leaflet``; limits begin anew."""
    before = dict(public._kinds)
    shelf = Leaflets()
    public.register_reportable(
        public.Reportable("leaflet", load=shelf.load, hide=shelf.hide, restore=shelf.restore, name="Merkblatt")
    )
    cache.clear()
    yield shelf
    public._kinds.clear()
    public._kinds.update(before)
