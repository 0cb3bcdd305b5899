"""A PostgreSQL of one's own is prepared by one command, which says what it does and does nothing twice."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from config import embedded
from tests.config.running import manage

SECRET = "word-of-the-administrator"
PASSWORDS = {"web": "word/of web?", "owner": "word-of-the-owner", "ops": "word-of-ops"}
NAMES = {"web": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "ops": "DATABASE_OPS_URL"}
numbers = itertools.count()


class Server:
    """A PostgreSQL that asks for passwords, and names of roles and a database that nobody used before."""

    def __init__(self, sockets: Path) -> None:
        self.sockets = quote(str(sockets), safe="")
        self.number = next(numbers)
        self.database = f"netz_{self.number}"

    def url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={self.sockets}"

    def addresses(self, **instead: str) -> dict[str, str]:
        passwords = PASSWORDS | instead
        urls = {NAMES[who]: self.url(self.role(who), passwords[who], self.database) for who in NAMES}
        return urls | {"DATABASE_ADMIN_URL": self.url("postgres", SECRET, "postgres")}

    def role(self, who: str) -> str:
        return f"{who}_{self.number}"

    def prepare(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        told = manage("prepare_database", *options, **self.addresses() | environment)
        for word in (SECRET, *PASSWORDS.values(), quote(PASSWORDS["web"], safe="")):
            assert word not in told.stdout + told.stderr
        return told

    def ask(self, statement: str, *, database: str = "postgres", who: str = "") -> list[tuple[Any, ...]]:
        url = self.url(self.role(who), PASSWORDS[who], database) if who else self.url("postgres", SECRET, database)
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(sql.SQL(statement))
            return cursor.fetchall() if cursor.description else []

    def everything(self) -> list[Any]:
        """Roles, memberships, databases and their rights, and the hashes of passwords."""
        roles = "SELECT * FROM pg_authid ORDER BY oid"
        memberships = "SELECT * FROM pg_auth_members ORDER BY oid"
        databases = "SELECT datname, datdba, datacl::text FROM pg_database ORDER BY oid"
        return [self.ask(roles), self.ask(memberships), self.ask(databases)]


@pytest.fixture(scope="module")
def sockets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("own") / "data"
    with embedded.running_engines(data, throwaway=True):
        folder = embedded.socket_directory(data)
        with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(f"ALTER ROLE postgres PASSWORD '{SECRET}'"))
            connection.execute(sql.SQL(f"CREATE ROLE guest LOGIN CREATEROLE CREATEDB PASSWORD '{SECRET}'"))
            (data / "postgres" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
            connection.execute("SELECT pg_reload_conf()")
        yield folder


@pytest.fixture
def server(sockets: Path) -> Server:
    return Server(sockets)


def test_roles_and_database_are_made_and_a_second_time_changes_nothing(server):
    told = server.prepare()
    assert (told.returncode, told.stderr) == (0, "")
    before = server.everything()
    again = server.prepare()
    assert again.stdout == "Alles war schon eingerichtet; nichts wurde geändert.\n"
    assert server.everything() == before


def test_a_dry_run_shows_what_will_be_run_and_runs_nothing(server):
    before = server.everything()
    shown = server.prepare("--dry-run")
    assert (shown.returncode, server.everything()) == (0, before)
    done = server.prepare()
    assert done.stdout == shown.stdout + "Eingerichtet. Als Nächstes: manage.py migrate\n"
    assert shown.stdout.count("PASSWORD '…'") == 3


def test_the_roles_may_what_they_need_and_no_more(server):
    server.prepare()
    asked = "rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
    rights = {who: server.ask(f"SELECT {asked} FROM pg_roles WHERE rolname = '{server.role(who)}'") for who in NAMES}
    nothing = [(False, False, False, False, False)]
    assert rights == {"web": nothing, "owner": nothing, "ops": [(False, True, False, False, False)]}
    server.ask("CREATE TABLE made_by_owner (id int)", database=server.database, who="owner")
    for who in ("web", "ops"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            server.ask("CREATE TABLE mine (id int)", database=server.database, who=who)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            server.ask(f"SET ROLE {server.role('owner')}", database=server.database, who=who)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            server.ask("CREATE TEMPORARY TABLE mine (id int)", database=server.database, who=who)


def test_whoever_else_has_an_account_on_the_server_does_not_get_in(server):
    server.prepare()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.url("guest", SECRET, server.database))


def test_what_has_gone_wrong_since_is_set_right_and_nothing_else(server):
    server.prepare()
    before = server.everything()
    web, owner = server.role("web"), server.role("owner")
    server.ask(f"ALTER ROLE {web} BYPASSRLS CREATEDB")
    server.ask(f"GRANT {owner}, pg_read_all_data TO {web}")
    server.ask(f"GRANT CONNECT ON DATABASE {server.database} TO PUBLIC")
    told = server.prepare()
    assert told.stdout.splitlines() == [
        f'ALTER ROLE "{web}" NOBYPASSRLS NOCREATEDB;',
        f'REVOKE "{owner}" FROM "{web}" GRANTED BY "postgres";',
        f'REVOKE "pg_read_all_data" FROM "{web}" GRANTED BY "postgres";',
        f'REVOKE ALL ON DATABASE "{server.database}" FROM PUBLIC;',
        "Eingerichtet. Als Nächstes: manage.py migrate",
    ]
    assert server.everything() == before


def test_a_new_password_in_an_address_becomes_the_roles_password(server, monkeypatch):
    server.prepare()
    monkeypatch.setitem(PASSWORDS, "ops", "another-word")
    told = server.prepare()
    assert told.stdout.splitlines()[0] == f"ALTER ROLE \"{server.role('ops')}\" PASSWORD '…';"
    assert server.ask("SELECT current_user", database=server.database, who="ops") == [(server.role("ops"),)]
    assert server.prepare().stdout.startswith("Alles war schon eingerichtet")


def test_an_installation_with_one_role_is_handed_to_the_owner(server):
    """As everybody had it until there were three: the role that serves owns the database and all that is in it."""
    web = server.role("web")
    server.ask(f"CREATE ROLE {web} LOGIN PASSWORD '{PASSWORDS['web']}'")
    server.ask(f"CREATE DATABASE {server.database} OWNER {web}")
    server.ask("CREATE TABLE old (id int)", database=server.database, who="web")
    told = server.prepare()
    assert (told.returncode, told.stderr) == (0, "")
    tables = "SELECT tableowner FROM pg_tables WHERE tablename = 'old'"
    assert server.ask(tables, database=server.database) == [(server.role("owner"),)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        server.ask("SELECT FROM old", database=server.database, who="web")
    assert server.prepare().stdout.startswith("Alles war schon eingerichtet")


def refused(told: subprocess.CompletedProcess[str]) -> str:
    assert told.returncode == 1, told.stdout
    assert told.stderr.count("\n") == 1, told.stderr
    return told.stderr


def test_whoever_is_no_superuser_is_refused_and_may_look_at_what_one_would_run(server):
    before = server.everything()
    admin = server.url("guest", SECRET, "postgres")
    assert "„guest“ aus DATABASE_ADMIN_URL ist kein Superuser" in refused(server.prepare("--admin", admin))
    shown = server.prepare("--admin", admin, "--dry-run")
    assert shown.stdout.startswith("CREATE ROLE")
    assert "kein Superuser" in shown.stderr
    assert server.everything() == before


@pytest.mark.parametrize(
    ("role", "password", "database"), [("postgres", "wrong-word", "postgres"), ("postgres", SECRET, "nowhere")]
)
def test_an_administrator_whom_the_server_does_not_let_in_is_one_sentence(server, role, password, database):
    said = refused(server.prepare("--admin", server.url(role, password, database)))
    assert said.startswith("CommandError: Die Datenbank aus DATABASE_ADMIN_URL (")
    assert password not in said


def test_a_role_that_is_superuser_elsewhere_is_left_alone(server):
    server.ask(f"CREATE ROLE {server.role('web')} SUPERUSER LOGIN")
    before = server.everything()
    assert "ist Superuser des Servers und darf keine der drei Rollen sein" in refused(server.prepare())
    assert server.everything() == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DATABASE_OWNER_URL": ""}, "DATABASE_OWNER_URL fehlt"),
        ({"DATABASE_OPS_URL": ""}, "DATABASE_OPS_URL fehlt"),
        ({"DATABASE_ADMIN_URL": ""}, "Wer darf Rollen anlegen?"),
        ({"DATABASE_OPS_URL": "nonsense word"}, "DATABASE_OPS_URL ist keine Adresse von PostgreSQL"),
        ({"DATABASE_OPS_URL": "postgresql://ops@db.example/netz"}, "müssen dieselbe Datenbank nennen"),
        ({"DATABASE_ADMIN_URL": "postgresql://postgres@db.example/postgres"}, "nennt einen anderen Server"),
    ],
)
def test_addresses_that_do_not_fit_are_one_sentence(server, change, sentence):
    assert sentence in refused(server.prepare(**change))


def test_three_addresses_with_two_roles_are_refused(server):
    addresses = server.addresses()
    assert "müssen drei Rollen nennen" in refused(server.prepare(DATABASE_OPS_URL=addresses["DATABASE_OWNER_URL"]))


def test_the_embedded_database_needs_no_preparing(tmp_path):
    assert "die „start“ selbst einrichtet" in refused(manage("prepare_database", DATA_DIR=str(tmp_path)))
