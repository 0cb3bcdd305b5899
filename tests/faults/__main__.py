"""``python -m tests.faults [--messages 100000 --faults 200 --seed 7]``: a run by hand; 0 when all held."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.plan import Plan
from tests.faults.run import run
from tests.faults.table import table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--messages", type=int, default=Plan.messages)
    parser.add_argument("--faults", type=int, default=Plan.faults)
    parser.add_argument("--rate", type=float, default=Plan.rate, help="messages in a second")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs of the servers")
    options = parser.parse_args()
    plan = Plan(options.seed, options.messages, options.faults, options.rate)
    folder = Path(tempfile.mkdtemp(prefix="lotsennetz-faults-"))
    # Said first: a run that hangs can be given again, too.
    sys.stdout.write(f"Seed {plan.seed}, logs in {folder}\n")
    sys.stdout.flush()
    good = False
    try:
        report = asyncio.run(run(plan, folder))
        good = report.good
        sys.stdout.write(table(report) + "\n")
    finally:
        if good and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
