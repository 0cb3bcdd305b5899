"""How a file is shown: a word and a sign for its kind."""

from __future__ import annotations

from django import template

from toolkit.uploads.kinds import KINDS, word_for

register = template.Library()

_SIGNS = {kind.media_type: ("image", "mint") for kind in KINDS.values() if kind.family == "picture"} | {
    "application/pdf": ("picture_as_pdf", "red"),
    KINDS["xlsx"].media_type: ("query_stats", "mint"),
    KINDS["ods"].media_type: ("query_stats", "mint"),
    "text/csv": ("query_stats", "mint"),
    KINDS["pptx"].media_type: ("slideshow", "orange"),
    KINDS["odp"].media_type: ("slideshow", "orange"),
}
_ANY = ("description", "blue")


@register.filter
def file_word(media_type: str) -> str:
    """The word for a kind of file: „Bild“, „Tabelle“."""
    return word_for(media_type)


@register.filter
def file_icon(media_type: str) -> str:
    """The icon of a kind of file, as the island draws it."""
    return _SIGNS.get(media_type, _ANY)[0]


@register.filter
def file_tone(media_type: str) -> str:
    """The hue of its tile."""
    return _SIGNS.get(media_type, _ANY)[1]
