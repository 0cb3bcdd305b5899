"""Become another program that cannot outlive the one that started it.

Run as a script: ``python -I child.py PARENT_PID UID SIGNAL program argument…``. It is its own small program, and not a
function between fork and exec, because Python code there is unsafe as soon as the parent has a second thread.

``UID`` is the system user to become, or ``-`` to stay who we are. PostgreSQL refuses to run as root, so root becomes
somebody without rights, who keeps one ability: to pass through folders that only root may enter. The other way, to
open those folders to everybody, would change permissions far outside of our data directory.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def become(uid: int) -> None:
    """Give up root for the user ``uid``, keeping only the right to pass through closed folders, where we have it."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc is not None:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    if libc is None:
        return
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; then the upper halves
    # Refused in a container that was stripped of it: then the folders must be open, or PostgreSQL says what it misses.
    if libc.capset(header, sets) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def die_with(parent: int, signal_number: int) -> None:
    """Ask the kernel for ``signal_number`` when our parent goes, even when it is killed. Linux only."""
    if sys.platform == "linux":
        # After the change of user, which would have cleared it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> None:
    parent, uid, signal_number, *command = sys.argv[1:]
    if uid != "-":
        become(int(uid))
    die_with(int(parent), int(signal_number))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
