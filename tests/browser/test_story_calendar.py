"""A pilot leafs through the calendar, narrows it, and is told what meets at one time."""

from __future__ import annotations

import datetime

from django.utils import timezone
from playwright.sync_api import expect

from tenancy.models import Network, Person
from tests.browser.harness.stage import Stage
from tests.factories.workshops import FormatFactory, RegistrationFactory, WorkshopFactory

PAGE = "/veranstaltungen/kalender/"


def test_a_pilot_leafs_narrows_and_sees_what_meets(
    stage: Stage, pilot: Person, konstanz: Network, heilbronn: Network
) -> None:
    today = timezone.localdate()
    day = (today.replace(day=1) + datetime.timedelta(days=45)).replace(day=14)
    nine = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
    together = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz, heilbronn])
    times = {"starts_at": nine, "ends_at": nine + datetime.timedelta(hours=3), "registration_ends_at": nine}
    own = WorkshopFactory(title="Lotsen gewinnen", hosts=[konstanz, heilbronn], format=together, **times)
    RegistrationFactory(workshop=own, person=pilot, network=konstanz)
    other = WorkshopFactory(title="E-Akte im Bürgeramt", hosts=[heilbronn], **times)
    for number in range(6):
        WorkshopFactory(title=f"Sprechstunde {number}", hosts=[heilbronn], **times)

    visitor = stage.visitor(pilot)
    page = visitor.page
    visitor.visit("/veranstaltungen/")
    page.get_by_role("navigation", name="Ansicht").get_by_role("link", name="Monat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kalender")
    while page.get_by_role("link", name="Lotsen gewinnen").count() == 0:
        page.get_by_role("link", name="Monat danach").click()
    expect(page.get_by_role("columnheader", name="Montag")).to_be_visible()
    expect(page.get_by_role("link", name="Sie haben einen Platz")).to_be_visible()
    page.get_by_role("link", name="+ 5 weitere").click()
    expect(page.get_by_role("link", name="Sprechstunde 5")).to_be_visible()

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Nur meine").check()
    page.get_by_role("button", name="Filter anwenden").click()
    expect(page.get_by_role("link", name="Lotsen gewinnen")).to_be_visible()
    expect(page.get_by_role("link", name="Sprechstunde 5")).to_have_count(0)

    visitor.visit(f"/veranstaltungen/{other.pk}/")
    expect(page.get_by_text("Zur selben Zeit sind Sie bei „Lotsen gewinnen“")).to_be_visible()

    for view in ("monat", "woche", "liste", "tag"):
        stage.check_everywhere(f"{PAGE}?ansicht={view}&am={day}", pilot)
    stage.check_everywhere(f"{PAGE}abonnieren/", pilot)
