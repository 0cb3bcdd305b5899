"""The first hour, an invitation and the directory, as people meet them in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from procrastinate.contrib.django.models import ProcrastinateJob

from tenancy.models import Network, NetworkStart, RoleTerm
from tenancy.services.people import topics_named
from tests.browser.harness.stage import Stage
from tests.factories.tenancy import (
    CouncilPaperFactory,
    DivisionFactory,
    FundingFactory,
    InvitationFactory,
    MembershipFactory,
    OfficeFactory,
    PartnershipFactory,
)

if TYPE_CHECKING:
    from tenancy.models import Person


@pytest.fixture
def rich(konstanz: Network, heilbronn: Network, coordinator: Person, pilot: Person) -> Network:
    """Konstanz with something of everything."""
    division = DivisionFactory(network=konstanz, name="Dezernat I")
    office = OfficeFactory(network=konstanz, division=division, name="Kämmereiamt")
    OfficeFactory(network=konstanz, name="Bauamt")
    MembershipFactory(network=konstanz, office=office, person__given_name="Tim", person__family_name="Beispiel")
    FundingFactory(network=konstanz, total_eur=183938, land_share_eur=91969, notice_on="2018-05-03")
    CouncilPaperFactory(
        network=konstanz,
        sessions=[{"body": "Gemeinderat", "on": "2019-03-28", "public": True, "result": "Kenntnis genommen"}],
        strategy_goals=[{"code": "AB 3", "sign": "+", "goal": "Standort"}, {"code": "", "sign": "-", "goal": "Ruhe"}],
    )
    NetworkStart.objects.create(network=konstanz, value="Ende 2017", source="Projektseite")
    NetworkStart.objects.create(network=konstanz, value="April 2019", source="Drucksache 0028")
    PartnershipFactory(asking=konstanz, asked=heilbronn, accepted_at=konstanz.published_at)
    InvitationFactory(network=konstanz, email="eingeladen@konstanz.example")
    for field, value in {
        "slogan": "Wegweiser Richtung Digitalisierung",
        "about": "Wir **helfen** einander.",
        "goals": ["Sensibilisieren", "Vernetzen"],
        "role_facets": ["Schrittmacher"],
        "beneficiaries": ["Stadtverwaltung"],
        "sdg_targets": ["16.6"],
        "lead_office": "Amt für Digitales",
        "qualification": "Drei Tage.",
        "successes": ["E-Akte"],
        "contact_email": "lotsen@konstanz.example",
    }.items():
        setattr(konstanz, field, value)
    konstanz.save()
    pilot.topics.set(topics_named(["E-Akte"]))
    return konstanz


OPEN = ["/netzwerke/", "/netzwerke/?q=gibtesnicht", "/netzwerke/konstanz/"]
OF_PEOPLE = ["/personen/?q=tim", "/personen/?q=gibtesnicht", "/profil/"]
OF_THE_COORDINATION = [
    "/netzwerke/konstanz/",
    "/netzwerke/konstanz/einrichten/bezeichnung/",
    "/netzwerke/konstanz/einrichten/vorschau/",
    "/netzwerke/konstanz/bearbeiten/wir/",
    "/netzwerke/konstanz/bearbeiten/beginn/",
    "/netzwerke/konstanz/bearbeiten/aemter/",
    "/netzwerke/konstanz/bearbeiten/umfang/",
    "/netzwerke/konstanz/bearbeiten/mehr/",
    "/netzwerke/konstanz/bearbeiten/foerderung/",
    "/netzwerke/konstanz/bearbeiten/vorlagen/",
    "/netzwerke/konstanz/einladungen/",
    "/netzwerke/konstanz/mitglieder/",
    "/netzwerke/konstanz/partner/",
]


@pytest.mark.parametrize("address", OPEN)
def test_pages_of_networks_have_no_violation(stage: Stage, rich: Network, address: str) -> None:
    stage.check_everywhere(address)


@pytest.mark.parametrize("address", OF_PEOPLE)
def test_pages_of_people_have_no_violation(stage: Stage, rich: Network, pilot: Person, address: str) -> None:
    stage.check_everywhere(address, pilot)


def test_a_persons_page_has_no_violation(stage: Stage, rich: Network, pilot: Person, outsider: Person) -> None:
    stage.check_everywhere(f"/personen/{pilot.pk}/", outsider)


@pytest.mark.parametrize("address", OF_THE_COORDINATION)
def test_pages_of_the_coordination_have_no_violation(
    stage: Stage, rich: Network, coordinator: Person, address: str
) -> None:
    stage.check_everywhere(address, coordinator)


def test_the_first_hour_leads_from_the_name_to_the_published_page(
    stage: Stage, konstanz: Network, coordinator: Person
) -> None:
    RoleTerm.objects.filter(network=konstanz).delete()
    konstanz.refresh_from_db()
    konstanz.published_at = None
    konstanz.setup_step = "role"
    konstanz.save()
    visitor = stage.visitor(coordinator)
    page = visitor.page
    visitor.visit("/netzwerke/konstanz/einrichten/")
    page.get_by_label("Stern: Lots*in").check()
    expect(page.get_by_text("Unsere Digitallots*innen tragen")).to_be_visible()
    page.get_by_role("button", name="Speichern und weiter").click()
    page.get_by_label("Name des Netzwerks").fill("Digitallots*innen Konstanz")
    page.get_by_label("Ziele").fill("Alle mitnehmen")
    page.get_by_role("button", name="Speichern und weiter").click()
    page.get_by_label("Seit wann gibt es das Netzwerk?").fill("2019; Seite der Stadt")
    visitor.check()
    page.get_by_role("button", name="Speichern und weiter").click()
    page.get_by_label("Liste einfügen").fill("Dezernat I; Kämmereiamt\nDezernat I; Kämmereiamt\nBauamt")
    page.get_by_role("button", name="Übernehmen").click()
    expect(page.get_by_text("2 von 3 Zeilen übernommen")).to_be_visible()
    expect(page.get_by_text("Das Amt steht schon in Zeile 1.")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_role("button", name="Speichern und weiter").click()
    page.get_by_role("button", name="Netzwerk veröffentlichen").click()
    expect(page.get_by_text("Ihr Netzwerk ist veröffentlicht.")).to_be_visible()
    stranger = stage.visitor()
    stranger.visit("/netzwerke/konstanz/")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Digitallots*innen Konstanz")
    expect(stranger.page.get_by_text("Alle mitnehmen")).to_be_visible()
    stranger.check()


def test_an_invitation_by_mail_makes_a_login_on_a_phone(stage: Stage, konstanz: Network, coordinator: Person) -> None:
    desk = stage.visitor(coordinator)
    desk.visit("/netzwerke/konstanz/einladungen/")
    desk.page.get_by_label("E-Mail-Adresse").fill("neu@konstanz.example")
    desk.page.get_by_role("button", name="Einladung senden").click()
    expect(desk.page.get_by_text("Die Einladung an neu@konstanz.example ist unterwegs.")).to_be_visible()
    body = ProcrastinateJob.objects.filter(task_name="toolkit.send_mail").latest("id").args["body"]
    found = re.search(r"https?://[^/]+(/einladung/\S+)", body)
    assert found is not None
    phone = stage.visitor(width=390, theme="dark")
    phone.visit(found[1])
    phone.check()
    phone.page.get_by_label("Vorname").fill("Nina")
    phone.page.get_by_label("Nachname").fill("Neumuster")
    phone.page.get_by_label("Passwort").fill("zu kurz")
    phone.page.get_by_role("button", name="Annehmen und beitreten").click()
    expect(phone.page.get_by_label("Nachname")).to_have_value("Neumuster")
    phone.complaints.clear()  # the browser writes the refusal into its console
    phone.check()
    phone.page.get_by_label("Passwort").fill("ein langer Satz als Passwort")
    phone.page.get_by_role("button", name="Annehmen und beitreten").click()
    expect(phone.page.get_by_text("Willkommen im Netzwerk")).to_be_visible()
    phone.check()
