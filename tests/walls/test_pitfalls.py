"""The traps of row level security: each shown where PostgreSQL sets it, and that the product does not step into it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config.embedded import OPS_ROLE, OWNER_ROLE, ROLE, TESTS_ROLE, postgres_program
from exchange.models import Comment, Experience, Helpful
from exchange.services.experiences import recall_experience
from tenancy.viewer import viewer_for
from tests.browser.harness.server import database_address
from tests.database.base import arranging
from tests.database.undoing import undone
from tests.factories.exchange import DraftFactory, ExperienceFactory
from tests.walls.product import Somebody, products_engine, told, told_beneath
from tests.walls.wall import rows
from toolkit.acting import ViewerChanged, acting_as, acting_as_nobody
from toolkit.models import AuditEntry
from toolkit.unseen import insert_unseen

pytestmark = pytest.mark.django_db

ANNA = Somebody(11, (1, 200_001))
BERT = Somebody(12, (2, 200_001))
OF_ANNA = ("{1,200001}", "11", "")
NOTHING = ("", "", "")

TRAP = f"""
SET ROLE {OWNER_ROLE};
CREATE TABLE trap (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seen boolean NOT NULL);
CREATE TABLE trap_child (trap_id bigint NOT NULL REFERENCES trap);
ALTER TABLE trap ENABLE ROW LEVEL SECURITY;
CREATE POLICY may_select ON trap FOR SELECT USING (seen);
CREATE POLICY may_insert ON trap FOR INSERT WITH CHECK (true);
CREATE POLICY may_update ON trap FOR UPDATE USING (true) WITH CHECK (true);
INSERT INTO trap (seen) VALUES (true), (false);
CREATE VIEW trap_plain AS SELECT * FROM trap;
CREATE VIEW trap_careful WITH (security_invoker = true) AS SELECT * FROM trap;
GRANT ALL ON trap, trap_child, trap_plain, trap_careful TO {ROLE}, {OPS_ROLE};
"""


@pytest.fixture
def superuser(db) -> Iterator[psycopg.Connection]:
    """Who may do everything, on the database of the run; nothing of it is kept."""
    address = database_address(connection.settings_dict["NAME"])
    with psycopg.connect(address, user="postgres") as bare:
        bare.execute(TRAP)
        bare.execute("RESET ROLE")
        yield bare
        bare.rollback()


@pytest.fixture
def runtime(superuser) -> psycopg.Connection:
    """The role that serves, in front of a small protected table: of its two rows one is in sight."""
    superuser.execute(f"SET ROLE {ROLE}")
    return superuser


def count(bare: psycopg.Connection, table: str) -> int:
    (number,) = bare.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    return int(number)


@contextmanager
def refused(bare: psycopg.Connection, why: str) -> Iterator[None]:
    with pytest.raises(psycopg.Error, match=why), bare.transaction():
        yield


# --- 1: tests as somebody who passes every wall --------------------------------------------------------------------


def test_trap_a_superuser_and_an_owner_walk_through_the_wall(superuser):
    assert count(superuser, "trap") == 2
    superuser.execute(f"SET ROLE {OWNER_ROLE}")
    assert count(superuser, "trap") == 2
    superuser.execute(f"SET ROLE {ROLE}")
    assert count(superuser, "trap") == 1


def test_what_the_product_does_in_a_test_it_does_as_the_role_that_serves():
    """Requests and verbs of a test run as the runtime role, which can neither bypass the wall nor take it down."""
    with acting_as(ANNA):
        found = rows("SELECT current_user, session_user")
    assert found == [(ROLE, TESTS_ROLE)]
    with acting_as_nobody():
        assert rows("SELECT current_user") == [(ROLE,)]
    with arranging():
        assert rows("SELECT current_user") == [(OWNER_ROLE,)]


def test_the_role_that_serves_can_neither_bypass_nor_own_nor_become_another():
    attributes = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %s",
        ROLE,
    )
    assert attributes == [(False, False, False, False, False)]
    assert rows("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = %s", ROLE) == []
    assert rows("SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = %s", ROLE) == []
    assert rows("SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s", ROLE) == []
    others = "SELECT rolname FROM pg_roles WHERE rolname <> %s AND pg_has_role(%s, oid, 'MEMBER')"
    assert rows(others, ROLE, ROLE) == []
    assert rows("SELECT has_schema_privilege(%s, 'public', 'CREATE')", ROLE) == [(False,)]
    # Truncating asks no policy, and a trigger or a reference would run in somebody else's name.
    more = rows(
        "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace "
        "AND has_table_privilege(%s, c.oid, 'TRUNCATE, REFERENCES, TRIGGER')",
        ROLE,
    )
    assert more == []


def test_the_role_of_the_tests_is_nothing_by_itself():
    """Should a test ever forget to say as whom it asks, it fails instead of seeing all."""
    assert rows("SELECT rolsuper, rolbypassrls, rolinherit FROM pg_roles WHERE rolname = %s", TESTS_ROLE) == [
        (False, False, False)
    ] or rows("SELECT bool_or(inherit_option) FROM pg_auth_members WHERE member = %s::regrole", TESTS_ROLE) == [
        (False,)
    ]
    address = database_address(connection.settings_dict["NAME"])
    with psycopg.connect(address, user=TESTS_ROLE) as bare, pytest.raises(psycopg.errors.InsufficientPrivilege):
        bare.execute("SELECT * FROM exchange_experience")


@pytest.mark.parametrize(
    "statement",
    [
        f"SET ROLE {OWNER_ROLE}",
        f"SET SESSION AUTHORIZATION {OWNER_ROLE}",
        "ALTER TABLE exchange_experience DISABLE ROW LEVEL SECURITY",
        "DROP POLICY may_select ON exchange_experience",
        "CREATE POLICY all_of_it ON exchange_experience USING (true)",
        "TRUNCATE exchange_experience",
        "ALTER TABLE exchange_experience DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE own_copy AS SELECT * FROM exchange_experience",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        f"ALTER ROLE {ROLE} BYPASSRLS",
        "DELETE FROM django_migrations",
        "COPY exchange_experience TO '/tmp/all'",
        "COPY exchange_experience TO PROGRAM 'cat'",
    ],
)
def test_the_role_that_serves_cannot_open_the_wall(statement):
    with products_engine(), pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_switching_row_security_off_is_an_error_and_no_way_through():
    with products_engine(), acting_as_nobody(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="affected by row-level security"):
            cursor.execute("SELECT * FROM exchange_experience")
        transaction.set_rollback(True)


# --- 2: settings of the session, and the pool ---------------------------------------------------------------------


def test_trap_a_setting_of_the_session_goes_on_to_whoever_gets_the_connection_next():
    with products_engine(pool=1):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.keys', '{1,200001}', false), set_config('app.person', '11', false)")
        connection.close()  # Anna's request is over; the next one is nobody's
        assert told() == OF_ANNA


def test_what_is_told_goes_with_its_transaction():
    with products_engine(pool=1):
        with acting_as(ANNA), transaction.atomic():
            assert told() == OF_ANNA
        connection.close()
        assert told() == NOTHING
        with acting_as(BERT):
            connection.set_autocommit(False)
            told()
            connection.close()  # in the middle
        assert told_beneath() == NOTHING


# --- 3: a rollback brings the one before back ----------------------------------------------------------------------


def test_trap_a_rollback_brings_back_who_acted_before(runtime):
    keys = "SELECT current_setting('app.keys', true)"
    runtime.execute("SELECT set_config('app.keys', '{1}', true)")
    with runtime.transaction(force_rollback=True):
        runtime.execute("SELECT set_config('app.keys', '{2}', true)")
        assert runtime.execute(keys).fetchone() == ("{2}",)
    # The program goes on for the second one; the database is back at the first.
    assert runtime.execute(keys).fetchone() == ("{1}",)


def test_nobody_else_begins_inside_a_transaction_so_none_can_come_back():
    with products_engine(), acting_as(ANNA), transaction.atomic():
        told()
        with pytest.raises(ViewerChanged), transaction.atomic(), acting_as(BERT):
            told()
        assert told() == OF_ANNA


# --- 4: insert with returning --------------------------------------------------------------------------------------


def test_trap_who_asks_for_the_new_number_must_see_the_new_row(runtime):
    runtime.execute("INSERT INTO trap (seen) VALUES (false)")
    with refused(runtime, "violates row-level security"):
        runtime.execute("INSERT INTO trap (seen) VALUES (false) RETURNING id")


def test_the_product_adds_what_its_writer_may_not_read_back(pilot):
    """A line of the record is for coordinators and associations; who did it adds it without asking for it back."""
    viewer = viewer_for(pilot)
    line = AuditEntry(verb="experience.recalled", person_id=pilot.pk, subject="experience", subject_id="1")
    with acting_as(viewer):
        with pytest.raises(DatabaseError, match="violates row-level security"), undone():
            line.save()
        insert_unseen(line)
        assert not AuditEntry.objects.filter(pk=line.pk).exists()
    assert AuditEntry.objects.get(pk=line.pk).verb == "experience.recalled"


# --- 5: out of one's own sight -------------------------------------------------------------------------------------


def test_trap_nobody_moves_a_row_out_of_their_own_sight(runtime):
    with refused(runtime, "violates row-level security"):
        runtime.execute("UPDATE trap SET seen = false WHERE seen")


def test_trap_who_changes_rows_without_reading_them_is_not_asked_what_they_see(runtime):
    """PostgreSQL asks the policy for reading only where a statement reads; so those for changing must ask it too."""
    assert runtime.execute("UPDATE trap SET seen = true WHERE id > 0").rowcount == 1
    assert runtime.execute("UPDATE trap SET seen = true").rowcount == 2


def test_a_verb_moves_a_row_out_of_sight_where_a_statement_may_not(pilot, coordinator, konstanz):
    """A coordinator takes back what somebody of the city published: only its author sees it then."""
    card = ExperienceFactory(network=konstanz, author=pilot, rung="all")
    viewer = viewer_for(coordinator)
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_experience SET state = 'recalled' WHERE id = %s", [card.pk])
        assert cursor.rowcount == 0
    recall_experience(viewer, card.pk, reason="Noch nicht abgestimmt.")
    card.refresh_from_db()
    assert card.state == "recalled"
    with acting_as(viewer):
        assert not Experience.objects.filter(pk=card.pk).exists()


# --- 6: a foreign key to a hidden row ------------------------------------------------------------------------------


def test_trap_a_foreign_key_points_to_hidden_rows_and_tells_which_there_are(runtime):
    runtime.execute("INSERT INTO trap_child VALUES (2)")
    with refused(runtime, "violates foreign key"):
        runtime.execute("INSERT INTO trap_child VALUES (3)")


def test_nothing_is_hung_on_a_hidden_row_and_a_refusal_does_not_tell_whether_there_is_one(outsider):
    hidden = ExperienceFactory(rung="network")
    with acting_as(viewer_for(outsider)):
        for number in (hidden.pk, 99_999_999):
            words = {"person_id": outsider.pk, "created_at": timezone.now()}
            with pytest.raises(DatabaseError, match="violates row-level security") as caught, undone():
                Helpful.objects.create(experience_id=number, **words)
            assert str(number) not in str(caught.value)
            with pytest.raises(DatabaseError, match="violates row-level security"), undone():
                Comment.objects.create(experience_id=number, author=outsider, body="Gibt es das?")


# --- 7: a dump by the wrong role -----------------------------------------------------------------------------------


def dump(role: str, *options: str) -> subprocess.CompletedProcess[str]:
    address = database_address(connection.settings_dict["NAME"])
    with psycopg.connect(address, user=ROLE) as bare:
        host = bare.info.host
    return subprocess.run(
        [postgres_program("pg_dump"), "-h", host, "-U", role, "-d", connection.settings_dict["NAME"],
         "--data-only", "--table=exchange_experience", *options],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PGOPTIONS": ""},
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_dump_by_the_role_that_serves_fails_and_one_by_ops_has_all():
    DraftFactory(title="Nur für die Verfasserin")
    refused_dump = dump(ROLE)
    assert refused_dump.returncode != 0
    assert "affected by row-level security" in refused_dump.stderr
    # The trap: told to make do with what it sees, it writes a dump with holes and says that all is well.
    holes = dump(ROLE, "--enable-row-security")
    assert holes.returncode == 0
    assert "Nur für die Verfasserin" not in holes.stdout
    whole = dump(OPS_ROLE)
    assert whole.returncode == 0, whole.stderr
    assert "Nur für die Verfasserin" in whole.stdout


# --- 8: a plain view ----------------------------------------------------------------------------------------------


def test_trap_a_plain_view_shows_what_its_owner_sees(runtime):
    assert count(runtime, "trap_plain") == 2
    assert count(runtime, "trap_careful") == 1


# That we have none, or say why, stands in test_every_table.
