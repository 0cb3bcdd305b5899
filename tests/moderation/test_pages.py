"""The pages of moderation: what they show, what they must not show, and what they cost."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone

from moderation.models import ModerationDecision, Report
from moderation.queries.reports import numbers
from moderation.services.decisions import decide_report
from tenancy.viewer import viewer_for
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.factories.tenancy import ModeratorFactory, PersonFactory, StateFactory
from toolkit.audit import record

pytestmark = pytest.mark.django_db

HESSE = {"code": "06", "name": "Hessen", "abbreviation": "HE"}


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_queue_shows_the_oldest_first(moderator, as_person):
    young = ReportFactory(title="Später gemeldet")
    old = ReportFactory(title="Zuerst gemeldet")
    Report.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=2))
    text = page(as_person(moderator), "/moderation/")
    assert text.index(old.title) < text.index(young.title)


def test_a_report_of_another_land_is_not_in_the_queue(moderator, as_person):
    ReportFactory(title="Aus Hessen", land=StateFactory(**HESSE))
    text = page(as_person(moderator), "/moderation/")
    assert "Aus Hessen" not in text
    assert "Alles entschieden" in text


def test_a_decided_report_is_not_in_the_queue(moderator, as_person):
    ReportFactory(title="Schon entschieden", state="decided", decision=DecisionFactory())
    assert "Schon entschieden" not in page(as_person(moderator), "/moderation/")


def test_several_reports_on_one_thing_are_one_row_with_their_number(moderator, as_person):
    for _ in range(3):
        ReportFactory(object_id=7, title="Oft gemeldet", reporter=PersonFactory())
    text = page(as_person(moderator), "/moderation/")
    assert text.count("Oft gemeldet") == 1
    assert "3 Meldungen" in text


def test_the_queue_is_paged_by_key_without_losing_or_doubling_a_report(moderator, as_person):
    ReportFactory.create_batch(23)
    client = as_person(moderator)
    first = page(client, "/moderation/")
    (mark,) = re.findall(r'href="\?page=([\w-]+)"', first)
    second = page(client, f"/moderation/?page={mark}")
    seen = re.findall(r"/moderation/meldungen/(\d+)/", first + second)
    assert sorted(map(int, seen)) == sorted(Report.objects.values_list("pk", flat=True))


def test_a_tampered_mark_shows_the_first_page(moderator, as_person):
    ReportFactory(title="Noch da")
    assert "Noch da" in page(as_person(moderator), "/moderation/?page=%00%FFaaaa")


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/entscheidungen/", "/moderation/protokoll/"])
@pytest.mark.parametrize("who", ["pilot", "coordinator", "operator"])
def test_who_does_not_moderate_finds_no_page_of_moderation(address, who, request, as_person):
    assert as_person(request.getfixturevalue(who)).get(address).status_code == 404


def test_a_case_shows_the_reported_part_the_reason_and_the_city_but_not_who_reported(
    leaflets, moderator, pilot, neighbour, as_person
):
    report = ReportFactory(
        author=pilot,
        excerpt="Die gemeldete Stelle",
        text="Das ist falsch",
        reporter=neighbour,
        reporter_place="Heilbronn",
    )
    text = page(as_person(moderator), f"/moderation/meldungen/{report.pk}/")
    for word in ("Die gemeldete Stelle", "Das ist falsch", "Person aus Heilbronn", pilot.name):
        assert word in text
    assert neighbour.name not in text
    assert neighbour.email not in text


def test_a_case_does_not_show_the_address_of_a_visitor(moderator, as_person):
    report = ReportFactory(reporter_email="erika@beispiel.example", reporter_name="Erika Erfunden")
    text = page(as_person(moderator), f"/moderation/meldungen/{report.pk}/")
    assert "Person ohne Konto" in text
    assert "erika" not in text.lower()


def test_a_case_shows_the_reported_part_as_it_was_and_not_what_else_the_thing_says(
    leaflets, moderator, pilot, as_person
):
    report = ReportFactory(object_id=1, author=pilot, excerpt="So stand es da")
    leaflets.add(pilot.pk, seen_by={moderator.pk}, excerpt="Inzwischen geändert, mit Geheimnis")
    text = page(as_person(moderator), f"/moderation/meldungen/{report.pk}/")
    assert "So stand es da" in text
    assert "Geheimnis" not in text
    assert "/merkblatt/1/" in text, "who may see the thing anyway gets the way to it"


def test_a_moderator_without_a_key_gets_no_way_to_the_thing(leaflets, moderator, pilot, as_person):
    report = ReportFactory(object_id=1, author=pilot, url="/merkblatt/1/")
    leaflets.add(pilot.pk, seen_by={pilot.pk})
    assert "/merkblatt/1/" not in page(as_person(moderator), f"/moderation/meldungen/{report.pk}/")


def test_what_was_reported_is_shown_as_text_and_never_as_markup(moderator, as_person):
    report = ReportFactory(excerpt="<script>alert(1)</script>", title="<b>fett</b>", text="<img src=x>")
    text = page(as_person(moderator), f"/moderation/meldungen/{report.pk}/")
    for markup in ("<script>alert", "<b>fett", "<img src=x"):
        assert markup not in text


def test_on_own_words_the_moderator_reads_why_they_may_not_decide(moderator, as_person):
    report = ReportFactory(author=moderator)
    client = as_person(moderator)
    text = page(client, f"/moderation/meldungen/{report.pk}/")
    assert "eigener Beitrag" in text
    assert 'name="action"' not in text
    answer = client.post(f"/moderation/meldungen/{report.pk}/", {"action": "keep", "reason": "Alles in Ordnung."})
    assert answer.status_code == 403


def test_a_decision_without_a_reason_is_refused_and_the_choice_is_kept(leaflets, moderator, as_person):
    report = ReportFactory()
    answer = as_person(moderator).post(f"/moderation/meldungen/{report.pk}/", {"action": "hide", "reason": "   "})
    assert answer.status_code == 422
    assert 'value="hide"' in answer.content.decode()
    assert ModerationDecision.objects.count() == 0


def test_deciding_on_the_page_leads_to_the_decision(leaflets, moderator, as_person):
    report = ReportFactory()
    answer = as_person(moderator).post(
        f"/moderation/meldungen/{report.pk}/", {"action": "hide", "reason": "Das setzt Menschen herab."}
    )
    decision = ModerationDecision.objects.get()
    assert answer.headers["Location"] == f"/moderation/entscheidungen/{decision.pk}/"
    assert leaflets.acts == [("hide", report.object_id, "Das setzt Menschen herab.")]


def test_who_comes_second_reads_that_it_is_decided_and_keeps_the_words(leaflets, moderator, as_person):
    report = ReportFactory()
    second = ModeratorFactory().person
    decide_report(viewer_for(second), report.pk, action="keep", reason="Das ist eine Meinung.")
    answer = as_person(moderator).post(
        f"/moderation/meldungen/{report.pk}/", {"action": "hide", "reason": "Das setzt Menschen herab."}
    )
    assert answer.status_code == 422
    assert "inzwischen entschieden" in answer.content.decode()


def test_the_author_reads_the_decision_without_the_names_of_others(moderator, pilot, neighbour, as_person):
    decision = DecisionFactory(author=pilot, decided_by=moderator)
    ReportFactory(
        author=pilot, state="decided", decision=decision, reporter=neighbour, reporter_place="Heilbronn", text="Pfui"
    )
    text = page(as_person(pilot), f"/moderation/entscheidungen/{decision.pk}/")
    assert decision.reason in text
    assert "sechs Monaten" in text
    for name in (moderator.name, neighbour.name, "Heilbronn", "Pfui"):
        assert name not in text


@pytest.mark.parametrize("who", ["coordinator", "neighbour", "other_moderator", "operator"])
def test_a_decision_is_not_found_by_anybody_else(who, request, pilot, as_person):
    decision = DecisionFactory(author=pilot)
    client = as_person(request.getfixturevalue(who))
    assert client.get(f"/moderation/entscheidungen/{decision.pk}/").status_code == 404


def test_decisions_of_another_land_are_not_listed(moderator, as_person):
    DecisionFactory(title="In Hessen entschieden", land=StateFactory(**HESSE))
    DecisionFactory(title="Im Land entschieden")
    text = page(as_person(moderator), "/moderation/entscheidungen/")
    assert "Im Land entschieden" in text
    assert "In Hessen entschieden" not in text


def test_a_moderators_own_contribution_in_another_land_is_not_in_their_list(moderator, as_person):
    DecisionFactory(title="Anderswo", land=StateFactory(**HESSE), author=moderator)
    assert "Anderswo" not in page(as_person(moderator), "/moderation/entscheidungen/")


def test_the_numbers_count_the_own_land_alone(moderator):
    hidden = DecisionFactory(action="hide")
    report = ReportFactory(state="decided", decision=hidden)
    Report.objects.filter(pk=report.pk).update(created_at=hidden.decided_at - datetime.timedelta(hours=5))
    DecisionFactory(action="keep")
    DecisionFactory(action="keep", land=StateFactory(**HESSE))
    figures = numbers(viewer_for(moderator))
    assert (figures.decided, figures.hidden, figures.kept, figures.median_hours) == (2, 1, 1, 5)


def test_the_record_of_a_land_does_not_show_another_land(moderator, pilot, as_person):
    record("application.approved", person_id=pilot.pk, subject="application", subject_id=1, state_code="08")
    record("x.y", person_id=None, subject="x", subject_id=2, state_code="06", reason="Geheim in Hessen")
    text = page(as_person(moderator), "/moderation/protokoll/")
    assert pilot.name in text
    assert "Geheim in Hessen" not in text


def test_coordinators_read_the_record_of_their_network_without_acts_of_moderation(coordinator, konstanz, as_person):
    record("role.given", person_id=coordinator.pk, subject="m", subject_id=1, network_id=konstanz.pk, reason="Neu")
    record(
        "moderation.hide", person_id=1, subject="message", subject_id=1, network_id=konstanz.pk, reason="Vertraulich"
    )
    text = page(as_person(coordinator), "/moderation/protokoll/konstanz/")
    assert "Neu" in text
    assert "Vertraulich" not in text


@pytest.mark.parametrize("who", ["pilot", "neighbour_coordinator", "moderator"])
def test_nobody_else_reads_the_record_of_a_network(who, request, konstanz, as_person):
    assert as_person(request.getfixturevalue(who)).get("/moderation/protokoll/konstanz/").status_code == 403


PRICES = {
    # session, person, viewer, bell, chat, open reports; then the page itself
    "/moderation/": 9,
    "/moderation/entscheidungen/": 7,
    "/moderation/protokoll/": 9,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("address", PRICES)
def test_a_list_costs_the_same_for_any_number_of_rows(
    address, rows, moderator, konstanz, as_person, django_assert_num_queries
):
    for number in range(rows):
        ReportFactory(network=konstanz, author=PersonFactory(), object_id=number + 1)
        DecisionFactory(network=konstanz, author=PersonFactory())
        record(
            "x.y",
            person_id=PersonFactory().pk,
            subject="x",
            subject_id=number,
            state_code="08",
            network_id=konstanz.pk,
        )
    client = as_person(moderator)
    with django_assert_num_queries(PRICES[address]):
        client.get(address)


@pytest.mark.parametrize("others", [1, 3])
def test_a_case_costs_the_same_for_any_number_of_reports(
    others, moderator, konstanz, as_person, django_assert_num_queries
):
    reports = [ReportFactory(object_id=9, network=konstanz, reporter=PersonFactory()) for _ in range(others)]
    for _ in range(others):
        DecisionFactory(object_id=9)
    client = as_person(moderator)
    with django_assert_num_queries(9):
        client.get(f"/moderation/meldungen/{reports[0].pk}/")


def test_the_page_of_a_network_leads_its_coordinators_to_the_record_and_nobody_else(
    konstanz, coordinator, pilot, as_person
):
    link = 'href="/moderation/protokoll/konstanz/"'
    assert link in page(as_person(coordinator), "/netzwerke/konstanz/")
    assert link not in page(as_person(pilot), "/netzwerke/konstanz/")


def test_the_start_page_tells_moderators_what_waits_and_nobody_else(moderator, other_moderator, pilot, as_person):
    ReportFactory(object_id=1)
    ReportFactory(object_id=2)
    assert "2 Meldungen warten auf Sie" in page(as_person(moderator), "/")
    for person in (other_moderator, pilot):
        assert "Meldungen warten" not in page(as_person(person), "/")
