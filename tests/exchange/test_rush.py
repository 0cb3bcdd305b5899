"""Five hundred people sign up at once, each on a line of their own to the real server: the right ones sit, all wait."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from exchange.models import Registration
from tests.browser.harness.server import Server, running_server
from tests.exchange.seat_model import Place, Plain
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import QuotaFactory, WorkshopFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CROWD = {"konstanz": 200, "heilbronn": 200, "giessen": 100}
KEPT = {"konstanz": 15, "heilbronn": 10}
SEATS = 40
TOKEN = "a" * 32


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(
        str(connection.settings_dict["NAME"]), tmp_path_factory.mktemp("rush"), settings="tests.exchange.rush_settings"
    ) as running:
        yield running


def signed_in(person: Any) -> str:
    """The cookie of a session of this person's own."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def post(netloc: str, path: str, cookie: str, words: dict[str, Any]) -> bytes:
    """The bytes of a form that is sent."""
    body = urlencode({**words, "csrfmiddlewaretoken": TOKEN})
    head = (
        f"POST {path} HTTP/1.1", f"Host: {netloc}", f"Cookie: {cookie}", "Connection: close",
        "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}",
    )  # fmt: skip
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


async def all_at_once(netloc: str, requests: list[bytes]) -> list[tuple[int, float]]:
    """Open a line for each first, then send everything in the same moment. Status and seconds of each."""
    host, port = netloc.split(":")
    gate = asyncio.Event()
    open_lines = 0

    async def one(request: bytes) -> tuple[int, float]:
        nonlocal open_lines
        reader, writer = await asyncio.open_connection(host, int(port))
        open_lines += 1
        if open_lines == len(requests):
            gate.set()
        await gate.wait()
        begin = time.monotonic()
        writer.write(request)
        await writer.drain()
        status = int((await reader.readline()).split()[1])
        await reader.read()
        writer.close()
        return status, time.monotonic() - begin

    return await asyncio.gather(*(one(request) for request in requests))


def told(what: str, answers: list[tuple[int, float]], seconds: float) -> None:
    """The figures, for whoever runs it with ``-s``."""
    times = sorted(took for _status, took in answers)
    print(  # noqa: T201 -- figures for a person, shown by -s
        f"\n{what}: {len(answers)} at once in {seconds:.1f} s ({len(answers) / seconds:.0f}/s), "
        f"median {statistics.median(times):.2f} s, 95 % within {times[int(len(times) * 0.95)]:.2f} s, "
        f"answers {dict(Counter(status for status, _took in answers))}"
    )


def test_of_five_hundred_at_once_exactly_the_right_ones_get_a_seat(server, konstanz, heilbronn, giessen):
    networks = {"konstanz": konstanz, "heilbronn": heilbronn, "giessen": giessen}
    workshop = WorkshopFactory(hosts=[konstanz, heilbronn], seats=SEATS, offer_hours=24)
    for city, seats in KEPT.items():
        QuotaFactory(workshop=workshop, network=networks[city], seats=seats)
    people = [
        (city, MembershipFactory(network=networks[city]).person)
        for city, number in CROWD.items()
        for _ in range(number)
    ]
    netloc = urlsplit(server.url).netloc
    path = f"/veranstaltungen/{workshop.pk}/"
    home = {person.pk: city for city, person in people}
    cookies = {person.pk: signed_in(person) for _city, person in people}
    # Those of the three cities come mixed, and every tenth brings somebody.
    crowd = sorted(home, key=lambda number: (number * 7919) % 1009)
    asked = [
        post(netloc, f"{path}anmelden/", cookies[number], {
            "network": networks[home[number]].pk, "companions": 1 if place % 10 == 0 else 0, "name_shown": "on",
        })
        for place, number in enumerate(crowd)
    ]  # fmt: skip

    begin = time.monotonic()
    answers = asyncio.run(all_at_once(netloc, asked))
    told("sign-ups", answers, time.monotonic() - begin)
    assert Counter(status for status, _took in answers) == {302: 500}, server.log.read_text()[-3000:]

    plain = Plain(seats=SEATS, quotas=dict(KEPT), offer_hours=24, starts=1_000)
    rows = list(Registration.objects.filter(workshop=workshop).order_by("queued_at", "pk"))
    assert len(rows) == 500
    for row in rows:
        plain.places.append(Place(row.person_id, home[row.person_id], row.pk, row.party, "queued"))
        plain.look(0)
    assert found(workshop) == said(plain)
    workshop.refresh_from_db()
    assert workshop.seats_taken == SEATS

    # All who sit go at once: each seat is offered to the next, and nobody is offered two.
    leaving = [place.who for place in plain.places if place.state == "seat"]
    begin = time.monotonic()
    answers = asyncio.run(
        all_at_once(netloc, [post(netloc, f"{path}abmelden/", cookies[number], {}) for number in leaving])
    )
    told("withdrawals", answers, time.monotonic() - begin)
    assert Counter(status for status, _took in answers) == {302: len(leaving)}, server.log.read_text()[-3000:]
    living = Registration.objects.filter(workshop=workshop, state__in=["offered", "queued"])
    waiting = [row for row in living.order_by("queued_at", "pk") if row.state == "queued"]
    offered = [row for row in living if row.state == "offered"]
    workshop.refresh_from_db()
    assert workshop.seats_taken == sum(row.party for row in offered) <= SEATS
    free = SEATS - workshop.seats_taken
    assert free == 0 or waiting[0].party > free, "a seat is empty while somebody waits for it"

    # And those who were offered one take it.
    answers = asyncio.run(
        all_at_once(
            netloc, [post(netloc, f"{path}angebot/", cookies[row.person_id], {"answer": "yes"}) for row in offered]
        )
    )
    assert Counter(status for status, _took in answers) == {302: len(offered)}
    seated = Registration.objects.filter(workshop=workshop, state="seat")
    assert set(seated.values_list("person_id", flat=True)) == {row.person_id for row in offered}


def found(workshop: Any) -> dict[int, tuple[str, str]]:
    rows = Registration.objects.filter(workshop=workshop)
    return {row.person_id: (row.state, row.pool if row.state == "seat" else "") for row in rows}


def said(plain: Plain) -> dict[int, tuple[str, str]]:
    return {place.who: (place.state, place.pool if place.state == "seat" else "") for place in plain.places}
