"""The one script that says whether a change is good."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.config.running import ROOT, clean_environment

SCRIPT = ROOT / ".ci" / "run"


def test_it_can_be_run():
    assert os.access(SCRIPT, os.X_OK)
    checked = subprocess.run(["bash", "-n", str(SCRIPT)], capture_output=True, check=False, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_it_runs_every_check_and_stops_at_the_first_that_fails():
    text = SCRIPT.read_text()
    assert "set -euo pipefail" in text
    checks = ["ruff check", "ruff format --check", "mypy", "lint-imports", "makemigrations --check", "pytest"]
    assert [check for check in checks if check not in text] == []
    assert [line for line in text.splitlines() if "|| true" in line] == []


def test_a_skipped_test_fails_where_nothing_may_be_skipped(tmp_path):
    (tmp_path / "test_skipped.py").write_text("import pytest\ndef test_x():\n    pytest.skip('no browser')\n")
    nothing_or_no_skips: list[dict[str, str]] = [{}, {"LOTSENNETZ_NO_SKIPS": "1"}]
    answers = [
        subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-c", os.devnull, str(tmp_path)],
            env=clean_environment(PYTHONPATH=str(ROOT), **more),
            cwd=tmp_path,
            capture_output=True,
            check=False,
        ).returncode
        for more in nothing_or_no_skips
    ]
    assert answers == [0, 1]
