"""Notices and wishes behind the second wall: everybody their own, and telling others by one function."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from notices.models import Notice, NoticeWish
from notices.policies.notices import visible_notices
from notices.queries.notices import unread_count, wants_mail
from tenancy.models import Person
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.notices import NoticeFactory
from tests.factories.tenancy import PersonFactory
from tests.walls.refusal import asked, by_the_wall, not_added, numbers, refused, untouched
from toolkit.acting import acting_as, acting_as_nobody
from toolkit.telling import tell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(5))
def test_the_wall_the_policies_and_the_plain_rule_agree(seed):
    dice = random.Random(seed)
    people: list[Person] = [PersonFactory() for _ in range(6)]
    for _ in range(20):
        NoticeFactory(person=dice.choice(people))
    for wishful in people[:4]:
        NoticeWish.objects.create(person=wishful, mail=dice.random() < 0.5)
    for person in [None, *people]:
        viewer = viewer_for(person) if person else ANONYMOUS
        own = {row.pk for row in Notice.objects.all() if person is not None and row.person_id == person.pk}
        wishes = {row.pk for row in NoticeWish.objects.all() if person is not None and row.person_id == person.pk}
        assert by_the_wall(Notice, viewer) == numbers(visible_notices(viewer)) == own
        assert by_the_wall(NoticeWish, viewer) == wishes
        counts = unread_count(viewer), wants_mail(viewer)
        with acting_as(viewer):
            assert (unread_count(viewer), wants_mail(viewer)) == counts


def test_nobody_writes_or_removes_what_another_was_told(pilot, coordinator, moderator, outsider):
    NoticeFactory(person=pilot)
    NoticeWish.objects.create(person=pilot)
    for viewer in (viewer_for(coordinator), viewer_for(moderator), ANONYMOUS):
        untouched(viewer, Notice.objects.all(), text="geändert")
        untouched(viewer, NoticeWish.objects.all(), mail=False)
        not_added(viewer, Notice(person=pilot, kind="x", text="x"))
        not_added(viewer, NoticeWish(person=outsider))


def test_even_the_own_notices_are_added_by_the_function_alone_and_given_to_nobody(pilot, coordinator):
    NoticeFactory(person=pilot)
    viewer = viewer_for(pilot)
    not_added(viewer, Notice(person=pilot, kind="x", text="x"))
    refused(viewer, lambda: Notice.objects.update(person=coordinator))


@pytest.mark.parametrize("who", ["pilot", "moderator", None])
def test_whoever_acts_tells_others_and_a_repeat_merges_unseen(who, request, coordinator, outsider):
    viewer = viewer_for(request.getfixturevalue(who)) if who else ANONYMOUS
    with acting_as(viewer):
        for text in ("eins", "zwei"):
            tell([coordinator.pk, outsider.pk], kind="comment", text=text, key="k")
        assert not Notice.objects.exists()
    told = Notice.objects.order_by("person_id").values_list("person_id", "text", "count")
    assert list(told) == [(person, "zwei", 2) for person in sorted([coordinator.pk, outsider.pk])]


def test_the_suspended_and_the_unknown_are_told_nothing(pilot, coordinator):
    gone = PersonFactory(is_active=False)
    with acting_as(viewer_for(pilot)), connection.cursor() as cursor:
        people = [gone.pk, 10**9, coordinator.pk]
        cursor.execute("SELECT * FROM notices_tell(%s::bigint[], %s::text[], 'x', '', '')", [people, ["a", "b", "c"]])
        assert cursor.fetchall() == [(coordinator.pk, True)]
    assert list(Notice.objects.values_list("person_id", "text")) == [(coordinator.pk, "c")]


def test_of_wishes_others_learn_no_more_than_who_of_those_named_wants_no_mail(pilot, coordinator, outsider):
    NoticeWish.objects.create(person=coordinator, mail=False)
    NoticeWish.objects.create(person=pilot, mail=True)
    silent = "SELECT array_agg(p) FROM notices_without_mail(%s::bigint[]) p"
    for viewer in (viewer_for(outsider), ANONYMOUS):
        assert asked(viewer, silent, [coordinator.pk, pilot.pk]) == [coordinator.pk]
        assert asked(viewer, silent, [pilot.pk, outsider.pk]) is None
    with acting_as_nobody():
        assert not NoticeWish.objects.exists()
