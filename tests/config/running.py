"""Real runs of ``manage.py start``, as somebody at a terminal would see them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

ROOT = Path(__file__).resolve().parents[2]
READY = "Beenden mit Strg+C."
# The first start loads the whole register, and the machine may be busy.
PATIENCE_SECONDS = 240.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a fresh terminal: nothing of this test run is in it."""
    ours = ("DJANGO_", "TEST_", "PYTEST", "LOTSENNETZ_", "DATA_DIR", "DATABASE_", "REDIS_", "SITE_URL", "EMAIL_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*ours, "PYTHONPATH", "SECRET"))}
    return kept | more


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=clean_environment(**environment),
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


class Start:
    """One run of the command in its own process. As a context it is ready at the beginning and gone at the end."""

    def __init__(self, data: Path, *options: str, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self._options = options
        self._environment = environment

    def __enter__(self) -> Self:
        self.output = self.data.with_suffix(f".{self.port}.out")
        self.errors = self.data.with_suffix(f".{self.port}.err")
        command = ["start", "--data", str(self.data), "--port", str(self.port), *self._options]
        with self.output.open("wb") as output, self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), *command],
                env=clean_environment(**self._environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while READY not in self.output.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = self.output.read_text() + self.errors.read_text()
                self.__exit__(None, None, None)
                raise AssertionError(f"start did not get ready:\n{said}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def children(self) -> dict[str, psutil.Process]:
        """The processes it keeps, by name, as it wrote them down."""
        written = json.loads((self.data / "children.json").read_text())
        return {entry["name"]: psutil.Process(entry["pid"]) for entry in written}

    def everything(self) -> list[psutil.Process]:
        """All processes below it, down to the last connection of the database."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


def still_alive(processes: list[psutil.Process], *, within: float) -> list[psutil.Process]:
    """Those of ``processes`` that have not ended after ``within`` seconds."""
    return psutil.wait_procs(processes, timeout=within)[1]
