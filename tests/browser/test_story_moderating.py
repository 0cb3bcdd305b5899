"""Step nine: a colleague reports, the association decides, the author reads why and how to object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.harness.stage import Stage, Visitor
from tests.factories.exchange import CommentFactory, ExperienceFactory
from tests.factories.notices import NoticeFactory

if TYPE_CHECKING:
    from exchange.models import Experience
    from tenancy.models import Network, Person

WHY = "Der zweite Absatz nennt eine Kollegin mit Namen und Durchwahl."


@pytest.fixture
def experience(pilot: Person, konstanz: Network) -> Experience:
    """What the pilot of Konstanz published for everybody."""
    return ExperienceFactory(
        network=konstanz, author=pilot, rung="public", title="E-Akte einführen", what_we_did="Frau M., Durchwahl 123."
    )


def send_report(visitor: Visitor) -> None:
    visitor.page.get_by_label("Personenbezogene Daten").check()
    visitor.page.get_by_label("Was genau ist daran nicht in Ordnung?").fill("Hier steht der Name einer Kollegin.")
    visitor.page.get_by_role("button", name="Meldung absenden").click()
    expect(visitor.page.get_by_role("heading", name="Danke für Ihre Meldung")).to_be_visible()


def test_a_report_becomes_a_decision_that_the_author_reads(
    stage: Stage, experience: Experience, pilot: Person, neighbour: Person, moderator: Person
) -> None:
    reader = stage.visitor(neighbour)
    reader.visit(f"/erfahrungen/{experience.pk}/")
    reader.page.get_by_role("link", name="Melden").first.click()
    reader.check()
    send_report(reader)
    reader.check()

    judge = stage.visitor(moderator, width=390, theme="dark")
    judge.visit("/moderation/")
    judge.check()
    judge.page.get_by_role("link", name="E-Akte einführen").click()
    expect(judge.page.get_by_text("gemeldet von einer Person aus Heilbronn")).to_be_visible()
    judge.page.get_by_label("Ausblenden").check()
    judge.page.get_by_label("Begründung").fill(WHY)
    judge.check()
    judge.page.get_by_role("button", name="Entscheidung mitteilen").click()
    expect(judge.page.get_by_text("Alle Beteiligten erfahren davon.")).to_be_visible()
    judge.check()

    reader.visit(f"/erfahrungen/{experience.pk}/", status=404)

    author = stage.visitor(pilot, width=390)
    author.visit("/mitteilungen/")
    author.check()
    author.page.get_by_role("button", name="wurde ausgeblendet").click()
    expect(author.page.get_by_text(WHY)).to_be_visible()
    expect(author.page.get_by_role("heading", name="Wenn Sie das anders sehen")).to_be_visible()
    author.check()


def test_a_visitor_reports_a_public_comment_without_an_account(stage: Stage, experience: Experience) -> None:
    comment = CommentFactory(experience=experience, body="Jetzt 30 % günstiger!")
    visitor = stage.visitor(width=390)
    visitor.visit(f"/moderation/melden/comment/{comment.pk}/")
    visitor.page.get_by_role("button", name="Meldung absenden").click()
    expect(visitor.page.get_by_role("heading", name="Bitte prüfen Sie Ihre Angaben")).to_be_visible()
    visitor.complaints.clear()  # the browser writes the refused form (422) into its console
    visitor.check()
    visitor.page.get_by_label("Ihre E-Mail-Adresse").fill("erika@beispiel.example")
    send_report(visitor)


def test_notices_work_without_javascript(stage: Stage, pilot: Person) -> None:
    NoticeFactory.create_batch(2, person=pilot, url="/erfahrungen/")
    visitor = stage.visitor(pilot, javascript=False)
    visitor.visit("/mitteilungen/")
    visitor.page.get_by_role("button", name="Neu: Tim Beispiel hat").first.click()
    expect(visitor.page).to_have_url(f"{stage.server.url}/erfahrungen/")
    visitor.visit("/mitteilungen/")
    visitor.page.get_by_role("button", name="Alle gelesen").click()
    expect(visitor.page.get_by_text("Sie haben alles gelesen.")).to_be_visible()
