"""Files in a conversation: with and without JavaScript, refused and taken, and how a page hears of the scanner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, expect

from chat import wall
from chat.hints import hint_conversation
from chat.models import MessageFile
from chat.services.conversations import open_direct
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage
from tests.browser.harness.talking import box, enter
from tests.chat import files
from toolkit.acting import acting_as_nobody

if TYPE_CHECKING:
    from tenancy.models import Person


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    return open_direct(viewer_for(pilot), neighbour.pk)


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


PDF = payload("Ablauf Terminvergabe.pdf", files.PDF)
PICTURE = payload("Flur.jpg", files.picture("JPEG", (1200, 800)))
MACRO = payload("Makro.docm", b"PK")


def test_without_javascript_files_go_with_the_form_and_nothing_is_lost(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    one = stage.visitor(pilot, javascript=False)
    one.visit(f"/chat/{direct}/")
    one.page.get_by_label("Dateien", exact=True).set_input_files([PDF, PICTURE, MACRO])
    box(one.page).fill("Hier der Ablauf")
    one.page.get_by_role("button", name="Senden").click()
    expect(one.page.get_by_text("Makro.docm: Dokumente mit Makros nehmen wir nicht an.")).to_be_visible()
    expect(box(one.page)).to_have_value("Hier der Ablauf")
    kept = one.page.get_by_role("group", name="Diese Dateien gehen mit:")
    expect(kept.get_by_role("checkbox")).to_have_count(2)
    one.screenshot("files-kept", full=False)
    one.page.get_by_role("button", name="Senden").click()
    other = stage.visitor(neighbour, javascript=False)
    other.visit(f"/chat/{direct}/")
    expect(other.page.get_by_role("img", name="Bild Flur.jpg")).to_be_visible()
    other.screenshot("files-shown", full=False)
    with other.page.expect_download() as saved:
        other.page.get_by_role("link", name="Ablauf Terminvergabe.pdf").click()
    assert saved.value.suggested_filename == "Ablauf Terminvergabe.pdf"
    assert saved.value.path().read_bytes() == files.PDF


def test_a_file_is_sent_and_the_page_of_the_other_hears_when_it_was_checked(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    here, there = enter(stage.visitor(pilot), direct), enter(stage.visitor(neighbour), direct)
    here.locator("input[data-input=file]").set_input_files([PDF])
    expect(here.get_by_text("Ablauf Terminvergabe.pdf")).to_be_visible()
    # As where a scanner is configured.
    expect(here.locator(".att progress")).to_have_count(0)
    MessageFile.objects.update(state="pending")
    box(here).fill("Hier der Ablauf")
    here.keyboard.press("Control+Enter")
    expect(there.locator(".mf__i--pending")).to_have_count(1)
    expect(there.locator(".mf a")).to_have_count(0)
    key = MessageFile.objects.get().key
    with acting_as_nobody():
        told = wall.file_checked(key, "ready", "", timezone.now())
    assert told is not None
    hint_conversation(*told)
    expect(there.locator(".mf a")).to_have_count(1)
    with there.expect_download() as saved:
        there.locator(".mf a").click()
    assert saved.value.path().read_bytes() == files.PDF
    stage.check_everywhere(f"/chat/{direct}/", neighbour)
