"""Drawing certificates in a process of its own, with little time and memory (``exchange.certificates.inside``)."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

_PROGRAM = Path(__file__).with_name("inside.py")
#: So long a process may take (seconds), so many draw at once, and so long the next one waits (seconds).
PATIENCE = 60.0
AT_ONCE = 2
WAIT = 30.0

_places = threading.BoundedSemaphore(AT_ONCE)


class NotDrawn(Exception):
    """The certificates could not be drawn now: too many at once, or the program came to a limit."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a certificate, in the words and the language of its reader.

    ``facts`` are pairs of a word and what there is to say; ``address`` is where ``check`` is looked up.
    """

    lang: str
    region: str
    title: str
    by: str
    hosts: list[str]
    heading: str
    name: str
    city: str
    sentence: str
    event: str
    facts: list[tuple[str, str]]
    issued: str
    check: str
    address: str


def draw(papers: Sequence[Paper], folder: Path) -> list[Path]:
    """Draw papers into a folder, one file each, in their order. Raises ``NotDrawn``."""
    if not _places.acquire(timeout=WAIT):
        raise NotDrawn("too many at once")
    try:
        done = subprocess.run(
            # Isolated: neither the environment nor a folder says what is imported, and no secret goes along.
            [sys.executable, "-I", _PROGRAM, folder],
            env={"LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"},
            input=json.dumps([asdict(paper) for paper in papers]).encode(),
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        logger.exception("The program that draws certificates did not end.")
        raise NotDrawn from error
    finally:
        _places.release()
    files = [folder / f"{number}.pdf" for number in range(len(papers))]
    if done.returncode or not all(file.exists() for file in files):
        logger.error("Drawing certificates ended with %s: %s", done.returncode, done.stderr[-500:])
        raise NotDrawn(str(done.returncode))
    return files
