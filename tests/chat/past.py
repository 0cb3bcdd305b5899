"""Asking the database of the chat past all rules in Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, transaction

from tenancy.models import Person
from tenancy.viewer import viewer_for
from toolkit.acting import acting_as

#: People of the cast who are in no conversation of the pilot's, each for another reason.
STRANGERS = ["outsider", "coordinator", "moderator", "operator"]


@contextmanager
def as_(person: Person) -> Iterator[None]:
    """Ask the database as somebody, past all rules in Python."""
    with acting_as(viewer_for(person)):
        yield


@contextmanager
def refused() -> Iterator[None]:
    """The database says no, and the transaction of the test goes on."""
    with pytest.raises(ProgrammingError), transaction.atomic():
        yield
