"""The measurement of the chat runs, and its table says what it should. How long anything takes is not tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.chat.__main__ import show
from tests.bench.chat.scenarios import Table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_both_chats_are_measured_over_real_sockets_and_stand_in_one_table():
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.chat", "fan-out", "--tiny", "--rounds", "1", "--seconds", "0.5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "refused" not in done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("| 4 × 4: deliveries a second"))
    _what, unit, ours, theirs, ratio, target, _reached = (cell.strip() for cell in line.strip("|").split("|"))
    assert (unit, target) == ("1/s", "≥ 12")
    assert all(float(figure.replace(",", "")) > 0 for figure in (ours, theirs, ratio))


def test_a_row_shows_medians_and_the_median_of_the_rounds_ratios():
    table = Table()
    for ours, theirs in ((10, 100), (30, 100), (20, 50)):
        table.add("product", "sent → shown", "ms", ours, target=0.35)
        table.add("tutorial", "sent → shown", "ms", theirs, target=0.35)
    assert show(table).splitlines()[-1] == "| sent → shown | ms | 20 | 100 | 0.3 | ≤ 0.35 | yes |"


def test_a_target_may_be_ours_alone():
    table = Table()
    table.add("product", "memory each", "KiB", 50, target=45, absolute=True)
    assert show(table).splitlines()[-1] == "| memory each | KiB | 50 | – | – | ≤ 45 KiB | no |"
