"""Files of a message: chosen, dropped and pasted; refused with a reason; and through a cut line."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from chat.models import Message, MessageFile
from chat.services.conversations import open_direct
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage
from tests.browser.harness.talking import box, enter, shown, write
from tests.chat.files import PDF, picture

if TYPE_CHECKING:
    from tenancy.models import Person

#: Hands files to an element as a drag or a paste of the browser would.
BRING = """
([target, kind, files]) => {
  const data = new DataTransfer();
  for (const [name, type, content] of files)
    data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
  const options = { bubbles: true, cancelable: true };
  if (kind === "paste") target.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
  else for (const name of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(name, { ...options, dataTransfer: data }));
}
"""


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    return open_direct(viewer_for(pilot), neighbour.pk)


def bring(target: Locator, kind: str, *files: tuple[str, str, bytes]) -> None:
    """Drop or paste files: name, type as the browser thinks, content."""
    handed = [[name, type_, base64.b64encode(content).decode()] for name, type_, content in files]
    target.evaluate(f"(target, rest) => ({BRING})([target, ...rest])", [kind, handed])


def choose(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Choose files by the button."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Datei anhängen").click()
    chooser.value.set_files([FilePayload(name=name, mimeType=type_, buffer=content) for name, type_, content in files])


def files_of(page: Page) -> Locator:
    """The files that stand in the box."""
    return page.get_by_role("list", name="Dateien zu dieser Nachricht").get_by_role("listitem")


def test_files_come_by_button_by_drop_and_by_paste_and_go_with_the_message(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor = stage.visitor(pilot)
    page, other = enter(visitor, direct), enter(stage.visitor(neighbour), direct)
    choose(page, ("Leitfaden.pdf", "application/pdf", PDF))
    bring(page.locator(".log"), "drop", ("Notiz.txt", "text/plain", b"Moin\n"))
    bring(box(page), "paste", ("image.png", "image/png", picture()))
    expect(files_of(page)).to_have_count(3)
    expect(files_of(page).nth(2)).to_contain_text("Eingefügtes Bild.png")
    expect(files_of(page).nth(2).locator("img")).to_have_count(1)
    for place in range(3):
        expect(files_of(page).nth(place).locator("small")).to_have_text("1 kB")
    visitor.check_every_look()
    visitor.screenshot("composer-files", full=False)
    write(page, "Anbei")
    expect(files_of(page)).to_have_count(0)
    expect(shown(other, "Anbei")).to_have_count(1)
    kept = MessageFile.objects.order_by("pk")
    assert [(file.name, file.seq) for file in kept] == [
        ("Leitfaden.pdf", 1),
        ("Notiz.txt", 1),
        ("Eingefügtes Bild.png", 1),
    ]


def test_a_message_may_be_a_file_alone(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    choose(page, ("Leitfaden.pdf", "application/pdf", PDF))
    box(page).focus()
    page.keyboard.press("Control+Enter")
    expect(files_of(page)).to_have_count(0)
    expect(page.locator(".is-waiting")).to_have_count(0)
    message = Message.objects.get()
    assert (message.body, message.file_count) == ("", 1)


def test_a_file_that_is_refused_says_why_and_has_to_go_first(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    choose(page, ("Programm.exe", "application/octet-stream", b"MZ" + bytes(200)), ("Gut.pdf", "application/pdf", PDF))
    refused = files_of(page).filter(has_text="Programm.exe")
    expect(refused).to_have_class("att att--no")
    reason = refused.locator("small").text_content()
    assert reason
    expect(page.locator("[data-say]")).to_contain_text("Programm.exe")
    write(page, "Anbei")
    expect(page.locator("#msg-e")).to_contain_text("entfernen Sie zuerst")
    assert not Message.objects.exists()
    refused.get_by_role("button", name="Programm.exe entfernen").click()
    expect(files_of(page)).to_have_count(1)
    page.keyboard.press("Control+Enter")
    box(page).focus()
    page.keyboard.press("Control+Enter")
    expect(shown(page, "Anbei")).to_have_count(1)
    assert [file.name for file in MessageFile.objects.exclude(seq=None)] == ["Gut.pdf"]


def test_only_ten_files_go_with_a_message(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    choose(page, *((f"{n}.txt", "text/plain", b"Moin\n") for n in range(12)))
    expect(files_of(page)).to_have_count(10)
    expect(page.locator("#msg-e")).to_contain_text("Höchstens 10 Dateien")


def test_files_wait_offline_survive_a_closed_browser_and_go_before_what_comes_after(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor, other = stage.visitor(pilot), enter(stage.visitor(neighbour), direct)
    page = enter(visitor, direct)
    visitor.context.set_offline(True)
    choose(page, ("Leitfaden.pdf", "application/pdf", PDF))
    expect(files_of(page)).to_contain_text("wartet auf die Verbindung")
    write(page, "Mit Datei")
    write(page, "Ohne Datei")
    choose(page, ("Entwurf.txt", "text/plain", b"Moin\n"))
    box(page).fill("Noch nicht fertig")
    expect(page.locator(".is-waiting")).to_have_count(2)
    page.wait_for_timeout(400)
    page.close()
    visitor.context.set_offline(False)
    visitor.page = visitor.context.new_page()
    page = enter(visitor, direct)
    for one in (page, other):
        expect(shown(one, "Ohne Datei")).to_have_count(1)
    assert [m.body for m in Message.objects.order_by("seq")] == ["Mit Datei", "Ohne Datei"]
    # An upload whose answer was lost is made again; what nothing was sent with, the server forgets.
    sent = MessageFile.objects.exclude(seq=None)
    assert [(file.name, file.seq) for file in sent] == [("Leitfaden.pdf", 1)]
    expect(box(page)).to_have_value("Noch nicht fertig")
    expect(files_of(page)).to_contain_text("Entwurf.txt")
    page.keyboard.press("Control+Enter")
    box(page).focus()
    page.keyboard.press("Control+Enter")
    expect(shown(page, "Noch nicht fertig")).to_have_count(1)
    expect(page.locator(".is-waiting")).to_have_count(0)
    assert sorted(sent.values_list("name", "seq")) == [("Entwurf.txt", 3), ("Leitfaden.pdf", 1)]


def test_a_file_that_the_server_forgot_is_brought_again(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    choose(page, ("Leitfaden.pdf", "application/pdf", PDF))
    expect(files_of(page).locator("small")).to_have_text("1 kB")
    MessageFile.objects.all().delete()
    write(page, "Anbei")
    expect(shown(page, "Anbei")).to_have_count(1)
    assert MessageFile.objects.get().seq == 1


def test_at_the_width_of_a_phone_one_writes_and_attaches(
    stage: Stage, pilot: Person, neighbour: Person, direct: int, tmp_path: Path
) -> None:
    visitor = stage.visitor(pilot, width=390, has_touch=True, is_mobile=True)
    page = enter(visitor, direct)
    expect(page.get_by_role("button", name="Foto aufnehmen")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Foto aufnehmen").tap()
    photo = tmp_path / "Foto.jpg"
    photo.write_bytes(picture("JPEG"))
    chooser.value.set_files(photo)
    expect(files_of(page).locator("img")).to_have_count(1)
    box(page).fill("Gruß aus dem Rathaus")
    visitor.check()
    visitor.screenshot("composer-390", full=False)
    page.get_by_role("button", name="Senden").tap()
    expect(shown(page, "Gruß aus dem Rathaus")).to_have_count(1)
    assert MessageFile.objects.get().seq == 1
