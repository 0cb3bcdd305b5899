"""The tree of the repository as git knows it, for the tests that check the plan."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "toolkit": ROOT / "platform" / "toolkit",
    "tenancy": ROOT / "platform" / "tenancy",
    "notices": ROOT / "platform" / "notices",
    "moderation": ROOT / "platform" / "moderation",
    "chat": ROOT / "chat",
    "exchange": ROOT / "exchange",
    "config": ROOT / "platform" / "config",
}
# From the soil to the roof: a later floor may import an earlier one, never the other way round.
FLOORS = tuple(PACKAGES)


@cache
def tracked_files() -> tuple[str, ...]:
    """Paths of all files that are in the repository, or would be after the next ``git add``."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(sorted(path for path in listed.stdout.split("\0") if path and (ROOT / path).exists()))


def python_files(package: str) -> list[Path]:
    """The source files of one package."""
    return sorted(PACKAGES[package].rglob("*.py"))
