"""Rules of experiences and comments: each permission with who has it and at least two who have not."""

from __future__ import annotations

import datetime

import pytest

from exchange.models import Comment, Experience
from exchange.policies import experiences as rules
from exchange.services import comments as comment_verbs
from exchange.services import experiences as verbs
from tenancy.models import Partnership
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.exchange.moderating import moderating
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from tests.factories.tenancy import MembershipFactory
from toolkit.access import Conflict, Denied
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(konstanz, pilot):
    return DraftFactory(network=konstanz, author=pilot)


@pytest.fixture
def published(konstanz, pilot):
    return ExperienceFactory(network=konstanz, author=pilot, rung="all")


@pytest.fixture
def everybody(pilot, coordinator, office_head, outsider, neighbour, moderator, operator):
    """Name to viewer, for the whole cast."""
    people = {
        "pilot": pilot, "coordinator": coordinator, "office_head": office_head, "outsider": outsider,
        "neighbour": neighbour, "moderator": moderator, "operator": operator,
    }  # fmt: skip
    return {"visitor": ANONYMOUS, **{name: viewer_for(person) for name, person in people.items()}}


def allowed(everybody, rule):
    """Who may, by name."""
    return {name for name, viewer in everybody.items() if rule(viewer)}


def test_people_write_for_their_own_network(everybody, konstanz):
    who = allowed(everybody, lambda viewer: rules.may_write_experience(viewer, konstanz.pk))
    assert who == {"pilot", "coordinator", "office_head"}


def test_only_the_author_edits_publishes_and_deletes(everybody, draft, published):
    for rule, thing in (
        (rules.may_edit_experience, draft),
        (rules.may_edit_experience, published),
        (rules.may_publish_experience, draft),
        (rules.may_delete_experience, draft),
    ):
        assert allowed(everybody, lambda viewer, rule=rule, thing=thing: rule(viewer, thing)) == {"pilot"}


def test_author_and_coordination_steer_what_is_published(everybody, published):
    for rule in (rules.may_change_audience, rules.may_recall_experience):
        assert allowed(everybody, lambda viewer, rule=rule: rule(viewer, published)) == {"pilot", "coordinator"}


def test_a_draft_cannot_be_recalled_and_a_published_one_not_deleted(draft, published, pilot):
    viewer = viewer_for(pilot)
    assert not rules.may_recall_experience(viewer, draft)
    assert not rules.may_change_audience(viewer, draft)
    assert not rules.may_delete_experience(viewer, published)


def test_people_of_the_programme_comment(everybody, published, draft):
    programme = {"pilot", "coordinator", "office_head", "outsider", "neighbour", "moderator"}
    assert allowed(everybody, lambda viewer: rules.may_comment(viewer, published)) == programme
    assert allowed(everybody, lambda viewer: rules.may_comment(viewer, draft)) == set()


def test_people_of_the_programme_say_helpful_but_not_of_their_own(everybody, published, draft):
    programme = {"coordinator", "office_head", "outsider", "neighbour", "moderator"}
    assert allowed(everybody, lambda viewer: rules.may_mark_helpful(viewer, published)) == programme
    assert allowed(everybody, lambda viewer: rules.may_mark_helpful(viewer, draft)) == set()


def test_only_its_author_edits_and_withdraws_a_comment(everybody, published, neighbour):
    comment = CommentFactory(experience=published, author=neighbour)
    for rule in (rules.may_edit_comment, rules.may_withdraw_comment):
        assert allowed(everybody, lambda viewer, rule=rule: rule(viewer, comment)) == {"neighbour"}


def test_every_refusal_says_why(everybody, draft, published):
    for viewer in everybody.values():
        for rule in (rules.may_edit_experience, rules.may_publish_experience, rules.may_recall_experience,
                     rules.may_comment, rules.may_mark_helpful, rules.may_delete_experience):  # fmt: skip
            for thing in (draft, published):
                decision = rule(viewer, thing)
                assert decision or len(str(decision.reason)) > 15


def test_who_left_the_network_keeps_drafts_but_publishes_nothing(draft, published, pilot):
    pilot.memberships.update(ended_on=datetime.date(2026, 1, 1))
    viewer = viewer_for(pilot)
    assert rules.may_edit_experience(viewer, draft)
    assert rules.may_delete_experience(viewer, draft)
    for decision in (
        rules.may_publish_experience(viewer, draft),
        rules.may_edit_experience(viewer, published),
        rules.may_recall_experience(viewer, published),
    ):
        assert "nicht mehr zu diesem Netzwerk" in str(decision.reason)


def test_the_rung_of_an_office_needs_an_office(coordinator, konstanz, pilot):
    without = DraftFactory(network=konstanz, author=coordinator)
    assert not rules.may_choose_rung(viewer_for(coordinator), without, "office")
    assert rules.may_choose_rung(viewer_for(pilot), DraftFactory(network=konstanz, author=pilot), "office")
    assert not rules.may_choose_rung(viewer_for(pilot), without, "everybody")


def test_choosing_the_office_names_it(draft, pilot):
    saved = verbs.save_experience(viewer_for(pilot), draft.pk, version=1, words={}, rung="office")
    assert saved.office == pilot.memberships.get().office


@pytest.mark.parametrize("state", ["hidden", "recalled"])
def test_what_is_hidden_or_recalled_is_seen_by_its_author_alone(state, everybody, published, pilot):
    CommentFactory(experience=published)
    if state == "hidden":
        with moderating("experience", published.pk):
            verbs.hide_experience(published.pk, reason="Enthält Namen.")
    else:
        verbs.recall_experience(viewer_for(pilot), published.pk)
    assert allowed(everybody, lambda v: rules.visible_experiences(v).exists()) == {"pilot"}
    assert allowed(everybody, lambda v: rules.visible_comments(v).exists()) == {"pilot"}
    assert allowed(everybody, lambda v: rules.published_experiences(v).exists()) == set()


def test_what_is_hidden_cannot_be_changed_and_comes_back_as_it_was(everybody, published, pilot):
    before = allowed(everybody, lambda v: rules.published_experiences(v).exists())
    with moderating("experience", published.pk):
        verbs.hide_experience(published.pk, reason="Enthält Namen.")
    published.refresh_from_db()
    assert not rules.may_edit_experience(viewer_for(pilot), published)
    with pytest.raises(Denied):
        verbs.recall_experience(viewer_for(pilot), published.pk)
    with moderating("experience", published.pk):
        verbs.restore_experience(published.pk)
    assert allowed(everybody, lambda v: rules.published_experiences(v).exists()) == before


def test_the_author_reads_why_it_was_hidden(published, pilot, as_person):
    with moderating("experience", published.pk):
        verbs.hide_experience(published.pk, reason="Enthält Namen von Bürgern.")
    assert "Enthält Namen von Bürgern." in as_person(pilot).get(f"/erfahrungen/{published.pk}/").content.decode()


def test_comments_follow_the_audience_of_their_experience(everybody, published, pilot):
    CommentFactory(experience=published)
    verbs.change_audience(viewer_for(pilot), published.pk, rung="network")
    assert allowed(everybody, lambda v: rules.visible_comments(v).exists()) == {"pilot", "coordinator", "office_head"}


def test_a_new_partnership_widens_the_rung_of_partners(published, pilot, outsider, konstanz, giessen):
    verbs.change_audience(viewer_for(pilot), published.pk, rung="partners")
    assert not rules.published_experiences(viewer_for(outsider)).exists()
    now = datetime.datetime.now(tz=datetime.UTC)
    partnership = Partnership.objects.create(asking=giessen, asked=konstanz, accepted_at=now)
    assert rules.published_experiences(viewer_for(outsider)).exists()
    partnership.ended_at = now
    partnership.save()
    assert not rules.published_experiences(viewer_for(outsider)).exists()


def test_the_author_is_told_and_the_record_kept_when_the_coordination_acts(published, coordinator, pilot, monkeypatch):
    told: list[tuple[list[int], str]] = []
    monkeypatch.setattr(verbs, "tell", lambda people, **words: told.append((list(people), str(words["text"]))))
    verbs.change_audience(viewer_for(coordinator), published.pk, rung="network", reason="Erst intern.")
    verbs.recall_experience(viewer_for(coordinator), published.pk, reason="Der Vertrag ist geheim.")
    assert [people for people, _text in told] == [[pilot.pk], [pilot.pk]]
    assert "Unser Netzwerk" in told[0][1]
    assert "Der Vertrag ist geheim." in told[1][1]
    entries = AuditEntry.objects.order_by("pk").values_list("verb", "reason")
    assert list(entries) == [
        ("experience.audience_changed", "Erst intern."),
        ("experience.recalled", "Der Vertrag ist geheim."),
    ]


def test_the_author_needs_no_reason_and_is_told_nothing(published, pilot, monkeypatch):
    monkeypatch.setattr(verbs, "tell", lambda *_a, **_w: pytest.fail("nobody told"))
    verbs.recall_experience(viewer_for(pilot), published.pk)
    assert not AuditEntry.objects.exists()


def test_the_coordination_says_why(published, coordinator):
    with pytest.raises(Conflict):
        verbs.recall_experience(viewer_for(coordinator), published.pk, reason="  ")
    with pytest.raises(Conflict):
        verbs.change_audience(viewer_for(coordinator), published.pk, rung="network")


def test_an_author_does_not_overwrite_what_the_coordination_changed(published, coordinator, pilot):
    verbs.change_audience(viewer_for(coordinator), published.pk, rung="network", reason="Erst intern.")
    with pytest.raises(verbs.ChangedMeanwhile):
        verbs.save_experience(viewer_for(pilot), published.pk, version=1, words={"title": "Neu"}, rung="all")


def test_publishing_again_keeps_the_first_day(published, pilot):
    first = published.published_at
    verbs.recall_experience(viewer_for(pilot), published.pk)
    assert verbs.publish_experience(viewer_for(pilot), published.pk).published_at == first


def test_the_author_hears_of_a_comment_of_others_but_not_of_the_own(published, pilot, neighbour, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(comment_verbs, "tell", lambda people, **words: told.append(words["url"]))
    comment_verbs.write_comment(viewer_for(pilot), published.pk, body="Eine Ergänzung.")
    comment = comment_verbs.write_comment(viewer_for(neighbour), published.pk, body="Wie lange?")
    assert told == [f"/erfahrungen/{published.pk}/#kommentar-{comment.pk}"]
    assert comment.network == neighbour.memberships.get().network


def test_a_hidden_comment_counts_no_more_and_comes_back(published, neighbour):
    comment = comment_verbs.write_comment(viewer_for(neighbour), published.pk, body="Wie lange?")
    counts = []
    for act in (
        lambda: comment_verbs.hide_comment(comment.pk, reason="Beleidigt."),
        lambda: comment_verbs.hide_comment(comment.pk, reason="Beleidigt."),
        lambda: comment_verbs.restore_comment(comment.pk),
        lambda: comment_verbs.restore_comment(comment.pk),
    ):
        with moderating("comment", comment.pk):
            act()
        counts.append(Experience.objects.get().comment_count)
    assert counts == [0, 0, 1, 1]


def test_a_withdrawn_comment_is_gone_for_everybody(everybody, published, neighbour):
    comment = CommentFactory(experience=published, author=neighbour)
    comment_verbs.withdraw_comment(viewer_for(neighbour), comment.pk)
    assert allowed(everybody, lambda v: rules.visible_comments(v).exists()) == set()
    assert Comment.objects.get().withdrawn_at is not None


def test_nobody_comments_what_is_out_of_sight(outsider, konstanz):
    secret = ExperienceFactory(network=konstanz, rung="network")
    with pytest.raises(Experience.DoesNotExist):
        comment_verbs.write_comment(viewer_for(outsider), secret.pk, body="Ich sehe dich.")


def test_topics_are_kept_once_whatever_their_spelling(draft, pilot):
    verbs.save_experience(
        viewer_for(pilot), draft.pk, version=1, words={}, topics=["E-Akte", "e-akte", "Schulung", *map(str, range(20))]
    )
    assert len(draft.topics.names()) == verbs.MAX_TOPICS
    assert "e-akte" not in draft.topics.names()


def test_a_second_person_reuses_the_topic_in_its_first_spelling(draft, pilot, konstanz):
    ExperienceFactory(topics=["E-Akte"])
    verbs.save_experience(viewer_for(pilot), draft.pk, version=1, words={}, topics=["e-akte"])
    assert list(draft.topics.names()) == ["E-Akte"]


def test_a_person_of_two_networks_comments_for_the_one_that_wrote(published, neighbour, konstanz):
    MembershipFactory(person=neighbour, network=konstanz)
    comment = comment_verbs.write_comment(viewer_for(neighbour), published.pk, body="Für uns alle.")
    assert comment.network == konstanz
