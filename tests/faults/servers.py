"""Server processes, some of them Daphne and some uvicorn, that can be killed and come back on their ports."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from config.children import guarded
from tests.config.running import clean_environment, free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
ANSWERS_WITHIN_SECONDS = 60.0


class Server:
    """One process of the product on a port of its own. ``make`` is ``daphne`` or ``uvicorn``."""

    def __init__(self, make: str, number: int, folder: Path, environment: Mapping[str, str], application: str) -> None:
        self.make, self.name = make, f"{make}-{number}"
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = folder / f"{self.name}.log"
        self._clock = folder / f"{self.name}.clock"
        self._application = application
        ours = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "SITE_URL": self.url,
            "FAULTS_CLOCK_FILE": str(self._clock),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "PYTHONWARNINGS": "default",
        }
        self._environment = clean_environment(**(ours | dict(environment)))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        port = str(self.port)
        command = {
            "daphne": ["-m", "daphne", "-b", HOST, "-p", port, "-v", "0", self._application],
            "uvicorn": [
                *("-m", "uvicorn", "--host", HOST, "--port", port, "--log-level", "warning", "--lifespan", "off"),
                *("--ws", "websockets-sansio", self._application),
            ],
        }[self.make]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                guarded([sys.executable, *command], uid=None, stop_signal=signal.SIGKILL),
                cwd=ROOT,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    async def answers(self) -> None:
        """Return when it answers; raise when it does not within a minute.

        One that has ended is started again, as whoever supervises it would: where the database is away it refuses.
        """
        deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
        while not await asyncio.to_thread(self._asked):
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} does not answer.\n{self.log.read_text(errors='replace')[-4000:]}")
            if self._process is None or self._process.poll() is not None:
                self.start()
            await asyncio.sleep(0.05)

    def _asked(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/gesund/")
            connection.getresponse().read()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def kill(self) -> None:
        """As ``kill -9``: it cannot say anything to anybody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def set_clock(self, seconds: float) -> None:
        """Move what this process takes for the time, from now on, against the real time. See ``served``."""
        self._clock.write_text(str(seconds))
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR1)
