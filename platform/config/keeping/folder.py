"""The folder of a backup: ``database.dump``, ``media/``, and ``manifest.json`` with what both must be."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config.refusal import Refusal

DUMP = "database.dump"
MEDIA = "media"
MANIFEST = "manifest.json"
FORMAT = 1
PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``rows`` by table; ``files`` are paths in the folder with the SHA-256 of their content."""

    made_at: str
    postgresql: str
    rows: dict[str, int]
    files: dict[str, str]
    #: Applied migrations as "app.name": what is not known here is of a newer version.
    migrations: list[str]
    #: Tables whose rows were left out on purpose; they come back empty.
    left_out: list[str]
    format: int = field(default=FORMAT)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises ``Refusal`` where the folder holds none that we understand."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise Refusal(f"{path} ist von einer anderen Fassung von Lotsennetz ({content['format']}).")
        return Manifest(**content)
    except OSError as error:
        raise Refusal(f"{folder} ist keine Sicherung von Lotsennetz ({MANIFEST}: {error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{path} ist beschädigt und kann nicht gelesen werden.") from error


def damaged(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Sentences on files of the backup that are missing or not what they were."""
    for name, digest in manifest.files.items():
        path = folder / name
        # A list that names a way out of the folder was not written by us.
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file() or path.is_symlink():
            yield f"{name} fehlt in der Sicherung."
        elif sha256(path) != digest:
            yield f"{name} ist nicht mehr, was gesichert wurde (SHA-256)."


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_below(root: Path) -> list[Path]:
    """All ordinary files below a folder, relative to it, in order; links are left out, for they lead elsewhere.

    Raises ``OSError`` where a folder may not be looked into: what one does not see would be missing without a word.
    """

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    found = (Path(place, name) for place, _, names in os.walk(root, onerror=refuse) for name in names)
    return sorted(path.relative_to(root) for path in found if path.is_file() and not path.is_symlink())


def copied(source: Path, target: Path) -> str:
    """Copy a file and return the SHA-256 of what was written."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while piece := reader.read(PIECE_BYTES):
            digest.update(piece)
            writer.write(piece)
    return digest.hexdigest()
