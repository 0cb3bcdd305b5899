"""Several tabs of one person share one line: one socket, and nothing is lost when it changes hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, WebSocket, expect

from chat.models import Message
from chat.services.conversations import open_direct, open_group
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage, Visitor
from tests.browser.harness.talking import box, enter, say, shown, write

if TYPE_CHECKING:
    from tenancy.models import Person


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    return open_direct(viewer_for(pilot), neighbour.pk)


@pytest.fixture
def group(pilot: Person, neighbour: Person, coordinator: Person) -> int:
    return open_group(viewer_for(pilot), "Vorbereitung", [neighbour.pk, coordinator.pk])


class Tabs:
    """Pages of one browser, with the sockets that each of them has opened."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.sockets: dict[Page, list[WebSocket]] = {}

    def open(self, conversation: int) -> Page:
        page = self.visitor.context.new_page()
        self.sockets[page] = []

        def note(socket: WebSocket) -> None:
            self.sockets[page].append(socket)

        page.on("websocket", note)
        return enter(self.visitor, conversation, page)

    def living(self) -> int:
        pages = [sockets for page, sockets in self.sockets.items() if not page.is_closed()]
        return sum(not socket.is_closed() for sockets in pages for socket in sockets)


def test_two_tabs_share_one_line_and_both_see_and_say_everything(
    stage: Stage, pilot: Person, neighbour: Person, direct: int, group: int
) -> None:
    tabs = Tabs(stage.visitor(pilot))
    one, two, other = tabs.open(direct), tabs.open(direct), tabs.open(group)
    write(one, "Aus der ersten")
    expect(shown(two, "Aus der ersten")).to_have_count(1)
    write(two, "Aus der zweiten")
    expect(shown(one, "Aus der zweiten")).to_have_count(1)
    say(neighbour, direct, "Von drüben")
    for page in (one, two):
        expect(shown(page, "Von drüben")).to_have_count(1)
    expect(other.locator(f'[data-row="{direct}"]')).to_contain_text("Von drüben")
    write(other, "In der Gruppe")
    expect(shown(other, "In der Gruppe")).to_have_count(1)
    assert tabs.living() == 1
    assert [m.body for m in Message.objects.filter(conversation=direct).order_by("seq")] == [
        "Aus der ersten",
        "Aus der zweiten",
        "Von drüben",
    ]


def test_when_the_tab_with_the_line_closes_another_takes_over_and_catches_up(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    tabs = Tabs(stage.visitor(pilot))
    one, two = tabs.open(direct), tabs.open(direct)
    write(two, "Vorher")
    expect(shown(one, "Vorher")).to_have_count(1)
    assert [len(sockets) for sockets in tabs.sockets.values()] == [1, 0]
    one.close()
    for text in ("Eins", "Zwei", "Drei"):
        say(neighbour, direct, text)
    for text in ("Eins", "Zwei", "Drei"):
        expect(shown(two, text)).to_have_count(1)
    write(two, "Nachher")
    expect(shown(two, "Nachher")).to_have_count(1)
    assert shown(two, "").all_text_contents() == ["Vorher", "Eins", "Zwei", "Drei", "Nachher"]
    assert tabs.living() == 1


def test_a_tab_that_fell_asleep_with_the_line_loses_it_to_one_that_is_looked_at(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    tabs = Tabs(stage.visitor(pilot))
    one, two = tabs.open(direct), tabs.open(direct)
    sleep = tabs.visitor.context.new_cdp_session(one)
    sleep.send("Page.enable")
    sleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    say(neighbour, direct, "Während des Schlafs")
    two.evaluate("dispatchEvent(new Event('online'))")
    expect(shown(two, "Während des Schlafs")).to_have_count(1)
    sleep.send("Page.setWebLifecycleState", {"state": "active"})
    expect(shown(one, "Während des Schlafs")).to_have_count(1)
    write(one, "Wieder wach")
    for page in (one, two):
        expect(shown(page, "Wieder wach")).to_have_count(1)
    expect(one.locator(".is-waiting")).to_have_count(0)


def test_what_a_tab_could_not_send_before_it_closed_another_one_sends(stage: Stage, pilot: Person, direct: int) -> None:
    tabs = Tabs(stage.visitor(pilot))
    one, two = tabs.open(direct), tabs.open(direct)
    # Neither by the line nor by a request: the last thing it did was to keep the message.
    one.evaluate("() => { WebSocket.prototype.send = () => {}; window.fetch = () => new Promise(() => {}); }")
    write(one, "Schnell noch das")
    expect(two.locator(".is-waiting")).to_have_count(1)
    one.close()
    expect(shown(two, "Schnell noch das")).to_have_count(1)
    expect(two.locator(".is-waiting")).to_have_count(0)
    assert Message.objects.count() == 1


def test_where_tabs_cannot_share_each_has_a_line_of_its_own(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor = stage.visitor(pilot)
    visitor.context.add_init_script("delete Navigator.prototype.locks; delete window.BroadcastChannel")
    tabs = Tabs(visitor)
    one, two = tabs.open(direct), tabs.open(direct)
    write(one, "Aus der ersten")
    say(neighbour, direct, "Von drüben")
    for page in (one, two):
        expect(shown(page, "Aus der ersten")).to_have_count(1)
        expect(shown(page, "Von drüben")).to_have_count(1)
    assert tabs.living() == 2


def test_two_tabs_offline_send_everything_once_when_they_are_back(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    visitor = stage.visitor(pilot)
    tabs = Tabs(visitor)
    one, two = tabs.open(direct), tabs.open(direct)
    visitor.context.set_offline(True)
    write(one, "Erste")
    expect(two.locator(".is-waiting")).to_have_count(1)
    write(two, "Zweite")
    write(one, "Dritte")
    for page in (one, two):
        expect(page.locator(".is-waiting")).to_have_count(3)
        expect(page.locator("[data-chat-line]")).to_be_visible()
    say(neighbour, direct, "Verpasst")
    visitor.context.set_offline(False)
    for page in (one, two):
        expect(shown(page, "Dritte")).to_have_count(1)
        expect(page.locator("[data-chat-line]")).to_be_hidden()
        assert shown(page, "").all_text_contents() == ["Verpasst", "Erste", "Zweite", "Dritte"]
    assert Message.objects.filter(conversation=direct).count() == 4
    expect(box(one)).to_have_value("")


def test_signing_out_in_one_tab_leaves_nothing_of_what_stands_in_another(
    stage: Stage, pilot: Person, direct: int, group: int
) -> None:
    tabs = Tabs(stage.visitor(pilot))
    one, two = tabs.open(direct), tabs.open(group)
    box(two).fill("Geheimer Entwurf")
    two.wait_for_timeout(400)
    assert "Geheimer Entwurf" in kept(one)
    one.locator("details.profile > summary").click()
    with one.expect_navigation():
        one.get_by_role("button", name="Abmelden").click()
    two.wait_for_url("**/konto/**")
    assert "Geheimer Entwurf" not in kept(one)


def kept(page: Page) -> str:
    """Everything that the browser keeps for the product, as one text."""
    found: str = page.evaluate(
        """async () => {
          const texts = [];
          for (const { name } of await indexedDB.databases()) {
            const db = await new Promise((ok) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result); });
            for (const store of db.objectStoreNames) {
              const all = await new Promise((ok) => {
                const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => ok(r.result); });
              texts.push(JSON.stringify(all));
            }
            db.close();
          }
          return texts.join();
        }"""
    )
    return found
