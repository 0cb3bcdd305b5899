"""The pages as an application: found again, badges, what comes by push, and the page for being offline."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chat.ids import new_client_id
from chat.services.conversations import open_direct
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage, Visitor

if TYPE_CHECKING:
    from tenancy.models import Person


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    number = open_direct(viewer_for(pilot), neighbour.pk)
    for text in ("Die neue **Straßenbeleuchtung** ist da", "Das Bürgerbüro zieht um"):
        send_message(viewer_for(neighbour), number, new_client_id(), text)
    return number


def works(visitor: Visitor) -> None:
    """Wait until the worker of the browser looks after this page."""
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_what_was_said_is_found_and_the_page_has_no_violation(stage: Stage, pilot: Person, direct: int) -> None:
    stage.check_everywhere("/chat/suche/", pilot)
    stage.check_everywhere("/chat/suche/?q=Strassenbeleuchtung", pilot)
    stage.check_everywhere("/chat/suche/?q=gibtesnicht", pilot)
    visitor = stage.visitor(pilot)
    visitor.visit("/chat/")
    page = visitor.page
    page.get_by_role("link", name="Nachrichten durchsuchen").first.click()
    page.get_by_placeholder("Was wurde gesagt?").fill("Buergerbuero")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 Nachricht gefunden")).to_be_visible()
    expect(page.locator("mark")).to_have_text("Bürgerbüro")
    page.locator(".hits a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/chat/{direct}/?um=2#m2")


def test_the_icon_of_the_tab_says_that_something_is_unread(stage: Stage, pilot: Person, direct: int) -> None:
    visitor = stage.visitor(pilot)
    visitor.visit("/mitteilungen/")
    icon = visitor.page.locator('link[rel="icon"]')
    expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))
    visitor.check()


def test_without_a_line_a_page_says_so_and_nothing_of_anybody_is_kept(stage: Stage, pilot: Person, direct: int) -> None:
    visitor = stage.visitor(pilot)
    visitor.visit(f"/chat/{direct}/")
    works(visitor)
    visitor.visit(f"/chat/{direct}/")
    visitor.context.set_offline(True)
    visitor.page.goto(f"{stage.server.url}/chat/")
    expect(visitor.page.get_by_role("heading", name="Sie sind offline")).to_be_visible()
    expect(visitor.page.get_by_text("bleiben auf diesem Gerät aufgehoben")).to_be_visible()
    assert visitor.violations() == []
    kept = visitor.page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()"
    )
    assert kept[0] == "/offline/"
    assert all(path.startswith("/static/toolkit/") for path in kept[1:])
    visitor.context.set_offline(False)
    visitor.page.get_by_role("link", name="Neu laden").click()
    expect(visitor.page.get_by_role("heading", name="Chat").first).to_be_visible()


def test_what_comes_by_push_is_shown_and_leads_to_its_conversation(stage: Stage, pilot: Person, direct: int) -> None:
    visitor = stage.visitor(pilot)
    visitor.context.grant_permissions(["notifications"], origin=stage.server.url)
    visitor.visit("/chat/")
    works(visitor)
    line = visitor.context.new_cdp_session(visitor.page)
    numbers: list[str] = []
    line.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: numbers.extend(one["registrationId"] for one in said["registrations"]),
    )
    line.send("ServiceWorker.enable")
    visitor.page.wait_for_timeout(300)
    # Nobody looks at a page of ours: another one is in front.
    visitor.page.goto("about:blank")
    said = {
        "title": "Lotsennetz",
        "body": "Neue Nachricht von Mara",
        "url": f"/chat/{direct}/",
        "tag": f"chat-{direct}",
    }
    line.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": stage.server.url, "registrationId": numbers[0], "data": json.dumps(said)},
    )
    visitor.page.goto(f"{stage.server.url}/offline/")
    shown = visitor.page.evaluate(
        "async () => { for (let n = 0; n < 50; n++) {"
        " const all = await (await navigator.serviceWorker.ready).getNotifications();"
        " if (all.length) return all.map((one) => [one.title, one.body, one.tag, one.data.url]);"
        " await new Promise((done) => setTimeout(done, 100)); } return []; }"
    )
    assert shown == [["Lotsennetz", "Neue Nachricht von Mara", f"chat-{direct}", f"/chat/{direct}/"]]


def test_a_browser_is_asked_only_after_the_button_and_is_told_to_the_server(stage: Stage, pilot: Person) -> None:
    """The push service is far away: what it would give the browser is put in its place, all else is real."""
    from notices.models import PushSubscription

    visitor = stage.visitor(pilot)
    visitor.context.grant_permissions(["notifications"], origin=stage.server.url)
    visitor.page.add_init_script(
        """(() => {
          let held = null;
          const one = { endpoint: "https://8.8.8.8/push/1", unsubscribe: async () => { held = null; return true; },
            toJSON: () => ({ endpoint: one.endpoint, expirationTime: null, keys: {
              p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
              auth: "BTBZMqHH6r4Tts7J_aSIgg" } }) };
          PushManager.prototype.getSubscription = async () => held;
          PushManager.prototype.subscribe = async () => (held = one);
        })()"""
    )
    visitor.visit("/mitteilungen/")
    page = visitor.page
    on = page.get_by_role("button", name="Auf diesem Gerät Bescheid sagen")
    on.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dieser Browser sagt Ihnen jetzt Bescheid.")).to_be_visible()
    expect(page.get_by_role("button", name="Auf diesem Gerät nicht mehr")).to_be_focused()
    assert PushSubscription.objects.get().person_id == pilot.pk
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dieser Browser sagt nichts mehr.")).to_be_visible()
    assert not PushSubscription.objects.exists()
    visitor.check()


def test_the_manifest_names_icons_that_are_there(stage: Stage, pilot: Person) -> None:
    visitor = stage.visitor()
    visitor.visit("/")
    answers = visitor.page.evaluate(
        "async () => { const link = document.querySelector('link[rel=manifest]').href;"
        " const said = await (await fetch(link)).json();"
        " return Promise.all(said.icons.map(async (icon) => (await fetch(icon.src)).status)); }"
    )
    assert answers == [200, 200, 200, 200]
