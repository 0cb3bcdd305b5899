"""Web push: the payload sealed for one browser (RFC 8291), the sender's proof (RFC 8292), and a guarded POST.

Forty lines on ``cryptography`` and ``PyJWT``, which are here anyway: the packages for it bring a second HTTP client, or
none that looks where it connects to.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import os
import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: What is sealed is filled up to so many bytes, so that its length tells nothing.
PADDED = 1024
#: A push service keeps it so long (seconds) for a browser that is off; later it would be old.
KEPT = 4 * 3600
TIMEOUT = 10.0
#: After so long (seconds) it is over, also with a service that says a letter every nine seconds: it is named by whoever
#: subscribes, and the worker has other things to do.
PATIENCE = 30.0
_PROOF_HOLDS = 12 * 3600


class BadAddress(ValueError):
    """A browser does not live there: not https, not a public host, or no address at all."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where one browser is reached, and with what its messages are sealed; as it said itself."""

    endpoint: str
    p256dh: str
    auth: str


def b64(data: bytes) -> str:
    """base64url without padding, as everything of web push is written."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The reverse; raises ``ValueError``."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


# --- keys -----------------------------------------------------------------------------------------------------------


@cache
def _private_key(configured: str, kept_in: Path) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(unb64(configured or _kept_key(kept_in)), "big")
    return ec.derive_private_key(number, ec.SECP256R1())


def _kept_key(kept_in: Path) -> str:
    """The key of this installation, made at the first call and readable by its owner alone."""
    fresh = b64(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))
    kept_in.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = kept_in.with_name(f"{kept_in.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(fresh)
    try:
        os.link(beside, kept_in)  # whole or not at all, and the first of several processes wins
    except FileExistsError:
        return kept_in.read_text().strip()
    finally:
        beside.unlink()
    return fresh


def _key() -> ec.EllipticCurvePrivateKey:
    return _private_key(settings.VAPID_PRIVATE_KEY, settings.DATA_DIR / "vapid_key")


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def public_key() -> str:
    """What a browser is told when it subscribes: messages signed by another key will not reach it."""
    return b64(_point(_key().public_key()))


def proof(endpoint: str) -> str:
    """The ``Authorization`` with which a push service knows us again."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + _PROOF_HOLDS,
        "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    return f"vapid t={jwt.encode(claims, _key(), algorithm='ES256')}, k={public_key()}"


# --- sealing --------------------------------------------------------------------------------------------------------


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def browser_key(p256dh: str) -> ec.EllipticCurvePublicKey:
    """The key of a browser; raises ``ValueError`` for what is none."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(p256dh))


def sealed(
    plain: bytes,
    browser: Browser,
    *,
    salt: bytes = b"",
    key: ec.EllipticCurvePrivateKey | None = None,
    padded: int = PADDED,
) -> bytes:
    """``plain`` as only this browser can read it. ``salt`` and ``key`` are made for each message but in tests."""
    salt = salt or os.urandom(16)
    key = key or ec.generate_private_key(ec.SECP256R1())
    theirs, ours = browser_key(browser.p256dh), _point(key.public_key())
    secret = key.exchange(ec.ECDH(), theirs)
    mixed = _derived(secret, unb64(browser.auth), b"WebPush: info\0" + _point(theirs) + ours, 32)
    seal = AESGCM(_derived(mixed, salt, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derived(mixed, salt, b"Content-Encoding: nonce\0", 12)
    filled = plain + b"\x02" + b"\0" * max(0, padded - len(plain))
    return salt + struct.pack("!IB", 4096, len(ours)) + ours + seal.encrypt(nonce, filled, None)


# --- sending --------------------------------------------------------------------------------------------------------


def reachable(endpoint: str) -> tuple[str, int, str]:
    """Host, port and the address to connect to. Raises ``BadAddress`` for what no push service would be.

    Whoever subscribes names the endpoint, so it could be anything: our own machine, the city's network. Every address
    that the name has must be a public one, and the one that was looked at is the one that is connected to.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadAddress("no address") from error
    if settings.PUSH_TO_PRIVATE:
        return host, port or 80, host
    if parts.scheme != "https" or not host or port not in (None, 443) or parts.username or len(endpoint) > 1000:
        raise BadAddress("not an https address")
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise ConnectionError(f"No address of {host}") from error
    if not found or not all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found):
        raise BadAddress("not a public host")
    return host, 443, sorted(found)[0]


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was looked at, and asks for the certificate of the name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def post(browser: Browser, body: bytes, *, topic: str = "") -> int:
    """Hand a sealed message to the push service; its status. Raises ``BadAddress`` and ``OSError``; follows nothing."""
    host, port, address = reachable(browser.endpoint)
    parts = urlsplit(browser.endpoint)
    headers = {
        "Authorization": proof(browser.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT),
        "Urgency": "normal",
    }
    if topic:
        headers["Topic"] = topic  # a later one takes the place of this one, where it still waits
    connection: http.client.HTTPConnection
    if settings.PUSH_TO_PRIVATE:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    else:
        connection = _Pinned(host, port, address)
    watch = threading.Timer(PATIENCE, _cut, [connection])
    watch.start()
    try:
        connection.request("POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a connection under the hands of whoever waits for it."""
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
