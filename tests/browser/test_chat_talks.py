"""Groups, topic rooms and the list at left, at two screens at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chat.ids import new_client_id
from chat.services.conversations import open_direct, open_group
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage

if TYPE_CHECKING:
    from tenancy.models import Person


@pytest.fixture
def group(pilot: Person, neighbour: Person) -> int:
    return open_group(viewer_for(pilot), "Vorbereitung", [neighbour.pk])


def test_an_owner_takes_somebody_out_and_their_open_page_says_so(
    stage: Stage, pilot: Person, neighbour: Person, group: int
) -> None:
    owner, other = stage.visitor(pilot), stage.visitor(neighbour)
    other.visit(f"/chat/{group}/")
    expect(other.page.locator("chat-room[data-ready]")).to_have_count(1)
    owner.visit(f"/chat/{group}/mitglieder/")
    owner.page.get_by_role("button", name=f"{neighbour.name} entfernen").click()
    owner.page.get_by_role("dialog").get_by_role("button", name="Entfernen").click()
    expect(owner.page.get_by_text("Die Person ist nicht mehr dabei.")).to_be_visible()
    expect(other.page.get_by_text("Sie sind nicht mehr in dieser Unterhaltung.").first).to_be_visible()
    owner.check()


def test_a_mention_is_marked_in_the_list_and_arrows_go_through_it(
    stage: Stage, pilot: Person, neighbour: Person, group: int
) -> None:
    direct = open_direct(viewer_for(pilot), neighbour.pk)
    send_message(viewer_for(neighbour), direct, new_client_id(), "Moin")
    visitor = stage.visitor(pilot)
    visitor.visit("/chat/")
    rows = visitor.page.locator("#chat-rows")
    expect(rows.locator("[data-row]")).to_have_count(2)
    send_message(viewer_for(neighbour), group, new_client_id(), f"@{pilot.name}, schau", mentions=[pilot.pk])
    expect(rows.locator(f'[data-row="{group}"] .count--at')).to_contain_text("@1")
    visitor.page.get_by_role("button", name="Erwähnt").click()
    expect(rows.locator("[data-row]:visible")).to_have_count(1)
    visitor.page.get_by_role("button", name="Alle", exact=True).click()
    rows.locator("a").first.focus()
    visitor.page.keyboard.press("ArrowDown")
    expect(rows.locator("a").nth(1)).to_be_focused()
    visitor.check()


def test_a_topic_room_is_opened_found_and_entered_without_javascript(
    stage: Stage, coordinator: Person, outsider: Person
) -> None:
    host = stage.visitor(coordinator, javascript=False)
    host.visit("/chat/themen/neu/")
    host.page.get_by_label("Name").fill("E-Akte")
    host.page.get_by_role("main").get_by_role("button", name="Themenraum eröffnen").click()
    guest = stage.visitor(outsider, javascript=False)
    guest.visit("/chat/themen/")
    guest.page.get_by_role("button", name="E-Akte beitreten").click()
    expect(guest.page.get_by_role("heading", name="E-Akte")).to_be_visible()
    expect(guest.page.get_by_role("textbox", name="Nachricht an")).to_be_visible()
