"""The second wall of the exchange, table by table: who sees, adds, changes, removes, when nobody else asks."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from exchange.models import (
    CalendarAddress,
    Comment,
    Edition,
    ExchangeFormat,
    Experience,
    ExperienceTopic,
    FormatCity,
    Helpful,
    Registration,
    SeatHandover,
    Workshop,
    WorkshopHost,
    WorkshopQuota,
)
from tenancy.models import Topic
from tests.exchange.wall_world import CAST, KONSTANZ, PROGRAMME, acting, refused, world
from tests.factories.exchange import ExperienceFactory
from tests.factories.tenancy import OfficeFactory

__all__ = ["world"]
pytestmark = pytest.mark.django_db

#: Who sees which row; everybody else of the cast, and visitors, do not.
SEEN = {
    "draft": {"pilot"},
    "narrow": KONSTANZ,
    "wide": PROGRAMME,
    "hidden": {"pilot"},
    "draft_topic": {"pilot"},
    "narrow_topic": KONSTANZ,
    "narrow_comment": KONSTANZ,
    "wide_comment": PROGRAMME,
    "withdrawn_comment": {"neighbour"},
    "helpful": {"neighbour"},
    "narrow_format": KONSTANZ | {"neighbour_coordinator"},
    "owner_city": KONSTANZ | {"neighbour_coordinator"},
    # Who was asked is seen by who asked and by who was.
    "invited_city": {"coordinator", "neighbour_coordinator"},
    "declined_city": {"coordinator"},
    "plain_edition": PROGRAMME,
    # Its format is in everybody's sight, its workshop is not.
    "narrow_edition": KONSTANZ,
    "narrow_workshop": KONSTANZ,
    "wide_workshop": PROGRAMME,
    "draft_workshop": {"coordinator"},
    "host": PROGRAMME,
    "asked_host": {"coordinator", "neighbour_coordinator"},
    # A seat whose name is shown: also others with a seat (the neighbour), but nobody who waits (the outsider).
    "seat": {"pilot", "coordinator", "neighbour"},
    # What they need is for nobody but them and the hosts, also where their name is shown.
    "need": {"pilot", "coordinator"},
    "quiet_seat": {"coordinator", "neighbour"},
    "queued": {"coordinator", "outsider"},
    "quota": PROGRAMME,
    "narrow_quota": KONSTANZ,
    "handover": {"pilot", "office_head"},
    "calendar": {"pilot"},
}


@pytest.mark.parametrize("name", SEEN)
def test_a_row_is_seen_by_these_and_nobody_else_whatever_is_asked(world, name):
    row = getattr(world, name)
    seeing = set()
    for who in ("visitor", *CAST):
        with acting(world, who):
            if type(row)._base_manager.filter(pk=row.pk).exists():
                seeing.add(who)
    assert seeing == SEEN[name]


# --- adding ---------------------------------------------------------------------------------------------------------


def _experience(w, **more):
    values = {"network": w.konstanz, "author": w.people["pilot"], "state": "draft", "rung": "network", **more}
    return Experience(**values)


def _comment(w, who, experience, **more):
    return Comment(experience=experience, author=w.people[who], body="Eingeschoben", **more)


def _workshop(w, who, **more):
    start = timezone.now() + datetime.timedelta(days=3)
    words = {"title": "Untergeschoben", "starts_at": start, "ends_at": start + datetime.timedelta(hours=1)}
    more = {"seats": 3, "registration_ends_at": start, "created_by": w.people[who], **more}
    return Workshop(**words, **more)


def _place(w, who, **more):
    values = {"workshop": w.wide_workshop, "person": w.people[who], "network": w.konstanz, "state": "queued", **more}
    return Registration(**values)


#: Who may not add what, with what is wrong with it.
NOT_ADDED = {
    "an experience in another's name": ("coordinator", _experience),
    "an experience for another city": ("pilot", lambda w: _experience(w, network=w.heilbronn)),
    "an experience that is published already": (
        "pilot",
        lambda w: _experience(w, state="published", published_at=timezone.now()),
    ),
    "an experience by a visitor": ("visitor", _experience),
    "a topic at another's experience": (
        "office_head",
        lambda w: ExperienceTopic(content_object=w.narrow, tag=Topic.objects.create(name="Fremd", slug="fremd")),
    ),
    "a topic at one out of sight": (
        "outsider",
        lambda w: ExperienceTopic(content_object=w.draft, tag=Topic.objects.create(name="Fremd", slug="fremd")),
    ),
    "a comment under what one does not see": ("outsider", lambda w: _comment(w, "outsider", w.narrow)),
    "a comment under a draft": ("pilot", lambda w: _comment(w, "pilot", w.draft)),
    "a comment in another's name": ("outsider", lambda w: _comment(w, "neighbour", w.wide)),
    "a comment for another city": ("outsider", lambda w: _comment(w, "outsider", w.wide, network=w.konstanz)),
    "a seat given to oneself": ("pilot", lambda w: _place(w, "pilot", workshop=w.narrow_workshop, state="seat")),
    "an offer made to oneself": (
        "pilot",
        lambda w: _place(
            w, "pilot", workshop=w.narrow_workshop, state="offered", offered_until=w.narrow_workshop.starts_at
        ),
    ),
    "a request where none is needed": (
        "pilot",
        lambda w: _place(w, "pilot", workshop=w.narrow_workshop, state="requested"),
    ),
    "a quota by a city that was only asked": (
        "neighbour_coordinator",
        lambda w: WorkshopQuota(workshop=w.wide_workshop, network=w.heilbronn, seats=1),
    ),
    "a handover of another's seat": (
        "office_head",
        lambda w: SeatHandover(workshop=w.wide_workshop, giver=w.people["pilot"], taker=w.people["office_head"]),
    ),
    "a handover of a seat that one has not": (
        "outsider",
        lambda w: SeatHandover(workshop=w.wide_workshop, giver=w.people["outsider"], taker=w.people["pilot"]),
    ),
    "a quota by a pilot": (
        "pilot",
        lambda w: WorkshopQuota(workshop=w.wide_workshop, network=w.heilbronn, seats=1),
    ),
    "helpful about what one does not see": (
        "outsider",
        lambda w: Helpful(experience=w.narrow, person=w.people["outsider"]),
    ),
    "helpful about one's own": ("pilot", lambda w: Helpful(experience=w.wide, person=w.people["pilot"])),
    "helpful in another's name": ("outsider", lambda w: Helpful(experience=w.wide, person=w.people["office_head"])),
    "a format by a pilot": (
        "pilot",
        lambda w: ExchangeFormat(hashtag="Fremd", slug="fremd", created_by=w.people["pilot"]),
    ),
    "a format in another's name": (
        "coordinator",
        lambda w: ExchangeFormat(hashtag="Fremd", slug="fremd", created_by=w.people["pilot"]),
    ),
    "one's own city into a format of others": (
        "neighbour_coordinator",
        lambda w: FormatCity(format=w.wide_format, network=w.heilbronn, state="accepted"),
    ),
    "an invitation to a format of others": (
        "neighbour_coordinator",
        lambda w: FormatCity(format=w.wide_format, network=w.giessen, invited_by=w.people["neighbour_coordinator"]),
    ),
    "another city that has not been asked": (
        "coordinator",
        lambda w: FormatCity(format=w.wide_format, network=w.heilbronn, state="accepted"),
    ),
    "an edition of a format of others": (
        "neighbour_coordinator",
        lambda w: Edition(format=w.wide_format, number=9, year=2026),
    ),
    "an edition by a pilot": ("pilot", lambda w: Edition(format=w.wide_format, number=9, year=2026)),
    "a workshop by a pilot": ("pilot", lambda w: _workshop(w, "pilot")),
    "a workshop that is open already": ("coordinator", lambda w: _workshop(w, "coordinator", state="open")),
    "a workshop in a format of others": (
        "neighbour_coordinator",
        lambda w: _workshop(w, "neighbour_coordinator", format=w.wide_format),
    ),
    "one's own city as a host of others": (
        "neighbour_coordinator",
        lambda w: WorkshopHost(workshop=w.narrow_workshop, network=w.heilbronn, state="accepted"),
    ),
    "another city as a host without being asked": (
        "coordinator",
        lambda w: WorkshopHost(workshop=w.wide_workshop, network=w.giessen, state="accepted"),
    ),
    "a place for somebody else": ("coordinator", lambda w: _place(w, "office_head")),
    "a place for another city": ("office_head", lambda w: _place(w, "office_head", network=w.heilbronn)),
    "a place in a workshop out of sight": (
        "outsider",
        lambda w: _place(w, "outsider", workshop=w.narrow_workshop, network=w.giessen),
    ),
    "a place in a draft": ("coordinator", lambda w: _place(w, "coordinator", workshop=w.draft_workshop)),
    "a calendar address of somebody else": (
        "pilot",
        lambda w: CalendarAddress(person=w.people["neighbour"]),
    ),
    "a calendar address by a visitor": ("visitor", lambda w: CalendarAddress(person=w.people["neighbour"])),
}


@pytest.mark.parametrize("what", NOT_ADDED)
def test_nobody_adds(world, what):
    who, row = NOT_ADDED[what]
    made = row(world)
    with acting(world, who):
        assert refused(made.save)


def test_what_is_right_is_added(world):
    """The same shapes as above, so that it is the wrong part that was refused."""
    with acting(world, "pilot"):
        _experience(world).save()
    with acting(world, "outsider"):
        _comment(world, "outsider", world.wide).save()
        Helpful(experience=world.wide, person=world.people["outsider"]).save()
    with acting(world, "office_head"):
        _place(world, "office_head").save()
    with acting(world, "coordinator"):
        made = _workshop(world, "coordinator", format=world.wide_format)
        made.save()
        WorkshopHost.objects.create(workshop=made, network=world.konstanz, state="accepted")
        WorkshopHost.objects.create(workshop=made, network=world.giessen)
        Edition(format=world.wide_format, number=9, year=2026).save()


# --- changing -------------------------------------------------------------------------------------------------------


def _change(row, **values):
    return type(row)._base_manager.filter(pk=row.pk).update(**values)


NOT_CHANGED = {
    "another's experience": ("office_head", lambda w: _change(w.narrow, title="Fremd")),
    "an experience of the network, by its coordination": ("coordinator", lambda w: _change(w.narrow, title="Fremd")),
    "what the moderation hid, by its author": ("pilot", lambda w: _change(w.hidden, hidden_at=None)),
    "the city of a published experience": ("pilot", lambda w: _change(w.wide, network=w.heilbronn)),
    "the author of an experience": ("pilot", lambda w: _change(w.wide, author=w.people["outsider"])),
    "a topic": ("pilot", lambda w: _change(w.narrow_topic, content_object=w.wide)),
    "another's comment": ("pilot", lambda w: _change(w.wide_comment, body="Fremd")),
    "one's own comment that was taken back": ("neighbour", lambda w: _change(w.withdrawn_comment, withdrawn_at=None)),
    "whose a helpful is": ("neighbour", lambda w: _change(w.helpful, person=w.people["outsider"])),
    "a format of others": ("neighbour_coordinator", lambda w: _change(w.narrow_format, motto="Fremd")),
    "a format, by a pilot": ("pilot", lambda w: _change(w.narrow_format, motto="Fremd")),
    "the answer of another city": ("coordinator", lambda w: _change(w.invited_city, state="accepted")),
    "the membership of a city that is in": ("neighbour_coordinator", lambda w: _change(w.owner_city, state="left")),
    "an edition of others": ("neighbour_coordinator", lambda w: _change(w.plain_edition, motto="Fremd")),
    "an edition, by a pilot": ("pilot", lambda w: _change(w.plain_edition, motto="Fremd")),
    "a workshop, by who is asked": ("neighbour_coordinator", lambda w: _change(w.wide_workshop, title="Fremd")),
    "a workshop, by a pilot": ("pilot", lambda w: _change(w.wide_workshop, title="Fremd")),
    "the answer of another host": ("coordinator", lambda w: _change(w.asked_host, state="accepted")),
    "who hosts": ("neighbour_coordinator", lambda w: _change(w.host, state="declined")),
    "another's place": ("neighbour", lambda w: _change(w.seat, state="withdrawn")),
    "one's own place in the queue into a seat": ("outsider", lambda w: _change(w.queued, state="seat")),
    "a quota, by who is asked": ("neighbour_coordinator", lambda w: _change(w.quota, seats=9)),
    "a quota, by a pilot": ("pilot", lambda w: _change(w.quota, seats=9)),
    "who takes a seat over": ("pilot", lambda w: _change(w.handover, taker=w.people["neighbour"])),
    "for which city a quota is": ("coordinator", lambda w: _change(w.quota, network=w.giessen)),
    "another's calendar address": ("neighbour", lambda w: _change(w.calendar, generation=7)),
    "a calendar address, by the operator": ("operator", lambda w: _change(w.calendar, generation=7)),
}


@pytest.mark.parametrize("what", NOT_CHANGED)
def test_nobody_changes(world, what):
    who, act = NOT_CHANGED[what]
    with acting(world, who):
        assert refused(lambda: act(world))


def test_who_left_an_office_changes_nothing_there_without_looking(world):
    """A statement that reads nothing is not asked for the sight by PostgreSQL, so the policy asks for it."""
    place = {"network": world.konstanz, "office": OfficeFactory(network=world.konstanz)}
    kept = ExperienceFactory(**place, author=world.people["pilot"], rung="office")
    with acting(world, "pilot"), connection.cursor() as cursor:
        assert not Experience.objects.filter(pk=kept.pk).exists()
        cursor.execute("UPDATE exchange_experience SET title = 'Blind'")
        assert cursor.rowcount
    kept.refresh_from_db()
    world.draft.refresh_from_db()
    assert (kept.title == "Blind", world.draft.title) == (False, "Blind")


CHANGED = {
    "an experience by its author": ("pilot", lambda w: _change(w.narrow, title="Meins")),
    "a comment by its author": ("neighbour", lambda w: _change(w.wide_comment, body="Meins")),
    "a format by who owns it": ("coordinator", lambda w: _change(w.narrow_format, motto="Unseres")),
    "the own answer": ("neighbour_coordinator", lambda w: _change(w.invited_city, state="accepted")),
    "the own refusal, out of sight": ("neighbour_coordinator", lambda w: _change(w.asked_host, state="declined")),
    "an edition by who owns its format": ("coordinator", lambda w: _change(w.plain_edition, motto="Unseres")),
    "a workshop by a host": ("coordinator", lambda w: _change(w.wide_workshop, title="Unseres")),
    "the own place": ("outsider", lambda w: _change(w.queued, state="withdrawn")),
    "how somebody takes part, by a host": ("coordinator", lambda w: _change(w.queued, mode="online")),
    "a quota by a host": ("coordinator", lambda w: _change(w.quota, seats=3)),
    "the own calendar address": ("pilot", lambda w: _change(w.calendar, generation=7)),
}


@pytest.mark.parametrize("what", CHANGED)
def test_who_may_changes(world, what):
    who, act = CHANGED[what]
    with acting(world, who):
        assert act(world) == 1


# --- removing -------------------------------------------------------------------------------------------------------


def _remove(row):
    return type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


NOT_REMOVED = {
    "another's draft": ("coordinator", lambda w: _remove(w.draft)),
    "what was published, by its author": ("pilot", lambda w: _remove(w.wide)),
    "a topic at another's experience": ("coordinator", lambda w: _remove(w.narrow_topic)),
    "a topic at a draft of others": ("office_head", lambda w: _remove(w.draft_topic)),
    "one's own comment": ("neighbour", lambda w: _remove(w.wide_comment)),
    "a comment under one's own experience": ("pilot", lambda w: _remove(w.wide_comment)),
    "another's helpful": ("pilot", lambda w: _remove(w.helpful)),
    "another's helpful, by the operator": ("operator", lambda w: _remove(w.helpful)),
    "a format": ("coordinator", lambda w: _remove(w.narrow_format)),
    "a city that is in": ("coordinator", lambda w: _remove(w.owner_city)),
    "the own invitation, by who was asked": ("neighbour_coordinator", lambda w: _remove(w.invited_city)),
    "an edition": ("coordinator", lambda w: _remove(w.plain_edition)),
    "a workshop": ("coordinator", lambda w: _remove(w.draft_workshop)),
    "a host": ("coordinator", lambda w: _remove(w.host)),
    "the own question, by who was asked": ("neighbour_coordinator", lambda w: _remove(w.asked_host)),
    "a place": ("coordinator", lambda w: _remove(w.seat)),
    "one's own place": ("pilot", lambda w: _remove(w.seat)),
    "a handover of others": ("coordinator", lambda w: _remove(w.handover)),
    "a handover, by who has a seat too": ("neighbour", lambda w: _remove(w.handover)),
    "a quota, by who is asked": ("neighbour_coordinator", lambda w: _remove(w.quota)),
    "a quota, by a pilot": ("pilot", lambda w: _remove(w.quota)),
    "a calendar address": ("pilot", lambda w: _remove(w.calendar)),
}


@pytest.mark.parametrize("what", NOT_REMOVED)
def test_nobody_removes(world, what):
    who, act = NOT_REMOVED[what]
    with acting(world, who):
        assert refused(lambda: act(world))


@pytest.mark.parametrize("what", ["invited_city", "asked_host"])
def test_who_asked_takes_the_question_back(world, what):
    with acting(world, "coordinator"):
        assert _remove(getattr(world, what)) == 1
