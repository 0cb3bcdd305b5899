"""Secrets that an installation without an operator makes for itself, once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_secret(data: Path, name: str) -> str:
    """Return the secret ``name`` of the data directory, made at the first call and readable by its owner alone.

    Where the directory cannot be written (somebody only asks for help) the secret lasts as long as the process.
    """
    path = data / name
    fresh = secrets.token_urlsafe(48 if name == "secret_key" else 18)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip() or fresh
        with os.fdopen(descriptor, "w") as file:
            file.write(fresh)
    except OSError:
        pass
    return fresh
