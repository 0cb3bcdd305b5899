"""Chats that lack one thing each must be found out by the same checker, or it proves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.config.running import ROOT, clean_environment
from tests.faults.options import FOUND


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [("tutorial", "holes"), ("without-sweep", "lost"), ("without-key", "doubled"), ("identity-as-cursor", "holes")],
)
def test_a_chat_that_lacks_one_thing_is_found_out(
    name: str, expected: str, record_property: Callable[[str, object], None]
):
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.controls", name],
        cwd=ROOT,
        env=clean_environment(PYTHONPATH=path),
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-8000:]
    found = json.loads(done.stdout.splitlines()[-1])
    record_property(FOUND, f"{name}: {found}")
    assert found.get(expected, 0) > 0
