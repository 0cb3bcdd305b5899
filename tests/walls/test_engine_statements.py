"""What the engine does to statements of each kind, and to whoever watches them, while somebody acts."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models.expressions import RawSQL
from psycopg import sql

from tenancy.models import State
from tests.walls.product import ANNA, NOTHING, OF_ANNA, Somebody, products_engine, told
from toolkit.acting import Identity, acting_as, holding
from toolkit.database.base import settings_of

pytestmark = pytest.mark.django_db


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
