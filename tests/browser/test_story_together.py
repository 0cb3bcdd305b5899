"""From „let us do something together“ to the report and the next edition, by two organisers in two browsers."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import expect

from exchange.models import Workshop
from tests.browser.harness.stage import Stage

if TYPE_CHECKING:
    from tenancy.models import Person


def test_two_organisers_go_all_the_way_from_an_idea_to_the_report_and_the_next_edition(
    stage: Stage, pilot: Person, neighbour: Person, coordinator: Person, neighbour_coordinator: Person
) -> None:
    konstanz, heilbronn = stage.visitor(coordinator), stage.visitor(neighbour_coordinator, width=390)

    # An idea with a reason, and a format of two cities.
    konstanz.visit("/formate/anregen/")
    konstanz.page.get_by_role("checkbox", name="Heilbronn einladen").check()
    konstanz.check()
    konstanz.page.get_by_role("button", name="Format mit den Gewählten beginnen").click()
    konstanz.page.get_by_label("Hashtag").fill("KNmeetsHN")
    expect(konstanz.page.get_by_role("checkbox", name=re.compile("Heilbronn"))).to_be_checked()
    konstanz.page.get_by_role("button", name="Anlegen und einladen").click()
    expect(konstanz.page.get_by_role("heading", level=1)).to_have_text("#KNmeetsHN")
    heilbronn.visit("/formate/knmeetshn/")
    heilbronn.page.get_by_role("button", name="Zusagen").click()
    expect(heilbronn.page.get_by_role("link", name="Nächste Veranstaltung anlegen")).to_be_visible()

    # A date that suits both.
    konstanz.visit("/formate/knmeetshn/")
    konstanz.page.get_by_role("link", name="Termin gemeinsam finden").click()
    konstanz.page.get_by_label("Wofür suchen Sie einen Termin?").fill("Lotsen gewinnen und halten")
    konstanz.page.get_by_role("group", name="Welche Kommunen fragen Sie?").get_by_label(re.compile("Heilbronn")).check()
    konstanz.page.get_by_role("group", name="Wer entscheidet mit?").get_by_label(re.compile("Heilbronn")).check()
    konstanz.check()
    konstanz.page.get_by_role("button", name="Weiter zu den Tagen").click()
    for box in konstanz.page.locator("[name=days]").all()[:2]:
        box.check()
    konstanz.page.locator("[name=begins]").fill("10:00")
    konstanz.page.locator("[name=ends]").fill("12:00")
    konstanz.check()
    konstanz.page.get_by_role("button", name="Diese Tage zur Wahl stellen").click()
    konstanz.page.get_by_role("button", name="Abschicken").click()
    poll = konstanz.page.url.removeprefix(stage.server.url).partition("#")[0]
    heilbronn.visit(poll)
    for answer in heilbronn.page.get_by_role("radio", name="Ja", exact=True).all():
        answer.check()
    heilbronn.check()
    heilbronn.page.get_by_role("button", name="Antworten").click()
    konstanz.visit(poll)
    konstanz.check()
    konstanz.page.get_by_role("button", name="Diesen Termin festlegen").first.click()
    expect(konstanz.page.get_by_text("Der Termin steht fest")).to_be_visible()
    expect(konstanz.page.get_by_role("heading", level=1)).to_have_text("Lotsen gewinnen und halten")
    address = konstanz.page.url.removeprefix(stage.server.url).partition("#")[0]

    # Both own it; seats for each city; people of both sign up and get the entry for their calendar.
    heilbronn.visit(address)
    heilbronn.page.get_by_role("button", name="Zusagen").click()
    konstanz.visit(address)
    konstanz.page.get_by_role("button", name="Anmeldung eröffnen").click()
    expect(konstanz.page.get_by_text("Plätze frei").first).to_be_visible()
    konstanz.check()
    for who, width in ((pilot, 390), (neighbour, 1440)):
        visitor = stage.visitor(who, width=width, theme="dark")
        visitor.visit(address)
        visitor.page.get_by_role("button", name="Platz sichern").click()
        expect(visitor.page.get_by_role("heading", name="Sie sind dabei")).to_be_visible()
        visitor.check()
        mail = stage.server.newest_mail(who.email)
        assert "Lotsen gewinnen und halten" in mail.subject

    # The day is over: who was there, what was said, what came of it.
    workshop = Workshop.objects.get()
    over = timezone.now() - datetime.timedelta(hours=1)
    Workshop.objects.filter(pk=workshop.pk).update(
        starts_at=over - datetime.timedelta(hours=2), ends_at=over, registration_ends_at=over
    )
    konstanz.visit(f"{address}anwesenheit/")
    konstanz.check()
    heilbronn.visit(f"{address}protokoll/")
    heilbronn.page.get_by_role("link", name="Protokoll beginnen").click()
    heilbronn.page.locator("[name=title]").fill("Zwei Wege zu Lotsinnen und Lotsen")
    heilbronn.page.locator("textarea[name=body]").fill("Beide funktionieren, aus **verschiedenen** Gründen.")
    heilbronn.page.get_by_role("button", name="Speichern").click()
    expect(heilbronn.page.get_by_role("heading", name="Zwei Wege zu Lotsinnen und Lotsen")).to_be_visible()
    heilbronn.page.get_by_role("button", name="Freigeben").click()
    heilbronn.check()
    konstanz.visit(address)
    konstanz.page.get_by_role("button", name="Erfahrung daraus machen").first.click()
    expect(konstanz.page.locator("[name=what_we_did]")).to_have_value(re.compile("Zwei Wege zu Lotsinnen und Lotsen"))
    konstanz.check()

    # And again, with everything that repeats.
    konstanz.visit(address)
    konstanz.page.get_by_role("button", name="Nächste Folge vorbereiten").click()
    expect(konstanz.page.get_by_text("Der Entwurf steht")).to_be_visible()
    konstanz.check()
    assert Workshop.objects.filter(format__slug="knmeetshn").count() == 2
