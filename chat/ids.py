"""Numbers for messages that are made before the server has seen them."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def new_client_id() -> UUID:
    """A UUID of version 7 (RFC 9562): the time in milliseconds, then chance; Python has its own only from 3.14."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=number)
