"""The words of the access table: who looks, and what each of them must get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: Everybody who looks at every address. The order is the order of the columns.
PEOPLE = (
    "anonymous",
    "outsider",
    "pilot",
    "coordinator",
    "office_head",
    "moderator",
    "other_moderator",
    "operator",
)

Of = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One address (or one method of it) and the status that each person gets.

    ``kwargs`` makes the parts of the address from the world that ``build`` of the same module made, ``data`` the
    body of a POST (``json=True`` sends it as JSON), ``query`` the part after the question mark. ``visitors`` says
    that a visitor's 302 is the answer to an accepted form and not the way to the sign-in page.
    A key of ROWS is the name of the address, and after a ``#`` anything that tells several rows of it apart.
    """

    method: str
    kwargs: Of | None = None
    anonymous: int = 302
    outsider: int = 200
    pilot: int = 200
    coordinator: int = 200
    office_head: int = 200
    moderator: int = 200
    other_moderator: int = 200
    operator: int = 200
    data: Of | Mapping[str, Any] | None = None
    query: str = ""
    json: bool = False
    visitors: bool = False

    def expected(self) -> dict[str, int]:
        """The status by person."""
        return {who: getattr(self, who) for who in PEOPLE}


def everyone(method: str, status: int, kwargs: Of | None = None, **more: Any) -> Row:
    """A row where all get the same; ``more`` names the exceptions."""
    return Row(method, kwargs, **{**dict.fromkeys(PEOPLE, status), **more})


def signed_in(method: str, status: int, kwargs: Of | None = None, **more: Any) -> Row:
    """A row where everybody with a login gets the same and visitors are sent to the sign-in page."""
    return Row(method, kwargs, **{**dict.fromkeys(PEOPLE, status), "anonymous": 302, **more})


def hidden(method: str, kwargs: Of | None = None, **more: Any) -> Row:
    """A row that is not there for anybody but those whom ``more`` names; visitors are sent to the sign-in page."""
    return Row(method, kwargs, **{**dict.fromkeys(PEOPLE, 404), "anonymous": 302, **more})
