"""PostgreSQL and Valkey of this run alone, with the settings of a real installation, and ways to break them."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg

from config import embedded
from config.children import Children
from config.refusal import Refusal

PATIENCE_SECONDS = 30.0


class Engines:
    """Both engines of a folder. What is committed is on the disk, as ``manage.py start`` has it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._children = Children(data / "children.json")
        self._engines = embedded.Engines(data, self._children)

    def start(self) -> None:
        embedded.prepare(self.data)
        self._engines.start_database()
        self._engines.start_cache()

    def stop(self) -> None:
        self._children.stop_all(patience=10.0)

    # --- breaking ---

    def stop_database_immediately(self) -> None:
        """As ``pg_ctl stop -m immediate``: sessions are dropped, nothing is written; the next start recovers."""
        self._signal("PostgreSQL", signal.SIGQUIT)

    def start_database(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._engines.start_database()
                return
            except Refusal:
                # A session of the one before may still hold its memory.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def kill_cache(self) -> None:
        """Valkey keeps nothing on the disk: what starts afterwards is empty."""
        self._signal("Valkey", signal.SIGKILL)

    def start_cache(self) -> None:
        self._engines.start_cache()

    def _signal(self, name: str, number: int) -> None:
        entries = json.loads((self.data / "children.json").read_text())
        pid = next(entry["pid"] for entry in reversed(entries) if entry["name"] == name)
        process = psutil.Process(pid)
        process.send_signal(number)
        process.wait(PATIENCE_SECONDS)

    # --- looking ---

    def ask(
        self, question: LiteralString, *arguments: Any, patience: float = PATIENCE_SECONDS
    ) -> list[tuple[Any, ...]]:
        """Rows, past all policies; asked again while the database is away."""
        deadline = time.monotonic() + patience
        while True:
            try:
                with psycopg.connect(self.address, autocommit=True, connect_timeout=5) as connection:
                    cursor = connection.execute(question, arguments)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    @property
    def address(self) -> str:
        return embedded.database_url(self.data, "postgres")

    def environment(self) -> dict[str, str]:
        """Where the product finds both: the address of the role that serves, and of no other."""
        return {
            "DATA_DIR": str(self.data),
            "DATABASE_URL": embedded.database_url(self.data),
            "REDIS_URL": embedded.redis_url(self.data),
            # Forty people stand for many more: what comes to each is more than anybody can read.
            "CHAT_PACE": "3",
        }

    def all_addresses(self) -> dict[str, str]:
        """The addresses of all three roles: for whoever sets the scene."""
        return self.environment() | embedded.addresses(self.data)
