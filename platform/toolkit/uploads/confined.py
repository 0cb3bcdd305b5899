"""Looking into a file in a process of its own, with little time and memory (``toolkit.uploads.inside``)."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.uploads.kinds import Kind
from toolkit.uploads.refusals import SENTENCES, UploadRefused

logger = logging.getLogger(__name__)

_PROGRAM = Path(__file__).with_name("inside.py")
#: A process that waits for the disk uses no CPU: this ends it as well (seconds).
PATIENCE = 40.0
#: So many at once in one of our processes, and so long the next one waits (seconds).
AT_ONCE = 2
WAIT = 20.0

_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it may be kept. ``preview``, ``width`` and ``height`` (pixels) are there for pictures alone."""

    file: Path
    preview: Path | None = None
    width: int | None = None
    height: int | None = None


def looked_into(kind: Kind, source: Path) -> Looked:
    """Look into a file that has been recognised; a picture is drawn anew beside it.

    Raises ``UploadRefused``, also where the process ran into a limit.
    """
    if kind.family == "office":
        _run("office", kind.inner, source)
    if kind.family != "picture":
        return Looked(source)
    target, preview = source.with_name("drawn"), source.with_name("preview")
    found = _run("picture", kind.inner, source, target, preview)
    return Looked(target, preview, int(found["width"]), int(found["height"]))


@contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT):
        raise UploadRefused("busy")
    try:
        yield
    finally:
        _places.release()


def _run(*words: str | Path) -> dict[str, Any]:
    with _a_place():
        try:
            done = subprocess.run(
                # Isolated: neither the environment nor a folder says what is imported, and no secret goes along.
                [sys.executable, "-I", _PROGRAM, *words],
                env={"LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired as error:
            raise UploadRefused("too_much") from error
        except OSError as error:
            logger.exception("The program that looks into files could not be started.")
            raise UploadRefused("unavailable") from error
    return _answer(done)


def _answer(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    try:
        found: Any = json.loads(done.stdout)
    except ValueError as error:
        # Ended by a limit, or by a fault of a parser: nothing it says is worth more than that.
        logger.warning("Looking into a file ended with %s: %s", done.returncode, done.stderr[-300:])
        raise UploadRefused("too_much") from error
    if "code" in found:
        raise UploadRefused(found["code"] if found["code"] in SENTENCES else "broken")
    return dict(found)
