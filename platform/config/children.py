"""Processes that we start: they end with us, and whoever comes after a crash finds and ends what was left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

SHIM = Path(__file__).with_name("child.py")
# The kernel counts a process's start in ticks since boot, and the clock may be set in between.
CLOCK_TOLERANCE_SECONDS = 2.0


def guarded(command: Sequence[str | Path], *, uid: int | None, stop_signal: int = signal.SIGTERM) -> list[str]:
    """The command, as the user ``uid`` if one is given, and such that it cannot outlive this process."""
    user = "-" if uid is None else str(uid)
    shim = [sys.executable, "-I", SHIM, str(os.getpid()), user, str(int(stop_signal))]
    return [str(part) for part in [*shim, *command]]


@dataclass(frozen=True, slots=True)
class Trace:
    """What is written down about a child, enough to recognise it later and not to mistake another for it."""

    name: str
    pid: int
    started: float
    stop_signal: int

    def process(self) -> psutil.Process | None:
        """Return the living process, or None when it ended or its number went to somebody else."""
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.started) < CLOCK_TOLERANCE_SECONDS:
                return process if process.status() != psutil.STATUS_ZOMBIE else None
        return None


class Children:
    """The children of one data directory, in the order in which they were started."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._running: list[tuple[Trace, subprocess.Popen[bytes]]] = []

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        uid: int | None = None,
        stop_signal: int = signal.SIGTERM,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start ``command`` in a session of its own, so that Ctrl-C reaches us alone and we decide the order."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                guarded(command, uid=uid, stop_signal=stop_signal),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=None if env is None else dict(env),
                start_new_session=True,
            )
        started = psutil.Process(process.pid).create_time()
        self._running.append((Trace(name, process.pid, started, int(stop_signal)), process))
        self._write_ledger()
        return process

    def ended(self) -> tuple[str, int] | None:
        """Name and exit code of a child that is gone, or None while all are alive."""
        for trace, process in self._running:
            code = process.poll()
            if code is not None:
                return trace.name, code
        return None

    def forget(self, process: subprocess.Popen[bytes]) -> None:
        """Drop a child that has done its work."""
        self._running = [(trace, known) for trace, known in self._running if known is not process]
        self._write_ledger()

    def stop(self, process: subprocess.Popen[bytes], *, patience: float = 20.0) -> None:
        """Ask one child and what it started to end, wait up to ``patience`` seconds, then end it."""
        for trace, known in self._running:
            if known is process:
                _end(known, trace.stop_signal, patience)
        self.forget(process)

    def stop_all(self, *, patience: float = 20.0) -> None:
        """Stop every child, the youngest first: the server before the database it still writes to."""
        for _, process in reversed(list(self._running)):
            self.stop(process, patience=patience)
        self._ledger.unlink(missing_ok=True)

    def stop_leftovers(self, *, patience: float = 20.0) -> list[str]:
        """End what a killed predecessor left running; return the names. Only for whoever holds the directory's lock."""
        try:
            traces = [Trace(**entry) for entry in json.loads(self._ledger.read_text())]
        except (OSError, ValueError, TypeError):
            return []
        stopped = []
        for trace in reversed(traces):
            process = trace.process()
            if process is None:
                continue
            stopped.append(trace.name)
            with suppress(psutil.Error):
                process.send_signal(trace.stop_signal)
                try:
                    process.wait(patience)
                except psutil.TimeoutExpired:
                    process.kill()
                    process.wait(patience)
        self._ledger.unlink(missing_ok=True)
        return stopped

    def _write_ledger(self) -> None:
        fresh = self._ledger.with_suffix(".new")
        fresh.write_text(json.dumps([asdict(trace) for trace, _ in self._running]))
        fresh.replace(self._ledger)


def _end(process: subprocess.Popen[bytes], stop_signal: int, patience: float) -> None:
    if process.poll() is None:
        process.send_signal(stop_signal)
        deadline = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
    # Its own session makes it the leader of a group: whatever it started goes with it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
