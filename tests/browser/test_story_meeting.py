"""Step seven: two cities make a format and a workshop together; seats go round, and the queue moves up."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.harness.stage import Stage

if TYPE_CHECKING:
    from tenancy.models import Person


def test_two_cities_own_a_format_and_a_workshop_and_its_queue_moves_up(
    stage: Stage, pilot: Person, neighbour: Person, coordinator: Person, neighbour_coordinator: Person
) -> None:
    konstanz = stage.visitor(coordinator)
    konstanz.visit("/formate/neu/")
    konstanz.page.get_by_label("Hashtag").fill("KNmeetsHN")
    konstanz.page.get_by_label("Motto").fill("Zwei Städte, ein Thema, ein Tag")
    konstanz.page.get_by_role("checkbox", name=re.compile("Heilbronn")).check()
    konstanz.check()
    konstanz.page.get_by_role("button", name="Anlegen und einladen").click()
    expect(konstanz.page.get_by_role("heading", level=1)).to_have_text("#KNmeetsHN")
    expect(konstanz.page.get_by_text("hat noch nicht geantwortet")).to_be_visible()
    konstanz.check()

    heilbronn = stage.visitor(neighbour_coordinator, width=390)
    heilbronn.visit("/mitteilungen/")
    heilbronn.page.get_by_role("button", name=re.compile("KNmeetsHN")).first.click()
    expect(heilbronn.page.get_by_role("heading", name="Ist Heilbronn bei #KNmeetsHN dabei?")).to_be_visible()
    heilbronn.check()
    heilbronn.page.get_by_role("button", name="Zusagen").click()
    expect(heilbronn.page.get_by_role("link", name="Nächste Veranstaltung anlegen")).to_be_visible()
    heilbronn.check()

    heilbronn.page.get_by_role("link", name="Nächste Veranstaltung anlegen").click()
    day = datetime.date.today() + datetime.timedelta(days=20)
    heilbronn.page.get_by_role("checkbox", name=re.compile("Konstanz")).check()
    for name, value in {
        "title": "Lotsen gewinnen und halten",
        "day": day.isoformat(),
        "begins": "10:00",
        "ends": "12:00",
        "place": "Rathaus Heilbronn",
        "seats": "1",
    }.items():
        heilbronn.page.locator(f"[name={name}]").fill(value)
    heilbronn.page.locator("[name=mode]").select_option("on_site")
    heilbronn.check()
    heilbronn.page.get_by_role("button", name="Entwurf anlegen").click()
    expect(heilbronn.page.get_by_role("heading", level=1)).to_have_text("Lotsen gewinnen und halten")
    expect(heilbronn.page.get_by_role("button", name="Anmeldung eröffnen")).to_have_count(0)
    address = heilbronn.page.url.removeprefix(stage.server.url).partition("#")[0]
    heilbronn.check()

    konstanz.visit(address)
    konstanz.page.get_by_role("button", name="Zusagen").click()
    konstanz.page.get_by_role("button", name="Anmeldung eröffnen").click()
    expect(konstanz.page.get_by_text("1 Platz frei").first).to_be_visible()
    konstanz.check()

    first = stage.visitor(pilot, width=390, theme="dark")
    first.visit("/veranstaltungen/")
    first.page.get_by_role("link", name="Lotsen gewinnen und halten").click()
    first.check()
    first.page.get_by_role("button", name="Platz sichern").click()
    expect(first.page.get_by_role("heading", name="Sie sind dabei")).to_be_visible()
    first.check()

    second = stage.visitor(neighbour)
    second.visit(address)
    second.page.get_by_role("button", name="Auf die Warteliste").click()
    expect(second.page.get_by_text("Sie stehen an Stelle 1.")).to_be_visible()
    second.check()

    first.page.get_by_role("button", name="Abmelden").last.click()
    first.page.get_by_role("dialog").get_by_role("button", name="Abmelden").click()
    expect(first.page.get_by_role("heading", name="Sie sind dabei")).to_have_count(0)

    second.visit("/mitteilungen/")
    second.page.get_by_role("button", name=re.compile("Lotsen gewinnen und halten")).first.click()
    expect(second.page.get_by_role("heading", name="Ein Platz ist für Sie frei")).to_be_visible()
    second.check()
    second.page.get_by_role("button", name="Platz annehmen").click()
    expect(second.page.get_by_role("heading", name="Sie sind dabei")).to_be_visible()
    with second.page.expect_download() as download:
        second.page.get_by_role("link", name=re.compile("[Kk]alender")).last.click()
    assert "SUMMARY" in download.value.path().read_text(encoding="utf-8")

    konstanz.visit(f"{address}teilnehmende/")
    expect(konstanz.page.get_by_role("rowheader", name=neighbour.name)).to_be_visible()
    konstanz.check()
