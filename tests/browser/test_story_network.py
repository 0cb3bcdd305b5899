"""Steps four, five and ten: a network is set up in small steps, invites its people, and is found with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tenancy.models import Membership, Network
from tests.browser.harness.stage import Stage, Visitor
from tests.factories.tenancy import MembershipFactory, MunicipalityFactory, NetworkFactory, OfficeFactory

if TYPE_CHECKING:
    from tenancy.models import Person

PASSPHRASE = "ein ganzer Satz lässt sich leicht merken"
INVITATIONS = "/netzwerke/konstanz/einladungen/"


@pytest.fixture
def newcomer(db: None) -> Person:
    """The first coordinator of a city that was let in a moment ago: nothing is set up."""
    town = MunicipalityFactory(ags="08335063", name="Radolfzell")
    network = NetworkFactory(municipality=town, slug="radolfzell", published_at=None, role_term=None)
    return MembershipFactory(network=network, role="coordinator", person__email="neu@radolfzell.example").person


def at_step(visitor: Visitor, slug: str) -> None:
    expect(visitor.page).to_have_url(re.compile(f"/netzwerke/radolfzell/einrichten/{slug}/$"))


def onward(visitor: Visitor) -> None:
    visitor.page.get_by_role("main").get_by_role("button", name=re.compile("[Ww]eiter$")).click()


def test_the_first_hour_is_left_on_the_phone_and_ended_at_the_desk(stage: Stage, newcomer: Person) -> None:
    phone = stage.visitor(newcomer, width=390)
    phone.visit("/netzwerke/radolfzell/einrichten/")
    at_step(phone, "bezeichnung")
    phone.page.get_by_label("Ihr Wort").fill("Digital-Navigator")
    phone.page.get_by_label("Stern: Lots*in").check()
    phone.page.get_by_role("button", name="Formen vorschlagen").click()
    expect(phone.page.get_by_label("Mehrzahl")).to_have_value(re.compile("Digital-Navigator"))
    expect(phone.page.get_by_role("heading", name="So klingt es auf der Seite")).to_be_visible()
    phone.check()
    onward(phone)
    at_step(phone, "wir")
    phone.page.get_by_label("Leitspruch").fill("Am See kennt man sich aus")
    phone.page.get_by_label("Ziele").fill("Alle Ämter sind dabei\nNiemand fragt umsonst")
    onward(phone)
    at_step(phone, "beginn")
    phone.check()
    phone.close()

    desk = stage.visitor(newcomer, theme="dark")
    desk.visit("/netzwerke/radolfzell/einrichten/")
    at_step(desk, "beginn")
    desk.page.get_by_label("Seit wann gibt es das Netzwerk?").fill("März 2019; Beschluss des Gemeinderats")
    onward(desk)
    at_step(desk, "aemter")
    desk.page.get_by_label("Liste einfügen").fill("Dezernat I; Hauptamt\nDezernat II; Bürgeramt\nHauptamt")
    desk.page.get_by_role("button", name="Übernehmen").click()
    expect(desk.page.get_by_role("heading", name="2 von 3 Zeilen übernommen")).to_be_visible()
    expect(desk.page.get_by_text("Das Amt steht schon in Zeile 1.")).to_be_visible()
    desk.check()
    onward(desk)
    at_step(desk, "umfang")
    desk.page.get_by_label("Höchstens", exact=True).fill("2")
    desk.check()
    onward(desk)
    at_step(desk, "vorschau")
    desk.check()
    desk.page.get_by_role("button", name="Netzwerk veröffentlichen").click()
    expect(desk.page.get_by_text("Ihr Netzwerk ist veröffentlicht.")).to_be_visible()

    visitor = stage.visitor()
    visitor.visit("/netzwerke/radolfzell/")
    expect(visitor.page.get_by_text("Am See kennt man sich aus").first).to_be_visible()
    expect(visitor.page.get_by_text("Niemand fragt umsonst")).to_be_visible()
    expect(visitor.page.get_by_text("Beschluss des Gemeinderats")).to_be_visible()
    visitor.check_every_look()


def join(visitor: Visitor, given: str, family: str) -> None:
    """Make a login from an invitation, and be in."""
    visitor.page.get_by_label("Vorname").fill(given)
    visitor.page.get_by_label("Nachname").fill(family)
    visitor.page.get_by_label("Passwort").fill("zu kurz")
    visitor.page.get_by_role("button", name="Annehmen und beitreten").click()
    expect(visitor.page.get_by_label("Passwort")).to_have_attribute("aria-invalid", "true")
    visitor.complaints.clear()  # the browser writes the refused form (422) into its console
    visitor.check()
    expect(visitor.page.get_by_label("Nachname")).to_have_value(family)
    visitor.page.get_by_label("Passwort").fill(PASSPHRASE)
    visitor.page.get_by_role("button", name="Annehmen und beitreten").click()
    expect(visitor.page.locator("details.profile > summary").first).to_be_visible()


def test_three_ways_to_invite_lead_into_office_and_role(
    stage: Stage, konstanz: Network, coordinator: Person, neighbour: Person
) -> None:
    OfficeFactory(network=konstanz, name="Bürgeramt")
    desk = stage.visitor(coordinator)
    desk.visit(INVITATIONS)
    one = desk.page.get_by_role("region", name="Eine Person")
    one.get_by_label("E-Mail-Adresse").fill("tim@konstanz.example")
    one.get_by_label("Amt").select_option("Bürgeramt")
    one.get_by_role("button", name="Einladung senden").click()
    expect(desk.page.get_by_text("Die Einladung an tim@konstanz.example ist unterwegs.")).to_be_visible()
    desk.check()
    many = desk.page.get_by_role("region", name="Eine Liste")
    many.get_by_label("Liste einfügen").fill(f"{neighbour.email}; ; ; Bürgeramt; Koordination\nkeine Adresse")
    many.get_by_role("button", name="Liste einladen").click()
    expect(desk.page.get_by_role("heading", name="1 von 2 Einladungen verschickt")).to_be_visible()
    desk.check()
    desk.page.get_by_role("region", name="Ein Link").get_by_role("button", name="Link erzeugen").click()
    link = desk.page.locator("#fresh-link").inner_text().removeprefix(stage.server.url)
    desk.check()

    invited = stage.visitor(width=390)
    invited.visit(stage.server.link_mailed_to("tim@konstanz.example"))
    invited.check()
    join(invited, "Tim", "Beispiel")

    known = stage.visitor(neighbour, width=390)
    known.visit(stage.server.link_mailed_to(neighbour.email))
    known.page.get_by_role("button", name="Annehmen", exact=True).click()
    expect(known.page.get_by_role("alert").or_(known.page.get_by_role("status")).first).to_be_visible()

    passer_by = stage.visitor()
    passer_by.visit(link)
    passer_by.page.get_by_label("Ihre dienstliche E-Mail-Adresse").fill("lea@konstanz.example")
    passer_by.check()
    passer_by.page.get_by_role("button", name="Weiter").click()
    expect(passer_by.page.get_by_text("Wir haben eine Mail an lea@konstanz.example geschickt.")).to_be_visible()
    passer_by.visit(stage.server.link_mailed_to("lea@konstanz.example"))
    join(passer_by, "Lea", "Beispiel")

    rows = Membership.objects.filter(network=konstanz, ended_on=None).exclude(person=coordinator)
    assert set(rows.values_list("person__email", "role", "office__name")) == {
        ("tim@konstanz.example", "pilot", "Bürgeramt"),
        (neighbour.email, "coordinator", "Bürgeramt"),
        ("lea@konstanz.example", "pilot", None),
    }


def test_a_city_is_found_on_the_map_and_in_the_list_and_a_person_by_task(
    stage: Stage, konstanz: Network, heilbronn: Network, pilot: Person, neighbour: Person
) -> None:
    visitor = stage.visitor(pilot)
    visitor.visit("/netzwerke/")
    expect(visitor.page.get_by_role("main").locator("svg").first).to_be_visible()
    search = visitor.page.get_by_role("search", name="Netzwerke suchen")
    search.get_by_role("searchbox").fill("heilbron")
    search.get_by_role("button", name="Suchen").click()
    expect(visitor.page.locator(".net-list").get_by_role("link")).to_have_text(["Heilbronn"])
    visitor.check_every_look()
    visitor.page.get_by_role("link", name="Heilbronn").first.click()
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()

    visitor.visit("/personen/")
    visitor.page.get_by_label("Stadt oder Gemeinde").fill("Heilbronn")
    visitor.page.get_by_role("search", name="Personen suchen").get_by_role("button", name="Suchen").click()
    cards = visitor.page.locator("ul.people").get_by_role("heading")
    expect(cards).to_have_text([neighbour.name])
    visitor.page.get_by_role("link", name=neighbour.name).click()
    visitor.check_every_look()


def test_from_the_card_of_a_person_two_people_begin_to_talk(stage: Stage, pilot: Person, neighbour: Person) -> None:
    asker = stage.visitor(pilot)
    asker.visit(f"/personen/{neighbour.pk}/")
    asker.page.get_by_role("button", name="Nachricht schreiben").click()
    expect(asker.page.locator("chat-room[data-ready]")).to_have_count(1)
    asker.page.get_by_role("textbox", name="Nachricht an").fill("Wie haben Sie die E-Akte eingeführt?")
    asker.page.keyboard.press("Control+Enter")
    expect(asker.page.locator(".ms").first).to_contain_text("die E-Akte eingeführt")

    other = stage.visitor(neighbour, width=390, theme="dark")
    other.visit("/chat/")
    other.page.get_by_role("link", name=pilot.name).click()
    expect(other.page.locator("chat-room[data-ready]")).to_have_count(1)
    expect(other.page.locator(".ms").first).to_contain_text("die E-Akte eingeführt")
    other.page.get_by_role("textbox", name="Nachricht an").fill("Mit einem Tandem je Amt.")
    other.page.keyboard.press("Control+Enter")
    expect(asker.page.locator(".ms").first).to_contain_text("Tandem je Amt")
    other.check()
    asker.check()
