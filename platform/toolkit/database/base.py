"""The engine: every transaction knows the acting viewer (``toolkit.acting``), and no connection remembers one.

What is told is local to the transaction (``SET LOCAL``), so a connection that goes back to the pool carries nothing.
It travels in front of the first statement, in the same message: it costs some ten microseconds of processors, and no
round trip. Several statements in one message are one transaction, so this holds outside of ``atomic`` too.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg import sql as composed

from toolkit.acting import NOBODY, Identity, ViewerChanged, acting


class Telling(NamedTuple):
    """What goes in front of a statement, and how many results of its own it brings."""

    text: str
    results: int


def settings_of(who: Identity) -> Telling:
    """What makes an identity known to the transaction. Only numbers, letters and digits are in it.

    It is a line of its own, so that PostgreSQL's errors show the line of whoever asked. ``SELECT set_config(…, true)``
    says the same at three times the price, since it is planned and answers a row.
    """
    # Whoever holds no keys of their own (a visitor with a token from a mail) still sees what is public.
    keys = f"{{{','.join(str(int(key)) for key in who.keys)}}}" if who.keys else ""
    person = "" if who.person_id is None else str(int(who.person_id))
    token = who.token if who.token.isalnum() and who.token.isascii() else ""
    return Telling(
        f"SET LOCAL app.keys = '{keys}'; SET LOCAL app.person = '{person}'; SET LOCAL app.token = '{token}';\n", 3
    )


class Operations(operations.DatabaseOperations):
    """PostgreSQL's, but for what is shown of a statement afterwards."""

    telling = re.compile(r"SET LOCAL app\.keys = [^\n]*;\n")

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """What was asked, without what was told in front of it: it belongs to no query in the log."""
        asked = super().last_executed_query(cursor, sql, params)
        return asked and self.telling.sub("", asked, count=1)


class _TellingCursor(CursorWrapper):
    """Puts what has to be told in front of a statement and steps over its result."""

    db: DatabaseWrapper

    def _execute(self, sql: Any, params: Any, *ignored: Any) -> Any:
        before = self.db.told
        telling = self.db.to_be_told()
        if telling is None:
            return super()._execute(sql, params, *ignored)  # type: ignore[misc]  # the stubs leave private methods out
        try:
            text = self._text(sql)
            if params is not None:
                # Filled in before: so the driver knows the statement again, whoever acts, and need not read it anew.
                with self.db.wrap_database_errors:
                    text, params = self.cursor.mogrify(text, params), None
            result = super()._execute(telling.text + text, params, *ignored)  # type: ignore[misc]  # the stubs leave private methods out
        except BaseException:
            # Perhaps it never left this process (a wrong number of parameters, say): then nothing was told either.
            self.db.told = before
            raise
        for _ in range(telling.results):
            self.cursor.nextset()
        return result

    def _text(self, sql: Any) -> str:
        if isinstance(sql, composed.Composable):
            return sql.as_string(self.cursor)
        return sql.decode() if isinstance(sql, bytes) else str(sql)

    def _executemany(self, sql: Any, param_list: Any, *ignored: Any) -> Any:
        # Many messages instead of one: they need a transaction around them, which is told first.
        with transaction.atomic(using=self.db.alias, savepoint=False):
            telling = self.db.to_be_told()
            if telling is not None:
                super()._execute(telling.text, None)  # type: ignore[misc]  # the stubs leave private methods out
            return super()._executemany(sql, param_list, *ignored)  # type: ignore[misc]  # the stubs leave private methods out


class _TellingDebugCursor(base.CursorDebugWrapper, _TellingCursor):
    """The same, for whoever counts and reads the statements."""


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, told in each transaction who acts."""

    ops_class = Operations
    #: The role that a connection without a viewer has to take on (``toolkit.database.loop``); empty: it has it already.
    serves_as = ""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # Who was told to the running transaction; None as long as nothing was.
        self.told: Identity | None = None

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        return _TellingCursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> base.CursorDebugWrapper:
        return _TellingDebugCursor(cursor, self)

    def chunked_cursor(self) -> CursorWrapper:
        """An ordinary cursor: one on the server outlives its statement, and with a pool its transaction."""
        return self.cursor()

    def to_be_told(self) -> Telling | None:
        """What goes in front of the next statement. Raises ``ViewerChanged``, see there."""
        wanted = acting()
        if self.get_autocommit() and not self.in_atomic_block:
            return None if wanted == NOBODY else settings_of(wanted)
        self.require_same_viewer(wanted)
        if self.told is not None:
            return None
        # Said of nobody too: they may be asked about in the transaction of somebody (``toolkit.acting.asking_as``).
        self.told = wanted
        return settings_of(wanted)

    def require_same_viewer(self, wanted: Identity) -> None:
        """Raise ``ViewerChanged`` when somebody else was told to the running transaction."""
        if self.told is not None and self.told != wanted:
            raise ViewerChanged("Somebody else acts in this transaction already; end it before another one begins.")

    def connect(self) -> None:
        self.told = None
        super().connect()

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave private methods out
        self.told = None

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # the stubs leave private methods out
        self.told = None

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]  # the stubs leave private methods out
        self.told = None
