"""The switch in the footer, and the language in which a person is written to."""

from __future__ import annotations

import pytest

from tenancy.services.people import choose_language
from tenancy.viewer import viewer_for
from toolkit.access import Denied

pytestmark = pytest.mark.django_db


def test_the_switch_also_changes_the_language_of_my_mails(pilot, as_person):
    assert as_person(pilot).post("/sprache/", {"language": "en", "next": "/profil/"}).headers["Location"] == "/profil/"
    pilot.refresh_from_db()
    assert pilot.language == "en"


@pytest.mark.parametrize("language", ["", "fr", "xx\x00", "e" * 500])
def test_a_language_that_we_do_not_speak_changes_nothing(pilot, as_person, language):
    assert as_person(pilot).post("/sprache/", {"language": language}).status_code == 302
    pilot.refresh_from_db()
    assert pilot.language == "de"


def test_looking_at_the_address_changes_nothing(pilot, as_person):
    as_person(pilot).get("/sprache/", {"language": "en"})
    pilot.refresh_from_db()
    assert pilot.language == "de"


def test_nobody_chooses_the_language_of_somebody_else(pilot, coordinator, outsider):
    for somebody in (coordinator, outsider):
        with pytest.raises(Denied):
            choose_language(viewer_for(somebody), pilot.pk, "en")
