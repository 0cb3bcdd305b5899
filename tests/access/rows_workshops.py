"""Formats and workshops: the cities that accepted own them as equals; drafts, names and needs are the hosts'."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from tests.access.table import Row, everyone, hidden
from tests.factories.tenancy import NetworkFactory
from tests.factories.workshops import EditionFactory, FormatFactory, RegistrationFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """A format of Konstanz and Heilbronn, one that asks Konstanz, and workshops in every state."""
    konstanz, heilbronn = cast.konstanz, cast.heilbronn
    both = [konstanz, heilbronn]
    owned = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=both, invited=[cast.giessen])
    third = NetworkFactory()
    owned.cities.create(network=third, state="asked")
    EditionFactory(format=owned, number=1)
    taken = WorkshopFactory(hosts=both)
    RegistrationFactory(workshop=taken, person=cast.pilot, network=konstanz)
    return SimpleNamespace(
        konstanz=konstanz,
        heilbronn=heilbronn,
        giessen=cast.giessen,
        format=owned,
        single=FormatFactory(hashtag="Nur2", slug="nur2", cities=both),
        public=FormatFactory(hashtag="Offen", slug="offen", cities=[heilbronn], rung="public"),
        narrow=FormatFactory(hashtag="Eng", slug="eng", cities=[konstanz], rung="network"),
        asks=FormatFactory(hashtag="Fragt", slug="fragt", cities=[heilbronn], invited=[konstanz], rung="network"),
        third=third,
        others=FormatFactory(hashtag="Andere", slug="andere", cities=[heilbronn, cast.giessen]),
        asked=FormatFactory(hashtag="Gebeten", slug="gebeten", cities=[heilbronn], asking=[konstanz]),
        unfounded=FormatFactory(hashtag="Neu1", slug="neu1", cities=[konstanz], rung="public", founded_at=None),
        open=WorkshopFactory(hosts=both),
        asking=WorkshopFactory(hosts=both, asked=[cast.giessen]),
        public_workshop=WorkshopFactory(hosts=[heilbronn], rung="public"),
        narrow_workshop=WorkshopFactory(hosts=[konstanz], rung="network"),
        taken=taken,
        draft=WorkshopFactory(hosts=[konstanz], state="draft"),
        asked_draft=WorkshopFactory(hosts=[heilbronn], asked=[konstanz], state="draft"),
    )


def pk(name: str) -> Any:
    return lambda world: {"pk": getattr(world, name).pk}


def slug(name: str, **more: Any) -> Any:
    return lambda world: {"slug": getattr(world, name).slug, **more}


def owners(method: str, status: int, kwargs: Any, **more: Any) -> Row:
    """Seen by the whole programme, done by the coordination of an owning city; the operator does not even see it."""
    people = {"outsider": 403, "pilot": 403, "office_head": 403, "moderator": 403, "other_moderator": 403}
    return Row(method, kwargs, **{**people, "operator": 404, "anonymous": 302, "coordinator": status, **more})


def coordinators(method: str, status: int, **more: Any) -> Row:
    """Whoever coordinates a network, any network."""
    people = {"outsider": 403, "pilot": 403, "office_head": 403, "moderator": 403, "other_moderator": 403}
    return Row(method, None, **{**people, "operator": 403, "anonymous": 302, "coordinator": status, **more})


def programme(method: str, kwargs: Any, **more: Any) -> Row:
    """Read by everybody in the programme; visitors and the operator find nothing."""
    return Row(method, kwargs, **{"anonymous": 404, "operator": 404, **more})


PEOPLE_OF_KONSTANZ = {"pilot": 200, "coordinator": 200, "office_head": 200}
DAY = (timezone.localdate() + datetime.timedelta(days=30)).isoformat()
WORDS = {
    "title": "Neu", "kind": "workshop", "day": DAY, "begins": "10:00", "ends": "12:00", "mode": "on_site", "seats": "9",
    "rung": "all", "version": "1",
}  # fmt: skip
FORMAT_WORDS = {"hashtag": "GImeetsKN", "rung": "all", "version": "1"}
EDITION = {"number": "7", "year": "2025", "state": "held"}
#: May take a seat: people of a network. Others of the programme see it and are told why not.
SEATS: dict[str, Any] = {"outsider": 302, "pilot": 302, "coordinator": 302, "office_head": 302, "moderator": 403,
         "other_moderator": 403, "operator": 404, "anonymous": 302}  # fmt: skip


def network(name: str, **more: Any) -> Any:
    return lambda world: {"network": getattr(world, name).pk, **more}


ROWS = {
    "exchange:format-list": everyone("get", 200),
    "exchange:format-detail": programme("get", slug("format")),
    "exchange:format-detail#public": everyone("get", 200, slug("public")),
    "exchange:format-detail#narrow": hidden("get", slug("narrow"), **PEOPLE_OF_KONSTANZ, anonymous=404),
    "exchange:format-detail#invited": hidden("get", slug("asks"), coordinator=200, anonymous=404),
    "exchange:format-new": coordinators("get", 200),
    "exchange:format-new#post": Row(
        "post",
        None,
        outsider=403,
        pilot=403,
        office_head=403,
        moderator=403,
        other_moderator=403,
        operator=403,
        coordinator=302,
        data=lambda w: {**FORMAT_WORDS, "network": w.konstanz.pk},
    ),
    "exchange:format-edit": owners("get", 200, slug("format")),
    "exchange:format-edit#post": owners("post", 302, slug("format"), data=FORMAT_WORDS),
    "exchange:format-invite": owners("post", 302, slug("single"), data=network("giessen")),
    "exchange:format-recall": owners("post", 302, slug("format"), data=network("giessen")),
    "exchange:format-answer": hidden("post", slug("asks"), coordinator=302, data=network("konstanz", answer="yes")),
    "exchange:format-leave": owners("post", 302, slug("format"), data=network("konstanz")),
    "exchange:format-leave#of-others": owners("post", 403, slug("format"), data=network("heilbronn")),
    "exchange:edition-new": owners("get", 200, slug("format")),
    "exchange:edition-new#post": owners("post", 302, slug("format"), data=EDITION),
    "exchange:edition-edit": owners("get", 200, slug("format", number=1)),
    "exchange:format-detail#unfounded": hidden("get", slug("unfounded"), coordinator=200, anonymous=404),
    "exchange:format-ask": owners("post", 302, slug("others"), data=network("konstanz")),
    "exchange:format-ask-back": owners("post", 302, slug("asked"), data=network("konstanz")),
    "exchange:format-ask-answer": owners("post", 302, slug("format"), data=network("third", answer="yes")),
    "exchange:format-ask-answer#of-others": owners("post", 403, slug("others"), data=network("konstanz", answer="yes")),
    "exchange:format-ideas": coordinators("get", 200, outsider=200, **PEOPLE_OF_KONSTANZ),
    "exchange:workshop-list": everyone("get", 200),
    "exchange:workshop-list#past": everyone("get", 200, query="zeit=vergangen&meine=1"),
    "exchange:workshop-detail": programme("get", pk("open")),
    "exchange:workshop-detail#public": everyone("get", 200, pk("public_workshop")),
    "exchange:workshop-detail#narrow": hidden("get", pk("narrow_workshop"), **PEOPLE_OF_KONSTANZ, anonymous=404),
    "exchange:workshop-detail#draft": hidden("get", pk("draft"), coordinator=200, anonymous=404),
    "exchange:workshop-detail#asked": hidden("get", pk("asked_draft"), coordinator=200, anonymous=404),
    "exchange:workshop-new": coordinators("get", 200),
    "exchange:workshop-new#post": coordinators("post", 302, data=lambda w: {**WORDS, "network": w.konstanz.pk}),
    "exchange:workshop-edit": owners("get", 200, pk("open")),
    "exchange:workshop-edit#post": owners("post", 302, pk("open"), data=WORDS),
    "exchange:workshop-edit#draft": hidden("get", pk("draft"), coordinator=200),
    "exchange:workshop-edit#asked": hidden("get", pk("asked_draft"), coordinator=403),
    "exchange:workshop-open": hidden("post", pk("draft"), coordinator=302),
    "exchange:workshop-cancel": owners("get", 200, pk("open")),
    "exchange:workshop-cancel#post": owners("post", 302, pk("open"), data={"reason": "Krank."}),
    "exchange:workshop-delete": hidden("post", pk("draft"), coordinator=302),
    "exchange:workshop-delete#open": owners("post", 403, pk("open")),
    "exchange:host-invite": owners("post", 302, pk("open"), data=network("giessen")),
    "exchange:host-recall": owners("post", 302, pk("asking"), data=network("giessen")),
    "exchange:host-answer": hidden("post", pk("asked_draft"), coordinator=302, data=network("konstanz", answer="yes")),
    "exchange:seat-take": Row(
        "post", pk("open"), **{**SEATS, "outsider": 422}, data=lambda w: {"network": w.konstanz.pk}
    ),
    "exchange:seat-withdraw": owners("post", 403, pk("taken"), pilot=302),
    "exchange:participant-list": owners("get", 200, pk("taken"), pilot=200),
    "exchange:participant-csv": owners("get", 200, pk("taken")),
    "rest-workshop-list": everyone("get", 200),
    "rest-workshop-detail": programme("get", pk("open")),
    "rest-workshop-detail#draft": everyone("get", 404, pk("draft")),
    "rest-workshop-detail#narrow": everyone("get", 404, pk("narrow_workshop"), **PEOPLE_OF_KONSTANZ),
    "rest-format-list": everyone("get", 200),
    "rest-format-detail": programme("get", slug("format")),
    "rest-format-detail#invited": everyone("get", 404, slug("asks"), coordinator=200),
}
