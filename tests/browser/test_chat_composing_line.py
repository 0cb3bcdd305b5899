"""How the island keeps its line, against a server that says what the test wants it to say."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from chat.models import Message
from chat.services.conversations import open_direct
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage, Visitor
from tests.browser.harness.talking import box, enter, say, shown, write

if TYPE_CHECKING:
    from tenancy.models import Person


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    return open_direct(viewer_for(pilot), neighbour.pk)


class Wire:
    """Stands between the island and the real server: hears what is said, and says what the server did not."""

    def __init__(self, visitor: Visitor) -> None:
        self.said: list[dict[str, Any]] = []
        self.opened: list[float] = []
        self.swallow: set[str] = set()
        self.client: WebSocketRoute | None = None
        visitor.context.route_web_socket("**/ws/chat/", self._meet)

    def _meet(self, client: WebSocketRoute) -> None:
        self.client = client
        self.opened.append(time.monotonic())
        server = client.connect_to_server()

        def from_client(frame: str | bytes) -> None:
            self.said.append(json.loads(frame))
            server.send(frame)

        def from_server(frame: str | bytes) -> None:
            if json.loads(frame)["op"] not in self.swallow:
                client.send(frame)

        client.on_message(from_client)
        server.on_message(from_server)

    def tell(self, **event: Any) -> None:
        assert self.client is not None
        self.client.send(json.dumps(event))

    def count(self, op: str) -> int:
        return sum(command["op"] == op for command in self.said)

    def wait_for(self, page: Page, op: str, times: int = 1) -> dict[str, Any]:
        """The newest command of a kind, as soon as there are so many."""
        for _ in range(100):
            if self.count(op) >= times:
                return next(command for command in reversed(self.said) if command["op"] == op)
            page.wait_for_timeout(100)
        raise AssertionError(f"{op} was not said {times} times: {self.said}")


def test_a_server_that_says_goodbye_is_left_when_it_asked_for_and_found_again(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor = stage.visitor(pilot)
    wire = Wire(visitor)
    page = enter(visitor, direct)
    wire.wait_for(page, "subscribe")
    told = time.monotonic()
    wire.tell(op="bye", wait=2)
    say(neighbour, direct, "Noch bevor es ging")
    expect(shown(page, "Noch bevor es ging")).to_have_count(1)
    wire.wait_for(page, "subscribe", 2)
    assert wire.opened[1] - told >= 1.9
    say(neighbour, direct, "Und danach")
    expect(shown(page, "Und danach")).to_have_count(1)


def test_what_did_not_come_is_asked_for_when_a_beat_shows_that_it_is_missing(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor = stage.visitor(pilot)
    wire = Wire(visitor)
    page = enter(visitor, direct)
    wire.wait_for(page, "subscribe")
    wire.swallow = {"messages"}
    say(neighbour, direct, "Ging verloren")
    page.wait_for_timeout(1_000)
    wire.swallow = set()
    expect(shown(page, "Ging verloren")).to_have_count(0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    asked = wire.wait_for(page, "sync")
    assert (asked["c"], asked["after"]) == (direct, 0)
    expect(shown(page, "Ging verloren")).to_have_count(1)


def test_without_an_answer_to_a_message_it_is_sent_the_other_way_and_stored_once(
    stage: Stage, pilot: Person, direct: int
) -> None:
    visitor = stage.visitor(pilot)
    wire = Wire(visitor)
    page = enter(visitor, direct)
    wire.wait_for(page, "subscribe")
    wire.swallow = {"ack", "nack"}
    write(page, "Ist das angekommen?")
    with page.expect_response(f"**/chat/{direct}/senden/") as answer:
        expect(page.locator(".is-waiting, .is-own").first).to_contain_text("Ist das angekommen?")
    assert answer.value.status == 200
    expect(page.locator(".is-waiting")).to_have_count(0)
    assert Message.objects.count() == 1


def test_others_are_told_that_one_writes_only_now_and_then_and_never_for_an_empty_box(
    stage: Stage, pilot: Person, direct: int
) -> None:
    visitor = stage.visitor(pilot)
    wire = Wire(visitor)
    page = enter(visitor, direct)
    wire.wait_for(page, "subscribe")
    box(page).press_sequentially("   ", delay=50)
    assert wire.count("writing") == 0
    box(page).press_sequentially("Das dauert ein wenig", delay=60)
    assert wire.wait_for(page, "writing")["c"] == direct
    assert wire.count("writing") == 1
    page.wait_for_timeout(3_000)
    assert wire.count("writing") == 1
    box(page).press_sequentially("…")
    wire.wait_for(page, "writing", 2)
