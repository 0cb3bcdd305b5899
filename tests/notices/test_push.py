"""Push: sealed for one browser, with a proof of who sends, to public hosts alone, while its person is signed in."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from notices import webpush
from notices.models import NoticeWish, PushSubscription
from notices.services.push import push, push_to_browser, subscribe
from notices.webpush import BadAddress, Browser, b64, unb64
from tenancy.models import Person
from tenancy.viewer import viewer_for
from toolkit.acting import acting_as

DAY = datetime(2026, 11, 3, 11, tzinfo=ZoneInfo("Europe/Berlin"))


class Receiver:
    """A browser with its push service: keeps what comes, and opens it as RFC 8291 says."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"0123456789abcdef"
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 201
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def browser(self) -> Browser:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        port = self.server.server_address[1]
        return Browser(f"http://127.0.0.1:{port}/push/abc?x=1", b64(point), b64(self.secret))

    def opened(self, body: bytes) -> bytes:
        return opened(body, self.key, self.secret)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def opened(body: bytes, key: ec.EllipticCurvePrivateKey, secret: bytes) -> bytes:
    """What a browser reads: written from RFC 8291 and 8188, apart from the code that seals."""

    def derive(of: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(hashes.SHA256(), length, salt, info).derive(of)

    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    theirs, records = body[21 : 21 + length], body[21 + length :]
    assert len(records) <= size
    mine = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    mixed = derive(shared, secret, b"WebPush: info\x00" + mine + theirs, 32)
    content = derive(mixed, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = derive(mixed, salt, b"Content-Encoding: nonce\x00", 12)
    padded = AESGCM(content).decrypt(nonce, records, None).rstrip(b"\0")
    assert padded.endswith(b"\x02")
    return padded[:-1]


@contextmanager
def dripping(server: socket.socket) -> Iterator[None]:
    """A service that answers whoever comes with a letter now and then, and never ends."""
    over = threading.Event()

    def drip() -> None:
        answering, _address = server.accept()
        with answering, suppress(OSError):
            answering.sendall(b"HTTP/1.1 201 Created\r\nX-Slow: ")
            while not over.wait(0.05):
                answering.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.PUSH_TO_PRIVATE = True
    settings.DEFAULT_FROM_EMAIL = "Lotsennetz <netz@lotsennetz.example>"
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def by_day(monkeypatch) -> None:
    """No quiet hours, whenever the tests run."""
    monkeypatch.setattr("notices.services.push.loud_moments", lambda _people: {})


def subscribed(client: Client, receiver: Receiver, device: str = "Firefox") -> int:
    said = {
        "endpoint": receiver.browser.endpoint,
        "expirationTime": None,
        "keys": {"p256dh": receiver.browser.p256dh, "auth": receiver.browser.auth},
        "device": device,
    }
    answer = client.post(reverse("notices:push-on"), json.dumps(said), content_type="application/json")
    assert answer.status_code == 201, answer.content
    number: int = answer.json()["id"]
    return number


def pushed(person: Person, tag: str = "chat-1") -> int:
    with acting_as(viewer_for(person)):
        return push(viewer_for(person), title="Lotsennetz", body="Neue Nachricht in „Runde“", url="/chat/1/", tag=tag)


def carry_out() -> None:
    """What the worker does."""
    for job in ProcrastinateJob.objects.filter(task_name="notices.push").order_by("id"):
        push_to_browser(**job.args)


# --- the seal and the proof -----------------------------------------------------------------------------------------


def test_sealing_gives_the_bytes_of_the_standard():
    """The example of RFC 8291, section 5 and appendix A."""
    sender = ec.derive_private_key(
        int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    browser = Browser(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    sealed = webpush.sealed(
        b"When I grow up, I want to be a watermelon",
        browser,
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        key=sender,
        padded=0,
    )
    assert b64(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.django_db
def test_a_push_service_gets_a_sealed_message_and_a_proof_of_who_sends(pilot, as_person, receiver, by_day):
    subscribed(as_person(pilot), receiver)
    assert pushed(pilot) == 1
    carry_out()
    ((headers, body),) = receiver.got
    assert json.loads(receiver.opened(body)) == {
        "title": "Lotsennetz",
        "body": "Neue Nachricht in „Runde“",
        "url": "/chat/1/",
        "tag": "chat-1",
    }
    assert b"Runde" not in body
    assert (headers["Content-Encoding"], headers["Topic"]) == ("aes128gcm", "chat-1")
    scheme, token, key = headers["Authorization"].replace(",", "").split()
    assert scheme == "vapid"
    assert key.removeprefix("k=") == webpush.public_key()
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(webpush.public_key()))
    audience = receiver.browser.endpoint.split("/push")[0]
    claims = jwt.decode(token.removeprefix("t="), point, algorithms=["ES256"], audience=audience)
    assert claims["sub"] == "mailto:netz@lotsennetz.example"
    with pytest.raises(InvalidTag):
        opened(body, ec.generate_private_key(ec.SECP256R1()), receiver.secret)


def test_messages_of_any_length_look_alike(receiver):
    lengths = {len(webpush.sealed(b"x" * n, receiver.browser)) for n in (1, 100, 900)}
    assert len(lengths) == 1


def test_the_key_is_made_once_and_kept_from_others(settings, tmp_path):
    webpush._private_key.cache_clear()
    settings.DATA_DIR, settings.VAPID_PRIVATE_KEY = tmp_path / "new", ""
    first = webpush.public_key()
    webpush._private_key.cache_clear()
    assert webpush.public_key() == first
    (file,) = (tmp_path / "new").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("vapid_key", 0o600)
    settings.VAPID_PRIVATE_KEY = file.read_text()
    settings.DATA_DIR = tmp_path / "elsewhere"
    assert webpush.public_key() == first
    webpush._private_key.cache_clear()


# --- where it goes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://10.0.0.7/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://100.64.0.1/x",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "https://8.8.8.8:8443/x",
        "https://user@8.8.8.8/x",
        "https://8.8.8.8/" + "x" * 1000,
        "file:///etc/passwd",
        "https://",
        "",
    ],
)
def test_nothing_is_sent_to_where_no_push_service_is(endpoint):
    with pytest.raises(BadAddress):
        webpush.reachable(endpoint)


def test_a_name_that_points_inside_is_refused_and_what_was_looked_at_is_connected_to(monkeypatch):
    answers = {"mixed.example": ["8.8.8.8", "10.0.0.1"], "good.example": ["8.8.8.8"]}
    monkeypatch.setattr("socket.getaddrinfo", lambda host, *_a, **_k: [(0, 0, 0, "", (a, 443)) for a in answers[host]])
    with pytest.raises(BadAddress):
        webpush.reachable("https://mixed.example/x")
    assert webpush.reachable("https://good.example/x") == ("good.example", 443, "8.8.8.8")


# --- whose it is ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(status, pilot, as_person, receiver, by_day):
    subscribed(as_person(pilot), receiver)
    receiver.status = status
    pushed(pilot)
    carry_out()
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_a_push_service_that_is_down_is_asked_again(pilot, as_person, receiver, by_day):
    subscribed(as_person(pilot), receiver)
    receiver.status = 503
    pushed(pilot)
    with pytest.raises(ConnectionError):
        carry_out()
    assert PushSubscription.objects.count() == 1


@pytest.mark.django_db
def test_a_push_service_that_drips_is_not_waited_for(monkeypatch, settings):
    settings.PUSH_TO_PRIVATE = True
    monkeypatch.setattr(webpush, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server, dripping(server):
        key = b64(b"\x04" + bytes(64))
        browser = Browser(f"http://127.0.0.1:{server.getsockname()[1]}/", key, b64(bytes(16)))
        begun = time.monotonic()
        with suppress(OSError):  # an answer that breaks off in a header is one, or none
            webpush.post(browser, b"sealed")
        assert time.monotonic() - begun < 3


def test_after_signing_out_a_browser_is_told_nothing(pilot, as_person, receiver, by_day):
    client = as_person(pilot)
    subscribed(client, receiver)
    client.logout()
    assert pushed(pilot) == 0
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_browser_tells_whoever_signed_in_last(pilot, coordinator, as_person, receiver, by_day):
    subscribed(as_person(pilot), receiver)
    subscribed(as_person(coordinator), receiver)
    assert (pushed(pilot), pushed(coordinator)) == (0, 1)


@pytest.mark.django_db
def test_nobody_sees_or_removes_the_browsers_of_another(pilot, coordinator, as_person, receiver):
    number = subscribed(as_person(pilot), receiver, "Das Telefon der Lotsin")
    with acting_as(viewer_for(coordinator)):
        assert not PushSubscription.objects.exists()
    other = as_person(coordinator)
    assert "Das Telefon der Lotsin" not in other.get("/mitteilungen/").content.decode()
    assert other.post(reverse("notices:push-off"), {"browser": number}).status_code == 404
    assert PushSubscription.objects.count() == 1
    mine = as_person(pilot)
    assert "Das Telefon der Lotsin" not in other.get("/mitteilungen/").content.decode()
    assert mine.post(reverse("notices:push-off"), {"browser": number}).status_code == 302
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_quiet_hours_hold_for_browsers_too(pilot, as_person, receiver, monkeypatch):
    subscribed(as_person(pilot), receiver)
    monkeypatch.setattr("django.utils.timezone.now", lambda: DAY.replace(hour=23))
    assert pushed(pilot) == 0
    NoticeWish.objects.create(person=pilot, quiet=False)
    Session.objects.update(expire_date=DAY.replace(year=2030))
    assert pushed(pilot) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{}",
        b'{"endpoint": "https://127.0.0.1/x", "keys": {"p256dh": "x", "auth": "y"}}',
        b'{"endpoint": "https://8.8.8.8/x", "keys": {"p256dh": "x", "auth": "y"}}',
        b'{"endpoint": "https://8.8.8.8/\\u0000", "keys": {"p256dh": "x", "auth": "y"}}',
        b'{"endpoint": "\\ud800", "keys": {"p256dh": "x", "auth": "y"}}',
        b"x" * 5000,
    ],
)
def test_whatever_a_browser_says_wrongly_is_refused(said, pilot, as_person):
    answer = as_person(pilot).post(reverse("notices:push-on"), said, content_type="application/json")
    assert answer.status_code == 400
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_a_person_has_ten_browsers_at_most(pilot, settings):
    settings.PUSH_TO_PRIVATE = True
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = b64(key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint))
    for n in range(13):
        browser = Browser(f"http://127.0.0.1/{n}", point, b64(b"0123456789abcdef"))
        subscribe(viewer_for(pilot), browser, device=f"Browser {n}", session="s")
    kept = PushSubscription.objects.order_by("pk").values_list("device", flat=True)
    assert list(kept) == [f"Browser {n}" for n in range(3, 13)]
