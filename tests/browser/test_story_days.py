"""On the day: the code at the door, the list on a telephone, and afterwards certificates and answers."""

from __future__ import annotations

import datetime
import re
import zipfile
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import expect

from exchange.models import FeedbackAnswer, FeedbackForm
from tests.browser.harness.stage import Stage
from tests.factories.workshops import RegistrationFactory, WorkshopFactory

if TYPE_CHECKING:
    from tenancy.models import Network, Person


def test_people_check_in_by_telephone_and_get_their_certificates(
    stage: Stage, konstanz: Network, heilbronn: Network, pilot: Person, neighbour: Person, coordinator: Person
) -> None:
    begun = {"starts_at": timezone.now() - datetime.timedelta(minutes=30), "hosts": [konstanz, heilbronn]}
    workshop = WorkshopFactory(**begun, title="Lotsen gewinnen und halten")
    for person, network in ((pilot, konstanz), (neighbour, heilbronn)):
        RegistrationFactory(workshop=workshop, person=person, network=network)
    address = f"/veranstaltungen/{workshop.pk}/"

    host = stage.visitor(coordinator, width=390)
    host.visit(address)
    host.page.get_by_role("link", name="Code für die Tür").click()
    expect(host.page.get_by_role("heading", name="Schön, dass Sie da sind!")).to_be_visible()
    host.check()
    scanned = host.page.locator(".door__address a").get_attribute("href") or ""
    door = scanned.removeprefix(stage.server.url)

    guest = stage.visitor(pilot, width=390)
    guest.visit(door)
    guest.check()
    guest.page.get_by_role("button", name="Ich bin da").click()
    expect(guest.page.get_by_text("Sie sind eingecheckt. Viel Freude!")).to_be_visible()
    guest.check()

    host.page.get_by_role("link", name="Zur Liste").click()
    expect(host.page.get_by_role("heading", name="1 von 2 da")).to_be_visible()
    host.page.get_by_role("searchbox", name="Name oder Kommune").fill("heilbronn")
    host.page.get_by_role("button", name="Suchen").click()
    host.page.get_by_role("button", name=re.compile(re.escape(neighbour.name))).click()
    expect(host.page.get_by_role("heading", name="2 von 2 da")).to_be_visible()
    expect(host.page.locator(".tick [aria-pressed=true]")).to_have_count(1)
    host.check()

    workshop.refresh_from_db()
    over = timezone.now() - datetime.timedelta(minutes=1)
    type(workshop).objects.filter(pk=workshop.pk).update(
        starts_at=workshop.starts_at - datetime.timedelta(hours=2), registration_ends_at=over, ends_at=over
    )
    FeedbackForm.objects.create(workshop=workshop, questions=["Wie war der Raum?"])

    guest.visit(address)
    with guest.page.expect_download() as download:
        guest.page.get_by_role("link", name="Teilnahmenachweis (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    guest.page.get_by_role("link", name="Rückmeldung geben").click()
    guest.page.get_by_role("radio", name="5 – sehr hilfreich").check()
    guest.page.get_by_role("radio", name="Ja", exact=True).check()
    guest.page.get_by_label("Wie war der Raum?").fill("Hell")
    guest.check()
    guest.page.get_by_role("button", name="Antwort abgeben").click()
    expect(guest.page.get_by_text("Sie haben geantwortet. Danke!")).to_be_visible()
    guest.check()

    host.visit(f"{address}nachweise/")
    host.page.get_by_role("button", name="Alle erstellen").click()
    expect(host.page.get_by_text("0 von 2 erstellt")).to_be_visible()
    host.check()
    stage.server.run_jobs()
    with host.page.expect_download() as download:  # the part that looks again by itself brings the link
        host.page.get_by_role("link", name="Alle herunterladen (ZIP)").click()
    assert len(zipfile.ZipFile(download.value.path()).namelist()) == 2
    host.check()
    host.visit(f"{address}rueckmeldung/ergebnis/")
    expect(host.page.get_by_role("heading", name="Noch zu wenige Antworten")).to_be_visible()
    host.check()
    for number in range(1, 5):
        FeedbackAnswer.objects.create(workshop=workshop, helpful=number, recommend="yes", good="Die Beispiele")
    stage.check_everywhere(f"{address}rueckmeldung/ergebnis/", coordinator)
    stage.check_everywhere(f"{address}anwesenheit/", coordinator)
