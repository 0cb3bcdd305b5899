"""Steps of the stories about writing in the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from chat.ids import new_client_id
from chat.services.messages import send_message
from tenancy.viewer import viewer_for

if TYPE_CHECKING:
    from tenancy.models import Person
    from tests.browser.harness.stage import Visitor


def say(person: Person, conversation: int, text: str) -> int:
    """Somebody says something without a browser; gives the number of the message."""
    return send_message(viewer_for(person), conversation, new_client_id(), text).seq


def enter(visitor: Visitor, conversation: int, page: Page | None = None) -> Page:
    """Open a conversation, and wait until its island is there and the line is up."""
    page = page or visitor.page
    page.goto(f"{visitor.stage.server.url}/chat/{conversation}/")
    expect(page.locator("chat-room[data-ready]")).to_have_count(1)
    return page


def box(page: Page) -> Locator:
    """Where one writes."""
    return page.get_by_role("textbox", name="Nachricht an")


def write(page: Page, text: str) -> None:
    """Write a message and send it by keyboard."""
    box(page).fill(text)
    page.keyboard.press("Control+Enter")


def shown(page: Page, text: str) -> Locator:
    """Messages in the log with this text, those that wait left out."""
    return page.locator(".ms > li:not(.is-waiting) .m__x").filter(has_text=text)
