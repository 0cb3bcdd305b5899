"""How collected files are named in production."""

from __future__ import annotations

from typing import Any

from servestatic.storage import CompressedManifestStaticFilesStorage


class OnceHashedStorage(CompressedManifestStaticFilesStorage):
    """Compressed and hashed, except what Vite has hashed already.

    Modules import each other by the names that Vite gave them. Under a second name for the same module the browser
    would load and run it twice.
    """

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        if name.startswith("assets/"):
            return name
        hashed: str = super().hashed_name(name, content, filename)
        return hashed
