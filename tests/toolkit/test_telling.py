"""Saying something on a lower floor: whoever is registered carries it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from toolkit import telling


@pytest.fixture
def heard(monkeypatch):
    """What a teller of this test was asked to carry, instead of the real one."""
    calls: list[tuple[list[int], dict[str, object]]] = []
    monkeypatch.setattr(telling, "_tellers", [])

    def listen(person_ids: Iterable[int], **said: Any) -> None:
        calls.append((list(person_ids), said))

    telling.register_teller(listen)
    return calls


def test_each_person_is_named_once_and_in_order(heard):
    telling.tell([3, 1, 3], kind="comment", text="Neu", url="/a/", key="k", mail=True)
    assert heard == [([1, 3], {"kind": "comment", "text": "Neu", "url": "/a/", "key": "k", "mail": True})]


def test_what_is_not_said_is_empty(heard):
    telling.tell([1], kind="comment", text="Neu")
    assert heard == [([1], {"kind": "comment", "text": "Neu", "url": "", "key": "", "mail": False})]


def test_the_floor_of_notices_is_registered_once():
    assert len(telling._tellers) == 1
