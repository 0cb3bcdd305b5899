"""Lists that people paste or upload: read line by line, and told line by line what was taken and what not.

No line is ever lost: every line that holds something comes back exactly once, with its number.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from toolkit.text import UncleanText, clean_text, fold

MAX_LINES = 2_000
MAX_BYTES = 1_000_000

T = TypeVar("T")


class TooMuch(ValueError):
    """The list is longer than anything we would take; ``str(error)`` is a sentence for the person."""


@dataclass(slots=True)
class Line(Generic[T]):
    """One line: its number in the list, its text, what it means (or nothing), and what there is to say about it.

    ``error`` says why it was not taken; ``notes`` what is remarkable although it was.
    """

    number: int
    text: str
    value: T | None = None
    error: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        return self.value is not None and not self.error

    def refuse(self, why: str) -> None:
        self.error = why


def decode(data: bytes) -> str:
    """The text of an uploaded list: UTF-8, else Windows-1252, as spreadsheets in offices write it."""
    if len(data) > MAX_BYTES:
        raise TooMuch(_("Die Datei ist zu groß: höchstens 1 MB."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def split_line(text: str, marks: str = ";\t,") -> list[str]:
    """The cells of a line, parted by the first of the ``marks`` that it holds, quotes understood."""
    mark = next((mark for mark in marks if mark in text), ";")
    try:
        cells = next(csv.reader([text], delimiter=mark), [])
    except csv.Error:
        cells = text.split(mark)
    return [" ".join(cell.split()) for cell in cells]


def read_lines(
    text: str,
    header: Sequence[str],
    understand: Callable[[Line[T], list[str]], T | None],
    *,
    marks: str = ";\t,",
) -> list[Line[T]]:
    """Read a list. ``understand`` returns what the cells mean, or refuses the line; ``marks`` part the cells.

    A first line of nothing but words of ``header`` (folded) is taken for the heading of the table and left out.
    Raises ``TooMuch`` for more than 2,000 lines.
    """
    return list(_read(text, header, understand, marks))


def _read(
    text: str, header: Sequence[str], understand: Callable[[Line[T], list[str]], T | None], marks: str
) -> Iterator[Line[T]]:
    rows = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(rows) > MAX_LINES:
        raise TooMuch(_("Die Liste ist zu lang: höchstens %(max)d Zeilen.") % {"max": MAX_LINES})
    for number, row in enumerate(rows, start=1):
        try:
            clean = clean_text(row, multiline=True)
        except UncleanText:
            yield Line(number, repr(row)[1:80], error=_("Die Zeile enthält Zeichen, die sich nicht speichern lassen."))
            continue
        cells = split_line(clean, marks)
        if not any(cells):
            continue
        if number == 1 and all(fold(cell) in header for cell in cells if cell):
            continue
        line: Line[T] = Line(number, clean)
        line.value = understand(line, cells)
        if line.value is None and not line.error:
            line.refuse(_("Diese Zeile verstehen wir nicht."))
        yield line
