"""Our entries in a real CalDAV server: put there, found by time, fetched back, moved, and called off.

Radicale runs beside the test with a folder of its own; it is spoken to by plain HTTP, so that nothing of ours mends
what it gets.
"""

from __future__ import annotations

import datetime
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]  # the package carries no types
from django.test import Client

from exchange.calendars import token_for
from exchange.models import CalendarAddress, Workshop
from exchange.services.workshops import cancel_workshop, save_workshop
from tenancy.models import Network, Person
from tenancy.viewer import viewer_for
from tests.factories.workshops import FormatFactory, RegistrationFactory, WorkshopFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAV = "{DAV:}"
CAL = "{urn:ietf:params:xml:ns:caldav}"
HOME = "/mara/"
CALENDAR = f"{HOME}termine/"
#: Whoever says who they are is believed; the calendar is Mara's.
LOGIN = "Basic bWFyYTptYXJh"
MAKE = """<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>Übersicht</D:displayname>
<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
</D:prop></D:set></C:mkcalendar>"""
LIST = """<?xml version="1.0" encoding="utf-8"?>
<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/><D:getcontenttype/></D:prop></D:propfind>"""
BETWEEN = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"""


@dataclass
class Server:
    """A CalDAV server on this machine."""

    port: int

    def ask(self, method: str, path: str, body: str | bytes = "", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            raw = body.encode() if isinstance(body, str) else body
            connection.request(method, path, raw, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()

    def put(self, path: str, raw: bytes, **headers: str) -> tuple[int, str]:
        """Store one entry; answers the status and the tag under which it is stored."""
        status, _, got = self.ask("PUT", path, raw, Content_Type="text/calendar; charset=utf-8", **headers)
        return status, got.get("ETag", "")

    def names(self) -> dict[str, str]:
        """Every entry that the calendar lists, with its tag."""
        status, raw, _ = self.ask("PROPFIND", CALENDAR, LIST, Depth="1", Content_Type="application/xml")
        assert status == 207
        found = {}
        for row in ET.fromstring(raw).findall(f"{DAV}response"):
            tag, kind = row.find(f".//{DAV}getetag"), row.find(f".//{DAV}getcontenttype")
            if kind is not None and "VEVENT" in (kind.text or ""):
                found[row.findtext(f"{DAV}href", "")] = (tag.text or "") if tag is not None else ""
        return found

    def between(self, start: datetime.datetime, end: datetime.datetime) -> dict[str, str]:
        """The entries that the server finds at a time: their UIDs, and the raw text."""
        asked = BETWEEN.format(start=start.astimezone(datetime.UTC), end=end.astimezone(datetime.UTC))
        status, raw, _ = self.ask("REPORT", CALENDAR, asked, Depth="1", Content_Type="application/xml")
        assert status == 207
        texts = [node.text or "" for node in ET.fromstring(raw).iter(f"{CAL}calendar-data")]
        return {str(_event(text.encode())["uid"]): text for text in texts}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a folder of its own, an empty calendar, and nobody to sign in."""
    folder: Path = tmp_path_factory.mktemp("radicale")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[rights]\ntype = owner_write\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n[web]\ntype = none\n[logging]\nlevel = warning\n"
    )
    (folder / "config").write_text(options)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "radicale", "--config", str(folder / "config")],
            stdout=log, stderr=log, env={k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"},
        )  # fmt: skip
        started = Server(port)
        try:
            _await(started, process, folder / "log")
            yield started
        finally:
            process.terminate()
            process.wait(timeout=20)


def _await(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            server.ask("OPTIONS", "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the CalDAV server did not come up: {log.read_text()}")


@pytest.fixture
def calendar(server: Server) -> Server:
    """An empty calendar."""
    server.ask("DELETE", CALENDAR, Authorization=LOGIN)
    status, raw, _ = server.ask("MKCALENDAR", CALENDAR, MAKE, Content_Type="application/xml", Authorization=LOGIN)
    assert status == 201, raw
    return server


def _event(raw: bytes) -> Any:
    (event,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    return event


def one_by_one(raw: bytes) -> dict[str, bytes]:
    """A feed cut into files of one entry each, as a client puts them; by UID. No METHOD: what is stored has none."""
    head, _, rest = raw.partition(b"BEGIN:VEVENT")
    head = re.sub(rb"METHOD:PUBLISH\r\n", b"", head)
    found = {}
    for body in (b"BEGIN:VEVENT" + rest).split(b"BEGIN:VEVENT")[1:]:
        event = b"BEGIN:VEVENT" + body.partition(b"END:VEVENT\r\n")[0] + b"END:VEVENT\r\n"
        single = head + event + b"END:VCALENDAR\r\n"
        found[str(_event(single)["uid"])] = single
    return found


def facts(raw: bytes) -> tuple[Any, ...]:
    """What has to survive the way, as two parsers read it."""
    event = _event(raw)
    second = vobject.readOne(raw.decode()).vevent
    assert (str(event["summary"]), event["dtstart"].dt) == (second.summary.value, second.dtstart.value)
    return (
        str(event["uid"]),
        int(event["sequence"]),
        event["dtstart"].dt.astimezone(datetime.UTC),
        event["dtend"].dt.astimezone(datetime.UTC),
        str(event["dtstart"].params["TZID"]),
        str(event["summary"]),
        str(event["description"]),
        str(event.get("location", "")),
        str(event["status"]),
        str(event["url"]),
    )


def path_of(uid: str) -> str:
    return f"{CALENDAR}{uid.partition('@')[0]}.ics"


START = datetime.datetime(2031, 7, 3, 8, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def workshops(konstanz: Network, heilbronn: Network, pilot: Person) -> list[Workshop]:
    """Four at which the pilot has a seat: in summer, in winter, over three days, over the change of the clocks."""
    CalendarAddress.objects.create(person=pilot)
    together = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz, heilbronn], rung="public")
    times = [
        ("Grüße aus Öhringen; süß, ß & „Anführung“ \\ 🎉", START, 2),
        ("Im Winter", datetime.datetime(2031, 12, 4, 9, 0, tzinfo=datetime.UTC), 3),
        ("Drei Tage " + "sehr lang " * 12, datetime.datetime(2031, 9, 1, 7, 0, tzinfo=datetime.UTC), 56),
        ("Über die Zeitumstellung", datetime.datetime(2031, 10, 25, 22, 0, tzinfo=datetime.UTC), 5),
    ]
    found: list[Workshop] = []
    for title, begins, hours in times:
        made = WorkshopFactory(
            hosts=[konstanz, heilbronn], format=together, rung="public", title=title.strip(), starts_at=begins,
            ends_at=begins + datetime.timedelta(hours=hours), place="Rathaus, Saal Ä", mode="hybrid",
            online_url="https://video.example/geheim", description="Erst **das**; dann, dies.\n\n- Äpfel\n- Öl",
        )  # fmt: skip
        RegistrationFactory(workshop=made, person=pilot, network=konstanz)
        found.append(made)
    return found


FEEDS = {
    "own": lambda person: f"/veranstaltungen/kalender/{token_for(person.pk, 1)}.ics",
    "public": lambda person: "/veranstaltungen/kalender.ics",
    "city": lambda person: "/netzwerke/konstanz/kalender.ics",
    "format": lambda person: "/formate/knmeetshn/kalender.ics",
}


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_every_feed_survives_the_way_through_a_caldav_server(
    client: Client, calendar: Server, workshops: list[Workshop], pilot: Person, feed: Callable[[Person], str]
):
    sent = one_by_one(client.get(feed(pilot)).content)
    assert len(sent) == 4
    for uid, raw in sent.items():
        status, _ = calendar.put(path_of(uid), raw, If_None_Match="*", Authorization=LOGIN)
        assert status == 201
    assert set(calendar.names()) == {path_of(uid) for uid in sent}
    for uid, raw in sent.items():
        status, back, headers = calendar.ask("GET", path_of(uid))
        assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/calendar")
        assert facts(back) == facts(raw)


def test_the_server_finds_each_at_its_time(client: Client, calendar: Server, workshops: list[Workshop], pilot: Person):
    for uid, raw in one_by_one(client.get(FEEDS["own"](pilot)).content).items():
        calendar.put(path_of(uid), raw, Authorization=LOGIN)
    for workshop in workshops:
        uid = f"{workshop.calendar_uid}@lotsennetz"
        found = calendar.between(workshop.starts_at, workshop.ends_at)
        assert list(found) == [uid]
        assert facts(found[uid].encode())[2:4] == (workshop.starts_at, workshop.ends_at)
        # Not a minute before it begins, and not once it is over.
        minute = datetime.timedelta(minutes=1)
        assert calendar.between(workshop.starts_at - DAY, workshop.starts_at - minute) == {}
        assert calendar.between(workshop.ends_at + minute, workshop.ends_at + DAY) == {}


def test_a_move_and_a_cancellation_replace_what_is_there(
    client: Client, calendar: Server, workshops: list[Workshop], pilot: Person, coordinator: Person
):
    workshop, host = workshops[0], viewer_for(coordinator)
    uid = f"{workshop.calendar_uid}@lotsennetz"

    def sync(tag: str) -> tuple[int, str]:
        raw = one_by_one(client.get(FEEDS["own"](pilot)).content)[uid]
        return calendar.put(path_of(uid), raw, Authorization=LOGIN, **({"If_Match": tag} if tag else {}))

    def stored() -> Any:
        return _event(calendar.ask("GET", path_of(uid))[1])

    status, first = sync("")
    assert (status, int(stored()["sequence"]), str(stored()["status"])) == (201, 0, "CONFIRMED")

    later = {"starts_at": workshop.starts_at + 7 * DAY, "ends_at": workshop.ends_at + 7 * DAY}
    save_workshop(host, workshop.pk, version=1, words=later)
    status, second = sync(first)
    assert (status in (201, 204), second != first) == (True, True)
    assert (int(stored()["sequence"]), stored()["dtstart"].dt) == (1, later["starts_at"])
    assert calendar.between(START, START + DAY) == {}
    assert list(calendar.between(START + 7 * DAY, START + 8 * DAY)) == [uid]
    # Who still has the first one cannot write over the second.
    assert sync(first)[0] == 412

    cancel_workshop(host, workshop.pk, reason="Sturm über Öhringen")
    assert sync(second)[0] in (201, 204)
    gone = stored()
    assert (int(gone["sequence"]), str(gone["status"])) == (2, "CANCELLED")
    assert "Sturm über Öhringen" in str(gone["description"])
    assert "geheim" not in str(gone["description"])
    assert list(calendar.names()) == [path_of(uid)]
