"""How often somebody may report: enough for every honest report, too little for a flood."""

from __future__ import annotations

import hashlib

from django.core.cache import cache

WINDOW = 60 * 60
VISITOR_LIMIT = 5
PERSON_LIMIT = 20


def within_limit(person_id: int | None, address: str) -> bool:
    """Count one report and say whether it is still within the limit of the last hour.

    People are counted by their number, visitors by their address, of which only a hash is kept for that hour.
    """
    who = f"person:{person_id}" if person_id is not None else hashlib.sha256(address.encode()).hexdigest()[:32]
    key = f"moderation:reports:{who}"
    if cache.add(key, 1, WINDOW):
        return True
    try:
        count = cache.incr(key)
    except ValueError:  # the hour ended between the two lines
        cache.add(key, 1, WINDOW)
        return True
    return count <= (VISITOR_LIMIT if person_id is None else PERSON_LIMIT)
