"""The operator's own texts: Impressum, Datenschutz, Barrierefreiheit."""

from __future__ import annotations

from toolkit.models import LegalText


def legal_text(page: str, language: str) -> str:
    """The text of ``page`` as Markdown in ``language``, else the German one, else nothing."""
    texts = dict(LegalText.objects.filter(page=page).values_list("language", "body"))
    return texts.get(language) or texts.get("de", "")
