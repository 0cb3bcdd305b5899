"""Who acts: kept per thread and task, for as long as a block lasts."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection

from config.embedded import ROLE
from tests.database.base import ARRANGING, arranging
from toolkit.acting import NOBODY, Identity, ViewerChanged, acting, acting_as, acting_as_nobody, holding, verb


@dataclass(frozen=True)
class Somebody:
    person_id: int | None
    keys: tuple[int, ...]


ANNA = Somebody(11, (1, 200_001))
BERT = Somebody(12, (2, 200_001))
VISITOR = Somebody(None, (200_001,))


@pytest.fixture(autouse=True)
def begun_as_nobody(arranged):
    with acting_as_nobody():
        yield


def test_somebody_acts_as_long_as_the_block_lasts_and_the_one_before_afterwards():
    assert acting() == NOBODY
    with acting_as(ANNA):
        assert acting() == Identity(ANNA.keys, 11)
        with acting_as(BERT):
            assert acting() == Identity(BERT.keys, 12)
        assert acting() == Identity(ANNA.keys, 11)
    assert acting() == NOBODY


def test_the_block_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), acting_as(ANNA):
        raise ZeroDivisionError
    assert acting() == NOBODY


def test_a_visitor_is_nobody_whatever_keys_were_handed_over():
    with acting_as(ANNA), acting_as(Somebody(None, (1, 2, 3))):
        assert acting() == NOBODY


def test_a_token_is_held_beside_whoever_acts_and_given_back():
    with acting_as(ANNA), holding("a1"):
        assert acting() == Identity(ANNA.keys, 11, "a1")
        with acting_as(VISITOR):
            assert acting() == Identity(token="a1")
        with acting_as_nobody():
            assert acting() == NOBODY
    assert acting() == NOBODY


def test_a_new_thread_begins_as_nobody():
    found = []
    with acting_as(ANNA):
        thread = threading.Thread(target=lambda: found.append(acting()))
        thread.start()
        thread.join()
    # On Python 3.14 with free threads a thread begins with the context of who started it.
    assert found == [NOBODY]


def test_tasks_at_once_do_not_mix():
    async def say(who: Somebody) -> list[Identity]:
        said = []
        with acting_as(who):
            for _ in range(20):
                await asyncio.sleep(0)
                said.append(acting())
        return said

    async def both() -> tuple[list[Identity], list[Identity]]:
        return await asyncio.gather(say(ANNA), say(BERT))

    annas, berts = asyncio.run(both())
    assert set(annas) == {Identity(ANNA.keys, 11)}
    assert set(berts) == {Identity(BERT.keys, 12)}


def test_a_task_that_outlives_the_block_acts_for_nobody():
    """A task takes the context with it. Without this it would act for somebody whose request is long over."""

    async def request() -> tuple[Identity, Identity]:
        may_go_on = asyncio.Event()

        async def background() -> tuple[Identity, Identity]:
            during = acting()
            await may_go_on.wait()
            return during, acting()

        with acting_as(ANNA):
            task = asyncio.create_task(background())
            await asyncio.sleep(0)
        may_go_on.set()
        return await task

    during, afterwards = asyncio.run(request())
    assert during == Identity(ANNA.keys, 11)
    assert afterwards == NOBODY


def test_a_context_that_was_kept_acts_for_nobody_once_the_block_is_over():
    with acting_as(ANNA):
        kept = contextvars.copy_context()
        assert kept.run(acting) == Identity(ANNA.keys, 11)
    assert kept.run(acting) == NOBODY


# --- verbs --------------------------------------------------------------------------------------------------------


@verb
def _insert(viewer: Somebody, number: int, *, fail: bool = False) -> tuple[Identity, bool]:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO acting_said VALUES (%s, current_setting('app.person', true))", [number])
        if fail:
            cursor.execute("SELECT 1/0")
    return acting(), connection.in_atomic_block


@verb
def _two(viewer: Somebody, other: Somebody) -> None:
    _insert(viewer, 1)
    _insert(other, 2)


@pytest.fixture
def said(db):
    with arranging(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE acting_said (number int, person text); GRANT ALL ON acting_said TO public"
        )

    def rows() -> list[tuple[int, str]]:
        with arranging(), connection.cursor() as cursor:
            cursor.execute("SELECT number, person FROM acting_said ORDER BY number")
            return list(cursor.fetchall())

    return rows


def test_a_verb_is_one_transaction_in_which_its_viewer_acts(said):
    assert _insert(ANNA, 1) == (Identity(ANNA.keys, 11), True)
    assert acting() == NOBODY
    assert said() == [(1, "11")]


def test_a_verb_that_fails_leaves_nothing(said):
    with pytest.raises(DatabaseError):
        _insert(ANNA, 1, fail=True)
    assert said() == []
    assert acting() == NOBODY


def test_a_verb_calls_another_one_for_the_same_viewer_and_for_nobody_else(said):
    _two(ANNA, ANNA)
    assert said() == [(1, "11"), (2, "11")]
    with pytest.raises(ViewerChanged):
        _two(ANNA, BERT)
    assert len(said()) == 2


def test_a_verb_keeps_the_name_and_the_promise_of_its_service():
    assert inspect.unwrap(_insert) is not _insert
    assert inspect.unwrap(_insert).__name__ == _insert.__name__ == "_insert"


def test_a_visitor_of_a_test_asks_as_the_role_that_serves(db):
    with arranging(), acting_as(VISITOR), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (ROLE,)


def test_what_a_test_arranges_is_nobody_of_the_product():
    with arranging():
        assert acting() == ARRANGING != NOBODY
        # A visitor has no keys and no number either, and must not be taken for the test.
        with acting_as(VISITOR):
            assert acting() == NOBODY != ARRANGING
    assert acting() == NOBODY
