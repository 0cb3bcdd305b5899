"""A city writes the programme, somebody who comes proposes a session, and it is taken into the programme."""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import expect

from exchange.models import OpenSpace
from tests.browser.harness.stage import Stage
from tests.factories.workshops import RegistrationFactory, SessionFactory, WorkshopFactory

if TYPE_CHECKING:
    from tenancy.models import Network, Person


def test_a_programme_with_tracks_and_a_proposal_that_gets_into_it(
    stage: Stage, pilot: Person, coordinator: Person, konstanz: Network
) -> None:
    day = timezone.localdate() + datetime.timedelta(days=20)
    starts = timezone.make_aware(datetime.datetime.combine(day, datetime.time(10)))
    workshop = WorkshopFactory(
        hosts=[konstanz], starts_at=starts, ends_at=starts + datetime.timedelta(hours=4), title="Lotsentag",
        price=0, accessibility_notes="Aufzug im Foyer.",
    )  # fmt: skip
    SessionFactory(workshop=workshop, title="Ankommen")
    RegistrationFactory(workshop=workshop, person=pilot, network=konstanz)
    OpenSpace.objects.create(workshop=workshop, until=starts)
    address = f"/veranstaltungen/{workshop.pk}/"

    host = stage.visitor(coordinator)
    host.visit(f"{address}programm/")
    host.check()
    for title, track, begins in (("Einsteigen", "Eins", "11:00"), ("Vertiefen", "Zwei", "11:15")):
        host.page.get_by_role("link", name="Programmpunkt eintragen").click()
        for name, value in {"title": title, "track": track, "begins": begins, "ends": "12:00", "place": "Saal"}.items():
            host.page.locator(f"[name={name}]").fill(value)
        host.page.get_by_role("button", name="Eintragen").click()
    expect(host.page.get_by_text("An diesem Ort läuft zur selben Zeit").first).to_be_visible()
    # A refused form is answered with 422, which browsers write into their console.
    host.complaints.clear()
    host.check()
    host.page.locator("[name=place]").fill("Foyer")
    host.page.get_by_role("button", name="Eintragen").click()
    expect(host.page.get_by_role("heading", name="Vertiefen")).to_be_visible()
    host.check()

    comes = stage.visitor(pilot, width=390, theme="dark")
    comes.visit(address)
    comes.page.get_by_role("link", name="Etwas vorschlagen").click()
    comes.page.get_by_label("Worum soll es gehen?").fill("Akten ohne Angst")
    comes.check()
    comes.page.get_by_role("button", name="Vorschlagen").click()
    comes.page.get_by_role("button", name="Stimme geben: Akten ohne Angst").click()
    expect(comes.page.get_by_text("Sie haben noch 2 Stimmen.")).to_be_visible()
    comes.check()

    host.visit(address)
    host.check()
    host.page.get_by_role("button", name="Ins Programm: Akten ohne Angst").click()
    expect(host.page.get_by_role("heading", level=1)).to_have_text("Programmpunkt bearbeiten")
    comes.visit(address)
    expect(comes.page.get_by_role("heading", name="Akten ohne Angst").first).to_be_visible()
    if folder := os.environ.get("PROGRAM_SHOTS"):
        host.visit(address)
        host.page.screenshot(path=f"{folder}/p_ws.png", full_page=True)
        comes.page.screenshot(path=f"{folder}/p_ws390.png", full_page=True)
        host.visit(f"{address}programm/")
        host.page.screenshot(path=f"{folder}/p_prog.png", full_page=True)

    host.visit(f"{address}unterlagen/")
    host.check()
    host.visit(f"{address}reihe/")
    host.page.get_by_label("Oder so viele Termine").fill("4")
    host.page.get_by_role("button", name="Termine ansehen").click()
    host.check()
    host.page.get_by_role("button", name="Termine anlegen").click()
    expect(host.page.get_by_role("heading", name="Was kommt")).to_be_visible()
    host.check()
