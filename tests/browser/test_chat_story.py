"""Two people talk, each at their own screen: at once, through a cut line, by keyboard, and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from chat.ids import new_client_id
from chat.models import Message
from chat.services.conversations import leave_conversation, open_direct, open_group
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage, Visitor

if TYPE_CHECKING:
    from tenancy.models import Person


def say(person: Person, conversation: int, text: str) -> None:
    send_message(viewer_for(person), conversation, new_client_id(), text)


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    return open_direct(viewer_for(pilot), neighbour.pk)


@pytest.fixture
def group(pilot: Person, neighbour: Person, coordinator: Person) -> int:
    number = open_group(viewer_for(pilot), "Vorbereitung", [neighbour.pk, coordinator.pk])
    say(neighbour, number, "Moin **zusammen**,\n\n- eins\n- zwei\n\nMehr: https://heilbronn.example/lotsen")
    say(neighbour, number, "Und noch etwas.")
    say(pilot, number, "> Und noch etwas.\n\nGern! `Raum 2.14`")
    say(coordinator, number, "Danke.")
    return number


def enter(visitor: Visitor, conversation: int) -> Page:
    """Open a conversation and wait until its island is there."""
    visitor.visit(f"/chat/{conversation}/")
    expect(visitor.page.locator("chat-room[data-ready]")).to_have_count(1)
    return visitor.page


def shown(page: Page, text: str):
    """Messages in the log with this text, those that wait left out."""
    return page.locator(".ms > li:not(.is-waiting) .m__x").filter(has_text=text)


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Nachricht an").fill(text)
    page.keyboard.press("Control+Enter")


@pytest.mark.parametrize("what", ["list", "empty", "direct", "group", "new"])
def test_the_pages_of_the_chat_have_no_violation(
    stage: Stage, what: str, pilot: Person, neighbour: Person, operator: Person, group: int, direct: int
) -> None:
    say(neighbour, direct, "Moin")
    address = {"list": "/chat/", "empty": "/chat/", "new": "/chat/neu/"}.get(what)
    person = operator if what == "empty" else pilot
    stage.check_everywhere(address or f"/chat/{group if what == 'group' else direct}/", person)


def test_a_message_is_in_the_other_browser_at_once(stage: Stage, pilot: Person, neighbour: Person, direct: int) -> None:
    one, other = enter(stage.visitor(pilot), direct), enter(stage.visitor(neighbour, width=390), direct)
    write(one, "Moin nach Heilbronn")
    expect(shown(other, "Moin nach Heilbronn")).to_have_count(1)
    expect(other.locator("[data-say]")).to_have_text(f"{pilot.name}: Moin nach Heilbronn")
    write(other, "Moin nach Konstanz")
    expect(shown(one, "Moin nach Konstanz")).to_have_count(1)
    expect(one.locator(".pend")).to_have_count(0)
    expect(one.get_by_role("textbox", name="Nachricht an")).to_be_focused()


def test_what_is_written_offline_survives_and_is_sent_once_in_order(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor, other = stage.visitor(pilot), enter(stage.visitor(neighbour), direct)
    one = enter(visitor, direct)
    visitor.context.set_offline(True)
    write(one, "Erste aus dem Funkloch")
    write(one, "Zweite aus dem Funkloch")
    expect(one.locator(".pend")).to_have_count(2)
    expect(one.locator(".pend").first).to_contain_text("Offline")
    assert not Message.objects.exists()
    # The tab is closed and opened again: what was kept is still there, and goes out by itself.
    one.close()
    visitor.context.set_offline(False)
    visitor.page = visitor.context.new_page()
    one = enter(visitor, direct)
    for page in (one, other):
        expect(shown(page, "aus dem Funkloch")).to_have_count(2)
        expect(shown(page, "aus dem Funkloch").first).to_have_text("Erste aus dem Funkloch")
    expect(one.locator(".pend")).to_have_count(0)
    assert [m.body for m in Message.objects.order_by("seq")] == ["Erste aus dem Funkloch", "Zweite aus dem Funkloch"]


def test_what_was_missed_while_offline_comes_before_anything_new(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor, other = stage.visitor(pilot), enter(stage.visitor(neighbour), direct)
    one = enter(visitor, direct)
    visitor.context.set_offline(True)
    write(other, "Verpasst eins")
    write(other, "Verpasst zwei")
    expect(shown(other, "Verpasst")).to_have_count(2)
    expect(shown(one, "Verpasst")).to_have_count(0)
    visitor.context.set_offline(False)
    expect(shown(one, "Verpasst")).to_have_count(2)
    assert shown(one, "Verpasst").all_text_contents() == ["Verpasst eins", "Verpasst zwei"]


def test_unread_marks_rise_in_list_header_and_title_and_fall_when_read(
    stage: Stage, pilot: Person, neighbour: Person, direct: int, group: int
) -> None:
    say(neighbour, direct, "Moin")
    page = enter(stage.visitor(pilot), group)
    row = page.locator(f'[data-row="{direct}"]')
    expect(row.locator(".count")).to_contain_text("1")
    say(neighbour, direct, "Noch da?")
    expect(row.locator(".count")).to_contain_text("2")
    expect(row).to_contain_text("Noch da?")
    expect(page).to_have_title("(1) Vorbereitung – Chat – Lotsennetz")
    row.get_by_role("link").click()
    expect(page.locator("chat-room[data-ready]")).to_have_count(1)
    expect(page.locator(".newline")).to_contain_text("Neu seit")
    expect(page.locator(f'[data-row="{direct}"] .count')).to_have_count(0)
    expect(page.locator("[data-chat-count]")).to_have_count(0)


def test_a_conversation_that_begins_appears_in_the_list(
    stage: Stage, pilot: Person, neighbour: Person, group: int
) -> None:
    page = enter(stage.visitor(pilot), group)
    say(neighbour, open_direct(viewer_for(neighbour), pilot.pk), "Darf ich etwas fragen?")
    expect(page.locator("#chat-rows")).to_contain_text("Darf ich etwas fragen?")


def test_the_draft_waits_for_its_author(stage: Stage, pilot: Person, direct: int, group: int) -> None:
    visitor = stage.visitor(pilot)
    page = enter(visitor, direct)
    box = page.get_by_role("textbox", name="Nachricht an")
    box.fill("Halb fertig")
    page.wait_for_timeout(400)
    enter(visitor, group)
    expect(page.get_by_role("textbox", name="Nachricht an")).to_have_value("")
    enter(visitor, direct)
    expect(page.get_by_role("textbox", name="Nachricht an")).to_have_value("Halb fertig")


def test_signing_out_leaves_nothing_on_the_device(stage: Stage, pilot: Person, neighbour: Person, direct: int) -> None:
    visitor = stage.visitor(pilot)
    page = enter(visitor, direct)
    page.get_by_role("textbox", name="Nachricht an").fill("Geheimer Entwurf")
    page.wait_for_timeout(400)
    page.locator("details.profile > summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Abmelden").click()
    page.wait_for_load_state("networkidle")
    kept = page.evaluate(
        """async () => {
          const all = await indexedDB.databases();
          const texts = [];
          for (const { name } of all) {
            const db = await new Promise((ok) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result); });
            for (const store of db.objectStoreNames) {
              const found = await new Promise((ok) => {
                const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => ok(r.result); });
              texts.push(JSON.stringify(found));
            }
            db.close();
          }
          return texts.join();
        }"""
    )
    assert "Geheimer Entwurf" not in kept


def test_everything_is_reached_by_keyboard(stage: Stage, pilot: Person, group: int) -> None:
    page = enter(stage.visitor(pilot), group)
    page.keyboard.press("F6")
    expect(page.locator("#unterhaltungen")).to_be_focused()
    page.keyboard.press("F6")
    expect(page.locator(".log")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    expect(page.locator("article").last).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("article").nth(-2)).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator("article").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("article").first.get_by_role("button", name="Reagieren", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("article").first).to_be_focused()


def test_who_is_removed_is_led_out_and_sees_nothing_more(
    stage: Stage, pilot: Person, neighbour: Person, group: int
) -> None:
    page = enter(stage.visitor(neighbour), group)
    leave_conversation(viewer_for(neighbour), group)
    say(pilot, group, "Nur noch unter uns")
    expect(page.locator(".cm__empty")).to_be_visible()
    assert "Nur noch unter uns" not in page.content()


def test_without_javascript_one_reads_and_writes(stage: Stage, pilot: Person, neighbour: Person, direct: int) -> None:
    say(neighbour, direct, "Moin")
    visitor = stage.visitor(pilot, javascript=False)
    visitor.visit(f"/chat/{direct}/")
    visitor.page.get_by_role("textbox", name="Nachricht an").fill("Auch ohne")
    visitor.page.get_by_role("button", name="Senden").click()
    expect(visitor.page.locator(".m__x").last).to_have_text("Auch ohne")
