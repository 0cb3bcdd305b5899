"""A form of formats and workshops that was refused says so where it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.harness.stage import Stage

if TYPE_CHECKING:
    from tenancy.models import Person


def test_a_refused_workshop_says_at_each_field_what_is_wrong(stage: Stage, coordinator: Person) -> None:
    host = stage.visitor(coordinator)
    host.visit("/veranstaltungen/neu/")
    host.page.get_by_role("button", name="Entwurf anlegen").click()
    expect(host.page.locator("[aria-invalid=true]").nth(2)).to_be_visible()
    host.complaints.clear()  # Chromium writes the refused form into the console
    host.check_every_look()
