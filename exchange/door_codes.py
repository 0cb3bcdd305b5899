"""The code at the door: computed, never stored; worthless without the key of the installation."""

from __future__ import annotations

import hmac

from django.utils.crypto import salted_hmac


def door_code(workshop_id: int, generation: int) -> str:
    """The secret part of the address behind the QR code at the door: 100 bits."""
    return salted_hmac("exchange.door", f"{workshop_id}:{generation}", algorithm="sha256").hexdigest()[:25]


def fits(code: str, workshop_id: int, generation: int) -> bool:
    """Whether a code is the one of this workshop and generation."""
    return hmac.compare_digest(code.encode(), door_code(workshop_id, generation).encode())
