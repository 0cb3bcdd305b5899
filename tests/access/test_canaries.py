"""Crawl everything as everybody: no text is heard where it must not, and each is heard by whom it is for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache as shared_cache
from django.test import Client

from tests.access.aviary import Aviary
from tests.access.canaries import build
from tests.access.crawl import STAYING, crawl, mine, sign_in
from tests.access.test_every_address import cast
from tests.walls.swapping import original, swapped
from toolkit.pagination import page_by_key

if TYPE_CHECKING:
    from tenancy.models import Person

__all__ = ["cast"]

SignIn = Callable[["Person"], Client]
SEED = 20_261_122


@pytest.fixture
def birds(cast: SimpleNamespace) -> Aviary:
    shared_cache.clear()
    return build(cast)


@pytest.fixture
def short_pages() -> Iterator[None]:
    """Lists turn over after three rows, so that the crawl reaches their second page and their last."""
    real = original(page_by_key)
    with swapped(page_by_key, lambda rows, order, mark="", *, size=20, **more: real(rows, order, mark, size=3, **more)):
        yield


@pytest.mark.slow
def test_nobody_hears_a_canary_that_is_not_theirs_and_everybody_hears_their_own(
    birds: Aviary, cast: SimpleNamespace, as_person: SignIn, short_pages: None
):
    """One after the other in random order, with whatever the ones before have left in the cache;
    then a quarter of all pages again."""
    shuffled = random.Random(SEED)
    order = shuffled.sample(STAYING, len(STAYING))
    seed = f"seed {SEED}: {' '.join(order)}"
    foreign, missing, broken = {}, {}, {}
    answered: dict[str, list[str]] = {}
    for who in order:
        done = crawl(sign_in(who, cast, as_person), birds)
        answered[who] = done.answered
        foreign[who] = done.foreign(birds, mine(who, birds))
        missing[who] = sorted(mine(who, birds) - set(done.heard))
        broken[who] = done.broken
    for who in shuffled.sample(STAYING, len(STAYING)):
        some = shuffled.sample(answered[who], len(answered[who]) // 4)
        again = crawl(sign_in(who, cast, as_person), birds, [f" {path}" for path in some])
        foreign[who] |= again.foreign(birds, mine(who, birds))
    assert {who: found for who, found in foreign.items() if found} == {}, seed
    assert {who: paths for who, paths in broken.items() if paths} == {}, seed
    assert {who: canaries for who, canaries in missing.items() if canaries} == {}, seed


@pytest.mark.parametrize("who", ["removed", "suspended"])
def test_who_was_let_go_hears_no_more_with_the_old_session(
    who: str, birds: Aviary, cast: SimpleNamespace, as_person: SignIn
):
    done = crawl(sign_in(who, cast, as_person), birds)
    assert done.foreign(birds, mine(who, birds) if who == "removed" else set()) == {}
    assert done.broken == []
    if who == "removed":
        assert mine(who, birds) <= set(done.heard)
