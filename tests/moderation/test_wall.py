"""Reports, decisions and the record behind the second wall: what each sees, and what the database refuses."""

from __future__ import annotations

import random

import pytest
from django.db import DatabaseError

from moderation.models import ModerationDecision, Report
from moderation.policies.record import visible_land_record, visible_network_record
from moderation.policies.reports import visible_decisions, visible_reports
from moderation.queries.decisions import reported, standing_decision
from moderation.services import reports as verbs
from tenancy.models import Person
from tenancy.viewer import ANONYMOUS, Viewer, viewer_for
from tests.database.undoing import undone
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.factories.tenancy import StateFactory
from tests.tenancy.worlds import World, random_world
from tests.walls.refusal import by_the_wall, not_added, numbers, refused, untouched
from toolkit.acting import acting_as, acting_as_nobody, holding
from toolkit.audit import record
from toolkit.models import AuditEntry
from toolkit.unseen import insert_unseen

pytestmark = pytest.mark.django_db

VERBS = ("network.published", "moderation.hide", "moderation.keep", "moderationx", "membership.started")


@pytest.mark.parametrize("seed", range(5))
def test_the_wall_the_policies_and_the_plain_rule_agree(seed):
    world = random_world(seed)
    dice = random.Random(seed)
    fill(world, dice)
    for person in [None, *world.people]:
        viewer = viewer_for(person) if person else ANONYMOUS
        lands, own = world.moderated(person), world.own(person, "coordinator")
        reports = {row.pk for row in Report.objects.all() if row.land_id in lands}
        decisions = {
            row.pk
            for row in ModerationDecision.objects.all()
            if row.land_id in lands or (person is not None and row.author_id == person.pk)
        }
        of_land = {row.pk for row in AuditEntry.objects.all() if row.state_code in lands}
        of_networks = {
            row.pk
            for row in AuditEntry.objects.all()
            if row.network_id in own and not row.verb.startswith("moderation.")
        }
        assert by_the_wall(Report, viewer) == numbers(visible_reports(viewer)) == reports
        assert by_the_wall(ModerationDecision, viewer) == numbers(visible_decisions(viewer)) == decisions
        assert numbers(visible_land_record(viewer)) == of_land
        networks = [numbers(visible_network_record(viewer, network.pk)) for network in world.networks]
        assert set().union(*networks) == of_networks
        assert by_the_wall(AuditEntry, viewer) == of_land | of_networks


def fill(world: World, dice: random.Random) -> None:
    """Reports, decisions and lines of the record, all over the country."""
    lands = [network.municipality.state for network in world.networks]
    for _ in range(12):
        place = dice.randrange(len(lands))
        more = {"land": lands[place], "author": dice.choice([None, *world.people])}
        ReportFactory(reporter=dice.choice([None, *world.people]), network=world.networks[place], **more)
        DecisionFactory(decided_by=dice.choice(world.people), network=world.networks[place], **more)
    for _ in range(25):
        AuditEntry.objects.create(
            verb=dice.choice(VERBS),
            subject="thing",
            subject_id="1",
            network_id=dice.choice([None, *(network.pk for network in world.networks)]),
            state_code=dice.choice(["", *(land.code for land in lands)]),
        )


# --- reports -----------------------------------------------------------------------------------------------------


@pytest.fixture
def report(konstanz, pilot, outsider) -> Report:
    """Somebody reported what the pilot of Konstanz wrote."""
    return ReportFactory(land=konstanz.municipality.state, network=konstanz, author=pilot, reporter=outsider)


def new_report(report: Report, reporter: Person | None, **more: object) -> Report:
    said = {"kind": "leaflet", "object_id": 77, "title": "T", "excerpt": "E", "reason": "other", "land": report.land}
    return Report(**(said | {"reporter": reporter} | more))


def test_whoever_reports_does_so_in_the_own_name_and_finds_it_open(report, pilot, outsider):
    with acting_as(viewer_for(outsider)), undone():
        insert_unseen(new_report(report, outsider))
    with acting_as_nobody(), undone():
        insert_unseen(new_report(report, None, reporter_email="a@b.example"))
    viewer = viewer_for(outsider)
    not_added(viewer, new_report(report, pilot))
    not_added(viewer, new_report(report, None))
    not_added(viewer, new_report(report, outsider, author=outsider))
    not_added(ANONYMOUS, new_report(report, outsider))
    decision = DecisionFactory(land=report.land)
    not_added(viewer, new_report(report, outsider, state="decided", decision=decision))


def test_neither_reporter_nor_author_nor_coordination_sees_a_report(
    report, pilot, outsider, coordinator, other_moderator, operator
):
    for person in (pilot, outsider, coordinator, other_moderator, operator):
        viewer = viewer_for(person)
        assert by_the_wall(Report, viewer) == set()
        untouched(viewer, Report.objects.all(), text="geändert")
    assert by_the_wall(Report, ANONYMOUS) == set()


def test_no_moderator_answers_a_report_on_the_own_words_or_moves_it_away(report, moderator, other_moderator):
    viewer = viewer_for(moderator)
    rows = Report.objects.filter(pk=report.pk)
    there = other_moderator.moderations.get().association.state
    refused(viewer, lambda: rows.update(land=there))
    rows.update(author=moderator)
    refused(viewer, lambda: rows.update(text="geändert"))
    with acting_as(viewer):
        assert rows._raw_delete("default") == 0


# --- decisions ---------------------------------------------------------------------------------------------------


def test_a_decision_is_made_for_the_own_land_in_the_own_name_and_not_on_own_words(
    report, moderator, other_moderator, coordinator
):
    def decision(by: Person, **more: object) -> ModerationDecision:
        said = {"kind": "leaflet", "object_id": 1, "title": "T", "action": "hide", "reason": "R", "land": report.land}
        association = moderator.moderations.get().association
        return ModerationDecision(**(said | {"decided_by": by, "association": association} | more))

    for person in (other_moderator, coordinator):
        not_added(viewer_for(person), decision(person))
    viewer = viewer_for(moderator)
    not_added(viewer, decision(other_moderator))
    not_added(viewer, decision(moderator, author=moderator))
    with acting_as(viewer), undone():
        decision(moderator).save()


def test_a_decision_never_changes(report, moderator, pilot):
    made = DecisionFactory(land=report.land, author=pilot)
    rows = ModerationDecision.objects.filter(pk=made.pk)
    refused(viewer_for(moderator), lambda: rows.update(reason="Anders."))
    untouched(viewer_for(pilot), rows, reason="Anders.")
    with acting_as(viewer_for(moderator)):
        assert rows._raw_delete("default") == 0


def test_what_stands_on_a_thing_is_known_to_who_has_a_part_in_it(
    report, moderator, other_moderator, pilot, outsider, coordinator
):
    there = other_moderator.moderations.get().association.state
    thing = {"kind": report.kind, "object_id": report.object_id, "author": pilot}
    first = DecisionFactory(land=report.land, **thing)
    second = DecisionFactory(land=there, action="keep", **thing)

    def standing(viewer: Viewer) -> int | None:
        with acting_as(viewer):
            found = standing_decision(report.kind, report.object_id)
        return found.pk if found else None

    # The association of one Land learns that the other has decided after it, and no more than that.
    assert by_the_wall(ModerationDecision, viewer_for(moderator)) == {first.pk}
    assert {standing(viewer_for(person)) for person in (moderator, other_moderator, pilot)} == {second.pk}
    for viewer in (viewer_for(outsider), viewer_for(coordinator), ANONYMOUS):
        assert standing(viewer) is None


def test_the_reported_words_are_told_to_author_and_association_without_who_reported(
    report, moderator, other_moderator, pilot, outsider, coordinator
):
    decision = DecisionFactory(land=report.land, author=pilot)
    Report.objects.filter(pk=report.pk).update(state="decided", decision=decision)
    for person in (moderator, pilot):
        with acting_as(viewer_for(person)):
            assert reported(decision.pk) == ("Die gemeldete Stelle", 1)
    for viewer in (viewer_for(other_moderator), viewer_for(outsider), viewer_for(coordinator), ANONYMOUS):
        with acting_as(viewer):
            assert reported(decision.pk) == ("", 0)


def test_the_author_reads_the_decision_with_its_words_on_the_page(as_person, report, pilot, outsider):
    decision = DecisionFactory(land=report.land, author=pilot)
    Report.objects.filter(pk=report.pk).update(state="decided", decision=decision)
    page = as_person(pilot).get(f"/moderation/entscheidungen/{decision.pk}/")
    assert "Die gemeldete Stelle" in page.content.decode()
    assert outsider.name not in page.content.decode()


def test_a_visitor_does_not_learn_which_addresses_have_reported(leaflets, pilot, monkeypatch):
    leaflets.add(pilot.pk, seen_by=[None], object_id=5)
    StateFactory(code="08")
    sent: list[object] = []
    monkeypatch.setattr(verbs, "send_mail", lambda to, *more, **named: sent.append(to))
    for _ in range(2):
        verbs.report_thing(ANONYMOUS, "leaflet", 5, reason="other", text="x", email="a@b.example")
    assert Report.objects.filter(reporter_email="a@b.example").count() == 1
    assert sent == [["a@b.example"]]


# --- the record --------------------------------------------------------------------------------------------------


def line(person_id: int | None) -> AuditEntry:
    return AuditEntry(verb="x.y", person_id=person_id, subject="x", subject_id="1", state_code="08")


def test_nobody_is_put_on_record_by_another(pilot, coordinator, moderator):
    for who, other in ((pilot, coordinator), (moderator, pilot)):
        not_added(viewer_for(who), line(other.pk))
    not_added(ANONYMOUS, line(pilot.pk))
    # But for who accepts an invitation, which the database knows by its token.
    with acting_as_nobody(), holding("a" * 64), undone():
        insert_unseen(line(pilot.pk))


def test_whoever_acts_adds_to_the_record_without_reading_it(pilot, konstanz):
    with acting_as(viewer_for(pilot)):
        entry = record("x.y", person_id=pilot.pk, subject="x", subject_id=1, network_id=konstanz.pk, state_code="08")
    assert by_the_wall(AuditEntry, viewer_for(pilot)) == set()
    assert AuditEntry.objects.get().pk == entry.pk


def test_the_record_is_neither_changed_nor_removed(moderator, coordinator, konstanz):
    AuditEntry.objects.create(verb="x.y", subject="x", subject_id="1", network_id=konstanz.pk, state_code="08")
    for person in (moderator, coordinator):
        untouched(viewer_for(person), AuditEntry.objects.all(), verb="anders")
    with pytest.raises(DatabaseError), undone():
        AuditEntry.objects.all()._raw_delete("default")
