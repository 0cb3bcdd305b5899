"""How often somebody may do something: enough for every honest person, too little for a flood."""

from __future__ import annotations

import hashlib

from django.core.cache import cache


def within_limit(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Count one go and say whether it is still among the first ``times`` of the last ``seconds``.

    ``who`` is an address or a mail address; only a hash of it is kept, and only for that while.
    """
    key = f"limit:{what}:{hashlib.sha256(who.encode('utf-8', 'replace')).hexdigest()[:32]}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return bool(cache.incr(key) <= times)
    except ValueError:  # the while ended between the two lines
        cache.add(key, 1, seconds)
        return True
