"""The product's application in a process whose clock can be set: on SIGUSR1 it reads ``FAULTS_CLOCK_FILE``.

What is moved is what Python reads: ``time.time`` and Django's ``timezone.now``. The kernel's clock stays, and that of
PostgreSQL.
"""

from __future__ import annotations

import datetime
import os
import signal
import time
from pathlib import Path
from types import FrameType

from django.utils import timezone

_real_time = time.time
_offset = 0.0


def _shifted_time() -> float:
    return _real_time() + _offset


def _shifted_now() -> datetime.datetime:
    return datetime.datetime.fromtimestamp(_shifted_time(), tz=datetime.UTC)


def _set(_signal: int, _frame: FrameType | None) -> None:
    global _offset  # noqa: PLW0603 -- a process has one clock
    _offset = float(Path(os.environ["FAULTS_CLOCK_FILE"]).read_text())


# Before the product is imported: a default of a model takes the function as it is then.
time.time = _shifted_time
timezone.now = _shifted_now
signal.signal(signal.SIGUSR1, _set)

from config.asgi import application  # noqa: E402 -- see above

__all__ = ["application"]
