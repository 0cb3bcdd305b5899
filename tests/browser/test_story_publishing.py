"""A pilot publishes an experience, and a colleague of another city finds it, thanks and asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.harness.stage import Stage
from tests.factories.exchange import DraftFactory, ExperienceFactory

if TYPE_CHECKING:
    from tenancy.models import Network, Person


def test_an_experience_goes_from_one_city_to_the_other(
    stage: Stage, pilot: Person, neighbour: Person, outsider: Person
) -> None:
    ExperienceFactory(author=pilot, rung="all", topics=["E-Akte"])
    author = stage.visitor(pilot)
    author.visit("/erfahrungen/")
    author.page.get_by_role("link", name="Erfahrung aufschreiben").click()
    author.page.get_by_label("Worum geht es?").fill("E-Akte im Bauamt")
    author.page.get_by_role("button", name="Anfangen").click()
    author.page.get_by_label("Kurz gesagt").fill("In sechs Wochen eingeführt.")
    author.page.get_by_label("Themen").press_sequentially("e-a")
    author.page.get_by_role("option", name="E-Akte").click()
    author.page.get_by_label("Was wir gemacht haben").fill("Erst **drei Vorgänge**, dann alle.")
    expect(author.page.get_by_text(re.compile("Gespeichert um"))).to_be_visible()
    author.page.reload()
    expect(author.page.get_by_label("Was wir gemacht haben")).to_have_value("Erst **drei Vorgänge**, dann alle.")
    author.check()
    author.page.get_by_role("heading", name="Kosten und Aufwand").click()
    author.page.get_by_label("Kosten einmalig").fill("12.500 €")
    author.page.get_by_label("Alle Netzwerke im Land").check()
    author.page.get_by_role("button", name="Veröffentlichen").click()
    expect(author.page.get_by_role("heading", level=1)).to_have_text("E-Akte im Bauamt")
    expect(author.page.get_by_text("12.500 €")).to_be_visible()
    author.check()

    reader = stage.visitor(neighbour, width=390, theme="dark")
    reader.visit("/")
    reader.page.get_by_label("Wonach suchen Sie?").fill("bauamt")
    reader.page.keyboard.press("Enter")
    reader.page.get_by_role("link", name="E-Akte im Bauamt").click()
    reader.page.get_by_role("button", name=re.compile("Hilfreich")).click()
    expect(reader.page.get_by_role("button", name="Hilfreich · 1")).to_have_attribute("aria-pressed", "true")
    reader.page.get_by_label("Ihr Kommentar").fill("Wie lange hat es gedauert?")
    reader.page.get_by_role("button", name="Kommentieren").click()
    expect(reader.page.get_by_text("Ihr Kommentar steht jetzt da. Danke!")).to_be_visible()
    reader.check()

    address = author.page.url.removeprefix(stage.server.url)
    author.visit("/mitteilungen/")
    author.page.get_by_role("button", name=re.compile("kommentiert|Kommentar")).click()
    expect(author.page.get_by_text("Wie lange hat es gedauert?")).to_be_visible()
    author.check()

    stranger = stage.visitor(outsider)
    for place in ("/erfahrungen/?q=bauamt", "/suche/?q=bauamt"):
        stranger.visit(place)
        expect(stranger.page.get_by_role("link", name="E-Akte im Bauamt")).to_have_count(0)
        stranger.check()
    stranger.visit(address, status=404)
    stage.visitor().visit(address, status=404)


def test_two_windows_lose_no_words(stage: Stage, pilot: Person, konstanz: Network) -> None:
    draft = DraftFactory(network=konstanz, author=pilot, title="Zwei Fenster")
    address = f"/erfahrungen/{draft.pk}/bearbeiten/"
    first, second = stage.visitor(pilot), stage.visitor(pilot)
    first.visit(address)
    second.visit(address)
    second.page.get_by_label("Kurz gesagt").fill("Aus dem zweiten Fenster.")
    expect(second.page.get_by_text(re.compile("Gespeichert um"))).to_be_visible()
    first.page.get_by_label("Kurz gesagt").fill("Aus dem ersten Fenster.")
    expect(first.page.get_by_text("Inzwischen wurde woanders gespeichert.")).to_be_visible()
    first.page.get_by_role("button", name="Entwurf speichern").click()
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Zwei Fassungen")
    expect(first.page.get_by_label("Ihre Fassung")).to_have_value("Aus dem ersten Fenster.")
    expect(first.page.get_by_text("Aus dem zweiten Fenster.")).to_be_visible()
    first.page.get_by_role("button", name="Meine Fassung speichern").click()
    expect(first.page.get_by_label("Kurz gesagt")).to_have_value("Aus dem ersten Fenster.")


def test_without_javascript_an_experience_is_written_and_published_too(stage: Stage, pilot: Person) -> None:
    author = stage.visitor(pilot, javascript=False)
    author.visit("/erfahrungen/neu/")
    author.page.get_by_label("Worum geht es?").fill("Ganz ohne Skript")
    author.page.get_by_role("button", name="Anfangen").click()
    author.page.get_by_label("Kurz gesagt").fill("Es geht auch so.")
    author.page.get_by_role("button", name="Entwurf speichern").click()
    author.page.get_by_label("Was wir gemacht haben").fill("Geschrieben und abgesendet.")
    author.page.get_by_role("button", name="Veröffentlichen").click()
    expect(author.page.get_by_role("heading", level=1)).to_have_text("Ganz ohne Skript")
