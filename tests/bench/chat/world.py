"""The machine both chats share: one PostgreSQL, one Valkey, server processes of either side, processes of clients."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from config.embedded import OWNER_ROLE, addresses, redis_url, running_engines, socket_directory
from tests.bench.chat.clients import Load, Report, work
from tests.bench.chat.dialects import Seat
from tests.bench.chat.layout import Filled, Sizes, filled

ROOT = Path(__file__).resolve().parents[3]
PRODUCT, TUTORIAL = SIDES = ("product", "tutorial")
TUTORIAL_DATABASE = "tutorial"
APPLICATIONS = {PRODUCT: "config.asgi:application", TUTORIAL: "tests.bench.chat.tutorial.asgi:application"}
#: Times the pace of a person (``CHAT_PACE``): fifty people in a room stand for many, and the limit is not measured.
PACE = 1_000
ANSWERS_WITHIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for on the command line."""

    asgi: str = "daphne"
    clients: int = 2
    kind: bool = False
    profile: Path | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds since they began: of the server processes, of PostgreSQL, of Valkey."""

    servers: float
    database: float
    cache: float

    def since(self, before: Spent) -> Spent:
        """What was spent meanwhile."""
        return Spent(self.servers - before.servers, self.database - before.database, self.cache - before.cache)

    @property
    def all(self) -> float:
        return self.servers + self.database + self.cache


@dataclass(slots=True)
class Measured:
    """What one round of one side gave: all clients together."""

    seconds: float
    spent: Spent
    joined_in: float
    join_spent: Spent
    memory: int
    people: int
    report: Report = field(default_factory=Report)


def _times(process: psutil.Process, *, with_ended: bool = False) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    spent = times.user + times.system
    return float(spent + times.children_user + times.children_system) if with_ended else float(spent)


class Servers:
    """Processes of one side, each on its own port."""

    def __init__(self, side: str, processes: list[subprocess.Popen[bytes]], ports: list[int]) -> None:
        self.side, self.ports = side, ports
        self.processes = [psutil.Process(process.pid) for process in processes]

    def spent(self) -> float:
        """Processor seconds of all of them."""
        return sum(_times(process) for process in self.processes)

    def memory(self) -> int:
        """Bytes that they alone hold."""
        return sum(int(process.memory_full_info().uss) for process in self.processes)


class World:
    """Engines that run, both databases filled."""

    def __init__(self, data: Path, choice: Choice) -> None:
        self.data, self.choice = data, choice
        self.environment = os.environ | addresses(data) | self._tutorial_addresses()
        self.environment |= {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "DATA_DIR": str(data),
            "CHAT_PACE": str(PACE),
        }
        self.filled: dict[str, Filled] = {}
        children = psutil.Process().children(recursive=True)
        self._cache = [child for child in children if "valkey" in child.name()]
        self._database = next(child for child in children if child.name() == "postgres")

    def _tutorial_addresses(self) -> dict[str, str]:
        database = addresses(self.data)["DATABASE_URL"].replace("/lotsennetz?", f"/{TUTORIAL_DATABASE}?")
        redis = redis_url(self.data)
        return {
            "REDIS_URL": redis,
            "TUTORIAL_REDIS_URL": redis.replace("db=0", "db=1"),
            "TUTORIAL_DATABASE_URL": database,
            "TUTORIAL_KEEPS_CONNECTION": "1" if self.choice.kind else "",
        }

    def of(self, side: str) -> dict[str, str]:
        """The environment of the processes of one side."""
        settings = {PRODUCT: "config.settings.dev", TUTORIAL: "tests.bench.chat.tutorial.settings"}[side]
        return self.environment | {"DJANGO_SETTINGS_MODULE": settings}

    # --- filling ---

    def fill(self, sizes: Sizes) -> None:
        """Make both databases, with the same people in the same rooms."""
        with self._connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {TUTORIAL_DATABASE}".encode())
            connection.execute(f"CREATE DATABASE {TUTORIAL_DATABASE} OWNER lotsennetz".encode())
        self._run(PRODUCT, ["manage.py", "migrate", "-v", "0"])
        for side, module in ((PRODUCT, "tests.bench.chat.fill_product"), (TUTORIAL, "tests.bench.chat.tutorial.fill")):
            self.filled[side] = filled(json.loads(self._run(side, ["-m", module], given=json.dumps(sizes))))
        for name in ("lotsennetz", TUTORIAL_DATABASE):
            with self._connect(name) as connection:
                connection.execute("ANALYZE")

    def _connect(self, database: str, user: str = "postgres") -> psycopg.Connection:
        host = str(socket_directory(self.data))
        return psycopg.connect(host=host, user=user, dbname=database, autocommit=True)

    def _run(self, side: str, command: list[str], given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.of(side),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
        return done.stdout

    # --- servers ---

    @contextlib.contextmanager
    def servers(self, side: str, count: int = 1) -> Iterator[Servers]:
        """Serve one side by so many processes until the end of the block."""
        started, ports = [], []
        log = self.data / "logs" / f"{side}.log"
        try:
            with log.open("ab") as output:
                for _ in range(count):
                    ports.append(_free_port())
                    started.append(
                        subprocess.Popen(
                            self._command(side, ports[-1]), cwd=ROOT, env=self.of(side), stdout=output, stderr=output
                        )
                    )
            for process, port in zip(started, ports, strict=True):
                _wait(process, port, log)
            yield Servers(side, started, ports)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _command(self, side: str, port: int) -> list[str]:
        address = ["127.0.0.1", str(port), APPLICATIONS[side]]
        if side == PRODUCT and self.choice.asgi == "uvicorn":
            options = ["--ws", "websockets-sansio", "--lifespan", "off", "--no-access-log", "--log-level", "warning"]
            return [sys.executable, "-m", "uvicorn", *options, "--host", address[0], "--port", address[1], address[2]]
        return [sys.executable, "-m", "daphne", "-v", "0", "-b", address[0], "-p", address[1], address[2]]

    # --- rounds ---

    def seats(
        self, servers: Servers, name: str, *, senders: int, together: bool = False, slow: int = 0
    ) -> list[list[Seat]]:
        """The seats of a scenario, for each process of clients: ``senders`` in each room speak, ``slow`` stop reading.

        People of a room come to all servers and from all processes of clients, so that most hear each other across
        both. ``together``: all senders belong to the first process, which lets them speak in turn.
        """
        filled = self.filled[servers.side]
        heads = self._heads() if servers.side == PRODUCT else {}
        seats: list[list[Seat]] = [[] for _ in range(self.choice.clients)]
        for room in filled.rooms[name]:
            for place, person in enumerate(room.people):
                seat = Seat(
                    number=person,
                    room=room.number,
                    port=servers.ports[(place + room.number) % len(servers.ports)],
                    cookie=filled.cookies[person],
                    after=max(0, heads.get(room.number, 0) - 1),
                    sends=place < senders,
                    reads=place < len(room.people) - slow,
                )
                whose = 0 if together and seat.sends else (place + room.number // 2) % len(seats)
                seats[whose].append(seat)
        return seats

    def _heads(self) -> dict[int, int]:
        with self._connect("lotsennetz", OWNER_ROLE) as connection:
            return dict(connection.execute("SELECT id, head FROM chat_conversation").fetchall())

    def spent(self, servers: Servers) -> Spent:
        """What processors have worked so far; of PostgreSQL also those of its processes that have ended."""
        database = _times(self._database, with_ended=True)
        for child in self._database.children():
            database += _times(child)
        return Spent(servers.spent(), database, sum(_times(process) for process in self._cache))

    def round(self, servers: Servers, seats: list[list[Seat]], make: Timing | None) -> Measured:
        """Join with all seats, let the load pass, count. Without a load only the joining is measured."""
        before, held = self.spent(servers), servers.memory()
        with _processes(len(seats)) as pipes:
            with self._profiled(servers, "joining"):
                for pipe, own in zip(pipes, seats, strict=True):
                    pipe.send((servers.side, own))
                spans = [pipe.recv() for pipe in pipes]
            for span in spans:
                if isinstance(span, str):
                    raise SystemExit(f"{servers.side}: clients could not join: {span}")
            joined = self.spent(servers).since(before)
            memory = servers.memory() - held
            seconds, spent, reports = 0.0, Spent(0, 0, 0), []
            if make is None:
                for pipe in pipes:
                    pipe.send(None)
            else:
                load = make.load(time.monotonic() + 0.3)
                for pipe in pipes:
                    pipe.send(load)
                spent = self._during(servers, load)
                seconds = load.counts_to - load.counts_from
                reports = [pipe.recv() for pipe in pipes]
        last, first = max(to for _from, to in spans), min(since for since, _to in spans)
        measured = Measured(seconds, spent, last - first, joined, memory, sum(map(len, seats)))
        for report in reports:
            _add(measured.report, report)
        return measured

    def _during(self, servers: Servers, load: Load) -> Spent:
        _sleep_until(load.counts_from)
        before = self.spent(servers)
        with self._profiled(servers, "load"):
            _sleep_until(load.counts_to)
            return self.spent(servers).since(before)

    @contextlib.contextmanager
    def _profiled(self, servers: Servers, what: str) -> Iterator[None]:
        """See where the first server process spends its time meanwhile."""
        if self.choice.profile is None:
            yield
            return
        self.choice.profile.mkdir(parents=True, exist_ok=True)
        file = self.choice.profile / f"{servers.side}-{what}-{int(time.time())}.txt"
        spy = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(servers.processes[0].pid)]
        options = ["--rate", "200", "--format", "raw", "--output", str(file)]
        spying = subprocess.Popen([*spy, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            spying.send_signal(signal.SIGINT)
            spying.wait(timeout=60)
        sys.stderr.write(f"profile: {file}\n")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a load warms up, counts, and is waited for afterwards (seconds); the rest as in ``Load``."""

    seconds: float
    warm: float = 1.0
    drain: float = 0.5
    every: float = 0.0
    length: int = 72
    pulse: float = 0.0

    def load(self, begins: float) -> Load:
        """The load that begins then."""
        since = begins + self.warm
        to = since + self.seconds
        return Load(begins, since, to, to + self.drain, self.every, self.length, self.pulse)


def _add(sum_: Report, report: Report) -> None:
    sum_.delivered += report.delivered
    sum_.sent += report.sent
    sum_.lost += report.lost
    sum_.worked += report.worked
    sum_.refused += report.refused
    sum_.refusal = sum_.refusal or report.refusal
    sum_.waits += array("d", report.waits)
    for code, times in report.closed.items():
        sum_.closed[code] = sum_.closed.get(code, 0) + times


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


@contextlib.contextmanager
def _processes(count: int) -> Iterator[list[multiprocessing.connection.Connection]]:
    spawn = multiprocessing.get_context("spawn")
    pairs = [spawn.Pipe() for _ in range(count)]
    processes = [spawn.Process(target=work, args=(theirs,), daemon=True) for _ours, theirs in pairs]
    for process in processes:
        process.start()
    try:
        yield [ours for ours, _theirs in pairs]
        for process in processes:
            process.join(timeout=10)
    finally:
        for process in processes:
            if process.is_alive():
                process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The server did not answer.\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")


@contextlib.contextmanager
def world(sizes: Sizes, choice: Choice) -> Iterator[World]:
    """Engines as they run in earnest (they flush to the disk), in a folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="lotsennetz-bench-", ignore_cleanup_errors=True) as folder:
        data = Path(folder).resolve()
        with running_engines(data):
            made = World(data, choice)
            made.fill(sizes)
            yield made
