"""The log of a conversation: where it opens, how it goes on in both directions, and what one does with a message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from chat.ids import new_client_id
from chat.models import ChatWish, Conversation, Message, Participant
from chat.services import deeds
from chat.services.conversations import open_direct
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from tests.browser.harness.stage import Stage
from tests.browser.test_chat_story import enter, say, shown, write
from tests.factories.exchange import ExperienceFactory

if TYPE_CHECKING:
    from tenancy.models import Person

LONG = 5_000
READ = 2_000


@pytest.fixture
def direct(pilot: Person, neighbour: Person) -> int:
    return open_direct(viewer_for(pilot), neighbour.pk)


@pytest.fixture
def long(direct: int, pilot: Person, neighbour: Person) -> int:
    """5,000 messages, ten of an hour each, of which the pilot has read 2,000."""
    # One statement: row by row it took longer than what is tested.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO chat_message (conversation_id, seq, sender_id, client_id, kind, body, created_at, hidden_reason)
            SELECT %(talk)s, n, CASE WHEN n %% 3 > 0 THEN %(neighbour)s ELSE %(pilot)s END, gen_random_uuid(), 'text',
                'Nachricht ' || n || '.' || repeat(' Und noch ein Satz, damit sie verschieden hoch sind.', n %% 5),
                %(now)s - make_interval(mins => 6 * (%(long)s - n)), ''
            FROM generate_series(1, %(long)s) n
            """,
            {"talk": direct, "neighbour": neighbour.pk, "pilot": pilot.pk, "now": timezone.now(), "long": LONG},
        )
    Conversation.objects.filter(pk=direct).update(head=LONG)
    Participant.objects.filter(conversation=direct, person=pilot).update(read_seq=READ)
    return direct


def article(page: Page, seq: int) -> Locator:
    return page.locator(f".log #m{seq}")


def top_of(page: Page, seq: int) -> float:
    box = article(page, seq).bounding_box()
    assert box is not None
    return box["y"]


def scroll(page: Page, by: int) -> None:
    page.locator(".log").evaluate("(log, by) => { log.scrollTop += by }", by)


def act(page: Page, seq: int, name: str) -> None:
    """Point at a message and press a button of its bar."""
    article(page, seq).hover()
    article(page, seq).get_by_role("button", name=name, exact=True).click()


def choose(page: Page, seq: int, name: str) -> None:
    """Point at a message and choose from its menu."""
    act(page, seq, "Weitere Aktionen")
    page.get_by_role("menuitem", name=name).click()


def test_a_long_log_opens_at_the_first_unread(stage: Stage, pilot: Person, long: int) -> None:
    page = enter(stage.visitor(pilot), long)
    expect(page.locator(".newline")).to_be_in_viewport()
    expect(article(page, READ + 2)).to_be_in_viewport()
    assert page.locator(".log article").count() < 100
    expect(page.get_by_role("button", name="Zu den neuesten")).to_be_visible()


def test_loading_in_both_directions_keeps_what_one_looks_at_in_its_place(
    stage: Stage, pilot: Person, long: int
) -> None:
    page = enter(stage.visitor(pilot), long)
    for by, name, first in ((-9_000, "Ältere", "first"), (9_000, "Neuere", "last")):
        for _round in range(6):
            known = getattr(page.locator(".log article"), first).get_attribute("data-seq")
            seen = int(known or 0)
            before = top_of(page, seen)
            link = page.locator(".log").get_by_role("link", name=f"{name} laden")
            link.evaluate("link => link.click()")
            expect(getattr(page.locator(".log article"), first)).not_to_have_attribute("data-seq", str(seen))
            assert abs(top_of(page, seen) - before) < 2, f"{name}: {seen} moved"
            scroll(page, by)
            page.wait_for_timeout(300)
        assert page.locator(".log article").count() <= 300
    numbers = [int(n or 0) for n in page.locator(".log article").evaluate_all("all => all.map(a => a.dataset.seq)")]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "a message is missing or doubled"


def test_what_comes_while_one_reads_further_up_is_counted_and_found(
    stage: Stage, pilot: Person, neighbour: Person, long: int
) -> None:
    page = enter(stage.visitor(pilot), long)
    before = top_of(page, READ + 1)
    say(neighbour, long, "Ganz neu")
    expect(page.get_by_role("button", name="Eine neue Nachricht")).to_be_visible()
    assert abs(top_of(page, READ + 1) - before) < 2
    expect(shown(page, "Ganz neu")).to_have_count(0)
    page.get_by_role("button", name="Eine neue Nachricht").click()
    expect(shown(page, "Ganz neu")).to_be_in_viewport()
    expect(article(page, LONG)).to_have_count(1)
    say(neighbour, long, "Und gleich noch eine")
    expect(shown(page, "Und gleich noch eine")).to_be_in_viewport()


def test_who_slept_long_is_led_to_where_the_new_begins_and_misses_nothing(
    stage: Stage, pilot: Person, neighbour: Person, long: int
) -> None:
    Participant.objects.filter(conversation=long, person=pilot).update(read_seq=LONG)
    visitor = stage.visitor(pilot)
    page = enter(visitor, long)
    expect(article(page, LONG)).to_be_in_viewport()
    say(neighbour, long, "Noch wach")
    expect(shown(page, "Noch wach")).to_be_in_viewport()
    visitor.context.set_offline(True)
    expect(page.locator("[data-chat-line]")).to_be_visible()
    missed = range(LONG + 2, LONG + 402)
    Message.objects.bulk_create(
        Message(conversation_id=long, seq=n, sender=neighbour, client_id=new_client_id(), body=f"Verpasst {n}")
        for n in missed
    )
    Conversation.objects.filter(pk=long).update(head=missed[-1])
    visitor.context.set_offline(False)
    expect(page.locator(".newline")).to_be_in_viewport()
    expect(article(page, missed[0])).to_be_in_viewport()
    numbers = [int(n or 0) for n in page.locator(".log article").evaluate_all("all => all.map(a => a.dataset.seq)")]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    page.locator(".log").focus()
    page.locator("[data-jump] button").click()
    expect(article(page, missed[-1])).to_be_in_viewport()


def test_who_writes_and_who_is_here_is_seen_where_they_let_it_be_seen(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    ChatWish.objects.create(person=neighbour, show_presence=True, show_typing=True)
    ChatWish.objects.create(person=pilot, show_presence=True, show_typing=False)
    one, other = enter(stage.visitor(pilot), direct), enter(stage.visitor(neighbour), direct)
    expect(one.locator("[data-presence]")).to_have_text("gerade da")
    expect(other.locator("[data-presence]")).to_have_text("gerade da")
    other.get_by_role("textbox", name="Nachricht an").press_sequentially("Ich wollte")
    expect(one.locator("[data-typing]")).to_have_text(f"{neighbour.name} schreibt …")
    expect(one.locator("[data-say]")).to_have_text("")
    one.get_by_role("textbox", name="Nachricht an").press_sequentially("Und ich")
    write(other, "Ich wollte fragen")
    expect(shown(one, "Ich wollte fragen")).to_be_visible()
    expect(one.locator("[data-typing]")).to_be_hidden()
    expect(other.locator("[data-typing]")).to_be_hidden()


def test_a_link_to_an_experience_unfolds_for_whoever_may_see_it(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    shared = ExperienceFactory(rung="all", title="Sprechstunde auf dem Flur")
    narrow = ExperienceFactory(rung="network", title="Nur im Netzwerk")
    say(
        neighbour,
        direct,
        f"Siehe {stage.server.url}/erfahrungen/{shared.pk}/ und {stage.server.url}/erfahrungen/{narrow.pk}/",
    )
    visitor = stage.visitor(pilot)
    page = enter(visitor, direct)
    expect(page.locator(".embed")).to_have_count(1)
    expect(page.locator(".embed")).to_contain_text("Sprechstunde auf dem Flur")
    visitor.check()


def test_one_goes_to_a_day_and_by_a_link_to_a_message(stage: Stage, pilot: Person, long: int) -> None:
    visitor = stage.visitor(pilot)
    page = enter(visitor, long)
    day = timezone.localtime() - timedelta(days=15)
    page.get_by_role("button", name="Zu einem Datum springen").click()
    page.get_by_label("Zu diesem Tag springen").fill(day.strftime("%Y-%m-%d"))
    page.get_by_role("button", name="Hingehen").click()
    expect(page.locator(".is-hit")).to_be_in_viewport()
    hit = page.locator(".is-hit article")
    expect(hit).to_be_focused()
    assert (page.locator(".is-hit time").first.get_attribute("datetime") or "")[:10] in (
        day.strftime("%Y-%m-%d"),
        (day - timedelta(days=1)).strftime("%Y-%m-%d"),  # its midnight is the evening before in UTC
    )
    visitor.visit(f"/chat/{long}/?um=77#m77")
    expect(page.locator("chat-room[data-ready]")).to_have_count(1)
    expect(article(page, 77)).to_be_in_viewport()
    expect(page.locator(".is-hit #m77")).to_have_count(1)


def test_what_is_looked_at_is_read_step_by_step_and_can_be_left_unread(stage: Stage, pilot: Person, long: int) -> None:
    page = enter(stage.visitor(pilot), long)
    mine = Participant.objects.get(conversation=long, person=pilot)

    def read() -> int:
        page.wait_for_timeout(900)
        mine.refresh_from_db()
        return mine.read_seq

    first = read()
    assert READ < first < READ + 40
    scroll(page, 1_500)
    assert first < read() < READ + 80
    choose(page, READ + 2, "Ab hier ungelesen")
    expect(page.locator("[data-note]")).to_contain_text("ungelesen")
    assert read() == READ + 1


def test_what_one_does_with_a_message_is_in_the_other_browser_at_once(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    say(pilot, direct, "Erster Entwurf")
    say(neighbour, direct, "Wann genau?")
    one, other = enter(stage.visitor(pilot), direct), enter(stage.visitor(neighbour), direct)
    act(one, 2, "Reagieren")
    one.get_by_role("dialog", name="Emoji").get_by_role("button", name="Danke").click()
    expect(article(one, 2).get_by_role("button", name="Danke: 1 Person, auch Sie")).to_have_attribute(
        "aria-pressed", "true"
    )
    chip = article(other, 2).get_by_role("button", name="Danke: 1 Person")
    expect(chip).to_have_attribute("aria-pressed", "false")
    chip.click()
    expect(article(one, 2).get_by_role("button", name="Danke: 2 Personen, auch Sie")).to_be_visible()
    choose(one, 2, "Für alle anheften")
    for page in (one, other):
        expect(page.locator(".pinbar")).to_contain_text("Wann genau?")
        expect(article(page, 2)).to_contain_text("Angeheftet")
    deeds.edit_message(viewer_for(pilot), direct, 1, "Zweiter Entwurf")
    expect(shown(other, "Zweiter Entwurf")).to_have_count(1)
    article(other, 1).get_by_role("link", name="bearbeitet").click()
    expect(other.get_by_role("dialog")).to_contain_text("Erster Entwurf")
    other.keyboard.press("Escape")
    choose(one, 1, "Zurücknehmen")
    one.get_by_role("dialog").get_by_role("button", name="Zurücknehmen").click()
    expect(article(one, 2)).to_be_focused()
    for page in (one, other):
        expect(article(page, 1)).to_contain_text("zurückgenommen")
        expect(shown(page, "Entwurf")).to_have_count(0)


def test_a_thread_stands_beside_the_log_and_grows(stage: Stage, pilot: Person, neighbour: Person, direct: int) -> None:
    say(pilot, direct, "Wie macht ihr das?")
    send_message(viewer_for(neighbour), direct, new_client_id(), "So machen wir das.", reply=1)
    visitor = stage.visitor(pilot)
    page = enter(visitor, direct)
    expect(article(page, 2).locator(".quote")).to_contain_text("Wie macht ihr das?")
    article(page, 1).get_by_role("link", name="Eine Antwort").click()
    panel = page.get_by_role("complementary", name="Alle Antworten")
    expect(panel).to_be_focused()
    expect(panel.locator("article")).to_have_count(2)
    send_message(viewer_for(neighbour), direct, new_client_id(), "Und so auch.", reply=2)
    expect(panel.locator("article")).to_have_count(3)
    expect(article(page, 1).get_by_role("link", name="2 Antworten")).to_be_visible()
    panel.get_by_role("textbox", name="Hier antworten").fill("Danke euch")
    page.keyboard.press("Control+Enter")
    expect(panel.locator("article")).to_have_count(4)
    expect(shown(page, "Danke euch")).to_have_count(2)
    assert Message.objects.get(body="Danke euch").thread_seq == 1
    visitor.check()
    panel.get_by_role("button", name="Antworten schließen").click()
    expect(panel).to_be_hidden()
    expect(article(page, 1).get_by_role("link", name="3 Antworten")).to_be_focused()
    article(page, 2).locator(".quote a").click()
    expect(article(page, 1)).to_be_focused()


def test_on_a_phone_every_deed_is_behind_a_button_one_sees(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    say(neighbour, direct, "Passt das?")
    visitor = stage.visitor(pilot, width=390, has_touch=True, is_mobile=True)
    page = enter(visitor, direct)
    article(page, 1).get_by_role("button", name="Weitere Aktionen").tap()
    expect(page.get_by_role("menuitem", name="Reagieren")).to_be_visible()
    page.get_by_role("menuitem", name="Reagieren").tap()
    page.get_by_role("dialog", name="Emoji").get_by_role("button", name="Daumen hoch").tap()
    expect(article(page, 1).get_by_role("button", name="Daumen hoch: 1 Person, auch Sie")).to_be_visible()
    visitor.check()


def test_every_deed_is_done_by_keyboard_alone(stage: Stage, pilot: Person, neighbour: Person, direct: int) -> None:
    say(pilot, direct, "Meine eigene")
    say(neighbour, direct, "Eine fremde")
    page = enter(stage.visitor(pilot), direct)
    keys = page.keyboard
    article(page, 2).focus()
    keys.press("Alt+r")
    keys.type("dank")
    keys.press("Enter")
    expect(article(page, 2).get_by_role("button", name="Danke: 1 Person, auch Sie")).to_be_visible()
    expect(article(page, 2)).to_be_focused()
    keys.press("Enter")
    expect(article(page, 2).get_by_role("button", name="Reagieren", exact=True)).to_be_focused()
    for _press in range(10):
        keys.press("ArrowRight")
    expect(article(page, 2).get_by_role("button", name="Weitere Aktionen")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    keys.press("Escape")
    expect(article(page, 2).get_by_role("button", name="Weitere Aktionen")).to_be_focused()
    keys.press("Escape")
    expect(article(page, 2)).to_be_focused()
    keys.press("Home")
    expect(article(page, 1)).to_be_focused()
    keys.press("?")
    help_ = page.get_by_role("dialog", name="Tasten im Chat")
    expect(help_).to_be_visible()
    keys.press("Escape")
    expect(help_).to_be_hidden()
    expect(article(page, 1)).to_be_focused()
    keys.press("Alt+t")
    expect(page.get_by_role("complementary", name="Alle Antworten")).to_be_focused()
    keys.press("Escape")
    expect(article(page, 1)).to_be_focused()


def test_the_keys_go_on_where_the_page_ends(stage: Stage, pilot: Person, long: int) -> None:
    page = enter(stage.visitor(pilot), long)
    page.locator(".log article").first.focus()
    first = int(page.locator(".log article").first.get_attribute("data-seq") or 0)
    page.wait_for_timeout(500)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(500)
    focused = page.evaluate("Number(document.activeElement.dataset.seq)")
    assert focused < first
    page.keyboard.press("End")
    expect(article(page, LONG)).to_be_focused()


def test_what_arrives_is_told_once_bundled_and_never_what_one_does_oneself(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    say(neighbour, direct, "Schon gelesen")
    page = enter(stage.visitor(pilot), direct)
    region = page.locator("[data-say]")
    expect(region).to_have_text("")
    write(page, "Von mir")
    deeds.react(viewer_for(neighbour), direct, 1, "👍", on=True)
    expect(article(page, 1).get_by_role("button", name="Daumen hoch")).to_be_visible()
    expect(region).to_have_text("")
    say(neighbour, direct, "Eins")
    expect(region).to_have_text(f"{neighbour.name}: Eins")
    for n in range(2, 7):
        say(neighbour, direct, f"Nummer {n}")
    expect(region).to_contain_text("neue Nachrichten")


def test_only_what_names_one_is_told_and_no_key_is_taken_where_that_is_wished(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    ChatWish.objects.create(person=pilot, announce=ChatWish.Announce.MENTIONS, shortcuts=False)
    say(neighbour, direct, "Schon da")
    page = enter(stage.visitor(pilot), direct)
    say(neighbour, direct, "Für alle")
    expect(shown(page, "Für alle")).to_be_visible()
    send_message(viewer_for(neighbour), direct, new_client_id(), f"@{pilot.name}, für dich", mentions=[pilot.pk])
    expect(page.locator("[data-say]")).to_contain_text("für dich")
    article(page, 1).focus()
    page.keyboard.press("?")
    page.keyboard.press("Alt+r")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(article(page, 1)).to_be_focused()


def test_a_message_with_everything_in_it_is_readable_and_without_violation(
    stage: Stage, pilot: Person, neighbour: Person, direct: int
) -> None:
    say(
        neighbour,
        direct,
        "Hier die Zahlen:\n\n| Stadt | Lotsen | Bemerkung |\n|---|---|---|\n| Musterstadt | 12 | "
        + "sehr lange Bemerkung " * 8
        + "|\n\n```\n"
        + "ein_sehr_langer_befehl --mit=vielen --schaltern " * 4
        + "\n```\n\nund `kurz`.",
    )
    send_message(
        viewer_for(pilot), direct, new_client_id(), f"@{neighbour.name} danke!", reply=1, mentions=[neighbour.pk]
    )
    deeds.react(viewer_for(pilot), direct, 1, "🙏", on=True)
    deeds.pin(viewer_for(pilot), direct, 1, on=True)
    deeds.edit_message(viewer_for(pilot), direct, 2, f"@{neighbour.name} vielen Dank!")
    visitor = stage.visitor(neighbour)
    page = enter(visitor, direct)
    expect(page.locator(".is-at .mention[data-me]")).to_have_count(1)
    article(page, 1).focus()
    visitor.check_every_look()
    for width in (320, 720):
        page.set_viewport_size({"width": width, "height": 450})
        visitor.check()
