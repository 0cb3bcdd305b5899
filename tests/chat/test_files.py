"""Files: uploaded for oneself, sent with a message, handed out to whoever sees the message, and to nobody else."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from PIL import Image

from chat.errors import BadFile
from chat.ids import new_client_id
from chat.models import Conversation, Message, MessageFile
from chat.policies import visible_files
from chat.queries.conversations import latest_conversations
from chat.queries.messages import log_after
from chat.services.conversations import leave_conversation
from chat.services.deeds import retract_message
from chat.services.files import drop_file, path_of, upload
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from tests.chat import files
from tests.factories.chat import ParticipantFactory
from toolkit.access import Denied
from toolkit.acting import acting_as

if TYPE_CHECKING:
    from tenancy.models import Person

pytestmark = pytest.mark.django_db


def give(person: Person, conversation_id: int, name: str = "Plan.pdf", content: bytes = files.PDF) -> MessageFile:
    """Somebody uploads a file and does not send it yet."""
    return upload(viewer_for(person), conversation_id, files.uploaded(name, content))


def send(person: Person, conversation_id: int, *rows: MessageFile, body: str = "") -> int:
    """Somebody sends files; gives the number of the message."""
    keys = [row.key for row in rows]
    return send_message(viewer_for(person), conversation_id, new_client_id(), body, files=keys).seq


def address(row: MessageFile, name: str = "file") -> str:
    return reverse(f"chat:{name}", kwargs={"key": row.key})


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# --- up and down --------------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_sent_with_a_message_and_saved_by_another(pilot, neighbour, direct, as_person):
    row = give(pilot, direct, "Ablauf Terminvergabe.pdf")
    number = send(pilot, direct, row)
    [item] = log_after(viewer_for(neighbour), direct, 0)
    assert item.seq == number
    [shown] = item.files
    assert (shown.name, shown.type, shown.state) == ("Ablauf Terminvergabe.pdf", "application/pdf", "ready")
    assert (shown.size, shown.url, shown.preview) == (len(files.PDF), address(row), "")
    response = as_person(neighbour).get(shown.url)
    assert content(response) == files.PDF
    assert response["Content-Disposition"] == 'attachment; filename="Ablauf Terminvergabe.pdf"'


def test_what_is_handed_out_lies_in_a_sandbox(pilot, direct, as_person):
    response = as_person(pilot).get(address(give(pilot, direct)))
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(files.PDF))


def test_a_picture_has_a_small_one_to_show_beside_the_text(pilot, direct, as_person):
    row = give(pilot, direct, "Flur.png", files.picture("PNG", (1600, 800)))
    assert (row.width, row.height, row.media_type) == (1600, 800, "image/png")
    response = as_person(pilot).get(address(row, "file-preview"))
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Disposition"] == 'inline; filename="Flur.png"'
    assert Image.open(io.BytesIO(content(response))).size == (640, 320)


def test_there_is_no_preview_of_what_is_no_picture(pilot, direct, as_person):
    assert as_person(pilot).get(address(give(pilot, direct), "file-preview")).status_code == 404


def test_a_name_with_umlauts_and_quotes_comes_back_as_it_was(pilot, direct, as_person):
    row = give(pilot, direct, "Übersicht „Öffnung“.pdf")
    said = as_person(pilot).get(address(row))["Content-Disposition"]
    assert said == "attachment; filename*=utf-8''%C3%9Cbersicht%20%E2%80%9E%C3%96ffnung%E2%80%9C.pdf"


@pytest.mark.parametrize(
    ("asked", "status", "got", "said"),
    [
        ("bytes=0-3", 206, files.PDF[:4], f"bytes 0-3/{len(files.PDF)}"),
        ("bytes=-6", 206, files.PDF[-6:], f"bytes {len(files.PDF) - 6}-{len(files.PDF) - 1}/{len(files.PDF)}"),
        ("bytes=5-99999", 206, files.PDF[5:], f"bytes 5-{len(files.PDF) - 1}/{len(files.PDF)}"),
        ("bytes=0-1,4-5", 200, files.PDF, None),
        ("lines=1-2", 200, files.PDF, None),
    ],
)
def test_a_part_can_be_asked_for(pilot, direct, as_person, asked, status, got, said):
    response = as_person(pilot).get(address(give(pilot, direct)), headers={"range": asked})
    assert (response.status_code, content(response), response.get("Content-Range")) == (status, got, said)
    assert response["Content-Length"] == str(len(got))


def test_a_part_beyond_the_end_is_refused_and_a_part_of_another_file_is_the_whole(pilot, direct, as_person):
    row = give(pilot, direct)
    client = as_person(pilot)
    beyond = client.get(address(row), headers={"range": "bytes=99999-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(files.PDF)}")
    other = client.get(address(row), headers={"range": "bytes=0-3", "if-range": '"another"'})
    assert (other.status_code, content(other)) == (200, files.PDF)


async def test_under_asgi_a_file_is_read_piece_by_piece(tmp_path, rf):
    from toolkit.uploads.serving import PIECE_BYTES, handed_out

    path = tmp_path / "large"
    path.write_bytes(b"x" * (2 * PIECE_BYTES + 1))
    response: Any = handed_out(rf.get("/"), path, name="x.pdf", media_type="application/pdf", tag="x")
    assert [len(piece) async for piece in response] == [PIECE_BYTES, PIECE_BYTES, 1]
    response.close()


# --- by address ---------------------------------------------------------------------------------------------------


def test_an_island_uploads_a_file_and_gets_what_it_needs_to_show_it(pilot, direct, as_person):
    response = as_person(pilot).post(
        reverse("chat:file-new", kwargs={"pk": direct}), {"file": files.uploaded("Flur.png", files.picture())}
    )
    row = MessageFile.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": str(row.key),
        "name": "Flur.png",
        "type": "image/png",
        "size": row.size,
        "state": "ready",
        "url": address(row),
        "preview": address(row, "file-preview"),
        "width": 40,
        "height": 30,
    }


def test_a_refusal_says_why_in_a_code_and_a_sentence(pilot, direct, as_person):
    response = as_person(pilot).post(
        reverse("chat:file-new", kwargs={"pk": direct}), {"file": files.uploaded("Makro.docm", b"PK")}
    )
    assert response.status_code == 422
    assert response.json() == {
        "code": "macros",
        "reason": "Dokumente mit Makros nehmen wir nicht an. Bitte speichern Sie die Datei ohne Makros.",
    }
    nothing = as_person(pilot).post(reverse("chat:file-new", kwargs={"pk": direct}))
    assert (nothing.status_code, nothing.json()["code"]) == (400, "malformed")


def test_a_file_is_taken_away_before_it_is_sent_and_not_afterwards(pilot, direct, as_person):
    row = give(pilot, direct)
    response = as_person(pilot).post(address(row, "file-drop"))
    assert response["Location"] == reverse("chat:conversation", kwargs={"pk": direct})
    assert not MessageFile.objects.exists()
    sent = give(pilot, direct)
    send(pilot, direct, sent)
    assert as_person(pilot).post(address(sent, "file-drop")).status_code == 404
    assert MessageFile.objects.get().pk == sent.pk


# --- who ----------------------------------------------------------------------------------------------------------


def may_have(person: Person, row: MessageFile) -> bool:
    """By the rule in Python, and by the database alone; both must say the same."""
    viewer = viewer_for(person)
    ruled = visible_files(viewer).filter(pk=row.pk).exists()
    with acting_as(viewer):
        in_sight = MessageFile.objects.filter(pk=row.pk).first()
    # Of what is hidden or was taken back the database still shows that there was something.
    assert (in_sight is not None) == ruled or (in_sight is not None and in_sight.state == "gone")
    return ruled


def test_before_it_is_sent_a_file_is_its_uploaders_alone(pilot, neighbour, coordinator, group, as_person):
    row = give(pilot, group)
    assert [may_have(person, row) for person in (pilot, neighbour, coordinator)] == [True, False, False]
    for person in (neighbour, coordinator):
        assert as_person(person).get(address(row)).status_code == 404
        assert as_person(person).post(address(row, "file-drop")).status_code == 404


def test_a_stranger_gets_no_file_of_a_message(pilot, outsider, moderator, group, as_person):
    row = give(pilot, group, "Flur.png", files.picture())
    send(pilot, group, row)
    for person in (outsider, moderator):
        assert not may_have(person, row)
        assert as_person(person).get(address(row)).status_code == 404
        assert as_person(person).get(address(row, "file-preview")).status_code == 404


def test_who_left_gets_no_file_any_more_and_who_came_later_none_from_before(pilot, neighbour, outsider, group):
    row = give(pilot, group)
    send(pilot, group, row)
    assert may_have(neighbour, row)
    leave_conversation(viewer_for(neighbour), group)
    assert not may_have(neighbour, row)
    ParticipantFactory(conversation_id=group, person=outsider, joined_seq=1)
    assert not may_have(outsider, row)
    later = give(pilot, group)
    send(pilot, group, later)
    assert may_have(outsider, later)


def test_who_left_does_not_get_what_they_sent_themselves(pilot, neighbour, group):
    row = give(neighbour, group)
    send(neighbour, group, row)
    leave_conversation(viewer_for(neighbour), group)
    assert not may_have(neighbour, row)


def test_nobody_uploads_where_they_are_not_or_may_not_write(coordinator, outsider, neighbour, direct, group):
    with pytest.raises(Conversation.DoesNotExist):
        give(outsider, direct)
    leave_conversation(viewer_for(neighbour), group)
    with pytest.raises(Conversation.DoesNotExist):
        give(neighbour, group)
    Conversation.objects.filter(pk=group).update(writers="owners")
    with pytest.raises(Denied, match="nur die Verantwortlichen"):
        give(coordinator, group)
    assert not MessageFile.objects.exists()


def test_nobody_sends_the_file_of_another_or_one_of_another_conversation(pilot, neighbour, direct, group):
    from chat.errors import BadBody

    theirs, elsewhere = give(neighbour, direct), give(pilot, group)
    for row in (theirs, elsewhere):
        with pytest.raises(BadBody, match="nicht mehr da"):
            send(pilot, direct, row)


def test_the_file_of_a_hidden_message_is_handed_out_to_nobody(pilot, neighbour, direct, as_person):
    from django.utils import timezone

    row = give(pilot, direct)
    send(pilot, direct, row)
    Message.objects.update(hidden_at=timezone.now(), hidden_reason="Beleidigung")
    assert as_person(neighbour).get(address(row)).status_code == 404
    assert as_person(pilot).get(address(row)).status_code == 404


def test_a_key_that_was_made_up_finds_nothing(pilot, direct, as_person):
    made_up: Any = SimpleNamespace(key=uuid4())
    assert as_person(pilot).get(address(made_up)).status_code == 404
    with pytest.raises(MessageFile.DoesNotExist):
        drop_file(viewer_for(pilot), UUID(int=7))


def test_what_is_taken_back_leaves_the_disk_at_once(pilot, neighbour, direct, django_capture_on_commit_callbacks):
    row = give(pilot, direct, "Flur.png", files.picture())
    number = send(pilot, direct, row)
    with django_capture_on_commit_callbacks(execute=True):
        retract_message(viewer_for(pilot), direct, number)
    assert not path_of(row).exists()
    assert not path_of(row, preview=True).exists()
    assert not may_have(pilot, row)
    assert not may_have(neighbour, row)
    row.refresh_from_db()
    assert (row.state, row.name) == ("gone", "")


# --- limits -------------------------------------------------------------------------------------------------------


def test_a_message_has_ten_files_at_most(pilot, direct):
    from chat.errors import BadBody

    with pytest.raises(BadBody, match="Höchstens 10 Dateien"):
        send(pilot, direct, *[give(pilot, direct) for _ in range(11)])


def test_a_person_uploads_so_much_a_day_wherever_it_was(pilot, outsider, direct, group, monkeypatch):
    monkeypatch.setattr("chat.services.files.DAY_BYTES", 2 * len(files.PDF))
    send(pilot, group, give(pilot, group))
    leave_conversation(viewer_for(pilot), group)
    give(pilot, direct)
    with pytest.raises(BadFile, match="Höchstens 200 MB am Tag"):
        give(pilot, direct)
    assert MessageFile.objects.count() == 2
    MessageFile.objects.update(created_at="2026-01-01T00:00:00Z")
    give(pilot, direct)


def test_many_files_in_an_hour_are_refused_dropped_ones_counted_too(pilot, direct, monkeypatch):
    monkeypatch.setattr("chat.services.files.HOUR_FILES", 2)
    for _ in range(2):
        drop_file(viewer_for(pilot), give(pilot, direct).key)
    with pytest.raises(BadFile, match="in einer Stunde"):
        give(pilot, direct)


def test_files_are_taken_while_the_cache_is_away(pilot, direct, monkeypatch):
    from redis import RedisError

    def away(*_: Any, **__: Any) -> bool:
        raise RedisError("away")

    monkeypatch.setattr("toolkit.limits.cache.add", away)
    assert give(pilot, direct).state == "ready"


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_done(pilot, direct, monkeypatch):
    import errno

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("toolkit.uploads.store._move", full)
    with pytest.raises(BadFile, match="konnte gerade nicht gespeichert werden") as caught:
        give(pilot, direct)
    assert caught.value.code == "unavailable"
    assert not MessageFile.objects.exists()


def test_what_the_database_refuses_leaves_no_file_on_the_disk(pilot, direct, monkeypatch):
    def down(*_: Any) -> int:
        raise RuntimeError("down")

    before = on_the_disk()
    monkeypatch.setattr("chat.wall.uploaded_since", down)
    with pytest.raises(RuntimeError):
        give(pilot, direct)
    assert on_the_disk() == before


def on_the_disk() -> set[str]:
    from pathlib import Path

    from django.conf import settings

    return {path.name for path in Path(settings.MEDIA_ROOT).glob("chat/??/??/*")}


def test_files_lie_by_key_and_not_by_name_readable_by_owner_and_group(pilot, direct):
    path = path_of(give(pilot, direct, "Geheimer Name.pdf"))
    assert path.name == MessageFile.objects.get().key.hex
    assert path.parent.parent.name == path.name[:2]
    assert path.stat().st_mode & 0o777 == 0o640


# --- where only a line is shown -----------------------------------------------------------------------------------


def test_a_message_of_files_alone_is_a_line_in_lists_and_quotes(pilot, neighbour, direct, say):
    one, two = give(pilot, direct), give(pilot, direct)
    send(pilot, direct, give(pilot, direct))
    assert latest_conversations(viewer_for(neighbour), 1)[0].line == "Eine Datei"
    number = send(pilot, direct, one, two)
    assert latest_conversations(viewer_for(neighbour), 1)[0].line == "2 Dateien"
    assert latest_conversations(viewer_for(pilot), 1)[0].line == "Sie: 2 Dateien"
    send_message(viewer_for(neighbour), direct, new_client_id(), "Danke", reply=number)
    [answer] = log_after(viewer_for(pilot), direct, number)
    assert answer.reply
    assert answer.reply.line == "2 Dateien"
    retract_message(viewer_for(pilot), direct, number)
    [answer, _change] = log_after(viewer_for(pilot), direct, number)
    assert answer.reply
    assert answer.reply.line == ""


def test_moderation_reads_what_the_files_of_a_reported_message_are_called(pilot, neighbour, direct):
    from chat.queries.reports import reported_message

    send(pilot, direct, give(pilot, direct, "Beleidigung.pdf"), body="Lies das")
    thing = reported_message(viewer_for(neighbour), Message.objects.get().pk)
    assert thing
    assert thing.excerpt == "Lies das\nDateien: Beleidigung.pdf"
