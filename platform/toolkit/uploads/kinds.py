"""Which kinds of files are taken, and how each is recognised: by its content, which must agree with its extension."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import puremagic
from django.utils.translation import gettext_lazy as _

from toolkit.uploads.names import extension_of
from toolkit.uploads.refusals import MAX_BYTES, UploadRefused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: As much of the beginning and the end is looked at for what a file is.
HEAD_BYTES = 4096
TAIL_BYTES = 65_557  # as far from the end as the list of an archive may lie


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. ``family`` says who looks into it: ``picture``, ``office``, ``pdf`` or ``text``."""

    family: str
    media_type: str
    word: str | _StrPromise
    #: What puremagic calls it; empty for text, which has no beginning of its own.
    signs: frozenset[str]
    #: For the parser: a format of Pillow, or the type that an office document declares.
    inner: str = ""


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_ZIP = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".zip"})
_JPEG = Kind("picture", "image/jpeg", _("Bild"), frozenset({".jpg", ".jpeg", ".jfif"}), "JPEG")


def _office(word: _StrPromise, media_type: str, inner: str) -> Kind:
    return Kind("office", media_type, word, _ZIP, inner)


def _text(word: _StrPromise, media_type: str) -> Kind:
    return Kind("text", media_type, word, frozenset())


KINDS: dict[str, Kind] = {
    "pdf": Kind("pdf", "application/pdf", "PDF", frozenset({".pdf"})),
    "png": Kind("picture", "image/png", _("Bild"), frozenset({".png"}), "PNG"),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": Kind("picture", "image/gif", _("Bild"), frozenset({".gif"}), "GIF"),
    "webp": Kind("picture", "image/webp", _("Bild"), frozenset({".webp"}), "WEBP"),
    "odt": _office(_("Textdokument"), f"{_ODF}text", f"{_ODF}text"),
    "ods": _office(_("Tabelle"), f"{_ODF}spreadsheet", f"{_ODF}spreadsheet"),
    "odp": _office(_("Präsentation"), f"{_ODF}presentation", f"{_ODF}presentation"),
    "docx": _office(_("Textdokument"), f"{_OOXML}wordprocessingml.document", "wordprocessingml.document.main+xml"),
    "xlsx": _office(_("Tabelle"), f"{_OOXML}spreadsheetml.sheet", "spreadsheetml.sheet.main+xml"),
    "pptx": _office(_("Präsentation"), f"{_OOXML}presentationml.presentation", "presentationml.presentation.main+xml"),
    "txt": _text(_("Text"), "text/plain"),
    "md": _text(_("Text"), "text/markdown"),
    "csv": _text(_("Tabelle"), "text/csv"),
    "ics": _text(_("Termin"), "text/calendar"),
}

#: For ``<input type="file" accept="…">``. Telephones turn their own formats into JPEG where only that is asked for.
ACCEPT = ",".join((*(f".{extension}" for extension in KINDS), "image/jpeg", "image/png", "image/gif", "image/webp"))

_WORDS = {kind.media_type: kind.word for kind in KINDS.values()}

#: Extensions with a sentence of their own.
_NOT_TAKEN = {
    **dict.fromkeys(("heic", "heif", "avif"), "heic"),
    **dict.fromkeys(("zip", "7z", "rar", "gz", "tgz", "tar", "bz2", "xz"), "zip"),
    **dict.fromkeys(("doc", "xls", "ppt", "rtf"), "old_office"),
    **dict.fromkeys(("docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam"), "macros"),
    **dict.fromkeys(("html", "htm", "xhtml", "svg", "svgz", "xml", "mht", "mhtml"), "web_page"),
}

#: What begins like this is a page or a program, whatever it is called.
_NO_TEXT = re.compile(
    rb"(<!doctype|<html|<svg|<\?xml|<\?php|<script|<head|<body|<iframe|%pdf-|%!ps|\{\\rtf|#!)", re.IGNORECASE
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PDF = re.compile(rb"%PDF-[12]\.\d")
#: What Windows-1252 leaves free: no text has these.
_FREE = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def word_for(media_type: str) -> str:
    """The word for a kind of file, as people say it."""
    return str(_WORDS.get(media_type, _("Datei")))


def recognised(name: str, path: Path) -> Kind:
    """The kind of a file by its cleaned name, where its content agrees. Raises ``UploadRefused`` with the reason.

    Pictures and office documents still have to be looked into (``toolkit.uploads.confined``).
    """
    size = path.stat().st_size
    if size == 0:
        raise UploadRefused("empty")
    if size > MAX_BYTES:
        raise UploadRefused("too_large")
    extension = extension_of(name)
    kind = KINDS.get(extension)
    if kind is None:
        raise UploadRefused(_NOT_TAKEN.get(extension, "unknown_kind"))
    head, tail = _ends(path, size)
    if kind.family == "text":
        _require_text(extension, path, head)
    elif not kind.signs & _signs(head):
        raise UploadRefused("heic" if ".heif" in _signs(head) else "mismatch")
    if kind.family == "pdf":
        _require_pdf(head, tail)
    return kind


def _ends(path: Path, size: int) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, size - TAIL_BYTES))
        return head, file.read()


def _signs(head: bytes) -> set[str]:
    try:
        return {match.extension for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return set()


def _require_pdf(head: bytes, tail: bytes) -> None:
    """Begins and ends as a PDF, and is not an archive as well."""
    before, mark, after = tail.rpartition(b"%%EOF")
    if not _PDF.match(head) or not mark or b"startxref" not in before:
        raise UploadRefused("broken")
    if after.strip(b"\r\n\t \0") or _is_archive(tail):
        raise UploadRefused("mismatch")


def _is_archive(tail: bytes) -> bool:
    """Whether an archive ends here: its last record says how long the comment is that follows."""
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
            return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False


def _require_text(extension: str, path: Path, head: bytes) -> None:
    plain = head
    for mark in _MARKS:
        plain = plain.removeprefix(mark)
    if head.startswith(_MARKS[1:]):
        plain = plain.replace(b"\0", b"")
    begin = plain.lstrip()
    if _NO_TEXT.match(begin):
        raise UploadRefused("web_page" if begin.startswith(b"<") else "mismatch")
    text = _decoded(path.read_bytes())
    if text is None or _CONTROL.search(text):
        raise UploadRefused("mismatch")
    if extension == "ics":
        lines = text.strip()
        if not (lines.upper().startswith("BEGIN:VCALENDAR") and lines.upper().endswith("END:VCALENDAR")):
            raise UploadRefused("mismatch")


def _decoded(raw: bytes) -> str | None:
    """The text in one of the encodings that offices write; None where it is none of them."""
    try:
        return raw.decode("utf-16" if raw.startswith(_MARKS[1:]) else "utf-8-sig")
    except UnicodeDecodeError:
        return None if _FREE.search(raw) else raw.decode("cp1252")
