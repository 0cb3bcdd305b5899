"""What a page weighs, packed as it travels."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

DIST = Path(__file__).resolve().parents[2] / "frontend" / "dist"
LIMIT = 60_000


def packed(entry: str, kind: str) -> int:
    """Bytes of the scripts or styles that an entry brings at once, after gzip."""
    manifest: dict[str, Any] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    seen: set[str] = set()
    files: set[str] = set()

    def collect(key: str) -> None:
        if key in seen:
            return
        seen.add(key)
        chunk = manifest[key]
        files.update(chunk.get("css", []) if kind == "css" else [chunk["file"]])
        for imported in chunk.get("imports", []):
            collect(imported)

    collect("main.ts")
    collect(entry)
    return sum(len(gzip.compress((DIST / file).read_bytes())) for file in files)


def entries() -> list[str]:
    """The entry of every page, and those of the islands that come with only some pages."""
    folder = DIST.parent / "islands"
    return ["main.ts", *(f"islands/{path.parent.name}/main.ts" for path in folder.glob("*/main.ts"))]


@pytest.mark.parametrize("kind", ["js", "css"])
@pytest.mark.parametrize("entry", entries())
def test_no_page_brings_more_than_sixty_kilobytes_of_scripts_or_styles(
    built_front_end: None, entry: str, kind: str
) -> None:
    assert packed(entry, kind) <= LIMIT
