"""Who uses no mouse signs in, reads and answers all the same, and always sees where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from tests.browser.harness.stage import Stage
from tests.factories.exchange import ExperienceFactory
from tests.factories.tenancy import OfficeFactory

if TYPE_CHECKING:
    from tenancy.models import Network, Person

PASSPHRASE = "ein ganzer Satz lässt sich leicht merken"


def test_the_keyboard_alone_leads_from_signing_in_to_a_comment(stage: Stage, pilot: Person, konstanz: Network) -> None:
    OfficeFactory(network=konstanz)
    experience = ExperienceFactory(rung="all", title="Sprechstunde auf dem Flur")
    pilot.set_password(PASSPHRASE)
    pilot.save()
    EmailAddress.objects.create(user=pilot, email=pilot.email, verified=True, primary=True)
    visitor = stage.visitor()
    keys = visitor.page.keyboard

    def tab_to(name: str) -> None:
        """Press Tab until the focus rests, visibly, on what is called so."""
        for _press in range(80):
            keys.press("Tab")
            found = visitor.page.evaluate(
                "() => { const e = document.activeElement;"
                # A card whose link covers it wears the ring in the link's place.
                " const ringed = n => n && (getComputedStyle(n).outlineStyle !== 'none' || ringed(n.parentElement));"
                " return [e.getAttribute('aria-label') || (e.labels && e.labels[0]?.innerText) || e.innerText || '',"
                " ringed(e) || getComputedStyle(e).boxShadow !== 'none'] }"
            )
            if found[0].strip() == name:
                assert found[1], f"the focus on {name} cannot be seen"
                return
        pytest.fail(f"{name} is not reached by Tab")

    visitor.visit("/konto/login/?next=/erfahrungen/")
    tab_to("E-Mail-Adresse")
    keys.type(pilot.email)
    tab_to("Passwort")
    keys.type(PASSPHRASE)
    keys.press("Enter")
    expect(visitor.page.get_by_role("heading", level=1, name="Erfahrungen")).to_be_visible()
    tab_to(experience.title)
    keys.press("Enter")
    expect(visitor.page.get_by_role("heading", level=1, name=experience.title)).to_be_visible()
    tab_to("Ihr Kommentar")
    keys.type("Bei uns steht der Tisch neben dem Drucker.")
    tab_to("Kommentieren")
    keys.press("Enter")
    expect(visitor.page.locator("ol.comments")).to_contain_text("neben dem Drucker")
    visitor.check()
