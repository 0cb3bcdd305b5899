"""Experiences: who is in sight reads; the author writes; the coordination steers; everybody else finds nothing."""

from __future__ import annotations

from types import SimpleNamespace

from tests.access.table import everyone, hidden, signed_in
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """One that Konstanz reads, one that all networks read, one for everybody, a draft, and a comment of the pilot's."""
    experience = ExperienceFactory(network=cast.konstanz, author=cast.pilot, rung="network")
    return SimpleNamespace(
        experience=experience,
        for_all=ExperienceFactory(network=cast.heilbronn, author=cast.neighbour, rung="all"),
        public=ExperienceFactory(network=cast.heilbronn, author=cast.neighbour, rung="public"),
        draft=DraftFactory(network=cast.konstanz, author=cast.pilot),
        comment=CommentFactory(experience=experience, author=cast.pilot),
        konstanz=cast.konstanz,
    )


def of(name: str):
    """The number of a thing of the world, for the address."""
    return lambda world: {"pk": getattr(world, name).pk}


FILLED = {"title": "Neu", "summary": "Kurz.", "what_we_did": "Dies.", "rung": "network", "version": 1}
IN_KONSTANZ = {"pilot": 200, "coordinator": 200, "office_head": 200}

ROWS = {
    "exchange:home": everyone("get", 200),
    "exchange:search": everyone("get", 200, query="q=akte"),
    "exchange:experience-list": everyone("get", 200),
    "exchange:experience-feed": everyone("get", 200),
    "exchange:topic-suggest": signed_in("get", 200, query="q=e"),
    "exchange:experience-mine": signed_in("get", 200),
    "exchange:experience-new": signed_in("get", 200, moderator=403, other_moderator=403, operator=403),
    "exchange:experience-new#post": signed_in(
        "post",
        422,
        data=lambda w: {"title": "Neu", "network": w.konstanz.pk},
        pilot=302,
        coordinator=302,
        office_head=302,
        moderator=403,
        other_moderator=403,
        operator=403,
    ),
    "exchange:experience-detail": hidden("get", of("experience"), anonymous=404, **IN_KONSTANZ),
    "exchange:experience-detail#draft": hidden("get", of("draft"), anonymous=404, pilot=200),
    "exchange:experience-detail#all": everyone("get", 200, of("for_all"), anonymous=404, operator=404),
    "exchange:experience-detail#public": everyone("get", 200, of("public")),
    "exchange:experience-edit": hidden("get", of("experience"), pilot=200, coordinator=403, office_head=403),
    "exchange:experience-edit#draft": hidden("get", of("draft"), pilot=200),
    "exchange:experience-edit#post": hidden(
        "post", of("experience"), data=FILLED, pilot=302, coordinator=403, office_head=403
    ),
    "exchange:experience-autosave": hidden("post", of("draft"), data=FILLED, pilot=200),
    "exchange:experience-autosave#published": hidden(
        "post", of("experience"), data=FILLED, pilot=403, coordinator=403, office_head=403
    ),
    "exchange:experience-publish": hidden("post", of("draft"), pilot=302),
    "exchange:experience-publish#again": hidden(
        "post", of("experience"), pilot=403, coordinator=403, office_head=403
    ),
    "exchange:experience-audience": hidden(
        "post", of("experience"), data={"rung": "land", "reason": "So ist es gedacht."},
        pilot=302, coordinator=302, office_head=403,
    ),
    "exchange:experience-recall": hidden(
        "post", of("experience"), data={"reason": "Es stimmt nicht mehr."}, pilot=302, coordinator=302, office_head=403
    ),
    "exchange:experience-delete": hidden("post", of("draft"), pilot=302),
    "exchange:experience-delete#published": hidden(
        "post", of("experience"), pilot=403, coordinator=403, office_head=403
    ),
    "exchange:experience-helpful": hidden(
        "post", of("experience"), data={"on": "1"}, pilot=403, coordinator=302, office_head=302
    ),
    "exchange:experience-helpful#public": signed_in("post", 302, of("public"), data={"on": "1"}, operator=403),
    "exchange:comment-write": hidden(
        "post", of("experience"), data={"body": "Danke!"}, pilot=302, coordinator=302, office_head=302
    ),
    "exchange:comment-write#public": signed_in("post", 302, of("public"), data={"body": "Danke!"}, operator=403),
    "exchange:comment-edit": hidden("get", of("comment"), pilot=200, coordinator=403, office_head=403),
    "exchange:comment-edit#post": hidden(
        "post", of("comment"), data={"body": "Anders."}, pilot=302, coordinator=403, office_head=403
    ),
    "exchange:comment-withdraw": hidden("post", of("comment"), pilot=302, coordinator=403, office_head=403),
    "rest-experience-list": everyone("get", 200),
    "rest-experience-detail": hidden("get", of("experience"), anonymous=404, **IN_KONSTANZ),
    "rest-experience-detail#draft": hidden("get", of("draft"), anonymous=404),
    "rest-experience-detail#public": everyone("get", 200, of("public")),
}  # fmt: skip
