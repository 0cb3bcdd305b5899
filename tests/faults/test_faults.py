"""The proof: servers, engines and lines break while people talk, and nothing is lost, doubled, moved or let out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.config.running import ROOT, clean_environment
from tests.faults.options import FOUND


@pytest.mark.slow
def test_everybody_gets_every_message_once_and_in_order_whatever_breaks(
    pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
):
    options = pytestconfig.option
    command = [sys.executable, "-m", "tests.faults", "--messages", str(options.faults_messages)]
    command += ["--faults", str(options.faults), "--rate", str(options.faults_rate)]
    if options.faults_seed is not None:
        command += ["--seed", str(options.faults_seed)]
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    # A process of its own: it has engines of its own, and no Django that is set up for tests.
    done = subprocess.run(
        command, cwd=Path(ROOT), env=clean_environment(PYTHONPATH=path), capture_output=True, check=False, text=True
    )
    record_property(FOUND, done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-8000:]
