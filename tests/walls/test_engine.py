"""The engine tells each transaction who acts, and no connection remembers: with real threads and the real pool."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, connections, transaction

from tests.walls.product import ANNA, BERT, NOTHING, OF_ANNA, OF_BERT, Somebody, told, told_beneath
from toolkit.acting import NOBODY, ViewerChanged, acting, acting_as, acting_as_nobody, asking_as, holding

pytestmark = pytest.mark.django_db


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Do it in a thread of its own, which gives its connection back at the end."""

    def carefully() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(carefully).result(timeout=30)


# --- told, and gone ------------------------------------------------------------------------------------------------


def test_each_statement_of_its_own_is_told_who_acts(unpooled):
    with acting_as(ANNA):
        assert told() == OF_ANNA
        assert told() == OF_ANNA
    assert told() == NOTHING


def test_a_transaction_is_told_once_with_its_first_statement(unpooled):
    with acting_as(ANNA), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        # Asked past our cursor, so nothing new is told by asking.
        assert told_beneath() == OF_ANNA
    assert told_beneath() == NOTHING


def test_nobody_is_told_nothing_and_so_sees_what_is_public(unpooled):
    assert acting() == NOBODY
    assert told() == NOTHING
    with transaction.atomic():
        assert told() == NOTHING


def test_one_connection_serves_two_people_in_turn_and_remembers_neither(pool_of_one):
    seen = set()
    for who, expected in ((ANNA, OF_ANNA), (BERT, OF_BERT), (ANNA, OF_ANNA)):
        with acting_as(who), transaction.atomic():
            assert told() == expected
            seen.add(backend())
        connection.close()
        assert told_beneath() == NOTHING
        seen.add(backend())
        connection.close()
        with acting_as(who):
            assert told() == expected
        assert told_beneath() == NOTHING
        connection.close()
    assert len(seen) == 1, "the pool should have had one connection"


@pytest.mark.parametrize("statement", ["SELECT nothing_of_this_name", "SELECT 1/0"])
def test_nothing_stays_after_an_error(pool_of_one, statement):
    with acting_as(ANNA):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)
        assert told_beneath() == NOTHING
        with transaction.atomic():
            assert told() == OF_ANNA
            with pytest.raises(DatabaseError):
                connection.cursor().execute(statement)
            transaction.set_rollback(True)
        assert told_beneath() == NOTHING
    connection.close()
    with acting_as(BERT):
        assert told() == OF_BERT


def test_nothing_stays_after_a_rollback(pool_of_one):
    with acting_as(ANNA), transaction.atomic():
        assert told() == OF_ANNA
        transaction.set_rollback(True)
    assert told_beneath() == NOTHING
    with acting_as(BERT), transaction.atomic():
        assert told() == OF_BERT


def test_a_connection_given_back_in_the_middle_of_a_transaction_knows_nothing(pool_of_one):
    with acting_as(ANNA):
        connection.set_autocommit(False)
        assert told() == OF_ANNA
        connection.close()
    assert told() == NOTHING
    with acting_as(BERT):
        assert told() == OF_BERT


def test_a_connection_that_broke_is_replaced_by_one_that_is_told_anew(pool_of_one):
    with acting_as(ANNA):
        with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        with transaction.atomic():
            assert told() == OF_ANNA
    connection.close()
    with acting_as(BERT), transaction.atomic():
        assert told() == OF_BERT


def test_a_statement_that_never_left_is_not_taken_for_told(unpooled):
    with acting_as(ANNA), transaction.atomic():
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT %s, %s", ["one is missing"])
        assert told() == OF_ANNA


# --- transactions in transactions ----------------------------------------------------------------------------------


def test_nested_blocks_and_savepoints_keep_who_acts(unpooled):
    with acting_as(ANNA), transaction.atomic():
        with transaction.atomic():
            assert told_beneath() == OF_ANNA
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert told_beneath() == OF_ANNA
        place = transaction.savepoint()
        transaction.savepoint_rollback(place)
        assert told_beneath() == OF_ANNA
        with transaction.atomic(durable=False):
            assert told() == OF_ANNA
    assert told_beneath() == NOTHING


def test_the_first_statement_may_be_a_savepoint_that_is_rolled_back(unpooled):
    with acting_as(ANNA), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert told_beneath() == OF_ANNA


def test_without_autocommit_each_transaction_is_told_anew(unpooled):
    with acting_as(ANNA):
        connection.set_autocommit(False)
        assert told() == OF_ANNA
        connection.commit()
        assert told() == OF_ANNA
        connection.rollback()
    with acting_as(BERT):
        assert told() == OF_BERT
        connection.rollback()
        connection.set_autocommit(True)
    assert told() == NOTHING


# --- somebody else ------------------------------------------------------------------------------------------------


def test_nobody_else_may_act_inside_a_transaction(unpooled):
    with acting_as(ANNA), transaction.atomic():
        told()
        with pytest.raises(ViewerChanged), acting_as(BERT):
            pass
        with pytest.raises(ViewerChanged), acting_as_nobody():
            pass
        with pytest.raises(ViewerChanged), holding("a1"):
            pass
        assert told() == OF_ANNA


def test_a_transaction_that_nobody_began_is_not_continued_by_somebody(unpooled):
    with transaction.atomic():
        told()
        with pytest.raises(ViewerChanged), acting_as(ANNA):
            pass


def test_a_transaction_that_outlives_the_one_who_acted_in_it_refuses_to_go_on(unpooled):
    with transaction.atomic():
        with acting_as(ANNA):
            assert told() == OF_ANNA
        with pytest.raises(ViewerChanged):
            told()
        with acting_as(ANNA):
            assert told() == OF_ANNA


def test_before_its_first_statement_a_transaction_belongs_to_nobody_yet(unpooled):
    with transaction.atomic(), acting_as(ANNA):
        assert told() == OF_ANNA


def test_somebody_else_may_act_after_the_transaction(unpooled):
    for who, expected in ((ANNA, OF_ANNA), (BERT, OF_BERT)):
        with acting_as(who), transaction.atomic():
            assert told() == expected
    with acting_as(ANNA), acting_as(BERT):
        assert told() == OF_BERT


def test_another_thread_is_independent_of_the_transaction_here(unpooled):
    def there() -> Any:
        before = acting()
        with acting_as(BERT), transaction.atomic():
            return before, told()

    with acting_as(ANNA), transaction.atomic():
        assert told() == OF_ANNA
        # A new thread begins as nobody: who acts here is not handed on by itself.
        assert in_a_thread(there) == (NOBODY, OF_BERT)
        assert told() == OF_ANNA


def test_who_gains_a_key_on_the_way_goes_on_with_the_old_ones_until_the_transaction_ends(unpooled):
    richer = Somebody(ANNA.person_id, (*ANNA.keys, 5))
    with acting_as(ANNA):
        with transaction.atomic():
            told()
            with acting_as(richer):
                assert told() == OF_ANNA
        with acting_as(richer):
            assert told()[0] == "{1,200000,200001,1000000011,5}"


# --- a rule that is asked about a third person -----------------------------------------------------------------------


VISITOR = Somebody(None, ())


@pytest.mark.parametrize(("asked", "expected"), [(BERT, OF_BERT), (VISITOR, NOTHING)])
def test_in_the_midst_of_a_transaction_one_reads_as_somebody_else_and_goes_on(unpooled, asked, expected):
    with acting_as(ANNA), transaction.atomic():
        assert told() == OF_ANNA
        with asking_as(asked):
            assert told() == told_beneath() == expected
        assert told_beneath() == OF_ANNA
        assert told() == OF_ANNA
        with transaction.atomic(), asking_as(asked):
            assert told() == expected
        assert told_beneath() == OF_ANNA


def test_where_nobody_acts_nothing_stays_of_the_one_who_was_asked_about(unpooled):
    with transaction.atomic():
        told()
        with asking_as(ANNA):
            assert told() == OF_ANNA
        assert told() == told_beneath() == NOTHING
    with asking_as(ANNA):
        assert told() == OF_ANNA
    assert told() == NOTHING
    assert not connection.in_atomic_block


def test_an_error_while_somebody_is_asked_about_leaves_the_one_before(unpooled):
    with acting_as(ANNA), transaction.atomic():
        for statement in ("SELECT 1/0", "SELECT %s"):
            with pytest.raises(DatabaseError), asking_as(BERT), connection.cursor() as cursor:
                cursor.execute(statement, [] if "%" in statement else None)
            assert told() == told_beneath() == OF_ANNA
        with pytest.raises(ZeroDivisionError), asking_as(BERT):
            raise ZeroDivisionError
        assert told() == OF_ANNA


@pytest.mark.parametrize(
    "statement",
    ["UPDATE tenancy_state SET name = name", "SELECT nextval('tenancy_network_id_seq')",
     "SELECT tenancy_forget_unconfirmed()", "WITH gone AS (DELETE FROM tenancy_state RETURNING 1) SELECT * FROM gone"],
)  # fmt: skip
def test_for_somebody_else_one_only_reads_whatever_is_called(unpooled, statement):
    with acting_as(ANNA), transaction.atomic():
        told()
        with pytest.raises(DatabaseError, match="read-only transaction"), asking_as(BERT):
            connection.cursor().execute(statement)
        with asking_as(BERT), pytest.raises(ViewerChanged), acting_as(ANNA):
            pass
        # Afterwards the one from before may write again.
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE engine_wrote ON COMMIT DROP AS SELECT 1")
        assert told() == OF_ANNA
