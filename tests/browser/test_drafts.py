"""What somebody types into a form is kept: on the server, and on the device until the server has it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from exchange.models import Experience
from tests.browser.harness.stage import Stage, Visitor
from tests.factories.exchange import DraftFactory

if TYPE_CHECKING:
    from tenancy.models import Network, Person

SAVED = re.compile(r"Gespeichert um \d\d:\d\d")


@pytest.fixture
def draft(pilot: Person, konstanz: Network) -> Experience:
    """A draft of the pilot."""
    return DraftFactory(network=konstanz, author=pilot, title="Arbeitstitel")


def at_the_desk(stage: Stage, pilot: Person, draft: Experience) -> Visitor:
    visitor = stage.visitor(pilot)
    visitor.visit(f"/erfahrungen/{draft.pk}/bearbeiten/")
    return visitor


def test_a_draft_is_saved_while_one_types(stage: Stage, pilot: Person, draft: Experience) -> None:
    visitor = at_the_desk(stage, pilot, draft)
    visitor.page.get_by_label("Titel").fill("Tandem statt Handbuch")
    expect(visitor.page.locator("[data-autosave-state]")).to_have_text(SAVED)
    draft.refresh_from_db()
    assert draft.title == "Tandem statt Handbuch"
    visitor.check()


def test_what_was_typed_without_a_line_is_saved_when_the_line_is_back(
    stage: Stage, pilot: Person, draft: Experience
) -> None:
    visitor = at_the_desk(stage, pilot, draft)
    visitor.context.set_offline(True)
    visitor.page.get_by_label("Titel").fill("Im Zug geschrieben")
    expect(visitor.page.locator("[data-autosave-state]")).to_contain_text("bleibt auf diesem Gerät")
    visitor.context.set_offline(False)
    expect(visitor.page.locator("[data-autosave-state]")).to_have_text(SAVED)
    draft.refresh_from_db()
    assert draft.title == "Im Zug geschrieben"


def test_what_a_closed_window_had_not_saved_is_there_again(stage: Stage, pilot: Person, draft: Experience) -> None:
    visitor = at_the_desk(stage, pilot, draft)
    address = visitor.page.locator("form[data-autosave]").get_attribute("data-autosave")
    copy = json.dumps({"at": 1, "fields": [["title", "Nicht verloren"]]})
    visitor.page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"draft:{address}", copy])
    visitor.visit(f"/erfahrungen/{draft.pk}/bearbeiten/")
    expect(visitor.page.get_by_label("Titel")).to_have_value("Nicht verloren")
    expect(visitor.page.locator("[data-autosave-state]")).to_have_text(SAVED)
    assert visitor.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []
