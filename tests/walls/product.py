"""The product's own engine inside the test process: as the runtime role, with Django's pool or without."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, connections

from config.embedded import OWNER_ROLE, ROLE
from toolkit.acting import acting_as_nobody


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who acts in the tests of the engine: a number and its keys."""

    person_id: int | None
    keys: tuple[int, ...]


@contextlib.contextmanager
def products_engine(*, pool: int = 0, user: str = ROLE) -> Iterator[None]:
    """Let this thread, and those started in the block, ask the database of the run as the product does.

    ``pool`` is how many connections Django's pool keeps; 0: none, each thread has its own. Nobody acts at first.
    What was not committed before is not seen. Threads must close what they opened.
    """
    configured = connections.settings["default"]
    own = connections["default"]
    options = {name: value for name, value in configured["OPTIONS"].items() if name != "pool"}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 20}
    connections.settings["default"] = configured | {"ENGINE": "toolkit.database", "USER": user, "OPTIONS": options}
    connections["default"] = connections.create_connection("default")
    try:
        with acting_as_nobody():
            yield
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
        connections.settings["default"] = configured
        connections["default"] = own


def owners_engine() -> contextlib.AbstractContextManager[None]:
    """The same engine as the owner of the tables, who is past every policy."""
    return products_engine(user=OWNER_ROLE)


TOLD = (
    "SELECT current_setting('app.keys', true), current_setting('app.person', true), current_setting('app.token', true)"
)


def told() -> tuple[str, str, str]:
    """What the database knows now of who acts: keys, person and token, as text; empty where it knows nothing."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        keys, person, token = cursor.fetchone()
    return keys or "", person or "", token or ""


def told_beneath() -> tuple[str, str, str]:
    """The same, asked past our cursor: what the bare connection carries by itself."""
    connection.ensure_connection()
    keys, person, token = connection.connection.execute(TOLD).fetchone()
    return keys or "", person or "", token or ""


#: Two people of two cities, and what the database is told of them; of nobody: nothing.
ANNA = Somebody(11, (1, 200_000, 200_001, 1_000_000_011))
BERT = Somebody(12, (2, 200_000, 200_001, 1_000_000_012))
NOTHING = ("", "", "")
OF_ANNA = ("{1,200000,200001,1000000011}", "11", "")
OF_BERT = ("{2,200000,200001,1000000012}", "12", "")
