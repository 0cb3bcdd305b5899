"""The engine of the tests: whatever the product does runs as the product's own role, behind the wall.

The test process signs in with a role that may become two others. ``arranging`` becomes the owner, who sees all: so
that a test may set a scene and look at what is left. Everything else becomes the runtime role, with its very rights.
Another process (a server that a test starts) never comes by here: it signs in as the runtime role.

A test in a transaction of its own lets one viewer act after the other in it; the product's engine refuses that.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator

from django.db import OperationalError
from django.db.backends.base.base import NO_DB_ALIAS

from config.embedded import OWNER_ROLE, ROLE
from toolkit.acting import Identity, _acting, _Turn, acting
from toolkit.database import base
from toolkit.database.base import Telling, settings_of

#: The tables are free after so many attempts; each waits until PostgreSQL finds who waits for whom (a second).
EMPTIED_AFTER = 5


class _Arranging(Identity):
    """Of a class of its own, so that it is never taken for a visitor, who acts without keys and person too."""


#: Nobody of the product: the test itself, arranging and looking.
ARRANGING = _Arranging()


@contextlib.contextmanager
def arranging() -> Iterator[None]:
    """Set a scene, or look at what is left, as the owner of the tables."""
    token = _acting.set(_Turn(ARRANGING))
    try:
        yield
    finally:
        _acting.reset(token)


def begin_arranging() -> None:
    """From here on the test itself acts, until it lets the product act."""
    _acting.set(_Turn(ARRANGING))


class Operations(base.Operations):
    telling = re.compile(rf"(SET ROLE \w+;\n)?({base.Operations.telling.pattern})?")

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Empty the tables after a test, also while a server still answers a window that is closed by now.

        Such an answer may hold one table and want another when all are to be emptied; it is over a moment later.
        """
        for _ in range(EMPTIED_AFTER):
            with contextlib.suppress(OperationalError):
                return super().execute_sql_flush(sql_list)
        return super().execute_sql_flush(sql_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """As the product's, but for the transaction around a test, and for who arranges."""

    ops_class = Operations
    serves_as = ROLE

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.alias == NO_DB_ALIAS:
            # Makes and drops the database of the run, which no transaction may do.
            self.connection.execute(f"SET ROLE {OWNER_ROLE}")

    def to_be_told(self) -> Telling | None:
        if self.alias == NO_DB_ALIAS:
            return None
        wanted = acting()
        if self.told == wanted:
            return None
        self.require_same_viewer(wanted)
        # A setting and a role outlive the statement here, so it is always said who acts, nobody included.
        lasting = not self.get_autocommit() or self.in_atomic_block
        self.told = wanted if lasting else None
        if wanted == ARRANGING:
            return Telling(f"SET ROLE {OWNER_ROLE};\n", 1)
        role = Telling(f"SET ROLE {ROLE};\n", 1)
        settings = settings_of(wanted)
        return Telling(role.text + settings.text, role.results + settings.results)

    def require_same_viewer(self, wanted: Identity) -> None:
        own = any(not getattr(block, "_from_testcase", False) for block in self.atomic_blocks)
        if own and ARRANGING not in {wanted, self.told}:
            super().require_same_viewer(wanted)

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the stubs leave private methods out
        # The settings are those of before the savepoint again, whoever that was.
        self.told = None
