"""The whole suite runs in several processes, each with engines of its own; a part of it in one, which begins sooner.

A plain ``pytest`` is the whole suite. ``-n 3`` chooses the number of processes, ``-n 0`` is one, and so is whatever
asks for one: a path, ``-k``, ``-m``, ``--lf``, ``--sw``, ``-s``, ``--pdb``, ``-p no:xdist``.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling
    from xdist.workermanage import WorkerController

MOST = 4
#: Whole files, whose tests share what they built, in the order of the collection.
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")
#: Who gives the tests out asks no engine, and config.settings.test starts none where it finds addresses.
NOWHERE = {"TEST_DATABASE_URL": "postgresql:///nowhere", "TEST_REDIS_URL": "unix:///nowhere"}
#: What starts servers and browsers, and waits for them with a watch in its hand.
BUSY = (
    "tests/browser/",
    "tests/chat/test_real_server.py",
    "tests/config/test_start.py",
    "tests/faults/test_faults.py",
    "tests/faults/test_controls.py",
)
ASK_FOR_ONE = (
    *("file_or_dir", "keyword", "markexpr", "lf", "failedfirst", "newfirst", "stepwise", "usepdb", "trace", "tx"),
    *("collectonly", "setuponly", "setupplan", "showfixtures", "show_fixtures_per_test", "markers", "help", "version"),
    *("cacheshow", "distload"),
)


def processes_for(options: argparse.Namespace) -> int:
    """How many processes these options leave to us; 0 for one that does everything itself."""
    chosen = options.numprocesses is not None or options.dist != "no" or options.capture == "no"
    if chosen or any(getattr(options, name, None) for name in ASK_FOR_ONE):
        return 0
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, MOST) if processors > 1 else 0


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Generator[None, None, None]:
    """Decide who needs engines before pytest-django reads the settings, which start them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        for name in [name for name, address in NOWHERE.items() if os.environ.get(name) == address]:
            del os.environ[name]
    elif early_config.pluginmanager.hasplugin("xdist") and not NOWHERE.keys() & os.environ.keys():
        options = early_config.known_args_namespace
        if number := processes_for(options):
            args[:] = ["-n", str(number), *BY_FILE, *args]
        if number or ((options.numprocesses or options.tx) and not (options.usepdb or options.collectonly)):
            os.environ.update(NOWHERE)
    yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep files together and put those that take long first: one that began last would be waited for alone."""
    tests = Counter(item.path for item in items)
    slow = Counter(item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser"))

    def place(item: pytest.Item) -> tuple[bool, int, Path]:
        return slow[item.path] == 0, -tests[item.path], item.path

    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Give busy files to one process at a time, as long as there is anything else for the others."""
    if config.option.dist != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class OneBusyProcess(LoadFileScheduling):
        def _assign_work_unit(self, node: WorkerController) -> None:
            others = (
                file for other, files in self.assigned_work.items() if other is not node for file in files.items()
            )
            if any(file.startswith(BUSY) and not all(tests.values()) for file, tests in others):
                calm = next((file for file in self.workqueue if not file.startswith(BUSY)), None)
                if calm is not None:
                    self.workqueue.move_to_end(calm, last=False)
            super()._assign_work_unit(node)

    return OneBusyProcess(config, log)
