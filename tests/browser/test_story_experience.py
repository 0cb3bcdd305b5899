"""Step six: an experience is written, published for the right eyes, found in another city, and answered."""

from __future__ import annotations

import re
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
SAVED = re.compile(r"Gespeichert um \d\d:\d\d")


def test_an_experience_goes_from_the_first_word_to_an_answer_from_another_city(
    stage: Stage, pilot: Person, neighbour: Person, outsider: Person
) -> None:
    author = stage.visitor(pilot)
    author.visit("/erfahrungen/neu/")
    author.page.get_by_label("Worum geht es?").fill("E-Akte in sechs Wochen")
    author.page.get_by_role("button", name="Anfangen").click()
    author.page.locator("[name=summary]").fill("Mit einem Tandem je Amt und ohne Handbuch.")
    author.page.locator("[name=what_we_did]").fill("Zwei Personen je Amt, **eine** Sprechstunde in der Woche.")
    expect(author.page.locator("[data-autosave-state]")).to_have_text(SAVED)
    author.check_every_look()
    author.page.set_viewport_size({"width": 1440, "height": 900})
    author.page.get_by_role("radio", name="Alle Netzwerke im Land").check()
    author.page.get_by_role("button", name="Veröffentlichen").click()
    expect(author.page.get_by_role("heading", level=1, name="E-Akte in sechs Wochen")).to_be_visible()
    address = author.page.url.removeprefix(stage.server.url)
    author.check()

    reader = stage.visitor(neighbour, width=390, theme="dark")
    reader.visit("/erfahrungen/?q=akten+tandem")
    reader.check()
    reader.page.get_by_role("link", name="E-Akte in sechs Wochen").first.click()
    expect(reader.page.locator("strong", has_text="eine")).to_be_visible()
    reader.page.get_by_role("button", name=re.compile("Hilfreich")).click()
    expect(reader.page.get_by_role("button", name=re.compile("Hilfreich · 1"))).to_have_attribute(
        "aria-pressed", "true"
    )
    reader.page.locator("#kommentieren textarea").fill("Wer war bei Ihnen das zweite Gesicht im Tandem?")
    reader.page.get_by_role("button", name="Kommentieren").click()
    expect(reader.page.locator("ol.comments")).to_contain_text("das zweite Gesicht")
    reader.check()

    author.visit("/mitteilungen/")
    author.page.get_by_role("button", name=re.compile("kommentiert|Kommentar")).click()
    expect(author.page.locator("ol.comments")).to_contain_text("das zweite Gesicht")

    stranger = stage.visitor(outsider)
    stranger.visit("/erfahrungen/?q=akte")
    expect(stranger.page.get_by_role("link", name="E-Akte in sechs Wochen")).to_have_count(0)
    stranger.check()
    stranger.visit("/suche/?q=akte")
    expect(stranger.page.get_by_role("link", name="E-Akte in sechs Wochen")).to_have_count(0)
    stranger.visit(address, status=404)
    stage.visitor().visit(address, status=404)


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
