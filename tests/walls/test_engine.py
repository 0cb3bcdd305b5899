"""The engine tells each transaction who acts, and no connection remembers: with real threads and the real pool."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, connections, transaction
from django.db.models.expressions import RawSQL
from psycopg import sql

from tenancy.models import State
from tests.walls.product import Somebody, products_engine, told, told_beneath
from toolkit.acting import NOBODY, Identity, ViewerChanged, acting, acting_as, acting_as_nobody, asking_as, holding
from toolkit.database.base import settings_of

pytestmark = pytest.mark.django_db

ANNA = Somebody(11, (1, 200_000, 200_001, 1_000_000_011))
BERT = Somebody(12, (2, 200_000, 200_001, 1_000_000_012))
NOTHING = ("", "", "")
OF_ANNA = ("{1,200000,200001,1000000011}", "11", "")
OF_BERT = ("{2,200000,200001,1000000012}", "12", "")


@pytest.fixture
def pool_of_one():
    with products_engine(pool=1):
        yield


@pytest.fixture
def unpooled():
    with products_engine():
        yield


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


# --- kinds of statements -------------------------------------------------------------------------------------------


@pytest.fixture(params=["autocommit", "atomic"])
def anna(request, unpooled):
    """Anna acts, with and without a transaction around."""
    with acting_as(ANNA):
        if request.param == "autocommit":
            yield
        else:
            with transaction.atomic():
                yield


def test_parameters_may_hold_percent_signs_semicolons_and_quotes(anna):
    nasty = "100 %; DROP TABLE tenancy_state; -- '{\"%s\"}' \\"
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, 7 %% 4, current_setting('app.person', true)", [nasty])
        assert cursor.fetchall() == [(nasty, 3, "11")]
        cursor.execute("SELECT 'a;b%', current_setting('app.person', true)")
        assert cursor.fetchall() == [("a;b%", "11")]
        cursor.execute("SELECT %(said)s", {"said": nasty})
        assert cursor.fetchone() == (nasty,)


@pytest.mark.parametrize("statement", [b"SELECT 1", sql.SQL("SELECT {}").format(sql.Literal(1))])
def test_statements_may_be_bytes_or_composed(anna, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.fetchall() == [(1,)]


def test_a_cursor_shows_the_result_of_the_statement_alone(anna):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 AS one, 2 AS two UNION SELECT 3, 4 ORDER BY 1")
        assert [column.name for column in cursor.description] == ["one", "two"]
        assert cursor.rowcount == 2
        assert cursor.fetchall() == [(1, 2), (3, 4)]
        assert cursor.nextset() is None
        cursor.execute("SELECT 1; SELECT 2")
        assert cursor.fetchall() == [(1,)]
        assert cursor.nextset()
        assert cursor.fetchall() == [(2,)]


def test_many_at_once_are_all_told(anna):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE engine_said (number int, person text)")
        cursor.executemany("INSERT INTO engine_said VALUES (%s, current_setting('app.person', true))", [[1], [2], [3]])
        cursor.execute("SELECT number, person FROM engine_said ORDER BY number")
        assert cursor.fetchall() == [(1, "11"), (2, "11"), (3, "11")]
        cursor.execute("DROP TABLE engine_said")


def test_rows_read_piece_by_piece_are_read_as_the_acting_one(anna):
    """A cursor on the server would outlive its statement, and with a pool its transaction; so there are none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors")
        assert cursor.fetchone() == (0,)
    rows = State.objects.annotate(person=RawSQL("current_setting('app.person', true)", []))
    one_more = rows.union(rows, all=True)
    assert {row.person for row in one_more.iterator(chunk_size=2)} <= {"11"}
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT current_setting('app.person', true) FROM generate_series(1, 250)")
        assert {person for (person,) in cursor} == {"11"}


def test_explain_explains_the_statement(anna):
    plan = State.objects.filter(code="08").explain()
    assert "tenancy_state" in plan
    assert "SET LOCAL" not in plan


def test_copying_goes_past_the_engine_and_so_fails_closed(unpooled):
    """COPY has its own way through the driver. Alone it is told nothing; in a transaction, after another statement."""
    with acting_as(ANNA):
        with connection.cursor() as cursor, cursor.copy(f"COPY ({_PERSON}) TO STDOUT") as copy:
            assert b"".join(copy) == b"\n"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            with cursor.copy(f"COPY ({_PERSON}) TO STDOUT") as copy:
                assert b"".join(copy) == b"11\n"


_PERSON = "SELECT coalesce(current_setting('app.person', true), '')"


# --- who watches the statements -----------------------------------------------------------------------------------


def test_telling_counts_as_no_query_and_is_not_among_them(anna, django_assert_num_queries):
    with django_assert_num_queries(2) as seen:
        told()
        list(State.objects.all())
    assert not any("SET LOCAL" in query["sql"] for query in seen.captured_queries)
    assert seen.captured_queries[1]["sql"].startswith('SELECT "tenancy_state"."code"')


def test_many_at_once_count_as_one_query(unpooled, django_assert_num_queries):
    with acting_as(ANNA), transaction.atomic(), django_assert_num_queries(1), connection.cursor() as cursor:
        cursor.executemany("SELECT %s", [[1], [2]])


def test_an_error_shows_the_line_of_whoever_asked(anna):
    with pytest.raises(ProgrammingError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing_of_this_name FROM tenancy_state")
    said = str(caught.value)
    assert 'column "nothing_of_this_name" does not exist' in said
    assert "SELECT nothing_of_this_name FROM tenancy_state" in said
    assert "SET LOCAL" not in said
    assert "200000" not in said


def test_an_error_of_the_database_keeps_its_class(unpooled):
    with acting_as(ANNA), pytest.raises(ProgrammingError) as caught, connection.cursor() as cursor:
        cursor.execute("nonsense")
    assert isinstance(caught.value.__cause__, psycopg.errors.SyntaxError)


# --- what is told cannot be more than it says ----------------------------------------------------------------------


@pytest.mark.parametrize("token", ["'", "a', true); SELECT 1; --", "a\\", "ä", "٣", "a b", "a\n", "%s", "$$"])
def test_a_token_that_is_no_hash_is_told_as_none(unpooled, token):
    with holding(token), transaction.atomic():
        assert told() == NOTHING


def test_a_token_is_told_beside_whoever_acts(unpooled):
    with holding("0a1b"):
        assert told() == ("", "", "0a1b")
        with acting_as(ANNA):
            assert told() == (*OF_ANNA[:2], "0a1b")
        with acting_as(Somebody(None, ())):
            assert told() == ("", "", "0a1b")
    with acting_as(ANNA), holding("0a1b"):
        assert told() == (*OF_ANNA[:2], "0a1b")


def test_keys_and_persons_are_numbers_or_nothing_is_told():
    with pytest.raises(ValueError, match="invalid literal"):
        settings_of(Identity(keys=("1}', true); --",)))  # type: ignore[arg-type]  # what nobody should hand over
    with pytest.raises(ValueError, match="invalid literal"):
        settings_of(Identity(person_id="1'"))  # type: ignore[arg-type]  # as above


def test_many_threads_over_few_connections_never_hear_of_each_other():
    """Twelve threads, three connections, a thousand turns; with errors and rollbacks among them."""
    wrong: list[Any] = []
    start = threading.Barrier(12)

    def work(number: int) -> None:
        who = Somebody(number, (number, 200_001))
        mine = (f"{{{number},200001}}", str(number), "")
        start.wait()
        for turn in range(84):
            try:
                with acting_as(who):
                    if told() != mine:
                        wrong.append((number, turn, "alone"))
                    with transaction.atomic():
                        if told() != mine or told() != mine:
                            wrong.append((number, turn, "together"))
                        if turn % 3 == 0:
                            with connection.cursor() as cursor:
                                cursor.execute("SELECT 1/0")
                        if turn % 5 == 0:
                            transaction.set_rollback(True)
            except DatabaseError:
                pass
            if told() != NOTHING:
                wrong.append((number, turn, "after"))
            connection.close()

    with products_engine(pool=3):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 13)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert wrong == []
