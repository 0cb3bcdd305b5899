"""Files without JavaScript: they go with the form, and nothing that was typed or taken is lost when one is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from chat.ids import new_client_id
from chat.models import Message, MessageFile
from tests.chat import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(as_person, pilot, direct):
    """The pilot sends the form of the direct conversation."""
    client = as_person(pilot)

    def post(*chosen: tuple[str, bytes], body: str = "", **more: Any) -> Any:
        data = {"client_id": str(new_client_id()), "body": body, **more}
        data["files"] = [files.uploaded(name, content) for name, content in chosen]
        return client.post(reverse("chat:send", kwargs={"pk": direct}), data)

    return post


def kept_in(response: Any) -> list[str]:
    return re.findall(r'name="kept" value="([0-9a-f-]{36})" checked', response.content.decode())


def test_files_go_with_the_form_also_without_words(post, pilot, neighbour, direct, as_person):
    response = post(("Plan.pdf", files.PDF), ("Flur.png", files.picture("PNG", (1600, 800))))
    assert response["Location"] == reverse("chat:conversation", kwargs={"pk": direct})
    assert Message.objects.get().file_count == 2
    page = as_person(neighbour).get(response["Location"]).content.decode()
    pdf, picture = MessageFile.objects.order_by("id")
    assert f'href="{reverse("chat:file", kwargs={"key": pdf.key})}" download="Plan.pdf"' in page
    assert "PDF · 64\xa0Bytes" in page
    assert f'<img src="{reverse("chat:file-preview", kwargs={"key": picture.key})}" alt="Bild Flur.png, ' in page
    assert 'width="1600" height="800"' in page


def test_when_one_file_is_refused_words_and_the_other_file_stay(post, direct):
    response = post(("Plan.pdf", files.PDF), ("Makro.docm", b"PK"), body="Hier der Plan")
    page = response.content.decode()
    assert response.status_code == 422
    assert not Message.objects.exists()
    assert ">Hier der Plan</textarea>" in page
    assert "Makro.docm: Dokumente mit Makros nehmen wir nicht an." in page
    [key] = kept_in(response)
    again = post(body="Hier der Plan", kept=[key])
    assert again.status_code == 302
    assert Message.objects.get().body == "Hier der Plan"
    assert [row.name for row in MessageFile.objects.filter(seq=1)] == ["Plan.pdf"]


def test_when_the_words_are_refused_the_files_stay(post):
    response = post(("Plan.pdf", files.PDF), body="a" * 8_001)
    assert response.status_code == 422
    assert len(kept_in(response)) == 1
    assert "a" * 8_001 in response.content.decode()


def test_a_kept_file_that_is_unticked_does_not_go_along(post):
    response = post(("Plan.pdf", files.PDF), ("leer.pdf", b""), body="Moin")
    assert len(kept_in(response)) == 1
    assert post(body="Moin").status_code == 302
    assert Message.objects.get().file_count == 0


def test_a_form_that_the_browser_sends_again_is_one_message(post, pilot):
    number = str(new_client_id())
    for _ in range(2):
        assert post(("Plan.pdf", files.PDF), body="Moin", client_id=number).status_code == 302
    assert Message.objects.count() == 1
    assert MessageFile.objects.count() == 1


def test_more_than_ten_files_are_refused_with_a_sentence_and_none_is_stored(post):
    response = post(*[(f"{number}.pdf", files.PDF) for number in range(11)], body="Moin")
    assert response.status_code == 422
    assert "Höchstens 10 Dateien in einer Nachricht." in response.content.decode()
    assert not MessageFile.objects.exists()


def test_kept_keys_of_others_and_nonsense_are_passed_over(post, neighbour, direct):
    from tests.chat.test_files import give

    theirs = give(neighbour, direct)
    assert post(body="Moin", kept=[str(theirs.key), "x", "0"]).status_code == 302
    assert Message.objects.get().file_count == 0


def test_a_stranger_sends_no_files(as_person, outsider, direct):
    response = as_person(outsider).post(
        reverse("chat:send", kwargs={"pk": direct}),
        {"client_id": str(new_client_id()), "body": "", "files": [files.uploaded("Plan.pdf", files.PDF)]},
    )
    assert response.status_code == 404
    assert not MessageFile.objects.exists()


def test_files_that_wait_were_refused_or_are_gone_say_so(post, direct, as_person, neighbour):
    post(("Plan.pdf", files.PDF))
    for state, words in (
        ("pending", "Wird auf Viren geprüft und ist gleich da."),
        ("refused", "Der Virenscanner hat die Datei beanstandet."),
        ("gone", "Nicht mehr da."),
    ):
        MessageFile.objects.update(state=state)
        page = as_person(neighbour).get(reverse("chat:conversation", kwargs={"pk": direct})).content.decode()
        assert words in page
        assert "/chat/dateien/" not in re.sub(r"<script.*?</script>|data-\w+-url=\S+", "", page, flags=re.DOTALL)
