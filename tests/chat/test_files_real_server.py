"""A file by way of a real server: Daphne takes it, keeps it whole, and hands it out in pieces."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from tests.browser.harness.server import Server, running_server
from tests.chat import files
from tests.chat.lines import session_of

if TYPE_CHECKING:
    from tenancy.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Any:
    with running_server(str(connection.settings_dict["NAME"]), tmp_path) as running:
        yield running


def asked(
    server: Server, person: Person, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, Any, bytes]:
    """Status, headers and body of what the server answers to somebody who is signed in."""
    token = "a" * 32
    cookies = f"{settings.SESSION_COOKIE_NAME}={session_of(person).session_key}; csrftoken={token}"
    more = {"Cookie": cookies, "X-CSRFToken": token, "Origin": server.url, "Referer": server.url + "/"}
    request = Request(server.url + path, data=body, headers=more | headers)
    with urlopen(request, timeout=60) as answer:
        return answer.status, answer.headers, answer.read()


def uploaded(server: Server, person: Person, conversation_id: int, name: str, content: bytes) -> dict[str, Any]:
    """What the server says of a file that somebody uploads, as a browser does."""
    edge = uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + f"\r\n--{edge}--\r\n".encode()
    kind = f"multipart/form-data; boundary={edge}"
    path = f"/chat/{conversation_id}/dateien/"
    status, _, told = asked(server, person, path, body, **{"Content-Type": kind})
    assert status == 201
    file: dict[str, Any] = json.loads(told)
    return file


def test_a_large_file_comes_back_as_it_went_and_in_parts(server, pilot, direct):
    lines = random.Random(7).choices(["Straße;Öffnung", "Markt 1;8 Uhr", "Rathaus;geschlossen"], k=400_000)
    content = "\n".join(lines).encode()
    file = uploaded(server, pilot, direct, "Liste.csv", content)
    assert (file["state"], file["size"]) == ("ready", len(content))
    status, headers, whole = asked(server, pilot, file["url"])
    assert (status, headers["Content-Length"], whole == content) == (200, str(len(content)), True)
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Content-Disposition"] == 'attachment; filename="Liste.csv"'
    status, _, part = asked(server, pilot, file["url"], Range="bytes=1000000-1999999")
    assert (status, part == content[1_000_000:2_000_000]) == (206, True)
    # A picture is drawn anew by a process of its own.
    picture = uploaded(server, pilot, direct, "Flur.jpg", files.picture("JPEG", (1200, 800)))
    _, headers, small = asked(server, pilot, picture["preview"])
    assert (headers["Content-Type"], small[8:12]) == ("image/webp", b"WEBP")
