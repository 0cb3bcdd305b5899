"""What several tests of networks look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.tenancy import MunicipalityFactory, NetworkFactory
from tests.tenancy.worlds import fill

if TYPE_CHECKING:
    from tenancy.models import Network


@pytest.fixture
def hidden(db) -> Network:
    """A network in Baden-Württemberg that is still being set up, with one of everything."""
    network = NetworkFactory(municipality=MunicipalityFactory(ags="08425001"), published_at=None, slug="geheim")
    fill(network)
    return network
