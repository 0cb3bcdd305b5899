"""The pages of what is done with messages: they work without JavaScript, and answer the island in a few words."""

from __future__ import annotations

import pytest

from chat.cards import cards_for
from chat.ids import new_client_id
from chat.models import Message
from chat.services.deeds import edit_message, pin, react
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from tests.factories.exchange import ExperienceFactory
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


def test_everything_can_be_done_from_the_page_of_a_message(as_person, pilot, neighbour, direct, say):
    say(neighbour, direct, "Wer bringt den Beamer mit?")
    client = as_person(pilot)
    page = client.get(f"/chat/{direct}/1/").content.decode()
    for path in ("reaktion/", "anheften/", "ungelesen/", "gelesen-von/"):
        assert f'"/chat/{direct}/1/{path}"' in page
    assert f"/chat/{direct}/?antwort=1#msg" in page
    assert "bearbeiten" not in page
    assert "zuruecknehmen" not in page
    own = as_person(neighbour).get(f"/chat/{direct}/1/").content.decode()
    assert f'"/chat/{direct}/1/bearbeiten/"' in own
    assert f'"/chat/{direct}/1/zuruecknehmen/"' in own


def test_an_answer_is_sent_by_the_form(as_person, pilot, neighbour, direct, say):
    say(neighbour, direct, "Wer bringt den Beamer mit?")
    client = as_person(pilot)
    assert 'name="reply" value="1"' in client.get(f"/chat/{direct}/?antwort=1").content.decode()
    form = {"client_id": str(new_client_id()), "body": "Ich", "reply": "1"}
    assert client.post(f"/chat/{direct}/senden/", form).status_code == 302
    page = client.get(f"/chat/{direct}/").content.decode()
    assert f"Antwort an {neighbour.name}" in page
    assert "1 Antwort<" in page
    assert "Wer bringt" in client.get(f"/chat/{direct}/faden/1/").content.decode()
    assert client.get(f"/chat/{direct}/faden/2/").status_code == 404


def test_an_edit_that_is_refused_keeps_what_was_typed(as_person, pilot, direct, say):
    say(pilot, direct, "Moin")
    client = as_person(pilot)
    assert "Moin</textarea>" in client.get(f"/chat/{direct}/1/bearbeiten/").content.decode()
    refused = client.post(f"/chat/{direct}/1/bearbeiten/", {"body": "x" * 8001})
    assert refused.status_code == 422
    assert "höchstens 8.000 Zeichen" in refused.content.decode()
    assert "x" * 8001 in refused.content.decode()
    assert client.post(f"/chat/{direct}/1/bearbeiten/", {"body": "Tach"}).headers["Location"].endswith("?um=1#m1")
    versions = client.get(f"/chat/{direct}/1/fassungen/").content.decode()
    assert "Moin" in versions
    assert "Tach" in versions


def test_the_island_gets_a_number_or_a_reason(as_person, pilot, neighbour, direct, say):
    say(pilot, direct, "Moin")
    client = as_person(neighbour)
    assert client.post(f"/chat/{direct}/1/reaktion/", {"sign": "👍", "on": "1"}, **JSON).json() == {"seq": 2}
    assert client.post(f"/chat/{direct}/1/reaktion/", {"sign": "👍", "on": "1"}, **JSON).json() == {"seq": None}
    answer = client.post(f"/chat/{direct}/1/reaktion/", {"sign": "gut", "on": "1"}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "unclean")
    answer = client.post(f"/chat/{direct}/1/zuruecknehmen/", **JSON)
    assert (answer.status_code, answer.json()["reason"]) == (403, "Zurücknehmen können Sie nur eigene Nachrichten.")
    answer = client.post(f"/chat/{direct}/9/reaktion/", {"sign": "👍", "on": "1"}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")
    assert client.get(f"/chat/{direct}/1/gelesen-von/", **JSON).json() == {"people": [], "allowed": False}
    assert client.get(f"/chat/{direct}/nachrichten/?geheftet=1").json()["items"] == []
    pin(viewer_for(pilot), direct, 1, on=True)
    [item] = client.get(f"/chat/{direct}/nachrichten/?geheftet=1").json()["items"]
    assert (item["seq"], item["pinned"], item["reactions"]) == (1, True, [{"sign": "👍", "people": [neighbour.pk]}])


def test_without_javascript_a_wrong_sign_is_a_sentence_above_the_log(as_person, pilot, direct, say):
    say(pilot, direct, "Moin")
    page = as_person(pilot).post(f"/chat/{direct}/1/reaktion/", {"sign": "gut", "on": "1"}, follow=True)
    assert "Bitte wählen Sie ein Zeichen aus der Liste." in page.content.decode()


def test_taking_back_is_told_and_shown(as_person, pilot, neighbour, direct, say):
    say(pilot, direct, "Falsches Fenster")
    edit_message(viewer_for(pilot), direct, 1, "Falscher Chat")
    react(viewer_for(neighbour), direct, 1, "👀", on=True)
    page = as_person(pilot).post(f"/chat/{direct}/1/zuruecknehmen/", follow=True).content.decode()
    assert "Die Nachricht ist zurückgenommen." in page
    assert "Diese Nachricht wurde zurückgenommen." in page
    other = as_person(neighbour)
    for path in ("", "1/", "1/fassungen/", "faden/1/", "nachrichten/?um=1"):
        assert "Falsche" not in other.get(f"/chat/{direct}/{path}").content.decode()


def test_a_json_message_carries_answer_and_names(as_person, pilot, neighbour, group, say):
    say(neighbour, group, "Wer kommt?")
    said = {"id": str(new_client_id()), "body": f"@{neighbour.name} ich", "reply": 1, "mentions": [neighbour.pk]}
    answer = as_person(pilot).post(f"/chat/{group}/senden/", said, content_type="application/json")
    assert answer.json()["seq"] == 2
    message = Message.objects.get(seq=2)
    assert (message.reply_seq, message.thread_seq, message.mentions) == (1, 1, [neighbour.pk])


def test_a_link_unfolds_only_for_those_who_see_what_it_points_to(as_person, pilot, neighbour, konstanz, direct):
    own = ExperienceFactory(network=konstanz, author=pilot, rung="network", title="Nur für Konstanz")
    shared = ExperienceFactory(network=konstanz, author=pilot, rung="all", title="Für alle")
    paths = [f"/erfahrungen/{one.pk}/" for one in (own, shared)]
    query = "&".join(f"pfad={path}" for path in [*paths, "/erfahrungen/999999/", "/nirgends/", "/chat/1/", "//x/"])
    assert [card["title"] for card in as_person(pilot).get(f"/chat/karten/?{query}").json().values()] == [
        "Nur für Konstanz",
        "Für alle",
    ]
    [card] = as_person(neighbour).get(f"/chat/karten/?{query}").json().values()
    assert (card["kind"], card["title"]) == ("Erfahrung", "Für alle")


def test_people_and_networks_unfold_too(pilot, neighbour, konstanz):
    viewer = viewer_for(pilot)
    paths = [f"/personen/{neighbour.pk}/", f"/netzwerke/{konstanz.slug}/"]
    with acting_as(viewer):
        assert [card.title for card in cards_for(viewer, paths).values()] == [neighbour.name, "Konstanz"]


@pytest.mark.parametrize(
    "path", ["1/", "1/bearbeiten/", "1/fassungen/", "1/gelesen-von/", "faden/1/", "nachrichten/?um=1"]
)
def test_who_is_not_in_it_finds_nothing(as_person, pilot, outsider, coordinator, direct, say, path):
    say(pilot, direct, "Moin")
    for stranger in (outsider, coordinator):
        assert as_person(stranger).get(f"/chat/{direct}/{path}").status_code == 404


@pytest.mark.parametrize("deed", ["bearbeiten", "zuruecknehmen", "reaktion", "anheften", "ungelesen"])
def test_who_is_not_in_it_does_nothing(as_person, pilot, outsider, coordinator, direct, deed):
    send_message(viewer_for(pilot), direct, new_client_id(), "Moin")
    for stranger in (outsider, coordinator):
        client = as_person(stranger)
        form = {"body": "Anders", "sign": "👍", "on": "1"}
        assert client.post(f"/chat/{direct}/1/{deed}/", form).status_code == 404
        assert client.post(f"/chat/{direct}/1/{deed}/", form, **JSON).status_code == 404
    assert Message.objects.get().body == "Moin"
