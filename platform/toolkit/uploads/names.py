"""What a file is called: as its uploader said it, without what could lead astray."""

from __future__ import annotations

import unicodedata

MAX_NAME = 120
MAX_EXTENSION = 10


def clean_name(said: str) -> str:
    """A name without folders, control characters, marks that turn the direction of writing, and signs of file systems.

    At most 120 characters, and the extension stays. A name of which nothing is left is „Datei“.
    """
    name = said.replace("\\", "/").rpartition("/")[2]
    # Categories C*: control, format (with the marks of direction), half characters, not assigned.
    seen = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", name))
    kept = "".join(c for c in seen if not unicodedata.category(c).startswith("C"))
    plain = "".join("-" if c in '<>:"|?*' else c for c in kept)
    stem, extension = _parted(" ".join(plain.split()).rstrip(" ."))
    stem = stem[: MAX_NAME - len(extension)].strip(" .") or "Datei"
    return stem + extension


def _parted(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not dot:
        return name, ""
    extension = extension.strip()[:MAX_EXTENSION].rstrip()
    return stem, f".{extension}" if extension else ""


def extension_of(name: str) -> str:
    """The extension of a name, small, without its dot; empty where there is none."""
    return _parted(name)[1][1:].lower()
