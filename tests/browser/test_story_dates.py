"""Two cities find a date: with the keyboard, on the phone, without a line of JavaScript."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from exchange.models import DatePoll, PollVote, Workshop
from tests.browser.harness.stage import Stage
from tests.factories.dates import CouncilDayFactory, PollFactory, PollOptionFactory, PollVoteFactory

if TYPE_CHECKING:
    from tenancy.models import Network, Person

pytestmark = pytest.mark.browser


def test_a_coordinator_asks_and_settles_and_a_pilot_answers_on_the_phone(
    stage: Stage, coordinator: Person, pilot: Person, neighbour_coordinator: Person, konstanz: Network
) -> None:
    desk = stage.visitor(coordinator)
    desk.visit("/terminsuche/neu/")
    desk.page.get_by_label("Wofür suchen Sie einen Termin?").fill("Runde zur E-Akte")
    desk.page.get_by_role("group", name="Wer entscheidet mit?").get_by_label("Heilbronn").check()
    desk.check()
    desk.page.get_by_role("button", name="Weiter zu den Tagen").click()
    days = desk.page.locator("input[name=days]")
    for place in (0, 1):
        days.nth(place).check()
    desk.check()
    desk.page.get_by_role("button", name="Diese Tage zur Wahl stellen").click()
    desk.page.get_by_role("button", name="Abschicken").click()
    expect(desk.page.get_by_text("Verschickt.")).to_be_visible()
    desk.check()

    poll = DatePoll.objects.get()
    hand = stage.visitor(pilot, width=390)
    hand.visit(f"/terminsuche/{poll.pk}/")
    # By keyboard alone: the three answers to a date are one stop, chosen by the arrows.
    hand.page.locator("input[type=radio]").first.focus()
    hand.page.keyboard.press("Space")
    hand.page.keyboard.press("ArrowRight")
    hand.check()
    hand.page.get_by_role("button", name="Antworten", exact=True).click()
    expect(hand.page.get_by_text("Danke, Ihre Antwort ist da.")).to_be_visible()
    assert [v.answer for v in PollVote.objects.all()] == ["maybe"]

    other = stage.visitor(neighbour_coordinator)
    other.visit(f"/terminsuche/{poll.pk}/")
    other.page.get_by_role("button", name="Diesen Termin festlegen").first.click()
    expect(other.page.get_by_text("Der Termin steht fest, und alle wissen Bescheid.")).to_be_visible()
    workshop = Workshop.objects.get()
    assert timezone.localtime(workshop.starts_at).date() == poll.options.earliest("day").day
    hand.visit(f"/terminsuche/{poll.pk}/")
    expect(hand.page.get_by_role("link", name="In den Kalender")).to_be_visible()


def test_the_pages_of_a_poll_hold_at_all_widths_and_in_both_themes(
    stage: Stage, coordinator: Person, pilot: Person, neighbour: Person, konstanz: Network, heilbronn: Network
) -> None:
    poll = PollFactory(owners=[konstanz], everyone=[konstanz, heilbronn], text="Worum es **geht**.")
    holiday = PollOptionFactory(poll=poll, day=datetime.date(2027, 5, 27))
    PollOptionFactory(poll=poll, day=datetime.date(2031, 6, 2))
    CouncilDayFactory(network=konstanz, day=datetime.date(2027, 5, 27))
    PollVoteFactory(option=holiday, person=neighbour, remark="Nur im Notfall.", answer="maybe")
    stage.check_everywhere(f"/terminsuche/{poll.pk}/", pilot)
    stage.check_everywhere(f"/terminsuche/{poll.pk}/", coordinator)
    for path in ("tage/?von=2027-05-24&bis=2027-06-13", "fragen/", "bearbeiten/"):
        stage.check_everywhere(f"/terminsuche/{poll.pk}/{path}", coordinator)
    stage.check_everywhere(f"/netzwerke/{konstanz.slug}/sitzungstage/", coordinator)
    stage.check_everywhere("/terminsuche/", pilot)
