"""One command starts everything, and ends everything, whatever happens in between."""

from __future__ import annotations

import http.client
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded
from tests.config.running import Start, free_port, manage, still_alive

pytestmark = pytest.mark.slow


def first_line_only(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith(".\n") and "Traceback" not in text


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that was started once before: the register is in it."""
    folder = tmp_path_factory.mktemp("start") / "data"
    with Start(folder, "--no-demo") as run:
        assert run.end() == 0
    return folder


@pytest.fixture
def run(data: Path) -> Iterator[Start]:
    with Start(data, "--no-demo") as run:
        yield run


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_it_serves_pages_and_says_where(run):
    assert get(run.port, "/gesund/") == 200
    assert f"http://127.0.0.1:{run.port}/" in run.output.read_text()


def test_a_mail_that_is_enqueued_is_sent_by_the_worker_and_kept_as_a_file(run):
    enqueue = "from toolkit.jobs import send_mail_job as job; job.defer(to='a@konstanz.example', subject='S', body='B')"
    assert manage("shell", "-c", enqueue, DATA_DIR=str(run.data)).returncode == 0
    deadline = time.monotonic() + 20
    while not list((run.data / "mails").glob("*.eml")) and time.monotonic() < deadline:
        time.sleep(0.1)
    (mail,) = (run.data / "mails").glob("*.eml")
    assert b"To: a@konstanz.example" in mail.read_bytes()


def test_the_four_children_are_there_and_nobody_is_left_after_a_polite_end(run):
    assert set(run.children()) == {"PostgreSQL", "Valkey", "Server", "Helfer"}
    everything = run.everything()
    assert run.end(signal.SIGTERM) == 0
    assert still_alive(everything, within=1) == []
    assert run.errors.read_text() == ""


def test_control_c_is_a_polite_end_as_well(run):
    everything = run.everything()
    assert run.end(signal.SIGINT) == 0
    assert still_alive(everything, within=1) == []


def test_after_a_kill_the_children_go_by_themselves_and_the_next_start_works(data):
    with Start(data, "--no-demo") as killed:
        everything = killed.everything()
        killed.end(signal.SIGKILL)
        with Start(data, "--no-demo") as again:
            assert get(again.port, "/gesund/") == 200
            assert still_alive(everything, within=0) == []
            assert again.end() == 0


def test_the_next_start_ends_what_a_kill_left_running_and_drops_its_stale_files(data):
    with Start(data, "--no-demo") as killed:
        database = killed.children()["PostgreSQL"]
        # Even the database dies at once, and leaves its file of the process number behind.
        killed.process.kill()
        database.kill()
        killed.process.wait()
        with Start(data, "--no-demo") as again:
            assert again.end() == 0


def test_when_a_child_dies_everything_ends_with_a_sentence(run):
    everything = run.everything()
    run.children()["Server"].kill()
    assert run.process.wait(30) == 1
    assert first_line_only(run.errors.read_text())
    assert "Server hat sich unerwartet beendet" in run.errors.read_text()
    assert still_alive(everything, within=1) == []


def test_a_second_start_on_the_same_directory_is_refused_and_the_first_goes_on(run):
    second = manage("start", "--data", str(run.data), "--port", str(free_port()))
    assert second.returncode == 1
    assert first_line_only(second.stderr)
    assert "läuft schon" in second.stderr
    assert get(run.port, "/gesund/") == 200


def test_other_commands_use_the_database_that_runs(run):
    asked = manage("migrate", "--check", DATA_DIR=str(run.data))
    assert (asked.returncode, asked.stderr) == (0, "")


def test_other_commands_bring_their_own_database_and_take_it_away_again(data):
    asked = manage("migrate", "--check", DATA_DIR=str(data))
    assert (asked.returncode, asked.stderr) == (0, "")
    assert not (data / "children.json").exists()


def test_secrets_are_made_once_and_are_readable_by_their_owner_alone(data):
    for name in ("secret_key", "mailbox_token"):
        assert (data / name).stat().st_mode & 0o077 == 0
        assert len((data / name).read_text()) >= 24
    assert data.stat().st_mode & 0o077 == 0


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = manage("start", "--data", str(tmp_path / "data"), "--port", port)
    assert refused.returncode == 1
    assert refused.stderr == f"Port {port} ist schon belegt. Bitte mit --port einen anderen wählen.\n"


def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path):
    """Below a file nobody can make a folder, not even root."""
    (tmp_path / "file").touch()
    refused = manage("start", "--data", str(tmp_path / "file" / "data"), "--port", str(free_port()))
    assert refused.returncode == 1
    assert first_line_only(refused.stderr)
    assert "kann nicht geschrieben werden" in refused.stderr


@pytest.mark.parametrize(
    ("variable", "address", "sentence"),
    [
        (
            "DATABASE_URL",
            "postgresql://someone:secret-word@127.0.0.1:{port}/lotsennetz",
            "Die Datenbank aus DATABASE_URL",
        ),
        ("DATABASE_URL", "nonsense", "Die Datenbank aus DATABASE_URL"),
        ("REDIS_URL", "redis://:secret-word@127.0.0.1:{port}/0", "Der Zwischenspeicher aus REDIS_URL"),
        ("REDIS_URL", "nonsense", "Der Zwischenspeicher aus REDIS_URL"),
    ],
)
def test_an_engine_that_does_not_answer_is_one_sentence_without_its_password(tmp_path, variable, address, sentence):
    given = {variable: address.format(port=free_port())}
    refused = manage("start", "--data", str(tmp_path / "data"), "--port", str(free_port()), **given)
    assert refused.returncode == 1
    assert first_line_only(refused.stderr)
    assert refused.stderr.startswith(f"{sentence} (")
    assert "secret-word" not in refused.stderr


@pytest.mark.parametrize("missing", ["DATABASE_OWNER_URL", "DATABASE_OPS_URL"])
def test_a_database_of_ones_own_is_not_mixed_with_the_embedded_one(tmp_path, missing):
    """With an address of one role alone, the others would be looked for in another database."""
    data = tmp_path / "engines"
    with embedded.running_engines(data, throwaway=True):
        given = {name: address for name, address in embedded.addresses(data).items() if name != missing}
        command = ("start", "--data", str(tmp_path / "data"), "--port", str(free_port()))
        refused = manage(*command, **given, REDIS_URL=embedded.redis_url(data))
        migrated = (
            manage("migrate", **given, DATA_DIR=str(tmp_path / "data")) if missing.endswith("OWNER_URL") else None
        )
    assert (refused.returncode, refused.stderr) == (1, f"{missing} fehlt; deploy/env.example erklärt den Wert.\n")
    if migrated is not None:
        assert (migrated.returncode, migrated.stderr) == (1, refused.stderr)


def test_who_serves_knows_the_address_of_no_other_role(run):
    for name in ("Server", "Helfer"):
        environment = run.children()[name].environ()
        assert [variable for variable in environment if variable.startswith("DATABASE")] == ["DATABASE_URL"]
        assert environment["DATABASE_URL"] == embedded.database_url(run.data)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "achttausend"])
def test_a_port_that_is_none_is_refused(port):
    refused = manage("start", f"--port={port}")
    assert refused.returncode == 2
    assert "ein Port ist eine Zahl von 1 bis 65535" in refused.stderr


def test_a_database_that_refuses_our_tables_is_one_sentence(tmp_path):
    """An account that may look but not create: told, not traced."""
    data = tmp_path / "engines"
    with embedded.running_engines(data, throwaway=True):
        sockets = str(embedded.socket_directory(data))
        with psycopg.connect(host=sockets, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE guest LOGIN")
        refused = manage(
            *("start", "--data", str(tmp_path / "data"), "--port", str(free_port())),
            **dict.fromkeys(embedded.addresses(data), f"postgresql://guest@/postgres?host={sockets}"),
        )
    assert refused.returncode == 1
    assert first_line_only(refused.stderr)
    assert refused.stderr.startswith("Die Datenbank hat etwas abgelehnt (")
