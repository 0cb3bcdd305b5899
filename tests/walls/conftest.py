"""The product's own engine for tests of the walls."""

from __future__ import annotations

import pytest

from tests.walls.product import products_engine


@pytest.fixture
def pool_of_one():
    with products_engine(pool=1):
        yield


@pytest.fixture
def unpooled():
    with products_engine():
        yield
