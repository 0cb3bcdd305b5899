"""For whom the database is asked: who acts, kept beside the request and told to every transaction.

The second wall (``toolkit.row_security``) compares what a row carries with what the acting one holds. The engine
(``toolkit.database``) hands that over at the first statement of each transaction. Where nobody acts, only what is
public is there.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


class Acts(Protocol):
    """Somebody who acts: a viewer."""

    @property
    def person_id(self) -> int | None: ...

    @property
    def keys(self) -> tuple[int, ...]: ...


V = TypeVar("V", bound=Acts)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the database is told: keys (``toolkit.audience``), the person's number, and the hash of a token held.

    A token is what came by mail: who holds it may see the one invitation or application that carries its hash.
    """

    keys: tuple[int, ...] = ()
    person_id: int | None = None
    token: str = ""


#: Nobody acts: the database shows what is public.
NOBODY = Identity()


@dataclass(slots=True, eq=False)
class _Turn:
    """Somebody acts as long as a block lasts. A task begun in it holds the same turn, and so learns of its end."""

    who: Identity
    over: bool = False


_NOBODYS = _Turn(NOBODY)
_acting: ContextVar[_Turn] = ContextVar("acting", default=_NOBODYS)


class ViewerChanged(RuntimeError):
    """Inside a transaction somebody else began to act: what was read for one would be written for another."""


def acting() -> Identity:
    """Who acts now, in this thread or task; nobody in a task that outlived the block in which somebody acted."""
    turn = _acting.get()
    return NOBODY if turn.over else turn.who


@contextlib.contextmanager
def acting_as(viewer: Acts) -> Iterator[None]:
    """Let the database know the viewer as the acting one, as long as the block lasts.

    Raises ``ViewerChanged`` inside a transaction in which another one acts. What gains or loses keys on the way,
    because a membership begins say, goes on with those it began with until its transaction ends.
    """
    before = acting()
    if viewer.person_id is None:
        wanted = replace(NOBODY, token=before.token)
    elif viewer.person_id == before.person_id and connection.in_atomic_block:
        wanted = before
    else:
        wanted = Identity(viewer.keys, viewer.person_id, before.token)
    with _instead(wanted):
        yield


@contextlib.contextmanager
def holding(token_hash: str) -> Iterator[None]:
    """Let the acting one also see the single row that carries this hash, as long as the block lasts."""
    with _instead(replace(acting(), token=token_hash)):
        yield


@contextlib.contextmanager
def acting_as_nobody() -> Iterator[None]:
    """As if nobody acted: where a request begins, before anything is known of who sent it."""
    with _instead(NOBODY):
        yield


@contextlib.contextmanager
def asking_as(viewer: Acts) -> Iterator[None]:
    """Read as somebody else in the midst of a transaction: for a rule that is asked about a third person.

    Whoever ends a membership does not see all that the person sees, who may stay there. Nothing can be written, also
    not by a function: PostgreSQL refuses. Afterwards the one from before acts again.
    """
    wanted = NOBODY if viewer.person_id is None else Identity(viewer.keys, viewer.person_id)
    with transaction.atomic():
        before = getattr(connection, "told", None)
        turn = _Turn(wanted)
        token = _acting.set(turn)
        try:
            connection.told = None  # type: ignore[attr-defined]  # our own engine's (toolkit.database)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL transaction_read_only = on")
            yield
        finally:
            turn.over = True
            _acting.reset(token)
            # Going back brings back who acted, and that they may write.
            connection.told = before  # type: ignore[attr-defined]  # as above
            transaction.set_rollback(True)


@contextlib.contextmanager
def _instead(wanted: Identity) -> Iterator[None]:
    if wanted != acting():
        require_same_viewer(wanted)
    turn = _Turn(wanted)
    token = _acting.set(turn)
    try:
        yield
    finally:
        turn.over = True
        _acting.reset(token)


def require_same_viewer(wanted: Identity) -> None:
    """Raise ``ViewerChanged`` when the transaction that this thread is in belongs to somebody else."""
    # Another engine (a command's, say) knows nothing of viewers, and need not.
    check: Callable[[Identity], None] | None = getattr(connection, "require_same_viewer", None)
    if check is not None:
        check(wanted)


def verb(service: Callable[Concatenate[V, P], R]) -> Callable[Concatenate[V, P], R]:
    """Make a service one transaction, in which the viewer it names first acts.

    So the one whom the rules were asked about in Python is the one whom the database knows.
    """

    @functools.wraps(service)
    def carried_out(viewer: V, /, *arguments: P.args, **named: P.kwargs) -> R:
        with acting_as(viewer), transaction.atomic():
            return service(viewer, *arguments, **named)

    return carried_out
