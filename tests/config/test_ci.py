"""The one script that says whether a change is good."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import pytest

from tests.config.running import ROOT, clean_environment
from tests.workers import processes_for

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


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_skipped_test_fails_where_nothing_may_be_skipped(processes, tmp_path):
    (tmp_path / "test_skipped.py").write_text("import pytest\ndef test_x():\n    pytest.skip('no browser')\n")
    run = [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-n", processes, "-c", os.devnull, str(tmp_path)]
    nothing_or_no_skips: list[dict[str, str]] = [{}, {"LOTSENNETZ_NO_SKIPS": "1"}]
    answers = [
        subprocess.run(
            run, env=clean_environment(PYTHONPATH=str(ROOT), **more), cwd=tmp_path, capture_output=True, check=False
        ).returncode
        for more in nothing_or_no_skips
    ]
    assert answers == [0, 1]


@pytest.mark.parametrize(
    ("asked", "several"),
    [
        ({}, True),
        ({"maxfail": 1}, True),
        ({"file_or_dir": ["tests/chat"]}, False),
        ({"keyword": "mail"}, False),
        ({"usepdb": True}, False),
        ({"capture": "no"}, False),
        ({"numprocesses": 0}, False),
        ({"numprocesses": 3}, False),  # somebody chose, so nothing is left to choose
    ],
)
def test_only_the_whole_suite_is_spread_over_the_processors(asked, several, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2}, raising=False)
    options = argparse.Namespace(**{"numprocesses": None, "dist": "no", "capture": "fd", **asked})
    assert processes_for(options) == (3 if several else 0)
