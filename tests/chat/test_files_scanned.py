"""With a scanner files wait until it has answered; without one there is nothing to wait for. And what is swept away.

The scanner of these tests is a real server that speaks clamd's protocol, over a real socket.
"""

from __future__ import annotations

import json
import os
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from chat import wall
from chat.ids import new_client_id
from chat.models import Conversation, Message, MessageFile
from chat.queries.messages import log_after
from chat.services.files import path_of, upload
from chat.services.messages import send_message
from chat.services.scanning import ROOM, scan_file
from chat.services.scanning import sweep_files as sweeping
from tenancy.viewer import viewer_for
from tests.chat import files
from toolkit.acting import acting_as, acting_as_nobody
from toolkit.uploads import clamd, store

if TYPE_CHECKING:
    from tenancy.models import Person

pytestmark = pytest.mark.django_db

sweep_files: Any = sweeping  # its types know only of being enqueued

#: The string by which scanners are tried, in two pieces so that this file itself is left alone.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.ThreadingUnixStreamServer):
    """Speaks INSTREAM as clamd does, and remembers what it was sent."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Line)
        self.seen: list[bytes] = []
        self.answer: bytes | None = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever has heard enough hangs up."""


class _Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
        server.seen.append(content)
        found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"
        self.wfile.write(found if server.answer is None else server.answer)


@pytest.fixture
def scanner(tmp_path: Path, settings: Any) -> Iterator[Clamd]:
    """A scanner that is configured, and answers."""
    path = tmp_path / "clamd.sock"
    with Clamd(path) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings.CLAMD_ADDRESS = f"unix://{path}"
        yield server
        server.shutdown()


def give(person: Person, conversation_id: int, content: bytes = b"Guten Tag") -> MessageFile:
    return upload(viewer_for(person), conversation_id, files.uploaded("Notiz.txt", content))


def send(person: Person, conversation_id: int, *rows: MessageFile) -> int:
    keys = [row.key for row in rows]
    return send_message(viewer_for(person), conversation_id, new_client_id(), "", files=keys).seq


def jobs(name: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [name])
        return [json.loads(args) for (args,) in cursor.fetchall()]


def state_of(row: MessageFile) -> str:
    row.refresh_from_db()
    return row.state


# --- waiting ------------------------------------------------------------------------------------------------------


def test_without_a_scanner_a_file_is_ready_at_once_and_nothing_is_enqueued(pilot, direct):
    assert give(pilot, direct).state == "ready"
    assert jobs("chat.scan_file") == []


def test_with_a_scanner_a_file_waits_and_is_handed_out_to_nobody_yet(pilot, neighbour, direct, scanner, as_person):
    row = give(pilot, direct)
    send(pilot, direct, row)
    assert jobs("chat.scan_file") == [{"key": str(row.key)}]
    [shown] = log_after(viewer_for(neighbour), direct, 0)[0].files
    assert (shown.state, shown.url, shown.preview) == ("pending", "", "")
    for person in (pilot, neighbour):
        assert as_person(person).get(reverse("chat:file", kwargs={"key": row.key})).status_code == 404


def test_what_the_scanner_finds_clean_is_ready_and_those_who_see_it_are_told_in_the_log(
    pilot, neighbour, direct, scanner, as_person
):
    row = give(pilot, direct)
    number = send(pilot, direct, row)
    scan_file(key=str(row.key))
    assert scanner.seen == [b"Guten Tag"]
    _said, change = log_after(viewer_for(neighbour), direct, 0)
    assert (change.seq, change.what, change.target) == (number + 1, "file", number)
    assert change.now
    assert [file.state for file in change.now.files] == ["ready"]
    assert Conversation.objects.get(pk=direct).head == number + 1
    assert as_person(neighbour).get(change.now.files[0].url).status_code == 200


def test_what_is_scanned_before_it_is_sent_needs_no_entry_in_the_log(pilot, direct, scanner):
    row = give(pilot, direct)
    scan_file(key=str(row.key))
    assert state_of(row) == "ready"
    assert not Message.objects.exists()
    assert send(pilot, direct, row) == 1


def test_what_the_scanner_finds_bad_is_taken_away_and_everybody_sees_that(
    pilot, neighbour, direct, scanner, as_person, django_capture_on_commit_callbacks
):
    row = give(pilot, direct, EICAR)
    send(pilot, direct, row)
    with django_capture_on_commit_callbacks(execute=True):
        scan_file(key=str(row.key))
    assert state_of(row) == "refused"
    assert row.reason == "Der Virenscanner hat die Datei beanstandet. Sie wurde nicht behalten."
    assert not path_of(row).exists()
    change = log_after(viewer_for(neighbour), direct, 1)[0]
    assert change.now
    assert [(file.state, file.url) for file in change.now.files] == [("refused", "")]
    assert as_person(neighbour).get(reverse("chat:file", kwargs={"key": row.key})).status_code == 404


def test_a_file_found_bad_before_it_is_sent_cannot_be_sent(pilot, direct, scanner):
    from chat.errors import BadBody

    row = give(pilot, direct, EICAR)
    scan_file(key=str(row.key))
    with pytest.raises(BadBody, match="nicht mehr da"):
        send(pilot, direct, row)


# --- a scanner that is away ---------------------------------------------------------------------------------------


def test_while_the_scanner_is_away_files_go_on_waiting_and_it_is_asked_again(pilot, direct, settings, tmp_path):
    settings.CLAMD_ADDRESS = f"unix://{tmp_path}/nobody"
    row = give(pilot, direct)
    send(pilot, direct, row)
    with pytest.raises(clamd.ScannerAway):
        scan_file(key=str(row.key))
    assert state_of(row) == "pending"
    assert path_of(row).exists()
    job: Any = type("Job", (), {"attempts": 1_000})
    decision = scan_file.get_retry_exception(clamd.ScannerAway(), job)
    assert decision is not None


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: broken ERROR\0", b"?" * 9000]
)
def test_an_answer_that_says_nothing_about_the_file_is_no_answer(pilot, direct, scanner, answer):
    scanner.answer = answer
    row = give(pilot, direct)
    with pytest.raises(clamd.ScannerAway):
        scan_file(key=str(row.key))
    assert state_of(row) == "pending"


def test_a_scanner_by_tcp_is_asked_as_well(tmp_path):
    class Tcp(socketserver.ThreadingTCPServer):
        daemon_threads = True
        seen: list[bytes] = []
        answer = None

    path = tmp_path / "file"
    path.write_bytes(b"a" * 200_000)
    with Tcp(("127.0.0.1", 0), _Line) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        assert clamd.scanned(f"tcp://127.0.0.1:{server.server_address[1]}", path) == clamd.Finding()
        server.shutdown()
    assert Tcp.seen == [b"a" * 200_000]
    with pytest.raises(clamd.ScannerAway):
        clamd.scanned(f"tcp://127.0.0.1:{server.server_address[1]}", path)


def test_a_file_that_waits_is_ready_once_there_is_no_scanner_any_more(pilot, direct, scanner, settings):
    row = give(pilot, direct)
    settings.CLAMD_ADDRESS = ""
    scan_file(key=str(row.key))
    assert state_of(row) == "ready"


def test_a_file_that_is_gone_from_the_disk_does_not_wait_for_ever(pilot, direct, scanner):
    row = give(pilot, direct)
    path_of(row).unlink()
    scan_file(key=str(row.key))
    assert (state_of(row), row.reason) == ("refused", "Die Datei ist nicht mehr da.")


def test_a_file_is_judged_once(pilot, direct, scanner):
    row = give(pilot, direct)
    send(pilot, direct, row)
    scan_file(key=str(row.key))
    scan_file(key=str(row.key))
    assert Conversation.objects.get(pk=direct).head == 2
    with acting_as_nobody():
        assert wall.file_checked(row.key, "refused", "", timezone.now()) is None
        assert wall.file_checked(uuid4(), "ready", "", timezone.now()) is None
    assert state_of(row) == "ready"


def test_a_file_of_a_message_that_was_taken_back_makes_no_entry(pilot, direct, scanner):
    row = give(pilot, direct)
    number = send(pilot, direct, row)
    with acting_as(viewer_for(pilot)):
        wall.change(direct, number, "retract", "", timezone.now())
    scan_file(key=str(row.key))
    assert [m.what for m in Message.objects.order_by("seq")] == ["", "retract"]


# --- swept away ---------------------------------------------------------------------------------------------------


@pytest.fixture
def sweep(django_capture_on_commit_callbacks: Any) -> Callable[[], None]:
    """As every hour, two hours later for what lies on the disk."""

    def sweep() -> None:
        then = time.time() - 7200
        for path in (Path(configured.MEDIA_ROOT) / ROOM).rglob("*"):
            os.utime(path, (then, then))
        with django_capture_on_commit_callbacks(execute=True):
            sweep_files(timestamp=0)

    return sweep


def test_what_was_never_sent_is_forgotten_after_a_day(pilot, direct, sweep):
    old, new, sent = give(pilot, direct), give(pilot, direct), give(pilot, direct)
    send(pilot, direct, sent)
    MessageFile.objects.filter(pk__in=[old.pk, sent.pk]).update(created_at=timezone.now() - timedelta(hours=25))
    sweep()
    assert set(MessageFile.objects.values_list("pk", flat=True)) == {new.pk, sent.pk}
    assert [path_of(row).exists() for row in (old, new, sent)] == [False, True, True]


def test_files_of_words_that_were_taken_back_or_had_their_time_leave_the_disk(pilot, direct, sweep):
    kept, back, past = (give(pilot, direct) for _ in range(3))
    for row in (kept, back, past):
        send(pilot, direct, row)
    with acting_as(viewer_for(pilot)):
        wall.change(direct, 2, "retract", "", timezone.now())
    Message.objects.filter(seq=3).update(body="", expired_at=timezone.now())
    sweep()
    assert [path_of(row).exists() for row in (kept, back, past)] == [True, False, False]


def test_what_lies_there_and_is_known_to_nobody_is_removed_but_not_what_has_just_come(pilot, direct, sweep):
    leftover = store.place_of(ROOM, uuid4())
    half = store.place_of(ROOM, uuid4())
    for path in (leftover.file, leftover.preview, half.preview):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    unfinished = Path(configured.MEDIA_ROOT) / ROOM / "incoming" / "cut"
    unfinished.mkdir(parents=True, exist_ok=True)
    (unfinished / "source").write_bytes(b"x")
    sweep_files(timestamp=0)
    assert leftover.file.exists()
    assert unfinished.exists()
    sweep()
    assert not any(path.exists() for path in (leftover.file, leftover.preview, half.preview, unfinished))


def test_what_has_waited_for_long_is_enqueued_anew_since_jobs_are_in_no_backup(pilot, direct, scanner, sweep):
    row = give(pilot, direct)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    sweep()
    assert jobs("chat.scan_file") == []
    MessageFile.objects.update(created_at=timezone.now() - timedelta(hours=2))
    sweep()
    sweep()
    assert jobs("chat.scan_file") == [{"key": str(row.key)}]


def test_sweeping_is_repeated_every_hour_and_the_worker_may_enqueue_it():
    from procrastinate.contrib.django import app

    assert "chat.sweep_files" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    with acting_as_nobody(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_defer_periodic_job_v2('files', NULL, NULL, 'chat.sweep_files', 0, '', 7, %s::jsonb)",
            ['{"timestamp": 7}'],
        )
    assert jobs("chat.sweep_files") == [{"timestamp": 7}]


# --- the steps past one's sight -----------------------------------------------------------------------------------


def test_what_jobs_do_nobody_does_who_acts(pilot, direct):
    row = give(pilot, direct)
    steps: list[Callable[[], Any]] = [
        lambda: wall.file_checked(row.key, "ready", "", timezone.now()),
        lambda: wall.files_waiting(timezone.now()),
        lambda: wall.drop_unsent_files(timezone.now()),
        lambda: wall.files_kept([row.key]),
    ]
    for step in steps:
        with acting_as(viewer_for(pilot)), pytest.raises(ProgrammingError), transaction.atomic():
            step()
    assert MessageFile.objects.get().state == "ready"


def test_how_much_was_uploaded_everybody_learns_of_themselves_alone(pilot, neighbour, direct):
    give(pilot, direct)
    since = timezone.now() - timedelta(days=1)
    with acting_as(viewer_for(pilot)):
        assert wall.uploaded_since(since) == 9
    with acting_as(viewer_for(neighbour)):
        assert wall.uploaded_since(since) == 0
    with acting_as_nobody(), pytest.raises(ProgrammingError), transaction.atomic():
        wall.uploaded_since(since)
