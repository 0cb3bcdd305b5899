"""Every page of formats and workshops, in every state, wide and light, narrow and dark: axe finds nothing.

Each page is loaded in its look, for the look of a loaded page is what people see.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.browser.harness.stage import Stage
from tests.factories.workshops import EditionFactory, FormatFactory, RegistrationFactory, WorkshopFactory

if TYPE_CHECKING:
    from tenancy.models import Network, Person
    from tests.browser.harness.stage import Theme


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_every_page_of_meeting_is_accessible(
    stage: Stage, coordinator: Person, pilot: Person, konstanz: Network, heilbronn: Network, width: int, theme: Theme
) -> None:
    both = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz], invited=[heilbronn])
    EditionFactory(format=both, number=1, host=konstanz.municipality, themes=["Prozesse"], about="**Gut** war es.")
    EditionFactory(format=both, number=2, state="cancelled", reason="Pandemie")
    now = timezone.now()
    hosting = {"hosts": [konstanz], "format": both, "mode": "hybrid", "online_url": "https://video.example/raum"}
    full = WorkshopFactory(
        **hosting, asked=[heilbronn], seats=1, agenda=[{"time": "10:00", "title": "Ankommen", "text": ""}]
    )
    EditionFactory(format=both, number=3, state="planned", workshop=full, motto=full.title)
    RegistrationFactory(workshop=full, person=coordinator, network=konstanz, mode="online")
    RegistrationFactory(workshop=full, person=pilot, network=konstanz, state="queued", needs="Untertitel")
    draft = WorkshopFactory(hosts=[konstanz], state="draft")
    off = WorkshopFactory(hosts=[konstanz], state="cancelled", cancel_reason="Sturm")
    past = WorkshopFactory(hosts=[konstanz], starts_at=now - datetime.timedelta(days=3))
    free = WorkshopFactory(hosts=[konstanz], mode="hybrid", seats=5)

    host = stage.visitor(coordinator, width=width, theme=theme)
    for address in (
        "/veranstaltungen/", "/veranstaltungen/?zeit=vergangen", "/veranstaltungen/?art=online&land=99",
        "/veranstaltungen/kalender/", "/veranstaltungen/neu/", "/formate/", "/formate/neu/", "/formate/knmeetshn/",
        "/formate/knmeetshn/bearbeiten/", "/formate/knmeetshn/folgen/neu/", "/formate/knmeetshn/folgen/2/",
        f"/veranstaltungen/{full.pk}/", f"/veranstaltungen/{full.pk}/teilnehmende/",
        f"/veranstaltungen/{full.pk}/bearbeiten/", f"/veranstaltungen/{full.pk}/absagen/",
        f"/veranstaltungen/{draft.pk}/", f"/veranstaltungen/{off.pk}/", f"/veranstaltungen/{past.pk}/",
        f"/veranstaltungen/{free.pk}/",
    ):  # fmt: skip
        host.visit(address)
        host.check()
    host.visit("/veranstaltungen/neu/")
    host.page.get_by_role("button", name="Entwurf anlegen").click()
    assert host.page.locator("[aria-invalid=true]").count() >= 3
    host.complaints.clear()  # Chromium writes the refused form into the console
    host.check()
    waiting = stage.visitor(pilot, width=width, theme=theme)
    waiting.visit(f"/veranstaltungen/{full.pk}/")
    waiting.check()
