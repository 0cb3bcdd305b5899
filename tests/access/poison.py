"""What nobody types by accident: values for every parameter, field and part of an address."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

ROOT = Path(__file__).resolve().parents[2]
BEYOND = str(2**63)


def mark(*values: object) -> str:
    """A page mark as we make them, with values of the attacker's choice."""
    return base64.urlsafe_b64encode(json.dumps(["n", *values]).encode()).decode().rstrip("=")


#: Each kind of hostile value by name, so that a failure says which one it was.
POISON: dict[str, str] = {
    "nul": "a\x00b",
    "half a character": "a\udc80\ud800",
    "right to left": "\u202egnp.exe\u2066",
    "beyond a bigint": BEYOND,
    "beyond an integer": str(2**31),
    "negative": "-1",
    "huge": "9" * 5_000,
    "not a number": "NaN",
    "endless": "Infinity",
    "a digit of another script": "\u0664\u00b2",
    "no such day": "2026-02-31",
    "before time": "0000-00-00T25:61",
    "the first day": "0001-01-01T00:00",
    "the last day": "9999-12-31T23:59",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a quoted end": "');--%s%(x)s{0}{x}{{ x }}",
    "a new header": "x\r\nBcc: alle@anderswo.example",
    "an address elsewhere": "//anderswo.example/",
    "a script as an address": "javascript:alert(1)",
    "a pattern": "((((((a+)+)+)+)+$",
    "a wild card": "%_\\",
    "a mark of a day without a zone": mark("0001-01-01T00:00:00", 1),
    "a mark of a day before all": mark("0001-01-01T00:00:00+14:00", 1),
    "a mark beyond": mark(2**70, 2**70),
    "a mark of truth": mark(True, None),
    "a mark too deep": base64.urlsafe_b64encode(b"[" * 5_000).decode(),
    "a mark of words": mark("a\x00", "\ud800"),
}
LONG = "ä" * 500_000

_PARAMETER = re.compile(r"""(?:GET|query_params)\.get(?:list)?\(\s*["'](\w+)["']|text_asked\(request, ["'](\w+)["']""")
_FIELD = re.compile(r"^ {4}(\w+) = (?:forms\.\w+|\w*Field|_line|_text)\(", re.MULTILINE)
_NAME = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)\"""")


def sources(*below: str) -> Iterator[str]:
    """The text of our Python files under any folder called one of ``below``."""
    for top in ("exchange", "chat", "platform"):
        for file in (ROOT / top).rglob("*.py"):
            if not below or set(below) & set(file.parts):
                yield file.read_text()


def parameters() -> list[str]:
    """Every name that some view reads from an address, found in the sources, and those of forms that search."""
    found = {a or b for text in sources() for a, b in _PARAMETER.findall(text)}
    found |= {name for text in sources("forms") for name in _FIELD.findall(text)}
    return sorted(found | {"page", "seite", "next", "topic", "land", "network", "area", "stage", "email", "code"})


def fields_of(html: str) -> set[str]:
    """The names of what can be filled in on a page; the tokens of the frame left out."""
    return set(_NAME.findall(html)) - {"csrfmiddlewaretoken"}


def parameters_were_read(answer: Any) -> bool:
    """Whether anybody looked at the parameters. Where nobody does, no other value of theirs can change the answer."""
    return "GET" in vars(answer.wsgi_request)  # taken apart when first asked for, and kept


def body_was_read(answer: Any) -> bool:
    """Whether anybody looked at what was sent. Where nobody does, nothing else that is sent can change the answer."""
    return hasattr(answer.wsgi_request, "_post") or answer.wsgi_request._read_started


class Watched:
    """Runs a request and knows what it wrote for good, and whether it broke."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        with CaptureQueriesContext(connection) as queries:
            self.response = ask()
        self.written = list(_kept(query["sql"] for query in queries.captured_queries))

    @property
    def broke(self) -> str:
        """What went wrong, or nothing: a 500, or a refusal that wrote all the same."""
        status = self.response.status_code
        if getattr(self.response, "streaming", False):
            return ""  # a file of ours
        if status >= 500:
            fault = getattr(self.response, "exc_info", None)
            return f"{status} {fault[0].__name__}: {str(fault[1])[:200]}" if fault else str(status)
        if status >= 400 and self.written:
            return f"{status}, and yet: {self.written[0][:120]}"
        stored = next((sql for sql in self.written if "\u202e" in sql or "\x00" in sql), "")
        if stored:
            return f"{status}, and stored what turns words around: {stored[:120]}"
        if b"<script>alert(1)" in self.response.content and "html" in self.response.headers.get("Content-Type", ""):
            return f"{status}, and said a script aloud"
        return ""


#: A session, and the address that the sign-in library copies from a login when it first looks for it.
NOTHING_OF_OURS = {"django_session", "account_emailaddress"}
_WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


def _kept(statements: Iterable[str]) -> Iterator[str]:
    """The writing statements that no savepoint took back; sessions and waiting jobs of refusals are nothing of ours."""
    open_points: list[tuple[str, list[str]]] = [("", [])]
    for sql in statements:
        if sql.startswith("SAVEPOINT"):
            open_points.append((sql.split()[1], []))
        elif sql.startswith("ROLLBACK TO SAVEPOINT") and len(open_points) > 1:
            open_points[-1] = (open_points[-1][0], [])
        elif sql.startswith("RELEASE SAVEPOINT") and len(open_points) > 1:
            inner = open_points.pop()[1]
            open_points[-1][1].extend(inner)
        elif (written := _WRITES.match(sql)) and written.group(1) not in NOTHING_OF_OURS:
            open_points[-1][1].append(sql)
    for _name, left in open_points:
        yield from left
