"""Handing out an uploaded file: as something to save, in a sandbox, in pieces, and also a part of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Generator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

PIECE_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")

#: Whatever is in it, a browser that opens it runs nothing, asks for nothing, and lends it to no other site.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Desks are shared: after signing out nothing of it is left in the browser.
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
}


class _Pieces(StreamingHttpResponse):
    """Reads on as fast as the reader takes it: in a thread beside the loop under ASGI, plainly elsewhere.

    The file is opened with the first piece, so that an answer nobody reads holds nothing open.
    """

    def __init__(self, path: Path, begin: int, end: int, *, status: int, content_type: str) -> None:
        self._path, self._begin, self._end = path, begin, end
        super().__init__(self._read(), status=status, content_type=content_type)

    def _read(self) -> Generator[bytes, None, None]:
        with self._path.open("rb") as file:
            file.seek(self._begin)
            while piece := file.read(min(PIECE_BYTES, self._end - file.tell())):
                yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = self._read()
        try:
            while piece := await asyncio.to_thread(next, pieces, b""):
                yield piece
        finally:
            pieces.close()


def handed_out(
    request: HttpRequest, path: Path, *, name: str, media_type: str, tag: str, inline: bool = False
) -> HttpResponseBase:
    """The file at ``path``, to be saved under ``name``; ``inline`` is for pictures that we drew ourselves.

    ``tag`` stands for its content, which never changes. Raises ``FileNotFoundError``.
    """
    size = path.stat().st_size
    etag = f'"{tag}"'
    begin, end = 0, size
    if request.headers.get("Range") and request.headers.get("If-Range", etag) == etag:
        asked = _asked(request.headers["Range"], size)
        if asked is None:
            return HttpResponse(status=416, headers={**HEADERS, "Content-Range": f"bytes */{size}"})
        begin, end = asked
    status = 200 if (begin, end) == (0, size) else 206
    answer = _Pieces(path, begin, end, status=status, content_type=media_type)
    for header, value in (HEADERS | {"ETag": etag, "Content-Length": str(end - begin)}).items():
        answer.headers[header] = value
    if answer.status_code == 206:
        answer.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    answer.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
    return answer


def _asked(header: str, size: int) -> tuple[int, int] | None:
    """The part that is asked for, as begin and end; all of it where we do not understand; None: there is no such."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match[1] == match[2] == "":
        return 0, size
    if not match[1]:
        length = int(match[2])
        return (max(0, size - length), size) if length else None
    begin = int(match[1])
    end = min(size, int(match[2]) + 1) if match[2] else size
    return (begin, end) if begin < size and begin < end else None
