"""The frame around every page, as a person with and without JavaScript meets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.harness.stage import Stage

if TYPE_CHECKING:
    from tenancy.models import Person


def test_the_theme_is_remembered_without_a_flash(stage: Stage) -> None:
    visitor = stage.visitor(theme="light")
    visitor.visit("/impressum/")
    visitor.page.get_by_role("group", name="Farbschema").or_(
        visitor.page.locator("summary[aria-label=Farbschema]")
    ).first.click()
    visitor.page.get_by_role("button", name="Dunkel").click()
    visitor.visit("/datenschutz/")
    expect(visitor.page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    visitor.check()


def test_without_javascript_the_theme_follows_the_system_and_the_switch_is_not_shown(stage: Stage) -> None:
    visitor = stage.visitor(theme="dark", javascript=False)
    visitor.visit("/impressum/")
    expect(visitor.page.locator("summary[aria-label=Farbschema]")).to_be_hidden()
    assert visitor.page.locator("body").evaluate("el => getComputedStyle(el).colorScheme") == "light dark"


def test_the_language_is_switched_in_the_footer(stage: Stage) -> None:
    visitor = stage.visitor()
    visitor.visit("/impressum/")
    visitor.page.get_by_role("contentinfo").get_by_role("button", name="English").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    expect(visitor.page.get_by_role("link", name="Skip to content")).to_have_count(1)
    visitor.check()


def test_the_skip_link_is_first_and_leads_to_the_content(stage: Stage) -> None:
    visitor = stage.visitor()
    visitor.visit("/impressum/")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(":focus")).to_have_text("Zum Inhalt springen")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("main")).to_be_focused()


def test_the_profile_menu_opens_and_closes_by_keyboard(stage: Stage, pilot: Person) -> None:
    visitor = stage.visitor(pilot)
    visitor.visit("/impressum/")
    summary = visitor.page.locator("details.profile > summary")
    summary.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("button", name="Abmelden")).to_be_visible()
    visitor.check()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_role("button", name="Abmelden")).to_be_hidden()
    expect(summary).to_be_focused()


def test_signing_out_leaves_no_draft_on_a_shared_desk(stage: Stage, pilot: Person) -> None:
    visitor = stage.visitor(pilot)
    visitor.visit("/impressum/")
    visitor.page.evaluate("localStorage.setItem('draft:/x/', '{}'); localStorage.setItem('theme', 'light')")
    visitor.page.locator("details.profile > summary").click()
    visitor.page.get_by_role("button", name="Abmelden").click()
    visitor.page.wait_for_url(re.compile(r"^(?!.*impressum).*$"))
    assert visitor.page.evaluate("Object.keys(localStorage)") == ["theme"]


def test_a_page_that_waits_for_words_of_a_person_keeps_the_focus_on_what_is_wrong(stage: Stage) -> None:
    visitor = stage.visitor()
    visitor.visit("/konto/login/")
    visitor.page.locator("main").get_by_role("button", name="Anmelden").click()
    expect(visitor.page.get_by_role("alert")).to_be_focused()
    visitor.complaints.clear()
    visitor.check()
