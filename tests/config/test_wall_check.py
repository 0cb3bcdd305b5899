"""Nothing serves where the wall between the cities has a hole."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection as django_connection
from psycopg import sql

from config import embedded, wall_check
from tests.config.running import manage

ROLE = embedded.ROLE


@pytest.fixture
def superuser(db: None) -> Iterator[wall_check.Connection]:
    """Changes what it likes in the database of the tests, and none of it lasts."""
    place = django_connection.settings_dict
    with (
        psycopg.connect(host=place["HOST"], dbname=place["NAME"], user="postgres") as connection,
        connection.transaction(force_rollback=True),
    ):
        yield connection


def told(connection: wall_check.Connection, *statements: str, role: str = ROLE) -> list[str]:
    """What is found after the statements."""
    for statement in statements:
        connection.execute(sql.SQL(statement))
    return wall_check.findings(connection, role)


def test_the_wall_stands(superuser):
    assert wall_check.findings(superuser, ROLE) == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("ALTER ROLE lotsennetz BYPASSRLS", "darf die Regeln der Zeilen umgehen (BYPASSRLS)"),
        ("ALTER ROLE lotsennetz CREATEROLE", "darf Rollen vergeben und damit jede werden (CREATEROLE)"),
        ("ALTER ROLE lotsennetz REPLICATION", "darf die ganze Datenbank abschreiben (REPLICATION)"),
        ("GRANT lotsennetz_owner TO lotsennetz WITH INHERIT FALSE, SET TRUE", "kann zu „lotsennetz_owner“ werden"),
        ("GRANT lotsennetz_ops TO lotsennetz WITH INHERIT FALSE, SET FALSE", "kann zu „lotsennetz_ops“ werden"),
        ("GRANT postgres TO lotsennetz", "kann zu „postgres“ werden"),
        ("GRANT pg_execute_server_program TO lotsennetz", "kann zu „pg_execute_server_program“ werden"),
        ("GRANT TRUNCATE ON exchange_experience TO lotsennetz", "darf exchange_experience leeren (TRUNCATE), was"),
        ("GRANT TRUNCATE ON tenancy_state TO PUBLIC", "darf tenancy_state leeren (TRUNCATE), was keine Regel fragt"),
        ("GRANT CREATE ON SCHEMA public TO lotsennetz", "darf im Schema public Funktionen anlegen"),
        ("ALTER TABLE tenancy_state OWNER TO lotsennetz", "besitzt tenancy_state; wem etwas gehört"),
    ],
)
def test_a_way_past_the_policies_is_one_sentence(superuser, statement, sentence):
    (found,) = told(superuser, statement)
    assert found.startswith(f"Die Rolle „{ROLE}“ {sentence}")


def test_a_role_that_gets_there_through_another_is_found_as_well(superuser):
    made = ("CREATE ROLE between", "GRANT lotsennetz_ops TO between", "GRANT between TO lotsennetz")
    assert told(superuser, *made) == [f"Die Rolle „{ROLE}“ kann zu „lotsennetz_ops“ werden."]


def test_a_role_without_power_is_nothing_to_tell_of(superuser):
    assert told(superuser, "CREATE ROLE readers", "GRANT readers TO lotsennetz") == []


def test_superusers_and_whoever_owns_the_database_are_refused(superuser):
    assert "Die Rolle „postgres“ ist Superuser und sieht alles." in told(superuser, role="postgres")
    assert f"Die Rolle „{embedded.OWNER_ROLE}“ besitzt die Datenbank." in told(superuser, role=embedded.OWNER_ROLE)
    assert told(superuser, role="nobody") == ["Die Rolle „nobody“ gibt es nicht."]


NEW = "CREATE TABLE forgotten (id int)"
CLOSED = (NEW, "ALTER TABLE forgotten ENABLE ROW LEVEL SECURITY")
POLICY = "CREATE POLICY may_select ON forgotten FOR SELECT"


@pytest.mark.parametrize(
    "statements",
    [
        (NEW,),
        CLOSED,
        (NEW, f"{POLICY} USING (true)"),
        (*CLOSED, f"{POLICY} TO lotsennetz_ops USING (true)"),
        (*CLOSED, "CREATE POLICY may_insert ON forgotten FOR INSERT WITH CHECK (true)"),
    ],
    ids=["nothing", "no policy", "not enabled", "for others", "only for insert"],
)
def test_a_table_without_a_policy_that_holds_is_named(superuser, statements):
    sentence = "Die Tabelle forgotten hat keine Regel und steht nicht in config/open_tables.py."
    assert told(superuser, *statements) == [sentence]


@pytest.mark.parametrize("policy", [f"{POLICY} USING (true)", f"{POLICY} TO lotsennetz USING (true)"])
def test_a_table_with_a_policy_is_nothing_to_tell_of(superuser, policy):
    assert told(superuser, *CLOSED, policy) == []


def test_a_table_of_another_schema_is_named_as_well(superuser):
    (sentence,) = told(superuser, "CREATE SCHEMA elsewhere", "CREATE TABLE elsewhere.forgotten (id int)")
    assert sentence.startswith("Die Tabelle elsewhere.forgotten hat keine Regel")


def test_an_open_table_with_a_policy_and_one_that_is_gone_are_named(superuser):
    statements = ("ALTER TABLE tenancy_state ENABLE ROW LEVEL SECURITY", "ALTER TABLE taggit_tag RENAME TO taggit_gone")
    assert told(superuser, *statements) == [
        "Die Tabelle taggit_gone hat keine Regel und steht nicht in config/open_tables.py.",
        "Die Tabelle tenancy_state steht in config/open_tables.py und hat doch eine Regel.",
        "Die Tabelle taggit_tag steht in config/open_tables.py, und es gibt sie nicht.",
    ]


def test_views_see_with_the_eyes_of_who_looks(superuser):
    view = "AS SELECT * FROM tenancy_state"
    assert told(superuser, f"CREATE VIEW one WITH (security_invoker = true) {view}") == []
    assert told(superuser, f"CREATE VIEW two WITH (security_invoker = off) {view}", f"CREATE VIEW three {view}") == [
        f"Die Sicht {name} sieht mit den Augen ihres Eigentümers (security_invoker fehlt)." for name in ("three", "two")
    ]
    superuser.execute("DROP VIEW two, three")
    assert told(superuser, f"CREATE MATERIALIZED VIEW kept {view}") == ["Für kept kann es keine Regeln je Zeile geben."]


def test_a_function_of_the_owner_has_a_fixed_search_path(superuser):
    body = "RETURNS int LANGUAGE sql SECURITY DEFINER"
    assert told(superuser, f"CREATE FUNCTION one() {body} SET search_path = public, pg_temp AS 'SELECT 1'") == []
    assert told(superuser, f"CREATE FUNCTION two() {body} AS 'SELECT 1'") == [
        "Die Funktion two läuft als Eigentümer ohne festen Suchpfad."
    ]


def serve(command: tuple[str, ...], **environment: str) -> str:
    refused = manage(*command, **environment)
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    return refused.stderr


def test_web_and_worker_refuse_to_serve_as_the_wrong_role_and_before_there_are_tables(tmp_path):
    """In processes of their own, as a supervisor would start them."""
    data = tmp_path / "data"
    web, worker = ("shell", "-v", "0", "-c", "import config.asgi"), ("procrastinate", "worker", "--one-shot")
    with embedded.running_engines(data, throwaway=True):
        given = {"REDIS_URL": embedded.redis_url(data), "DATA_DIR": str(data)}
        assert "Bitte zuerst: manage.py migrate" in serve(web, **given | embedded.addresses(data))
        assert manage("migrate", "-v", "0", **given | embedded.addresses(data)).returncode == 0
        for command, role in ((web, "postgres"), (web, embedded.OWNER_ROLE), (worker, embedded.OPS_ROLE)):
            told = serve(command, **given, DATABASE_URL=embedded.database_url(data, role))
            assert told.startswith("Die Wand zwischen den Städten ist nicht dicht, darum startet nichts:\n  – ")
            assert f"Die Rolle „{role}“ " in told
        for command in (web, worker):
            served = manage(*command, **given, DATABASE_URL=embedded.database_url(data))
            assert served.returncode == 0, served.stderr
        checked = manage(
            *("check", "--deploy", "--database", "default"),
            **given,
            DATABASE_URL=embedded.database_url(data, embedded.OPS_ROLE),
        )
        assert "(config.E001) Die Rolle „lotsennetz_ops“ darf die Regeln" in checked.stderr
    assert "antwortet nicht" in serve(web, **given | embedded.addresses(data))
