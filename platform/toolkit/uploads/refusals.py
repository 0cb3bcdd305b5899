"""Why a file is not taken: a code for machines, and a sentence that says what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: A file may have so many bytes.
MAX_BYTES = 25 * 1024 * 1024

_FORMATS = _(
    "Möglich sind PDF, Bilder (JPEG, PNG, GIF, WebP), Dokumente aus Word, Excel, PowerPoint und LibreOffice, "
    "Texte (TXT, MD), Tabellen (CSV) und Termine (ICS)."
)

SENTENCES: dict[str, str | _StrPromise] = {
    "empty": _("Die Datei ist leer."),
    "too_large": _("Die Datei ist zu groß: höchstens 25 MB."),
    "unknown_kind": _FORMATS,
    "heic": _("Bilder im Format HEIC zeigt nicht jeder Browser. Bitte speichern Sie das Bild als JPEG."),
    "zip": _("Archive lassen sich nicht prüfen. Bitte hängen Sie die Dateien einzeln an."),
    "old_office": _("Dieses ältere Format nehmen wir nicht an. Bitte speichern Sie die Datei als DOCX, ODT oder PDF."),
    "macros": _("Dokumente mit Makros nehmen wir nicht an. Bitte speichern Sie die Datei ohne Makros."),
    "web_page": _("Webseiten und SVG-Zeichnungen nehmen wir nicht an. Ein PDF oder ein PNG-Bild geht."),
    "mismatch": _(
        "Der Inhalt der Datei passt nicht zu ihrer Endung. Bitte öffnen Sie die Datei und speichern Sie sie neu."
    ),
    "broken": _("Die Datei ist beschädigt und lässt sich nicht lesen. Bitte speichern Sie sie neu."),
    "locked": _("Die Datei ist mit einem Kennwort geschützt und lässt sich nicht prüfen."),
    "bomb": _("Die Datei ist ausgepackt zu groß. Bitte teilen Sie sie auf."),
    "too_many_pixels": _("Das Bild hat zu viele Bildpunkte: höchstens 50 Millionen. Bitte verkleinern Sie es."),
    "too_much_motion": _("Die Animation ist zu groß. Bitte kürzen oder verkleinern Sie sie."),
    "too_much": _("Die Datei ließ sich nicht in vernünftiger Zeit prüfen. Bitte speichern Sie sie kleiner."),
    "unavailable": _("Die Datei konnte gerade nicht gespeichert werden. Bitte versuchen Sie es später noch einmal."),
    "busy": _("Gerade werden viele Dateien geprüft. Bitte versuchen Sie es gleich noch einmal."),
}


class UploadRefused(ValueError):
    """A file is not taken. ``code`` is a key of ``SENTENCES``; ``str(error)`` the sentence for the person."""

    def __init__(self, code: str) -> None:
        super().__init__(str(SENTENCES[code]))
        self.code = code
