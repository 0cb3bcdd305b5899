"""Where uploaded files lie: below ``MEDIA_ROOT``, by key, never by name.

``<room>/ab/cd/abcd…`` is the file, with ``.preview`` behind it the small picture. ``<room>/incoming`` holds what is
still being looked at; it is on the same disk, so that a file appears in its place whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

#: Read by the group as well: who backs up is another user.
_FOLDER_MODE = 0o750
_FILE_MODE = 0o640


@dataclass(frozen=True, slots=True)
class Place:
    """Where one file lies, and its preview if it has one."""

    file: Path
    preview: Path

    def remove(self) -> None:
        """Take both away; nothing happens where they are gone already."""
        self.preview.unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)


def _root(room: str) -> Path:
    return Path(settings.MEDIA_ROOT) / room


def place_of(room: str, key: UUID) -> Place:
    """Where the file of a key lies, or would lie."""
    folder = _root(room) / key.hex[:2] / key.hex[2:4]
    return Place(folder / key.hex, folder / f"{key.hex}.preview")


@contextmanager
def incoming(room: str) -> Iterator[Path]:
    """A folder for the files of one upload while they are looked at; gone with the block."""
    folder = _root(room) / "incoming" / uuid4().hex
    _make(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(room: str, key: UUID, file: Path, preview: Path | None) -> Place:
    """Move what was looked at to its place, for good: it is there after a power cut too."""
    place = place_of(room, key)
    _make(place.file.parent)
    try:
        if preview is not None:
            _move(preview, place.preview)
        _move(file, place.file)
    except OSError:
        place.remove()
        raise
    return place


def _move(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        os.fchmod(file.fileno(), _FILE_MODE)
        os.fsync(file.fileno())
    source.replace(target)


def _make(folder: Path) -> None:
    """Make a folder and what is above it, for us and our group."""
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    for part in reversed(missing):
        part.mkdir(_FOLDER_MODE, exist_ok=True)
        part.chmod(_FOLDER_MODE)


def keys_older_than(room: str, moment: float) -> Iterator[UUID]:
    """Keys of the files that lie there since before a moment (seconds since 1970), each once, in any order."""
    for path in _root(room).glob("??/??/*"):
        try:
            if path.suffix == ".preview" and path.with_suffix("").exists():
                continue
            if path.stat().st_mtime < moment:
                yield UUID(hex=path.stem)
        except (FileNotFoundError, ValueError):
            continue


def forget_unfinished(room: str, moment: float) -> None:
    """Take away what an interrupted upload left behind before a moment (seconds since 1970)."""
    for folder in (_root(room) / "incoming").glob("*"):
        try:
            if folder.stat().st_mtime >= moment:
                continue
            for path in folder.iterdir():
                path.unlink(missing_ok=True)
            folder.rmdir()
        except (FileNotFoundError, NotADirectoryError):
            continue
