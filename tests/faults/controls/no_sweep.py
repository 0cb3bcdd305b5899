"""The product without its sweep: whoever misses a hint is never looked after."""

from __future__ import annotations

from tests.faults.served import application

__all__ = ["application"]

import chat.switchboard

# An error, and not a control that quietly controls nothing, where the product has it no more.
assert chat.switchboard.SWEEP_SECONDS < 60
chat.switchboard.SWEEP_SECONDS = 3600.0
