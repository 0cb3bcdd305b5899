"""``manage.py start``: everything that a trial of the product needs, with one command, and nothing left behind.

Not a Django command, because there is no database yet when it begins. In order: the data directory and its lock, what
a killed predecessor left, the port, PostgreSQL and Valkey (unless addresses are given), the front end, the tables,
the register, the demo, the server, the worker. All of them are children that end with this process.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from config import embedded, frontend
from config.children import Children
from config.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]
REGISTER_FOLDER = ROOT / "platform" / "tenancy" / "data"
HOST = "127.0.0.1"
ANSWERS_WITHIN_SECONDS = 60.0


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or asked the process to end: not an error."""


def main(arguments: Sequence[str]) -> int:
    """Start, serve until asked to stop, and return the exit code: 0, or 1 after a sentence on standard error."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        return Start(options).run()
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except OSError as error:
        # A full disk, a folder that belongs to somebody else: the path says more than our code could.
        sys.stderr.write(f"{error.filename or 'Das System'}: {error.strerror or error}.\n")
        return 1
    except Stopped:
        return 0


class Start:
    """One run of the command, from the empty directory to the last child's end."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.port: int = options.port
        self.demo_wanted: bool = options.demo
        if options.data:
            os.environ["DATA_DIR"] = str(options.data.expanduser().absolute())
        self.data = embedded.data_directory()
        self.logs = self.data / "logs"
        self.demo_file = self.data / "demo.json"
        self.console = Console(highlight=False, soft_wrap=True)

    def run(self) -> int:
        """Go through all steps, then wait."""
        embedded.prepare(self.data)
        with embedded.locked(self.data):
            children = Children(self.data / "children.json")
            try:
                for name in children.stop_leftovers():
                    self.console.print(f"  Vom letzten Mal lief noch: {name}. Beendet.")
                _require_free_port(self.port)
                self._settings()
                self._engines(children)
                self._front_end(children)
                self._contents()
                self._serve(children)
                self._tell()
                return self._watch(children)
            finally:
                # Asked twice is asked once: the children must be gone before we are.
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                children.stop_all()

    def _settings(self) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        os.environ.setdefault("SITE_URL", f"http://{HOST}:{self.port}")

    def _engines(self, children: Children) -> None:
        engines = embedded.Engines(self.data, children)
        if "DATABASE_URL" in os.environ:
            with self._step("Datenbank fragen"):
                for name in embedded.addresses(self.data):
                    _require_database(name)
        else:
            with self._step("Datenbank starten"):
                engines.start_database()
            os.environ.update(embedded.addresses(self.data))
        if "REDIS_URL" in os.environ:
            with self._step("Zwischenspeicher fragen"):
                _require_cache(os.environ["REDIS_URL"])
        else:
            with self._step("Zwischenspeicher starten"):
                engines.start_cache()
            os.environ["REDIS_URL"] = embedded.redis_url(self.data)

    def _front_end(self, children: Children) -> None:
        if not frontend.is_fresh():
            with self._step("Oberfläche bauen (beim ersten Mal etwa eine Minute)"):
                frontend.build(children, self.logs / "frontend.log")

    def _contents(self) -> None:
        import django
        from django.core.exceptions import ImproperlyConfigured

        try:
            django.setup()
        except ImproperlyConfigured as error:
            raise Refusal(str(error)) from error
        from django.core.management import CommandError, call_command
        from django.db import DatabaseError

        from config.roles import Role, connected_as, disconnect
        from config.wall_check import require_wall

        try:
            with connected_as(Role.OWNER), self._step("Tabellen anlegen und erneuern"):
                call_command("migrate", verbosity=0, interactive=False)
            with connected_as(Role.OPS):
                self._register()
                self._demo()
            require_wall()
        except CommandError as error:
            raise Refusal(str(error)) from error
        except DatabaseError as error:
            raise Refusal(f"Die Datenbank hat etwas abgelehnt ({_first_line(error)}).") from error
        # The children have their own; ours would only count against the limit.
        disconnect()

    def _register(self) -> None:
        from django.core.management import CommandError, call_command

        from tenancy.models import Municipality

        register = max(REGISTER_FOLDER.glob("GV100AD_*.txt"))
        digest = hashlib.sha256(os.environ["DATABASE_URL"].encode())
        for file in (register, *sorted(REGISTER_FOLDER.glob("*.csv"))):
            digest.update(file.read_bytes())
        stamp = self.data / "register.loaded"
        filled = Municipality.objects.exists()
        if filled and stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        with self._step("Gemeindeverzeichnis laden", quiet=False):
            try:
                call_command("import_register", str(register))
                call_command("import_associations")
            except CommandError as error:
                if not filled:
                    raise
                # Somebody loaded a newer one than ours by hand: that one stays.
                self.console.print(f"  {error}")
        stamp.write_text(digest.hexdigest())

    def _demo(self) -> None:
        from django.conf import settings

        from config.demo.loader import load_demo
        from tenancy.models import Person

        if not self.demo_wanted or settings.SETTINGS_MODULE.endswith("production") or Person.objects.exists():
            return
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12)
        with self._step("Beispielinhalte laden", quiet=False):
            people = load_demo(password=password, say=self.console.print)
        # Kept, so that the next start can say it again.
        self.demo_file.touch(mode=0o600)
        self.demo_file.write_text(json.dumps({"password": password, "people": people or []}))

    def _serve(self, children: Children) -> None:
        server = ["-m", "daphne", "-b", HOST, "-p", str(self.port), "-v", "0", "--no-server-name"]
        # Who serves knows the address of the role that serves, and of no other.
        serving = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_OWNER_URL", "DATABASE_OPS_URL", "DATABASE_ADMIN_URL"}
        }
        with self._step("Server und Helfer starten"):
            children.start(
                "Server",
                [sys.executable, *server, "config.asgi:application"],
                log=self.logs / "server.log",
                cwd=ROOT,
                env=serving,
            )
            children.start(
                "Helfer",
                # A finished job still holds its mail, and with it the token of an invitation: it goes.
                [sys.executable, ROOT / "manage.py", "procrastinate", "worker", "--delete-jobs", "successful"],
                log=self.logs / "worker.log",
                cwd=ROOT,
                env=serving,
            )
            deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
            while not _answers(self.port):
                self._require_alive(children)
                if time.monotonic() > deadline:
                    raise Refusal(f"Der Server antwortet nicht; warum, steht in {self.logs / 'server.log'}.")
                time.sleep(0.05)

    def _require_alive(self, children: Children) -> None:
        ended = children.ended()
        if ended is not None:
            name, code = ended
            raise Refusal(f"{name} hat sich unerwartet beendet (Code {code}); warum, steht in {self.logs}.")

    def _watch(self, children: Children) -> int:
        while True:
            self._require_alive(children)
            time.sleep(0.5)

    def _tell(self) -> None:
        from django.conf import settings

        address = f"http://{HOST}:{self.port}"
        table = Table.grid(padding=(0, 2))
        table.add_row("Lotsennetz läuft:", f"[bold]{address}/[/bold]")
        if settings.MAILBOX_TOKEN:
            table.add_row("Mails liegen hier:", f"{address}/postfach/{settings.MAILBOX_TOKEN}/")
        table.add_row("Protokolle:", str(self.logs))
        self.console.print()
        self.console.print(table)
        self.console.print()
        if self.demo_file.exists():
            self._tell_who_can_sign_in()
        self.console.print("Beenden mit Strg+C.")

    def _tell_who_can_sign_in(self) -> None:
        demo = json.loads(self.demo_file.read_text())
        people = Table.grid(padding=(0, 2))
        for role, address in demo["people"]:
            people.add_row(f"  {role}", address)
        self.console.print("Anmelden können sich zum Beispiel:")
        self.console.print(people)
        self.console.print(f"  Passwort für alle: [bold]{demo['password']}[/bold]\n")

    @contextlib.contextmanager
    def _step(self, what: str, *, quiet: bool = True) -> Iterator[None]:
        """Say what is going on and how long it took; ``quiet`` steps print nothing themselves meanwhile."""
        begun = time.monotonic()
        # A spinner would fight with the progress bar of a step that shows its own.
        busy = self.console.status(what) if quiet and self.console.is_terminal else contextlib.nullcontext()
        if not quiet or not self.console.is_terminal:
            self.console.print(f"… {what}")
        with busy:
            yield
        self.console.print(f"✓ {what} ({time.monotonic() - begun:.1f} s)".replace(".", ","))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py start", description="Lotsennetz auf diesem Rechner ausprobieren.")
    parser.add_argument("--port", type=_port, default=8000, help="Port auf 127.0.0.1 (sonst 8000)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="Verzeichnis für alle Daten (sonst .data)")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="ohne Beispielinhalte beginnen")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("ein Port ist eine Zahl von 1 bis 65535")
    return int(text)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        # As the server does it: a connection that is only just closing does not occupy the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Refusal(f"Port {port} darf nur der Systemverwalter öffnen. Bitte mit --port einen wählen.") from error
        except OSError as error:
            raise Refusal(f"Port {port} ist schon belegt. Bitte mit --port einen anderen wählen.") from error


def _require_database(name: str) -> None:
    import psycopg

    url = os.environ.get(name, "")
    if not url:
        raise Refusal(f"{name} fehlt; deploy/env.example erklärt den Wert.")
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise Refusal(
            f"Die Datenbank aus {name} ({_without_password(url)}) antwortet nicht ({_first_line(error)})."
        ) from error


def _require_cache(url: str) -> None:
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Refusal(
            f"Der Zwischenspeicher aus REDIS_URL ({_without_password(url)}) antwortet nicht ({_first_line(error)})."
        ) from error


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if not parts.scheme:
        return "keine Adresse"
    return f"{parts.hostname or 'lokal'}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/gesund/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
