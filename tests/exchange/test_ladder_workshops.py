"""Format, edition and workshop × rung × viewer, over random worlds: every way to ask gives one answer.

The rule is written here once more, in plain words and without the product's code; page, list, search, start page,
calendar, REST and the policies must agree with it. The rule alone is asked of 2,000 worlds in
``tests/walls/test_three_oracles.py``; ``LADDER_EXAMPLES=500`` looks at all pages in more.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field

import icalendar
import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.models import ExchangeFormat, Workshop
from exchange.policies.formats import visible_editions, visible_formats
from exchange.policies.workshops import listed_workshops, visible_workshops
from tenancy.models import Partnership
from tenancy.viewer import viewer_by_id
from tests.factories.tenancy import (
    MembershipFactory,
    ModeratorFactory,
    MunicipalityFactory,
    NetworkFactory,
    PersonFactory,
    StateFactory,
)
from tests.factories.workshops import EditionFactory, FormatFactory, WorkshopFactory

EXAMPLES = int(os.environ.get("LADDER_EXAMPLES", "5"))
NOW = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
LANDS = ("08", "06")
RUNGS = ("network", "partners", "land", "all", "public")
#: What a town is to a thing.
TIES = ("nothing", "nothing", "asked", "accepted", "declined")

towns = st.lists(st.sampled_from(LANDS), min_size=3, max_size=3)
seats = st.tuples(st.integers(0, 2), st.sampled_from(("pilot", "coordinator")))
persons = st.lists(seats, max_size=2, unique=True)
partners = st.lists(
    st.tuples(st.sampled_from(((0, 1), (1, 2), (0, 2))), st.sampled_from(("asked", "living", "ended"))),
    max_size=2,
    unique_by=lambda pair: pair[0],
)
ties = st.lists(st.sampled_from(TIES), min_size=3, max_size=3)
kinds = st.sampled_from(("open", "open", "draft", "cancelled"))
#: A format, and for each of up to two of its workshops: rung, ties, state.
things = st.tuples(st.sampled_from(RUNGS), ties, st.lists(st.tuples(st.sampled_from(RUNGS), ties, kinds), max_size=2))


@dataclass
class Somebody:
    """A viewer as the plain rule knows them."""

    pk: int | None = None
    towns: set[int] = field(default_factory=set)
    coordinates: set[int] = field(default_factory=set)
    lands: set[str] = field(default_factory=set)
    moderates: bool = False


def sees(who: Somebody, rung: str, tied: list[str], lands: list[str], partnerships, *, draft: bool = False) -> bool:
    """The ladder in plain words: it is climbed from every town that accepted; who is asked looks through the door."""
    owners = {town for town, tie in enumerate(tied) if tie == "accepted"}
    at_the_door = owners | {town for town, tie in enumerate(tied) if tie == "asked"}
    if who.coordinates & at_the_door:
        return True
    if draft:
        return False
    if rung == "public":
        return True
    if rung == "all":
        return bool(who.towns) or who.moderates
    if who.towns & owners:
        return True
    if rung == "partners":
        living = [set(pair) for pair, state in partnerships if state == "living"]
        return any(owners & pair and who.towns & pair for pair in living)
    if rung == "land":
        return bool({lands[town] for town in owners} & who.lands)
    return False


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lands=towns, people=st.lists(persons, min_size=1, max_size=3), partnerships=partners,
       worlds=st.lists(things, min_size=1, max_size=2))  # fmt: skip
def test_every_way_to_ask_agrees_with_the_plain_rule(as_person, lands, people, partnerships, worlds):
    # A savepoint and no block: within a block of one's own, one viewer acts.
    before = transaction.savepoint()
    try:
        _one_world(as_person, lands, people, partnerships, worlds)
    finally:
        transaction.savepoint_rollback(before)


def _tied(networks, tied, what):
    return [network for network, tie in zip(networks, tied, strict=True) if tie == what]


def _one_world(as_person, lands, people, partnerships, worlds):
    states = {code: StateFactory(code=code, name=f"Land {code}") for code in LANDS}
    networks = [NetworkFactory(municipality=MunicipalityFactory(state=states[code])) for code in lands]
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
        for town, role in held:
            MembershipFactory(person=person, network=networks[town], role=role)
            who.towns.add(town)
            who.lands.add(lands[town])
            if role == "coordinator":
                who.coordinates.add(town)
        viewers.append((who, as_person(person)))
    moderator = ModeratorFactory(association__state=states["08"]).person
    viewers.append((Somebody(pk=moderator.pk, moderates=True), as_person(moderator)))

    formats, workshops = [], []
    for number, (rung, tied, below) in enumerate(worlds):
        made = FormatFactory(
            hashtag=f"Marke{number}x", slug=f"marke{number}x", rung=rung, motto=f"Reihe{number}x",
            cities=_tied(networks, tied, "accepted"), invited=_tied(networks, tied, "asked"),
        )  # fmt: skip
        for network in _tied(networks, tied, "declined"):
            made.cities.create(network=network, state="declined")
        formats.append((made, rung, tied))
        for place, (low_rung, low_tied, kind) in enumerate(below):
            workshop = WorkshopFactory(
                format=made, title=f"Abend{number}{place}x Musterwort", rung=low_rung, state=kind,
                cancel_reason="Sturm" if kind == "cancelled" else "",
                hosts=_tied(networks, low_tied, "accepted"), asked=_tied(networks, low_tied, "asked"),
            )  # fmt: skip
            for network in _tied(networks, low_tied, "declined"):
                workshop.hosts.create(network=network, state="declined")
            EditionFactory(format=made, number=place + 1, motto=f"Folge{number}{place}x", workshop=workshop)
            workshops.append((workshop, made, low_rung, low_tied, kind))
        EditionFactory(format=made, number=9, motto=f"Folge{number}9x")

    for who, client in viewers:
        seen_formats = {f.pk for f, rung, tied in formats if sees(who, rung, tied, lands, partnerships)}
        opened = {
            w.pk for w, _f, rung, tied, kind in workshops
            if sees(who, rung, tied, lands, partnerships, draft=kind == "draft")
        }  # fmt: skip
        listed = {w.pk for w, _f, _rung, _tied, kind in workshops if w.pk in opened and kind != "draft"}
        _ask_every_way(who, client, formats, workshops, seen_formats, opened, listed)


def _ask_every_way(who, client, formats, workshops, seen_formats, opened, listed):
    viewer = viewer_by_id(who.pk)
    assert set(visible_formats(viewer).values_list("pk", flat=True)) == seen_formats
    assert set(visible_workshops(viewer).values_list("pk", flat=True)) == opened
    assert set(listed_workshops(viewer).values_list("pk", flat=True)) == listed
    editions = {f"Folge{number}9x" for number, (f, *_r) in enumerate(formats) if f.pk in seen_formats}
    editions |= {w.edition.motto for w, f, *_r in workshops if f.pk in seen_formats and w.pk in opened}
    assert set(visible_editions(viewer).values_list("motto", flat=True)) == editions

    workshop_marks = {w.title.split()[0]: w.pk for w, *_rest in workshops}
    format_marks = {f.motto: f.pk for f, *_rest in formats}

    def found(marks: dict[str, int], text: str) -> set[int]:
        return {pk for mark, pk in marks.items() if mark in text}

    def text_of(address: str) -> str:
        return client.get(address).content.decode()

    coming = text_of("/veranstaltungen/")
    # Drafts stand in the list of whoever prepares them, in a part of their own.
    assert found(workshop_marks, coming) == listed | (opened if who.coordinates else set())
    assert found(workshop_marks, text_of("/suche/?q=Musterwort")) == listed
    assert found(workshop_marks, text_of("/")) <= opened
    assert found(format_marks, text_of("/formate/")) == seen_formats
    assert found(format_marks, text_of("/suche/?q=Reihe")) == seen_formats
    assert {row["id"] for row in client.get("/api/v1/workshops/").json()["results"]} == listed
    assert {row["id"] for row in client.get("/api/v1/formats/").json()["results"]} == seen_formats
    # What belongs to a format out of sight does not name it, in any list.
    hidden = [f.hashtag for f, *_rest in formats if f.pk not in seen_formats]
    for text in (coming, text_of("/"), text_of("/suche/?q=Musterwort"), text_of("/api/v1/workshops/")):
        assert [hashtag for hashtag in hidden if hashtag.lower() in text.lower()] == []

    for workshop, exchange_format, _rung, _tied, kind in workshops:
        page = client.get(f"/veranstaltungen/{workshop.pk}/")
        assert (page.status_code == 200) == (workshop.pk in opened)
        file = client.get(f"/veranstaltungen/{workshop.pk}/kalender.ics")
        assert (file.status_code == 200) == (workshop.pk in opened)
        rest = client.get(f"/api/v1/workshops/{workshop.pk}/")
        assert (rest.status_code == 200) == (workshop.pk in opened and kind != "draft")
        if page.status_code == 200 and exchange_format.pk not in seen_formats:
            assert exchange_format.hashtag not in page.content.decode() + file.content.decode()
    for number, (exchange_format, *_rest) in enumerate(formats):
        page = client.get(f"/formate/{exchange_format.slug}/")
        rest = client.get(f"/api/v1/formats/{exchange_format.slug}/")
        feed = client.get(f"/formate/{exchange_format.slug}/kalender.ics")
        assert {page.status_code, rest.status_code, feed.status_code} == {
            200 if exchange_format.pk in seen_formats else 404
        }
        if exchange_format.pk not in seen_formats:
            continue
        mine = {mark for mark in editions if mark.startswith(f"Folge{number}")}
        shown = {e.motto for e in exchange_format.editions.all() if e.motto in page.content.decode()}
        assert shown == mine
        assert {row["motto"] for row in rest.json()["editions"]} == mine
        held = icalendar.Calendar.from_ical(feed.content).walk("VEVENT")
        assert len(held) == len({w.pk for w, f, *_r in workshops if f.pk == exchange_format.pk} & listed)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [ExchangeFormat, Workshop])
def test_the_rungs_of_this_test_are_those_of_the_product(model):
    """A rung that is added without a word here would not be tested; one office never owns what towns share."""
    choices = {value for value, _label in model._meta.get_field("rung").choices}
    assert choices == {*RUNGS, "office"}
