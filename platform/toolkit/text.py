"""Text that comes from outside: made clean once, and folded for sorting and for forgiving comparison."""

from __future__ import annotations

import re
import unicodedata

# Bidirectional overrides and isolates let a name show as another one; names never need them.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
#: What is searched for is no longer than a person types.
QUERY_LENGTH = 200
_NOT_WORD = re.compile(r"[^a-z0-9]+")


class UncleanText(ValueError):
    """The text holds something that no keyboard writes, such as half a character (a lone surrogate)."""


def clean_text(text: str, *, multiline: bool = False) -> str:
    """Return ``text`` in NFC without control characters and without bidirectional overrides, stripped.

    Newlines and tabs stay when ``multiline``; otherwise every run of white space becomes one space.
    Raises ``UncleanText`` for lone surrogates, which PostgreSQL cannot store.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UncleanText(str(error)) from error
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").translate(_BIDI)
    if multiline:
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
        return text.strip()
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())


def fold(text: str) -> str:
    """Fold for forgiving comparison: lower case, ä as ae, accents dropped, only letters, digits, single spaces."""
    text = unicodedata.normalize("NFC", text).casefold().translate(_GERMAN)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", text).strip()


def sort_key(text: str) -> str:
    """A key that sorts as German telephone-free lists do (DIN 5007-1: ä sorts as a, ß as ss).

    Computed here because the embedded PostgreSQL has no ICU collations.
    """
    text = unicodedata.normalize("NFC", text).casefold().replace("ß", "ss")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", text).strip()


def clean_query(text: str) -> str:
    """What somebody searches for: clean, in one line, and no longer than a person types."""
    try:
        return clean_text(text)[:QUERY_LENGTH].strip()
    except UncleanText:
        return ""


_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"))


def spellings(text: str) -> list[str]:
    """The text as it is, with ae for ä, and with ä for ae: the search finds the one by the other.

    PostgreSQL takes the dots off by itself, so ``Buro`` finds ``Büro`` without this.
    """
    plain, dotted = text.replace("ß", "ss"), text
    for umlaut, letters in _UMLAUTS:
        plain, dotted = plain.replace(umlaut, letters), dotted.replace(letters, umlaut)
    return list(dict.fromkeys([text, plain, dotted]))
