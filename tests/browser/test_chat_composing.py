"""What one does in the box of the chat: naming people, signs, answering, changing, and what happens to drafts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.models import Message
from chat.services.conversations import open_direct, open_group
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage
from tests.browser.harness.talking import box, enter, say, shown, write

if TYPE_CHECKING:
    from tenancy.models import Person


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    return open_direct(viewer_for(pilot), neighbour.pk)


@pytest.fixture
def group(pilot: Person, neighbour: Person, coordinator: Person) -> int:
    return open_group(viewer_for(pilot), "Vorbereitung", [neighbour.pk, coordinator.pk])


def test_somebody_is_named_by_keyboard_alone(stage: Stage, pilot: Person, neighbour: Person, group: int) -> None:
    page = enter(stage.visitor(pilot), group)
    box(page).focus()
    page.keyboard.type("Moin @")
    people = page.get_by_role("listbox", name="Person erwähnen")
    expect(people.get_by_role("option")).to_have_count(3)
    expect(page.locator("[data-say]")).to_contain_text("3 Personen")
    expect(people.get_by_role("option").first).to_contain_text("@alle")
    page.keyboard.type(neighbour.name[:2])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    chosen = people.locator("[aria-selected=true]")
    while neighbour.name not in (chosen.text_content() or ""):
        page.keyboard.press("ArrowDown")
    expect(box(page)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(people).to_be_hidden()
    expect(box(page)).to_have_value(f"Moin @{neighbour.name} ")
    page.keyboard.type("wie geht es?")
    page.keyboard.press("Control+Enter")
    expect(shown(page, "wie geht es?")).to_have_count(1)
    message = Message.objects.get()
    assert (message.mentions, message.mentions_all) == ([neighbour.pk], False)


def test_escape_closes_the_list_of_people_and_it_stays_away(stage: Stage, pilot: Person, group: int) -> None:
    page = enter(stage.visitor(pilot), group)
    box(page).focus()
    page.keyboard.type("Moin @")
    people = page.get_by_role("listbox", name="Person erwähnen")
    expect(people).to_be_visible()
    page.keyboard.press("Escape")
    expect(people).to_be_hidden()
    page.keyboard.type("x")
    page.wait_for_timeout(300)
    expect(people).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(shown(page, "Moin @x")).to_have_count(1)
    assert Message.objects.get().mentions == []


def test_all_are_named_only_after_a_question_and_never_by_two(
    stage: Stage, pilot: Person, group: int, direct: int
) -> None:
    page = enter(stage.visitor(pilot), group)
    write(page, "Bitte lesen, @alle")
    dialog = page.get_by_role("dialog", name="Alle 2 Personen benachrichtigen?")
    dialog.get_by_role("button", name="Abbrechen").click()
    expect(box(page)).to_have_value("Bitte lesen, @alle")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Control+Enter")
    dialog.get_by_role("button", name="Ja, senden").click()
    expect(shown(page, "Bitte lesen")).to_have_count(1)
    assert Message.objects.get().mentions_all
    enter(stage.visitor(pilot), direct, page)
    box(page).press_sequentially("@")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    write(page, "Hallo @alle")
    expect(shown(page, "Hallo @alle")).to_have_count(1)
    assert not Message.objects.get(body="Hallo @alle").mentions_all


def test_an_answer_and_who_is_named_in_it_wait_in_the_draft(
    stage: Stage, pilot: Person, neighbour: Person, group: int
) -> None:
    say(neighbour, group, "Wer kommt mit?")
    visitor = stage.visitor(pilot)
    page = enter(visitor, group)
    page.locator("article").last.focus()
    page.keyboard.press("Alt+A")
    expect(box(page)).to_be_focused()
    bar = page.locator("[data-bar]")
    expect(bar).to_contain_text(f"Antwort an {neighbour.name}")
    expect(bar).to_contain_text("Wer kommt mit?")
    page.keyboard.type(f"@{neighbour.given_name}")
    page.get_by_role("option").first.click()
    page.keyboard.type("ich!")
    visitor.check_every_look()
    visitor.screenshot("composer-answer", full=False)
    page.wait_for_timeout(400)
    enter(visitor, group)
    expect(bar).to_contain_text("Wer kommt mit?")
    expect(box(page)).to_have_value(f"@{neighbour.name} ich!")
    box(page).focus()
    page.keyboard.press("Control+Enter")
    expect(shown(page, "ich!")).to_have_count(1)
    expect(bar).to_be_hidden()
    answer = Message.objects.get(sender=pilot)
    assert (answer.reply_seq, answer.mentions) == (1, [neighbour.pk])


def test_an_answer_is_given_up_by_escape_and_by_its_button(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    say(neighbour, direct, "Wer kommt mit?")
    page = enter(stage.visitor(pilot), direct)
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("button", name="Nicht mehr antworten").click(),
    ):
        page.locator("article").last.focus()
        page.keyboard.press("Alt+A")
        expect(page.locator("[data-bar]")).to_be_visible()
        leave()
        expect(page.locator("[data-bar]")).to_be_hidden()
        expect(box(page)).to_be_focused()
    write(page, "Ganz neu")
    expect(shown(page, "Ganz neu")).to_have_count(1)
    assert Message.objects.get(sender=pilot).reply_seq is None


def test_an_own_message_is_changed_from_the_empty_box_and_the_box_comes_back(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    say(pilot, direct, "Um **zehn**")
    say(neighbour, direct, "Wann genau?")
    page = enter(stage.visitor(pilot), direct)
    box(page).focus()
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value("Um **zehn**")
    expect(page.locator("[data-bar]")).to_contain_text("Nachricht bearbeiten")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")
    expect(page.locator("[data-bar]")).to_be_hidden()
    expect(box(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    box(page).fill("Um **elf**")
    page.keyboard.press("Control+Enter")
    expect(shown(page, "Um elf")).to_have_count(1)
    expect(shown(page, "Um zehn")).to_have_count(0)
    expect(box(page)).to_have_value("")
    assert Message.objects.get(seq=1).body == "Um **elf**"


def test_a_change_that_the_server_refuses_keeps_its_text_and_says_why(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    say(pilot, direct, "Um zehn")
    visitor = stage.visitor(pilot)
    page = enter(visitor, direct)
    box(page).focus()
    page.keyboard.press("ArrowUp")
    box(page).fill("Um elf")
    visitor.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#msg-e")).to_contain_text("braucht es eine Verbindung")
    expect(box(page)).to_have_value("Um elf")
    visitor.context.set_offline(False)
    Message.objects.filter(seq=1).update(created_at=timezone.now() - timedelta(days=30))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#msg-e")).not_to_contain_text("Verbindung")
    expect(page.locator("#msg-e")).to_be_visible()
    expect(box(page)).to_have_value("Um elf")
    assert Message.objects.get(seq=1).body == "Um zehn"


def test_a_sign_is_found_by_its_name_and_put_where_the_caret_is(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    box(page).fill("Gern!")
    button = page.get_by_role("button", name="Emoji einfügen")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("searchbox", name="Emoji finden")).to_be_focused()
    page.keyboard.type("danke")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Gern!🙏")
    expect(box(page)).to_be_focused()
    button.click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_tools_write_markdown_and_are_one_stop_for_tab(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    box(page).fill("wichtig")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+B")
    expect(box(page)).to_have_value("**wichtig**")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != first
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Senden")).to_be_focused()


def test_what_is_left_is_told_near_the_end_and_too_much_is_not_sent(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    box(page).fill("x" * 7_900)
    expect(page.locator("[data-left]")).to_have_text("Noch 100 Zeichen")
    box(page).fill("x" * 7_960)
    expect(page.locator("[data-say]")).to_have_text("Noch 40 Zeichen")
    box(page).fill("x" * 8_001)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#msg-e")).to_contain_text("höchstens 8.000 Zeichen")
    expect(box(page)).to_have_value("x" * 8_001)
    assert not Message.objects.exists()


def test_who_wishes_so_sends_with_enter_and_begins_a_line_with_shift(
    stage: Stage, pilot: Person, neighbour: Person, group: int
) -> None:
    page = enter(stage.visitor(pilot), group)
    page.evaluate("document.getElementById('chat-words').dataset.enterSends = '1'")
    box(page).focus()
    page.keyboard.type("Eins")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type(f"zwei @{neighbour.given_name}")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(f"Eins\nzwei @{neighbour.name} ")
    page.keyboard.press("Enter")
    expect(shown(page, "zwei")).to_have_count(1)
    assert Message.objects.get().body == f"Eins\nzwei @{neighbour.name}"


def test_what_an_input_method_still_composes_is_not_sent(stage: Stage, pilot: Person, direct: int) -> None:
    page = enter(stage.visitor(pilot), direct)
    box(page).fill("にほん")
    for composing in (True, False):
        box(page).evaluate(
            """(box, isComposing) => {
              const options = { key: "Enter", ctrlKey: true, isComposing, bubbles: true, cancelable: true };
              box.dispatchEvent(new KeyboardEvent("keydown", options));
            }""",
            composing,
        )
        expect(box(page)).to_have_value("にほん" if composing else "")
    expect(shown(page, "にほん")).to_have_count(1)


def test_the_box_has_no_violation_whatever_is_open(stage: Stage, pilot: Person, neighbour: Person, group: int) -> None:
    say(neighbour, group, "Moin")
    visitor = stage.visitor(pilot)
    page = enter(visitor, group)
    box(page).press_sequentially("Moin @")
    expect(page.get_by_role("option")).to_have_count(3)
    visitor.check_every_look()
    visitor.screenshot("composer-people", full=False)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Emoji einfügen").click()
    visitor.check_every_look()
    visitor.screenshot("composer-signs", full=False)
