"""The real server (Daphne) on a free port, on the database of the test run, and the job worker beside it."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.config.running import free_port
from toolkit.mailbox import KeptMail, read_mail

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
ANSWERS_WITHIN_SECONDS = 60.0
SERVERS: dict[str, Callable[[int], list[str]]] = {
    "daphne": lambda port: ["daphne", "-b", HOST, "-p", str(port), "-v", "0"],
    "uvicorn": lambda port: [
        *("uvicorn", "--host", HOST, "--port", str(port), "--lifespan", "off"),
        *("--ws", "websockets-sansio", "--log-level", "warning", "--no-access-log"),
    ],
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, the folders with its mails and logs, its process."""

    url: str
    mails: Path
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def run_jobs(self) -> None:
        """Do all jobs that wait (mails among them), then return."""
        worker = [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot", "--delete-jobs", "always"]
        subprocess.run(worker, cwd=ROOT, env=dict(self.environment), check=True, capture_output=True, timeout=120)

    def newest_mail(self, to: str) -> KeptMail:
        """Send what waits, then give the newest mail to this address; an error when there is none."""
        self.run_jobs()
        mails = (read_mail(file) for file in sorted(self.mails.glob("*.eml"), reverse=True))
        newest = next((mail for mail in mails if to in mail.to), None)
        assert newest is not None, f"no mail to {to}"
        return newest

    def link_mailed_to(self, address: str) -> str:
        """The path of the first link in the newest mail to this address."""
        return self.newest_mail(address).addresses[0].removeprefix(self.url)


def database_address(name: str) -> str:
    """The address of the database ``name`` on the engine of this test run."""
    parts = urlsplit(os.environ["TEST_DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def running_server(
    database: str,
    folder: Path,
    *,
    settings: str = "tests.browser.harness.server_settings",
    asgi: str = "daphne",
    **more: str,
) -> Iterator[Server]:
    """Serve the database ``database`` until the end of the block; ``more`` goes into the server's environment."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    mails, log = folder / "mails", folder / "server.log"
    mails.mkdir(parents=True, exist_ok=True)
    environment = (
        os.environ
        | {
            "DJANGO_SETTINGS_MODULE": settings,
            "TEST_DATABASE_URL": database_address(database),
            "TEST_MAILBOX_DIR": str(mails),
            "TEST_SITE_URL": url,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "PYTHONWARNINGS": "default",
        }
        | more
    )
    command = [sys.executable, "-m", *SERVERS[asgi](port), "config.asgi:application"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait(process, port, log)
            yield Server(url=url, mails=mails, log=log, environment=environment, process=process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/gesund/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise AssertionError(f"The server did not answer.\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")
