"""The way without a socket: one request, one answer, one connection."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

TOKEN = "t" * 32


class NoAnswer(Exception):
    """Nothing came back, or not all: what was asked may have been done."""


async def post(url: str, cookie: str, body: bytes, kind: str = "application/json", patience: float = 8.0) -> bytes:
    """The body of the answer; its status is in front of it, as three digits and a blank."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}; csrftoken={TOKEN}\r\n"
        f"X-CSRFToken: {TOKEN}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
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
