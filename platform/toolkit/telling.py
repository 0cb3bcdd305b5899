"""How a lower floor lets people know something: it says it here, and `notices` registers the one who carries it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Teller(Protocol):
    """Carries a sentence to people; called inside the transaction of the change it speaks of."""

    def __call__(
        self, person_ids: Iterable[int], *, kind: str, text: str | _StrPromise, url: str, key: str, mail: bool
    ) -> None: ...


_tellers: list[Teller] = []


def register_teller(teller: Teller) -> None:
    """Called once from ``AppConfig.ready`` of the floor that carries notices."""
    _tellers.append(teller)


def tell(
    person_ids: Iterable[int], *, kind: str, text: str | _StrPromise, url: str = "", key: str = "", mail: bool = False
) -> None:
    """Tell people one sentence. Part of the caller's transaction: rolled back, nobody hears of it.

    A lazily translated ``text`` is written in each person's language.
    ``key`` merges repeats while unread; ``mail`` sends it by mail too, as the person wishes.
    """
    ids = sorted(set(person_ids))
    for teller in _tellers:
        teller(ids, kind=kind, text=text, url=url, key=key, mail=mail)
