"""Anyone may report what they see, and nobody learns anything by trying."""

from __future__ import annotations

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from moderation.models import Report
from moderation.services.reports import NothingToReport, report_thing
from moderation.views.reports import PERSON_LIMIT, VISITOR_LIMIT
from notices.models import Notice
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.tenancy import ModeratorFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db

ADDRESS = "/moderation/melden/leaflet/1/"
FILLED = {"reason": "insult", "text": "Die zweite Zeile beleidigt das Rathaus."}


def as_visitor(**more):
    return FILLED | {"email": "Erika@Beispiel.example", "name": "Erika Erfunden"} | more


def test_a_report_keeps_the_reported_part_and_the_city_of_the_reporter(leaflets, pilot, neighbour, konstanz):
    leaflets.add(pilot.pk, seen_by={neighbour.pk}, network_id=konstanz.pk)
    report = report_thing(viewer_for(neighbour), "leaflet", 1, reason="insult", text="Beleidigend")
    assert Report.objects.values(
        "title", "excerpt", "url", "author", "network", "land", "reporter", "reporter_place", "state", "text"
    ).get(pk=report.pk) == {
        "title": "Merkblatt zur E-Akte",
        "excerpt": "So ein Unsinn aus dem Rathaus!",
        "url": "/merkblatt/1/",
        "author": pilot.pk,
        "network": konstanz.pk,
        "land": "08",
        "reporter": neighbour.pk,
        "reporter_place": "Heilbronn",
        "state": "open",
        "text": "Beleidigend",
    }


def test_what_one_cannot_see_can_not_be_reported(leaflets, pilot, outsider):
    leaflets.add(pilot.pk, seen_by={pilot.pk})
    with pytest.raises(NothingToReport):
        report_thing(viewer_for(outsider), "leaflet", 1, reason="insult", text="x")


def test_an_unknown_kind_can_not_be_reported(leaflets, pilot):
    with pytest.raises(NothingToReport):
        report_thing(viewer_for(pilot), "spaceship", 1, reason="insult", text="x")


def test_nobody_reports_their_own_words(leaflets, pilot):
    leaflets.add(pilot.pk, seen_by={pilot.pk})
    with pytest.raises(Denied):
        report_thing(viewer_for(pilot), "leaflet", 1, reason="insult", text="x")


def test_the_same_person_reports_a_thing_once_while_it_is_open(leaflets, pilot, neighbour):
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    report_thing(viewer_for(neighbour), "leaflet", 1, reason="insult", text="x")
    with pytest.raises(Conflict, match="schon gemeldet"):
        report_thing(viewer_for(neighbour), "leaflet", 1, reason="other", text="y")
    assert Report.objects.count() == 1


def test_two_people_may_report_the_same_thing(leaflets, pilot, neighbour, coordinator, konstanz):
    leaflets.add(pilot.pk, seen_by={neighbour.pk, coordinator.pk})
    report_thing(viewer_for(neighbour), "leaflet", 1, reason="insult", text="x")
    report_thing(viewer_for(coordinator), "leaflet", 1, reason="wrong", text="y")
    assert Report.objects.count() == 2


def test_a_visitor_reports_a_public_thing_with_an_address_and_hears_that_it_arrived(leaflets, pilot, konstanz):
    leaflets.add(pilot.pk, seen_by={None})
    answer = Client().post(ADDRESS, as_visitor())
    assert (answer.status_code, answer.headers["Location"]) == (302, "/moderation/melden/danke/")
    report = Report.objects.get()
    assert (report.reporter_id, report.reporter_email, report.reporter_name) == (
        None,
        "erika@beispiel.example",
        "Erika Erfunden",
    )
    (mail,) = [job.args for job in ProcrastinateJob.objects.all() if job.args["to"] == "erika@beispiel.example"]
    assert "Merkblatt zur E-Akte" in mail["body"]
    assert "beleidigt" not in mail["body"], "what a stranger types must not travel to an address that they choose"


def test_a_visitor_without_an_address_is_asked_for_one_and_loses_nothing(leaflets, pilot):
    leaflets.add(pilot.pk, seen_by={None})
    answer = Client().post(ADDRESS, FILLED)
    assert answer.status_code == 422
    assert FILLED["text"] in answer.content.decode()
    assert Report.objects.count() == 0


def test_a_visitor_does_not_find_what_is_not_public(leaflets, pilot):
    leaflets.add(pilot.pk, seen_by={pilot.pk})
    client = Client()
    assert [client.get(ADDRESS).status_code, client.post(ADDRESS, as_visitor()).status_code] == [404, 404]


def test_somebody_with_a_login_is_asked_for_no_address(leaflets, pilot, neighbour, as_person):
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    page = as_person(neighbour).get(ADDRESS).content.decode()
    assert 'name="text"' in page
    assert 'name="email"' not in page


def test_a_reason_that_is_none_is_refused(leaflets, pilot, neighbour, as_person):
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    assert as_person(neighbour).post(ADDRESS, FILLED | {"reason": "boring"}).status_code == 422


@pytest.mark.parametrize("text", ["\x00Etwas", "\ud800"])
def test_text_that_cannot_be_stored_is_no_fault_of_the_server(text, leaflets, pilot, neighbour):
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    client = Client(raise_request_exception=True)
    client.force_login(neighbour, backend="allauth.account.auth_backends.AuthenticationBackend")
    body = b"reason=insult&text=" + ("%00Etwas" if "\x00" in text else "%ED%A0%80").encode()
    answer = client.post(ADDRESS, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 422)


def test_a_number_beyond_the_column_is_not_found(leaflets, pilot, as_person):
    assert as_person(pilot).get("/moderation/melden/leaflet/99999999999999999999999/").status_code == 404


def test_the_second_report_is_answered_kindly_and_keeps_what_was_typed(leaflets, pilot, neighbour, as_person):
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    client = as_person(neighbour)
    assert client.post(ADDRESS, FILLED).status_code == 302
    answer = client.post(ADDRESS, FILLED)
    assert answer.status_code == 422
    assert "schon gemeldet" in answer.content.decode()
    assert FILLED["text"] in answer.content.decode()


def test_a_flood_from_one_address_ends_at_the_limit(leaflets, pilot):
    for number in range(1, VISITOR_LIMIT + 2):
        leaflets.add(pilot.pk, seen_by={None}, object_id=number)
    client = Client()
    statuses = [
        client.post(f"/moderation/melden/leaflet/{number}/", as_visitor()).status_code
        for number in range(1, VISITOR_LIMIT + 2)
    ]
    assert statuses == [302] * VISITOR_LIMIT + [429]


def test_a_person_may_report_more_than_a_visitor_and_not_without_end(leaflets, pilot, neighbour, as_person):
    for number in range(1, PERSON_LIMIT + 2):
        leaflets.add(pilot.pk, seen_by={neighbour.pk}, object_id=number)
    client = as_person(neighbour)
    statuses = [
        client.post(f"/moderation/melden/leaflet/{number}/", FILLED).status_code
        for number in range(1, PERSON_LIMIT + 2)
    ]
    assert statuses == [302] * PERSON_LIMIT + [429]


def test_all_who_moderate_in_the_land_are_told_and_nobody_else(
    leaflets, pilot, neighbour, moderator, other_moderator, operator
):
    second = ModeratorFactory().person
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    report_thing(viewer_for(neighbour), "leaflet", 1, reason="insult", text="Geheimes über Mara")
    assert set(Notice.objects.values_list("person_id", flat=True)) == {moderator.pk, second.pk}
    assert not Notice.objects.filter(text__contains="Geheimes").exists()


def test_a_moderator_is_not_told_of_reports_about_their_own_words(leaflets, moderator, neighbour):
    second = ModeratorFactory().person
    leaflets.add(moderator.pk, seen_by={neighbour.pk})
    report_thing(viewer_for(neighbour), "leaflet", 1, reason="insult", text="x")
    assert list(Notice.objects.values_list("person_id", flat=True)) == [second.pk]


def test_where_nobody_moderates_the_operators_hear_of_that_and_of_nothing_else(leaflets, pilot, neighbour, operator):
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    report_thing(viewer_for(neighbour), "leaflet", 1, reason="insult", text="Geheimes")
    notice = Notice.objects.get()
    assert (notice.person_id, notice.text) == (
        operator.pk,
        "In Baden-Württemberg wartet eine Meldung, aber dort moderiert niemand.",
    )


def test_a_thing_without_a_land_goes_to_the_land_of_its_reporter(leaflets, operator, outsider):
    leaflets.add(operator.pk, seen_by={outsider.pk}, state_code="")
    assert report_thing(viewer_for(outsider), "leaflet", 1, reason="other", text="x").land_id == "06"


def test_words_of_a_moderator_go_to_the_land_of_their_association(leaflets, other_moderator, pilot):
    leaflets.add(other_moderator.pk, seen_by={pilot.pk}, state_code="")
    assert report_thing(viewer_for(pilot), "leaflet", 1, reason="other", text="x").land_id == "06"


def test_where_no_land_is_in_charge_the_visitor_is_told_where_to_write(leaflets, operator):
    leaflets.add(operator.pk, seen_by={None}, state_code="")
    with pytest.raises(Conflict, match="Impressum"):
        report_thing(ANONYMOUS, "leaflet", 1, reason="other", text="x", email="e@e.example")
