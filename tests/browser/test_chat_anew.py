"""What an open page must find out by itself: what no line tells, or tells in another shape."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import expect

from chat import wall
from chat.models import Participant
from chat.services.conversations import open_direct, open_group
from chat.services.groups import add_people
from chat.services.keeping import keep_for
from chat.services.people import archive
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage
from tests.browser.test_chat_story import enter, say, shown
from toolkit.acting import acting_as_nobody

if TYPE_CHECKING:
    from tenancy.models import Person


def test_the_line_in_the_list_has_no_marks_also_of_the_open_conversation(
    stage: Stage, pilot: Person, neighbour: Person
) -> None:
    direct = open_direct(viewer_for(pilot), neighbour.pk)
    page = enter(stage.visitor(pilot), direct)
    say(neighbour, direct, "**Fett** und [Liste](https://heilbronn.example/)\n\n- eins")
    expect(page.locator(f'[data-row="{direct}"] [data-line]')).to_have_text("Fett und Liste eins")


def test_the_archive_stays_the_archive_while_something_new_is_said(
    stage: Stage, pilot: Person, neighbour: Person, coordinator: Person
) -> None:
    kept = open_direct(viewer_for(pilot), neighbour.pk)
    say(pilot, kept, "Erledigt")
    archive(viewer_for(pilot), kept)
    other = open_direct(viewer_for(pilot), coordinator.pk)
    visitor = stage.visitor(pilot)
    visitor.visit("/chat/?archiv")
    rows = visitor.page.locator("#chat-rows [data-row]")
    expect(rows).to_have_count(1)
    with visitor.page.expect_response("**/chat/zeilen/**"):
        say(coordinator, other, "Etwas Neues")
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-row", str(kept))


def test_a_note_is_read_in_the_language_of_the_page(
    stage: Stage, pilot: Person, neighbour: Person, coordinator: Person
) -> None:
    group = open_group(viewer_for(pilot), "Runde", [neighbour.pk])
    visitor = stage.visitor(pilot)
    visitor.visit("/personen/")
    visitor.page.get_by_role("button", name="English").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    visitor.visit(f"/chat/{group}/")
    expect(visitor.page.locator("chat-room[data-ready]")).to_have_count(1)
    add_people(viewer_for(pilot), group, [coordinator.pk])
    expect(visitor.page.get_by_text(f"{pilot.name} added {coordinator.name}.").first).to_be_visible()


def test_what_is_emptied_goes_from_a_page_that_stays_open(stage: Stage, pilot: Person, neighbour: Person) -> None:
    direct = open_direct(viewer_for(pilot), neighbour.pk)
    say(neighbour, direct, "Bald vorbei")
    Participant.objects.update(read_seq=1)
    keep_for(viewer_for(pilot), direct, 1)
    visitor = stage.visitor(pilot)
    visitor.page.clock.install()
    page = enter(visitor, direct)
    expect(shown(page, "Bald vorbei")).to_have_count(1)
    with acting_as_nobody():
        assert wall.empty(direct, timezone.now() + timedelta(days=2), 10) > 0
    page.clock.fast_forward("04:00:00")
    expect(shown(page, "Bald vorbei")).to_have_count(0)
