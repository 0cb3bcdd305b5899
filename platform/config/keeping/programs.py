"""``pg_dump`` and ``pg_restore``: the ones that fit the server, and what they say when they refuse."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import embedded
from config.refusal import Refusal


def run(program: str, url: str, server_version: int, *arguments: str | Path) -> None:
    """Run a program of PostgreSQL on the database at ``url``; raises ``Refusal`` with its own words if it fails."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    # Not among the arguments, which everybody on the machine may read.
    secret = {"PGPASSWORD": parts.pop("password")} if "password" in parts else {}
    done = subprocess.run(
        [_fitting(program, server_version), *arguments, f"--dbname={make_conninfo('', **parts)}", "--no-password"],
        env={**os.environ, "LC_ALL": "C", **secret},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr.strip())
        raise Refusal(sentence(program, parts.get("user", ""), reason))


def sentence(program: str, role: str, reason: str) -> str:
    if "row-level security" in reason:
        return (
            f"Die Rolle „{role}“ sieht nicht alle Zeilen; was sie sicherte, wäre nur ein Teil. "
            "In DATABASE_OPS_URL gehört die Rolle mit BYPASSRLS (manage.py prepare_database)."
        )
    return f"{program} hat abgebrochen ({reason.rstrip('.')})."


def _fitting(program: str, server_version: int) -> Path:
    """The program of the server's own version, else the next newer one; an older one would not understand it."""
    found = {_major(path): path for path in reversed(list(_candidates(program)))}
    fitting = min((version for version in found if version >= server_version), default=None)
    if fitting is None:
        raise Refusal(f"Gebraucht wird {program} von PostgreSQL {server_version} oder neuer; installiert ist keines.")
    return found[fitting]


def _candidates(program: str) -> Iterator[Path]:
    """On the path first: whoever installed it there chose it."""
    if on_path := shutil.which(program):
        yield Path(on_path)
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    try:
        yield embedded.postgres_program(program)
    except Refusal:
        # Not installed in production, where it need not be.
        return


def _major(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, check=False, text=True).stdout
    version = re.search(r"\) (\d+)", said)
    return int(version[1]) if version else 0
