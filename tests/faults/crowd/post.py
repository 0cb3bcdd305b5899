"""The way without a socket: one request, one answer, one connection."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

TOKEN = "t" * 32


class NoAnswer(Exception):
    """Nothing came back, or not all: what was asked may have been done."""


async def post(url: str, cookie: str, body: bytes, kind: str = "application/json", patience: float = 8.0) -> bytes:
    """The body of the answer; its status is in front of it, as three digits and a blank."""
    head = f"X-CSRFToken: {TOKEN}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return await _ask("POST", url, f"{cookie}; csrftoken={TOKEN}", head, body, patience)


async def get(url: str, cookie: str, patience: float = 8.0) -> bytes:
    """As ``post``, for what is only read."""
    return await _ask("GET", url, cookie, "", b"", patience)


async def _ask(method: str, url: str, cookie: str, more: str, body: bytes, patience: float) -> bytes:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    head = f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\n{more}Connection: close\r\n\r\n"
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                writer.write(head.encode() + body)
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        raise NoAnswer(url) from error
    top, separator, rest = answer.partition(b"\r\n\r\n")
    words = top.split(b" ", 2)
    if not separator or len(words) < 2:
        raise NoAnswer(url)
    if b"transfer-encoding: chunked" in top.lower():
        rest = _joined(rest)
    return words[1] + b" " + rest


def _joined(chunks: bytes) -> bytes:
    whole = b""
    while chunks:
        size, _line, chunks = chunks.partition(b"\r\n")
        length = int(size or b"0", 16)
        if not length:
            break
        whole, chunks = whole + chunks[:length], chunks[length + 2 :]
    return whole
