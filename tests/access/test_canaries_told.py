"""Mails, notices and the frames of open lines: each text goes to whom it is for, and to nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache as shared_cache
from django.db import connection

from chat.ids import new_client_id
from exchange.models import Experience
from exchange.services.comments import write_comment
from exchange.services.experiences import change_audience, recall_experience
from exchange.services.formats import answer_format, invite_city, leave_format
from exchange.services.hosting import answer_hosting, invite_host
from exchange.services.seats import take_seat, withdraw
from exchange.services.workshops import cancel_workshop
from moderation.services.decisions import decide_report
from moderation.services.reports import report_thing
from tenancy.services.invitations import invite_by_mail
from tenancy.services.memberships import change_membership, end_membership
from tenancy.services.partnerships import accept_partnership, ask_partnership, end_partnership
from tenancy.viewer import viewer_for
from tests.access.aviary import BIRD, Aviary
from tests.access.canaries import PROGRAMME, build
from tests.access.crawl import CANARY, STAYING
from tests.access.test_every_address import cast
from tests.chat.lines import Line, telephone
from tests.factories.exchange import CommentFactory
from tests.factories.tenancy import MembershipFactory

__all__ = ["cast"]


@pytest.fixture
def birds(cast: SimpleNamespace) -> Aviary:
    shared_cache.clear()
    return build(cast)


def thing(birds: Aviary, model: str, canary: str) -> Any:
    """The thing whose title carries the canary."""
    return next(t for t in birds.of(model) if canary in getattr(t, "title", "") + getattr(t, "hashtag", ""))


def everything_told() -> list[tuple[str, str]]:
    """Every notice and every waiting mail: to whom, and all that it says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.email, n.text || n.url FROM notices_notice n JOIN tenancy_person p ON p.id = n.person_id"
        )
        told: list[tuple[str, str]] = list(cursor.fetchall())
        cursor.execute("SELECT args FROM procrastinate_jobs")
        for (raw,) in cursor.fetchall():
            args: dict[str, Any] = raw if isinstance(raw, dict) else json.loads(raw)
            to = args.get("to", "")
            told += [(one, json.dumps(args)) for one in (to if isinstance(to, list) else [to])]
    return [(str(to), text) for to, text in told]


def wrongly_told(birds: Aviary, cast: SimpleNamespace) -> list[tuple[str, str]]:
    """Who was told a canary that is not theirs; somebody outside of the crowd may be told none at all."""
    names = {person.email: person.given_name for person in birds.of("Person")}
    names |= {getattr(cast, who).email: who for who in STAYING if hasattr(cast, who)}

    def may(to: str, canary: str) -> bool:
        readers = birds.heard_by[canary]
        # Everybody is called by their own name; what the whole programme reads, each of it may be told.
        return names.get(to) in readers or readers >= PROGRAMME or canary in names.get(to, "")

    return [
        (to, canary)
        for to, text in everything_told()
        for canary in CANARY.findall(text)
        if canary in birds.heard_by and canary not in to and not may(to, canary)
    ]


def test_a_comment_is_told_to_those_who_still_read_the_experience(birds: Aviary, cast: SimpleNamespace):
    """Somebody comments on what Konstanz alone reads; who left Konstanz since hears nothing of it."""
    experience = thing(birds, "Experience", "xqknnetworktitlexq")
    CommentFactory(experience=experience, author=cast.office_head, network=cast.konstanz)
    end_membership(viewer_for(cast.coordinator), cast.office_head.memberships.get().pk)
    write_comment(viewer_for(cast.coordinator), experience.pk, body=birds.word("later", "pilot", "coordinator"))
    assert any("xqknnetworktitlexq" in text for _who, text in everything_told())
    assert wrongly_told(birds, cast) == []


def _narrow_and_recall(birds: Aviary, cast: SimpleNamespace) -> None:
    coordinator = viewer_for(cast.coordinator)
    why = birds.word("narrowwhy", "pilot")
    change_audience(coordinator, thing(birds, "Experience", "xqknalltitlexq").pk, rung="network", reason=why)
    recall_experience(coordinator, thing(birds, "Experience", "xqknlandtitlexq").pk, reason=why)


def _seats(birds: Aviary, cast: SimpleNamespace) -> None:
    """Somebody of Gießen takes a seat, somebody gives one back, the workshop is called off."""
    workshop = thing(birds, "Workshop", "xqworkshoptitlexq")
    take_seat(viewer_for(cast.outsider), workshop.pk, mode="online", needs=birds.word("told", "coordinator"))
    withdraw(viewer_for(cast.pilot), workshop.pk)
    seated = {"outsider", "neighbour", "coordinator", "Tim"}
    cancel_workshop(viewer_for(cast.coordinator), workshop.pk, reason=birds.word("calledoff", *seated))
    cancel_workshop(viewer_for(cast.coordinator), thing(birds, "Workshop", "xqknownworkshoptitlexq").pk, reason="Krank")


def _hosting(birds: Aviary, cast: SimpleNamespace) -> None:
    draft = thing(birds, "Workshop", "xqkndraftworkshoptitlexq")
    for canary in birds.heard_by:
        if canary.startswith("xqkndraftworkshop"):
            birds.heard_by[canary].add("neighbour_coordinator")
    invite_host(viewer_for(cast.coordinator), draft.pk, cast.heilbronn.pk)
    answer_hosting(viewer_for(cast.neighbour_coordinator), draft.pk, cast.heilbronn.pk, accept=True)


def _format(birds: Aviary, cast: SimpleNamespace) -> None:
    own = next(f for f in birds.of("ExchangeFormat") if f.slug == "xqknformatxq")
    for canary in birds.heard_by:
        if canary in ("xqknformatxq", "xqknhashtagxq"):
            birds.heard_by[canary].add("neighbour_coordinator")
    invite_city(viewer_for(cast.coordinator), own.pk, cast.heilbronn.pk)
    answer_format(viewer_for(cast.neighbour_coordinator), own.pk, cast.heilbronn.pk, accept=True)
    leave_format(viewer_for(cast.neighbour_coordinator), own.pk, cast.heilbronn.pk)


def _members(birds: Aviary, cast: SimpleNamespace) -> None:
    coordinator = viewer_for(cast.coordinator)
    invite_by_mail(coordinator, cast.konstanz.pk, email="neu@konstanz.example", role="pilot", office_id=None)
    MembershipFactory(network=cast.konstanz, role="coordinator", person__email="zweite@konstanz.example")
    change_membership(coordinator, cast.office_head.memberships.get().pk, role="coordinator", office_id=None)
    for membership in birds.of("Membership"):
        if membership.network_id == cast.konstanz.pk and membership.ended_on is None:
            end_membership(coordinator, membership.pk, reason=birds.word(f"endwhy{'abcdefgh'[membership.pk % 8]}"))


def _partners(birds: Aviary, cast: SimpleNamespace) -> None:
    mine, theirs = viewer_for(cast.coordinator), viewer_for(cast.neighbour_coordinator)
    from tenancy.models import Partnership

    end_partnership(mine, Partnership.objects.get(ended_at=None).pk)
    asked = ask_partnership(theirs, cast.heilbronn.pk, cast.konstanz.pk)
    accept_partnership(mine, asked.pk)


def _moderation(birds: Aviary, cast: SimpleNamespace) -> None:
    """A text of Konstanz is reported from Gießen and hidden: its author reads why, its reporter what became of it."""
    experience = thing(birds, "Experience", "xqknalltitlexq")
    text = birds.word("reportwords", "moderator", "other_moderator")
    report = report_thing(viewer_for(cast.outsider), "experience", experience.pk, reason="insult", text=text)
    why = birds.word("hidewhy", "pilot", "moderator", "outsider")
    moderator = cast.moderator if report.land_id == "08" else cast.other_moderator
    decide_report(viewer_for(moderator), report.pk, action="hide", reason=why)
    assert Experience.objects.get(pk=experience.pk).hidden_at is not None


@pytest.mark.parametrize(
    "story", [_narrow_and_recall, _seats, _hosting, _format, _members, _partners, _moderation], ids=lambda s: s.__name__
)
def test_whatever_services_tell_reaches_its_own_people_alone(
    story: Callable[[Aviary, SimpleNamespace], None], birds: Aviary, cast: SimpleNamespace
):
    before = len(everything_told())
    story(birds, cast)
    assert len(everything_told()) > before
    assert wrongly_told(birds, cast) == []


# --- open lines -----------------------------------------------------------------------------------------------------


async def _all_heard(line: Line) -> str:
    """Every frame that has come, until the line has been silent for a moment."""
    frames = []
    while not await line.silent(0.15):
        frames.append(json.dumps(await line.hear()))
    return "".join(frames)


@pytest.mark.django_db(transaction=True)
async def test_no_frame_carries_a_canary_to_a_line_that_is_not_in_the_conversation(
    birds: Aviary, cast: SimpleNamespace
):
    """Everybody's line tries every command on every conversation while new things are said in all of them."""
    talks = sorted({c.pk for c in birds.of("Conversation")})
    async with telephone() as dial:
        lines = {who: await dial(getattr(cast, who)) for who in STAYING[1:]}
        for line in lines.values():
            await line.say(op="hello")
            for c in talks:
                await line.say(op="subscribe", c=c, after=0)
                await line.say(op="sync", c=c, after=0)
                await line.say(op="read", c=c, seq=1)
        await asyncio.sleep(0.3)
        inside = ("xqlivedirectxq", "xqlivegroupxq")
        words = {
            "neighbour": (talks[0], birds.word("livedirect", "pilot", "neighbour")),
            "coordinator": (talks[1], birds.word("livegroup", "pilot", "coordinator")),
        }
        for who, (c, body) in words.items():
            await lines[who].say(op="send", c=c, id=str(new_client_id()), body=body)
        for who, line in lines.items():
            for c in talks:
                if who not in words:
                    await line.say(op="send", c=c, id=str(new_client_id()), body=f"{BIRD} von außen")
            await line.say(op="ping")
        heard = dict.fromkeys(lines, "")
        async with asyncio.timeout(10):
            while not all(canary in heard["pilot"] for canary in inside):
                for who, line in lines.items():
                    heard[who] += await _all_heard(line)
        for who, line in lines.items():
            heard[who] += await _all_heard(line)
    foreign = {
        who: sorted({c for c in CANARY.findall(text) if who not in birds.heard_by.get(c, {who})})
        for who, text in heard.items()
    }
    assert {who: found for who, found in foreign.items() if found} == {}
    assert {"xqhnmessagexq"} <= set(CANARY.findall(heard["neighbour_coordinator"]))
    assert "xqbeforeleavingxq" not in heard["office_head"]


@pytest.mark.django_db(transaction=True)
async def test_a_line_in_a_conversation_hears_nothing_that_is_said_after_leaving(birds: Aviary, cast: SimpleNamespace):
    from chat.services.conversations import leave_conversation, open_group
    from chat.services.messages import send_message

    def arrange() -> int:
        viewer = viewer_for(cast.pilot)
        return open_group(viewer, "Runde", [cast.office_head.pk, cast.coordinator.pk])

    group = await sync_to_async(arrange)()
    async with telephone() as dial:
        line = await dial(cast.office_head)
        await line.say(op="subscribe", c=group, after=0)
        await line.say(op="ping")
        assert str(group) in (await line.hear_op("beat"))["heads"]
        await sync_to_async(lambda: leave_conversation(viewer_for(cast.office_head), group))()
        word = birds.word("behindthedoor", "pilot", "coordinator")
        await sync_to_async(lambda: send_message(viewer_for(cast.pilot), group, new_client_id(), word))()
        await asyncio.sleep(0.5)
        assert "xqbehindthedoorxq" not in await _all_heard(line)
