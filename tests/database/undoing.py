"""Try something and take it back, inside of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens in the block never happened.

    Like the transaction around a test, and unlike one of the product, this one is of nobody: in it one may act after
    the other.
    """
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django marks its own around a test
    with block:
        yield
        transaction.set_rollback(True)
