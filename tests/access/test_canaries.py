"""Crawl everything as everybody: no text is heard where it must not, and each is heard by whom it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache as shared_cache
from django.db import connection
from django.test import Client
from django.urls import resolve

from exchange.services.comments import write_comment
from tenancy.services.memberships import end_membership
from tenancy.viewer import viewer_for
from tests.access.canaries import BIRD, Aviary, build, paths
from tests.access.table import PEOPLE
from tests.access.test_every_address import cast
from tests.factories.exchange import CommentFactory

if TYPE_CHECKING:
    from tenancy.models import Person

__all__ = ["cast"]

CROWD = (*PEOPLE, "neighbour", "neighbour_coordinator", "removed", "suspended")
CANARY = re.compile(r"xq[a-z]+xq")
SEARCHES = (
    *("/suche/?q={}", "/erfahrungen/?q={}", "/erfahrungen/?q={}&sort=match", "/erfahrungen/feed/?q={}"),
    *("/personen/?q={}", "/personen/?amt={}", "/personen/?thema={}", "/personen/?ort={}", "/netzwerke/?q={}"),
    *("/themen/vorschlaege/?q={}", "/kommunen/vorschlaege/?q={}", "/api/v1/experiences/?q={}"),
    *("/api/v1/people/?q={}", "/api/v1/people/?topic={}", "/api/v1/people/?office={}", "/api/v1/networks/?q={}"),
    *("/chat/neu/?q={}", "/erfahrungen/themen/?q={}"),
)


@pytest.fixture
def birds(cast: SimpleNamespace) -> Aviary:
    shared_cache.clear()
    return build(cast)


def heard(client: Client, birds: Aviary) -> dict[str, str]:
    """Every canary that somebody hears, with the first address where."""
    found: dict[str, str] = {}
    searches = [address.format(BIRD) for address in SEARCHES]
    only_written_to: set[str] = set()
    for path in dict.fromkeys([*paths(birds), *searches]):
        name = resolve(path.partition("?")[0]).view_name
        if name in only_written_to:
            continue
        response = client.get(path)
        assert response.status_code < 500, path
        if response.status_code == 405:
            # The method is refused before anybody asks which number it was: one says it for all of them.
            only_written_to.add(name)
        told = b"".join(getattr(response, "streaming_content", ())) or response.content
        for canary in CANARY.findall(told.decode("utf-8", "replace") + repr(dict(response.headers))):
            if canary not in path:
                found.setdefault(canary, path)
    return found


def sign_in(who: str, cast: SimpleNamespace, as_person: Callable[[Person], Client]) -> Client:
    """The browser of one of the crowd; ``removed`` and ``suspended`` signed in before that happened to them."""
    if who == "anonymous":
        return Client()
    if who == "removed":
        client = as_person(cast.office_head)
        end_membership(viewer_for(cast.coordinator), cast.office_head.memberships.get().pk)
        return client
    if who == "suspended":
        client = as_person(cast.coordinator)
        type(cast.coordinator).objects.filter(pk=cast.coordinator.pk).update(is_active=False)
        return client
    return as_person(getattr(cast, who))


@pytest.mark.slow
@pytest.mark.parametrize("who", CROWD)
def test_nobody_hears_a_canary_that_is_not_theirs_and_everybody_hears_their_own(
    who: str, birds: Aviary, cast: SimpleNamespace, as_person: Callable[[Person], Client]
):
    own = {"removed": {"xqdecisiontitlexq", "xqdecisionreasonxq"}}.get(who)
    mine = {canary for canary, crowd in birds.heard_by.items() if who in crowd} if own is None else own
    found = heard(sign_in(who, cast, as_person), birds)
    foreign = {canary: path for canary, path in found.items() if canary in birds.heard_by and canary not in mine}
    assert foreign == {}
    assert sorted(mine - set(found)) == []


def test_mails_and_notices_carry_canaries_to_their_own_people_alone(birds: Aviary, cast: SimpleNamespace):
    """Somebody comments on what Konstanz alone reads; who left Konstanz since hears nothing of it."""
    experience = next(t for t in birds.things if getattr(t, "title", "").startswith(f"{BIRD} xqnetworktitle"))
    CommentFactory(experience=experience, author=cast.office_head, network=cast.konstanz)
    end_membership(viewer_for(cast.coordinator), cast.office_head.memberships.get().pk)
    write_comment(viewer_for(cast.coordinator), experience.pk, body=birds.word("later", "pilot", "coordinator"))
    told = _everything_told()
    assert any("networktitle" in text for _who, text in told)  # the test could fail
    emails = {getattr(cast, who).email: who for who in CROWD if hasattr(cast, who)}
    wrong = [
        (to, canary)
        for to, text in told
        for canary in CANARY.findall(text)
        if canary in birds.heard_by and emails.get(to) not in birds.heard_by[canary]
    ]
    assert wrong == []


def _everything_told() -> list[tuple[str, str]]:
    """Every notice and every waiting mail: to whom, and all that it says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.email, n.text || n.url FROM notices_notice n JOIN tenancy_person p ON p.id = n.person_id"
        )
        told: list[tuple[str, str]] = list(cursor.fetchall())
        cursor.execute("SELECT args FROM procrastinate_jobs")
        for (raw,) in cursor.fetchall():
            args: dict[str, Any] = raw if isinstance(raw, dict) else json.loads(raw)
            told.append((str(args.get("to", "")), json.dumps(args)))
    return told
