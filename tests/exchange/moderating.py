"""Acting as a moderator to whom a thing was reported."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tenancy.viewer import viewer_for
from tests.factories.moderation import ReportFactory
from tests.factories.tenancy import ModeratorFactory
from toolkit.acting import acting_as


@contextlib.contextmanager
def moderating(kind: str, number: int) -> Iterator[None]:
    """Somebody moderates in the Land in which this very thing was reported, and acts."""
    ReportFactory(kind=kind, object_id=number)
    with acting_as(viewer_for(ModeratorFactory().person)):
        yield
