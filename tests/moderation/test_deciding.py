"""Moderators decide with a reason; author and reporters hear of it, and nobody decides in their own cause."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from moderation.models import ModerationDecision, Report
from moderation.services.decisions import decide_report, restore_thing
from moderation.services.reports import report_thing
from notices.models import Notice, NoticeWish
from tenancy.viewer import viewer_for
from tests.factories.moderation import ReportFactory
from tests.factories.tenancy import ModeratorFactory
from toolkit.access import Conflict, Denied
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db

WHY = "Die zweite Zeile setzt Kolleginnen herab."


@pytest.fixture
def report(leaflets, pilot, konstanz, neighbour, moderator):
    """A pilot of Heilbronn reported what the pilot of Konstanz wrote."""
    leaflets.add(pilot.pk, seen_by={neighbour.pk}, network_id=konstanz.pk)
    return report_thing(viewer_for(neighbour), "leaflet", 1, reason="insult", text="Beleidigend")


def told(person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


def mails_to(address: str) -> list[str]:
    jobs = [job.args for job in ProcrastinateJob.objects.order_by("id")]
    return [f"{job['subject']}\n{job['body']}" for job in jobs if job["to"] == address]


def test_hiding_hides_and_tells_author_and_reporter(leaflets, report, moderator, pilot, neighbour):
    decision = decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    assert leaflets.acts == [("hide", 1, WHY)]
    assert told(pilot) == ["Ihr Beitrag „Merkblatt zur E-Akte“ wurde ausgeblendet. Lesen Sie, warum."]
    assert told(neighbour) == ["Ihre Meldung zu „Merkblatt zur E-Akte“ wurde geprüft: Der Beitrag ist ausgeblendet."]
    report.refresh_from_db()
    assert (report.state, report.decision_id) == ("decided", decision.pk)


def test_keeping_hides_nothing_and_tells_both(leaflets, report, moderator, pilot, neighbour):
    decide_report(viewer_for(moderator), report.pk, action="keep", reason=WHY)
    assert leaflets.acts == []
    assert told(pilot) == ["Ihr Beitrag „Merkblatt zur E-Akte“ wurde gemeldet und geprüft. Er bleibt sichtbar."]
    assert told(neighbour) == ["Ihre Meldung zu „Merkblatt zur E-Akte“ wurde geprüft: Der Beitrag bleibt sichtbar."]


def test_the_author_gets_the_statement_of_reasons_by_mail_whatever_the_wish(report, moderator, pilot):
    NoticeWish.objects.create(person=pilot, mail=False)
    decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    (mail,) = mails_to(pilot.email)
    assert WHY in mail
    assert "So ein Unsinn aus dem Rathaus!" in mail
    assert "sechs Monaten" in mail
    assert "ein Mensch, kein Programm" in mail


def test_neither_author_nor_reporter_learns_the_others_name(report, moderator, pilot, neighbour):
    decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    everything = "\n".join([*mails_to(pilot.email), *told(pilot)])
    assert neighbour.name not in everything
    assert "Heilbronn" not in everything
    for word in (pilot.name, WHY):
        assert word not in "\n".join([*mails_to(neighbour.email), *told(neighbour)])


def test_the_decision_is_on_the_record(report, moderator, konstanz):
    decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    assert AuditEntry.objects.values_list(
        "verb", "person_id", "subject", "subject_id", "network_id", "state_code", "reason"
    ).get() == ("moderation.hide", moderator.pk, "leaflet", "1", konstanz.pk, "08", WHY)


def test_one_decision_answers_all_open_reports_on_the_thing(leaflets, report, moderator, coordinator, neighbour):
    thing, _seen = leaflets.things[1]
    leaflets.things[1] = (thing, {coordinator.pk})
    report_thing(viewer_for(coordinator), "leaflet", 1, reason="wrong", text="Falsch")
    decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    assert set(Report.objects.values_list("state", flat=True)) == {"decided"}
    assert len(told(coordinator)) == len(told(neighbour)) == 1


def test_a_visitor_hears_the_outcome_by_mail(leaflets, pilot, moderator):
    ReportFactory(author=pilot, object_id=5, reporter_email="erika@beispiel.example", title="Aushang")
    leaflets.add(pilot.pk, seen_by=set(), object_id=5)
    decide_report(viewer_for(moderator), Report.objects.get().pk, action="hide", reason=WHY)
    (mail,) = mails_to("erika@beispiel.example")
    assert "Ihre Meldung zu „Aushang“ wurde geprüft: Der Beitrag ist ausgeblendet." in mail
    assert WHY not in mail


def test_a_moderator_of_another_land_does_not_find_the_report(report, other_moderator):
    with pytest.raises(Report.DoesNotExist):
        decide_report(viewer_for(other_moderator), report.pk, action="hide", reason=WHY)


def test_a_coordinator_does_not_find_the_report(report, coordinator):
    with pytest.raises(Report.DoesNotExist):
        decide_report(viewer_for(coordinator), report.pk, action="hide", reason=WHY)


def test_an_operator_does_not_find_the_report(report, operator):
    with pytest.raises(Report.DoesNotExist):
        decide_report(viewer_for(operator), report.pk, action="hide", reason=WHY)


def test_nobody_decides_on_their_own_words(leaflets, moderator):
    own = ReportFactory(author=moderator)
    with pytest.raises(Denied, match="eigener Beitrag"):
        decide_report(viewer_for(moderator), own.pk, action="keep", reason=WHY)


def test_who_moderates_no_longer_does_not_find_the_report(report, moderator):
    moderator.moderations.update(ended_on="2026-01-01")
    with pytest.raises(Report.DoesNotExist):
        decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)


def test_the_second_decision_on_a_report_is_refused(report, moderator):
    decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    second = ModeratorFactory().person
    with pytest.raises(Conflict, match="inzwischen entschieden"):
        decide_report(viewer_for(second), report.pk, action="keep", reason=WHY)
    assert ModerationDecision.objects.count() == 1


def test_a_report_is_never_answered_by_restoring(report, moderator):
    with pytest.raises(ValueError, match="restore"):
        decide_report(viewer_for(moderator), report.pk, action="restore", reason=WHY)


def test_what_was_hidden_can_be_shown_again_once(leaflets, report, moderator, pilot, neighbour):
    hidden = decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    shown = restore_thing(viewer_for(moderator), hidden.pk, reason="Die Stelle ist geändert.")
    assert leaflets.acts[-1] == ("restore", 1, "")
    assert (shown.action, shown.follows_id) == ("restore", hidden.pk)
    assert told(pilot)[-1] == "Ihr Beitrag „Merkblatt zur E-Akte“ ist wieder sichtbar."
    assert told(neighbour)[-1] == "Zu „Merkblatt zur E-Akte“ wurde neu entschieden: Der Beitrag ist wieder sichtbar."
    with pytest.raises(Denied, match="neu entschieden"):
        restore_thing(viewer_for(moderator), hidden.pk, reason="Noch einmal.")


def test_what_was_kept_has_nothing_to_show_again(report, moderator):
    kept = decide_report(viewer_for(moderator), report.pk, action="keep", reason=WHY)
    with pytest.raises(Denied, match="nichts ausgeblendet"):
        restore_thing(viewer_for(moderator), kept.pk, reason=WHY)


def test_a_moderator_of_another_land_shows_nothing_again(report, moderator, other_moderator):
    hidden = decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    with pytest.raises(ModerationDecision.DoesNotExist):
        restore_thing(viewer_for(other_moderator), hidden.pk, reason=WHY)


def test_the_author_reads_the_decision_and_cannot_undo_it(report, moderator, pilot, as_person):
    hidden = decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    client = as_person(pilot)
    assert WHY in client.get(f"/moderation/entscheidungen/{hidden.pk}/").content.decode()
    answer = client.post(f"/moderation/entscheidungen/{hidden.pk}/", {"reason": "Ich finde das aber gut."})
    assert answer.status_code == 403


def test_a_hidden_thing_is_not_said_to_stay_visible(leaflets, report, moderator, pilot):
    decide_report(viewer_for(moderator), report.pk, action="hide", reason=WHY)
    late = ReportFactory(object_id=1, author=pilot)
    with pytest.raises(Conflict, match="schon ausgeblendet"):
        decide_report(viewer_for(moderator), late.pk, action="keep", reason=WHY)
