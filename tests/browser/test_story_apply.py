"""Steps two and three: a city asks to join, its association lets it in, and its first coordinator enters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tenancy.models import Network
from tests.browser.harness.stage import Stage
from tests.factories.tenancy import MunicipalityFactory

if TYPE_CHECKING:
    from tenancy.models import Person

PASSPHRASE = "ein ganzer Satz lässt sich leicht merken"


def test_a_city_applies_is_let_in_and_begins_to_set_up(
    stage: Stage, moderator: Person, other_moderator: Person
) -> None:
    MunicipalityFactory(ags="08335063", name="Radolfzell", mail_domains=["radolfzell.example"])
    MunicipalityFactory(ags="08335075", name="Rielasingen")
    applicant = stage.visitor(width=390)
    applicant.visit("/mitmachen/")
    applicant.page.get_by_label("Ihre Kommune", exact=True).press_sequentially("Radolfzel")
    applicant.page.get_by_role("option", name=re.compile("Radolfzell")).click()
    applicant.page.get_by_label("Vorname").fill("Ronja")
    applicant.page.get_by_label("Nachname").fill("Rathaus")
    applicant.page.get_by_label("Ihr Amt").fill("Hauptamt")
    applicant.page.get_by_label("Ihre dienstliche E-Mail-Adresse").fill("ronja.rathaus@radolfzell.example")
    applicant.page.get_by_role("button", name="Antrag stellen").click()
    expect(applicant.page.get_by_label("Wie heißt Ihr Netzwerk?")).to_have_attribute("aria-invalid", "true")
    applicant.complaints.clear()  # the browser writes the refused form (422) into its console
    applicant.check()
    applicant.page.get_by_label("Wie heißt Ihr Netzwerk?").fill("Digitallotsen am See")
    applicant.page.get_by_role("button", name="Antrag stellen").click()
    expect(applicant.page.get_by_role("heading", name="Fast geschafft")).to_be_visible()
    applicant.check_every_look()
    applicant.visit(stage.server.link_mailed_to("ronja.rathaus@radolfzell.example"))
    applicant.check_every_look()
    applicant.page.get_by_role("button", name="Antrag bestätigen").click()
    expect(applicant.page.get_by_role("heading", name="Ihr Antrag ist da")).to_be_visible()
    applicant.check()

    elsewhere = stage.visitor(other_moderator)
    elsewhere.visit("/mitmachen/antraege/")
    expect(elsewhere.page.get_by_role("heading", name="Kein Antrag wartet")).to_be_visible()
    elsewhere.check()

    desk = stage.visitor(moderator)
    desk.visit("/mitmachen/antraege/")
    desk.check()
    desk.page.get_by_role("link", name="Radolfzell").click()
    expect(desk.page.get_by_text("passt zur Kommune")).to_be_visible()
    desk.check_every_look()
    desk.page.get_by_role("button", name="Zulassen").click()
    expect(desk.page.get_by_text("Radolfzell ist dabei.")).to_be_visible()
    desk.check()

    applicant.visit(stage.server.link_mailed_to("ronja.rathaus@radolfzell.example"))
    expect(applicant.page.get_by_label("Nachname")).to_have_value("Rathaus")
    applicant.page.get_by_label("Passwort").fill(PASSPHRASE)
    applicant.page.get_by_role("button", name="Annehmen und beitreten").click()
    applicant.page.wait_for_load_state("networkidle")
    network = Network.objects.get(municipality="08335063")
    applicant.visit(f"/netzwerke/{network.slug}/einrichten/")
    expect(applicant.page.get_by_text("Schritt 1 von")).to_be_visible()
    applicant.check()


def test_a_city_that_is_not_let_in_reads_why(stage: Stage, moderator: Person) -> None:
    MunicipalityFactory(ags="08335063", name="Radolfzell")
    applicant = stage.visitor(javascript=False)
    applicant.visit("/mitmachen/")
    for label, text in {
        "Ihre Kommune": "Radolfzell",
        "Vorname": "Anton",
        "Nachname": "Antrag",
        "Ihr Amt": "Hauptamt",
        "Ihre dienstliche E-Mail-Adresse": "anton@woanders.example",
        "Wie heißt Ihr Netzwerk?": "Lotsen",
    }.items():
        applicant.page.get_by_label(label, exact=True).fill(text)
    applicant.page.get_by_role("button", name="Antrag stellen").click()
    applicant.visit(stage.server.link_mailed_to("anton@woanders.example"))
    applicant.page.get_by_role("button", name="Antrag bestätigen").click()

    desk = stage.visitor(moderator, width=390, theme="dark")
    desk.visit("/mitmachen/antraege/")
    desk.page.get_by_role("link", name="Radolfzell").click()
    expect(desk.page.get_by_text("passt nicht zur Kommune")).to_be_visible()
    desk.page.get_by_label("Grund", exact=True).fill("Bitte stellen Sie den Antrag mit Ihrer Adresse aus dem Rathaus.")
    desk.check()
    desk.page.get_by_role("button", name="Ablehnen").click()
    expect(desk.page.get_by_text("Der Grund ist per Mail unterwegs.")).to_be_visible()
    mail = stage.server.newest_mail("anton@woanders.example")
    assert "mit Ihrer Adresse aus dem Rathaus" in mail.text
