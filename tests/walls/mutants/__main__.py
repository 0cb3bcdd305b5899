"""``python -m tests.walls.mutants [--families policy,sight] [--only words]``: make the mutants, say who survived."""

from __future__ import annotations

import subprocess
import sys

#: Tests that between them ask every rule; neither browsers nor other processes.
TESTS = (
    *("tests/walls/test_rights.py", "tests/walls/test_sights.py", "tests/walls/test_blind_changes.py"),
    "tests/walls/test_rules_alone.py",
    *("tests/chat", "tests/moderation", "tests/notices", "tests/exchange", "tests/tenancy"),
    "tests/access/test_every_address.py",
)
QUICK = ("tests/walls/test_rights.py", "tests/walls/test_sights.py")


def main() -> int:
    """Exit status 1 where a mutant survived."""
    arguments = sys.argv[1:]
    families = next((arguments[n + 1] for n, word in enumerate(arguments) if word == "--families"), "definer,door")
    tests = TESTS if {"definer", "door"} & set(families.split(",")) else QUICK
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.walls.mutants.plugin"),
        *("--deselect", "tests/chat/test_real_server.py", *tests, *arguments),
    ]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
