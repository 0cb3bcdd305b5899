#!/usr/bin/env python
"""Start any command of the project, also in a fresh clone that nothing was installed from."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def find_our_folders() -> None:
    """Put the two source folders on the path, here and for every child process."""
    folders = [str(ROOT), str(ROOT / "platform")]
    # Appended, never in front: the standard library has a module named platform, and it must win.
    sys.path.extend(folder for folder in folders if folder not in sys.path)
    inherited = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part and part not in folders]
    os.environ["PYTHONPATH"] = os.pathsep.join([*inherited, *folders])


def main() -> int:
    find_our_folders()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    if sys.argv[1:2] == ["start"]:
        # Not a Django command: it has to bring up the database before Django may be asked anything.
        from config.start import main as start

        return start(sys.argv[2:])

    from django.core.management import execute_from_command_line

    from config.embedded import engines_for_a_command
    from config.refusal import Refusal
    from config.roles import connected_as, role_of_command
    from config.wall_check import require_wall

    try:
        with engines_for_a_command(sys.argv[1:]), connected_as(role_of_command("".join(sys.argv[1:2]))):
            if sys.argv[1:2] == ["procrastinate"] and "worker" in sys.argv:
                require_wall()
            execute_from_command_line(sys.argv)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] in {"config", "toolkit", "tenancy", "chat", "exchange"}:
            raise
        sys.exit(f"Das Paket „{missing.name}“ fehlt. Bitte zuerst: pip install -r deploy/requirements.txt")
