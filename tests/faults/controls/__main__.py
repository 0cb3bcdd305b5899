"""``python -m tests.faults.controls NAME``: one control, in a process of its own; prints its violations as JSON."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tests.faults.controls.identity import identity_as_cursor
from tests.faults.controls.product import without_key, without_sweep
from tests.faults.controls.tutorial import tutorial
from tests.faults.model import Verdict

CONTROLS: dict[str, Callable[[Path], Coroutine[Any, Any, Verdict]]] = {
    "tutorial": tutorial,
    "without-sweep": without_sweep,
    "without-key": without_key,
    "identity-as-cursor": identity_as_cursor,
}


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="lotsennetz-faults-"))
    try:
        verdict = asyncio.run(CONTROLS[sys.argv[1]](folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(verdict.violations) + "\n")


if __name__ == "__main__":
    main()
