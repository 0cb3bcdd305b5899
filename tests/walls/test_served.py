"""The engine under the real Daphne with Django's pool: many people, few connections, nobody sees another's row."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.browser.harness.server import Server, running_server
from tests.factories.exchange import ExperienceFactory
from tests.factories.tenancy import MembershipFactory, NetworkFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser: their number, their cookie, and what they and the other one wrote for themselves."""

    person_id: int
    cookie: str
    own: str
    own_pk: int

    def get(self, line: http.client.HTTPConnection, address: str) -> tuple[int, bytes]:
        line.request("GET", address, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.cookie}"})
        answer = line.getresponse()
        return answer.status, answer.read()


def line_to(server: Server) -> contextlib.closing[http.client.HTTPConnection]:
    return contextlib.closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60))


@pytest.fixture(scope="module")
def server(django_db_setup, tmp_path_factory) -> Iterator[Server]:
    database = connection.settings_dict["NAME"]
    with running_server(database, tmp_path_factory.mktemp("served"), settings="tests.walls.served_settings") as running:
        yield running


@pytest.fixture
def two(as_person, db) -> list[Visitor]:
    """Two people of two cities; each has written something for the own city alone."""
    people = []
    for name in ("Heron", "Otter"):
        seat = MembershipFactory(network=NetworkFactory())
        card = ExperienceFactory(network=seat.network, author=seat.person, rung="network", title=f"Musterkarte {name}")
        cookie = as_person(seat.person).cookies[settings.SESSION_COOKIE_NAME].value
        people.append(Visitor(seat.person.pk, cookie, card.title, card.pk))
    return people


@pytest.mark.parametrize(
    ("lines", "turns", "probes"),
    [
        (12, 10, ["/probe/thread/"]),
        # It asks for connections in threads beside its own, so many of it at once wait for each other.
        (2, 20, ["/probe/loop/"]),
    ],
    ids=["threads", "loop"],
)
def test_nobody_sees_the_others_row_whatever_comes_in_at_once(server, two, lines, turns, probes):
    """640 requests of two people, over three connections of the database."""
    wrong: list[Any] = []
    asked = []
    begin = threading.Barrier(lines)

    def browse(number: int) -> None:
        me, other = two[number % 2], two[(number + 1) % 2]
        begin.wait()
        with line_to(server) as line:
            ask(number, line, me, other)

    def ask(number: int, line: http.client.HTTPConnection, me: Visitor, other: Visitor) -> None:
        for turn in range(turns):
            for address in (*probes, f"/erfahrungen/{me.own_pk}/", f"/erfahrungen/{other.own_pk}/", "/erfahrungen/"):
                status, body = me.get(line, address)
                asked.append(address)
                if address.startswith("/probe/") and status != 200:
                    right = False
                elif address.startswith("/probe/"):
                    found = json.loads(body)
                    right = set(found["told"]) == {str(me.person_id)} and found["titles"] == [me.own]
                elif address == f"/erfahrungen/{other.own_pk}/":
                    right = status == 404
                else:
                    right = status == 200 and me.own.encode() in body
                if not right or (status == 200 and other.own.encode() in body):
                    wrong.append((number, turn, address, status, body[:300]))

    with ThreadPoolExecutor(lines) as threads:
        list(threads.map(browse, range(lines)))
    assert wrong == []
    assert len(asked) == lines * turns * (len(probes) + 3)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE state = 'active') FROM pg_stat_activity "
            "WHERE application_name = 'lotsennetz' AND usename = 'lotsennetz' AND datname = current_database()"
        )
        connections, active = cursor.fetchone()
    assert connections <= 3, "the pool was not used"
    assert active == 0


def test_a_visitor_comes_in_after_somebody_and_sees_what_is_public(server, two):
    with line_to(server) as line:
        for _ in range(5):
            status, body = two[0].get(line, "/erfahrungen/")
            assert status == 200
            assert two[0].own.encode() in body
            line.request("GET", "/erfahrungen/")
            body = line.getresponse().read()
            assert two[0].own.encode() not in body


def test_what_goes_on_after_the_answer_acts_for_nobody(server, two):
    """A task that a request leaves behind takes its context along: it acts for the viewer only until the answer."""
    me = two[0]
    deadline = time.monotonic() + 10
    found: dict[str, Any] = {}
    with line_to(server) as line:
        assert me.get(line, "/probe/task/one/")[0] == 200
        while "acting" not in found and time.monotonic() < deadline:
            found = json.loads(me.get(line, "/probe/found/one/")[1])
            time.sleep(0.05)
    assert found == {"during": str(me.person_id), "afterwards": "", "acting": None}
