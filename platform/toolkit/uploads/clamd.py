"""Asking the virus scanner clamd, in its own protocol: one word, the file in pieces, one line as answer."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PIECE_BYTES = 64 * 1024
#: For the line, and for each answer (seconds): a large document takes clamd a while.
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 120.0
MAX_ANSWER = 4096


class ScannerAway(OSError):
    """clamd did not answer, or not in a way that says something about the file. Ask again later."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the scanner says of a file; ``virus`` is empty when it found none."""

    virus: str = ""


def scanned(address: str, path: Path) -> Finding:
    """What clamd at ``address`` (``tcp://host:3310`` or ``unix:///run/clamav/clamd.ctl``) says of a file.

    Raises ``ScannerAway`` when it says nothing.
    """
    try:
        with _line(address) as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE_BYTES):
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(b"\0\0\0\0")
            return _understood(_answer(line))
    except FileNotFoundError:
        if not path.exists():
            raise
        raise ScannerAway(address) from None  # its socket is not there
    except ScannerAway:
        raise
    except OSError as error:
        raise ScannerAway(f"{address}: {error}") from error


def _line(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT_SECONDS)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
    else:
        line = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), CONNECT_SECONDS)
    line.settimeout(ANSWER_SECONDS)
    return line


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < MAX_ANSWER:
        piece = line.recv(MAX_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _understood(said: str) -> Finding:
    """``stream: OK``, ``stream: NAME FOUND``; everything else says nothing about the file."""
    answer = said.partition(":")[2].strip()
    if answer == "OK":
        return Finding()
    if answer.endswith(" FOUND"):
        return Finding(answer.removesuffix(" FOUND") or "unknown")
    raise ScannerAway(said or "no answer")
