"""Experience and comment × rung × viewer, over random worlds: every way to ask gives one answer.

The rule is written here once more, in plain words and without the product's code; page, list, search, start page,
feed, REST and the policies must agree with it. The rule alone is asked of 2,000 worlds in
``tests/walls/test_three_oracles.py``; ``LADDER_EXAMPLES=500`` looks at all pages in more.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.models import Experience
from exchange.policies.experiences import published_experiences, visible_comments, visible_experiences
from tenancy.models import Partnership
from tenancy.viewer import viewer_by_id
from tests.factories.exchange import CommentFactory, ExperienceFactory
from tests.factories.tenancy import (
    MembershipFactory,
    ModeratorFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
    PersonFactory,
    StateFactory,
)

EXAMPLES = int(os.environ.get("LADDER_EXAMPLES", "7"))
NOW = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
LANDS = ("08", "06")
RUNGS = ("office", "network", "partners", "land", "all", "public")
FATES = ("published", "published", "published", "draft", "recalled", "hidden")
COMMENT_FATES = ("standing", "standing", "hidden", "withdrawn")

# Three towns, each in one of two Länder; people sit in towns and offices (0 or 1), or moderate, or do neither.
towns = st.lists(st.sampled_from(LANDS), min_size=3, max_size=3)
seats = st.tuples(st.integers(0, 2), st.sampled_from((None, 0, 1)), st.sampled_from(("pilot", "coordinator")))
persons = st.lists(seats, max_size=2, unique_by=lambda seat: (seat[0], seat[2]))
partners = st.lists(
    st.tuples(st.sampled_from(((0, 1), (1, 2), (0, 2))), st.sampled_from(("asked", "living", "ended"))),
    max_size=2,
    unique_by=lambda pair: pair[0],
)
cards = st.tuples(st.sampled_from(RUNGS), st.integers(0, 2), st.sampled_from(FATES), st.sampled_from(COMMENT_FATES))


@dataclass
class Somebody:
    """A viewer as the plain rule knows them."""

    pk: int | None = None
    towns: set[int] = field(default_factory=set)
    offices: set[tuple[int, int]] = field(default_factory=set)
    lands: set[str] = field(default_factory=set)
    moderates: bool = False


def sees(who: Somebody, rung: str, town: int, office: int, lands: list[str], partnerships) -> bool:
    """The ladder in plain words: who reads what is published on this rung."""
    if rung == "public":
        return True
    if rung == "office":
        return (town, office) in who.offices
    if rung == "network":
        return town in who.towns
    if rung == "partners":
        living = {b if a == town else a for (a, b), state in partnerships if state == "living" and town in (a, b)}
        return bool(who.towns & ({town} | living))
    if rung == "land":
        return town in who.towns or lands[town] in who.lands
    return bool(who.towns) or who.moderates  # all networks


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lands=towns, people=st.lists(persons, min_size=1, max_size=3), partnerships=partners,
       things=st.lists(cards, min_size=1, max_size=4))  # fmt: skip
def test_every_way_to_ask_agrees_with_the_plain_rule(as_person, lands, people, partnerships, things):
    # A savepoint and no block: within a block of one's own, one viewer acts.
    before = transaction.savepoint()
    try:
        _one_world(as_person, lands, people, partnerships, things)
    finally:
        transaction.savepoint_rollback(before)


def _one_world(as_person, lands, people, partnerships, things):
    states = {code: StateFactory(code=code, name=f"Land {code}") for code in LANDS}
    networks = [NetworkFactory(municipality=MunicipalityFactory(state=states[code])) for code in lands]
    offices = {(t, o): OfficeFactory(network=networks[t]) for t in range(3) for o in range(2)}
    for (asking, asked), state in partnerships:
        Partnership.objects.create(
            asking=networks[asking],
            asked=networks[asked],
            accepted_at=None if state == "asked" else NOW,
            ended_at=NOW if state == "ended" else None,
        )
    viewers: list[tuple[Somebody, Client]] = [(Somebody(), Client())]
    for held in people:
        person = PersonFactory()
        who = Somebody(pk=person.pk)
        for town, office, role in held:
            MembershipFactory(
                person=person,
                network=networks[town],
                role=role,
                office=None if office is None else offices[town, office],
            )
            who.towns.add(town)
            who.lands.add(lands[town])
            if office is not None:
                who.offices.add((town, office))
        viewers.append((who, as_person(person)))
    moderator = ModeratorFactory(association__state=states["08"]).person
    viewers.append((Somebody(pk=moderator.pk, moderates=True), as_person(moderator)))

    # The author of everything is one of the viewers, so that drafts and hidden things have somebody who sees them.
    author = viewers[1][0].pk
    made = []
    for number, (rung, town, fate, comment_fate) in enumerate(things):
        experience = ExperienceFactory(
            network=networks[town],
            author_id=author,
            office=offices[town, 0],
            rung=rung,
            title=f"Marke{number}x Musterwort",
            state="published" if fate == "hidden" else fate,
            published_at=None if fate == "draft" else NOW + datetime.timedelta(minutes=number),
            hidden_at=NOW if fate == "hidden" else None,
            hidden_reason="Musterhaft." if fate == "hidden" else "",
        )
        comment = CommentFactory(
            experience=experience,
            author_id=author,
            body=f"Wort{number}x",
            hidden_at=NOW if comment_fate == "hidden" else None,
            withdrawn_at=NOW if comment_fate == "withdrawn" else None,
        )
        made.append((experience, comment, rung, town, fate, comment_fate))

    for who, client in viewers:
        is_author = who.pk == author
        listed, opened, commented, commented_publicly = set(), set(), set(), set()
        for experience, comment, rung, town, fate, comment_fate in made:
            readable = fate == "published" and sees(who, rung, town, 0, lands, partnerships)
            if readable:
                listed.add(experience.pk)
            if readable or (is_author and fate != "published"):
                opened.add(experience.pk)
            stands = comment_fate == "standing"
            if (stands and experience.pk in opened) or (comment_fate == "hidden" and is_author):
                commented.add(comment.pk)
            if stands and readable:
                commented_publicly.add(comment.pk)
        _ask_every_way(who, client, made, listed, opened, commented, commented_publicly)


def _ask_every_way(who, client, made, listed, opened, commented, commented_publicly):
    viewer = viewer_by_id(who.pk)
    assert set(published_experiences(viewer).values_list("pk", flat=True)) == listed
    assert set(visible_experiences(viewer).values_list("pk", flat=True)) == opened
    assert set(visible_comments(viewer).values_list("pk", flat=True)) == commented

    by_title = {experience.title.split()[0]: experience.pk for experience, *_rest in made}

    def in_text(text: str) -> set[int]:
        return {pk for mark, pk in by_title.items() if mark in text}

    for address in ("/erfahrungen/", "/erfahrungen/?q=Musterwort", "/erfahrungen/?q=Musterwort&sort=match",
                    "/erfahrungen/?q=Mustrewort", "/suche/?q=Musterwort", "/erfahrungen/feed/"):  # fmt: skip
        assert in_text(client.get(address).content.decode()) == listed, address
    rest = client.get("/api/v1/experiences/").json()["results"]
    assert {row["id"] for row in rest} == listed
    # The start page holds the newest three, and the author's own drafts among the tasks.
    assert in_text(client.get("/").content.decode()) <= opened

    for experience, comment, *_rest in made:
        page = client.get(f"/erfahrungen/{experience.pk}/")
        assert (page.status_code == 200) == (experience.pk in opened)
        said = f">{comment.body}<" in page.content.decode()
        assert said == (comment.pk in commented and experience.pk in listed)
        answer = client.get(f"/api/v1/experiences/{experience.pk}/")
        assert (answer.status_code == 200) == (experience.pk in listed)
        if answer.status_code == 200:
            bodies = {row["body"] for row in answer.json()["comments"]}
            assert bodies == ({comment.body} if comment.pk in commented_publicly else set())


@pytest.mark.django_db
def test_the_rungs_of_this_test_are_those_of_the_product():
    """A rung that is added without a word here would not be tested."""
    rung = Experience._meta.get_field("rung")
    assert tuple(value for value, _label in rung.choices or ()) == RUNGS
