"""What waits for a person, gathered for the start page: each floor says here what it knows of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: ``title`` in words of the person, the path where it is done, and its state in a word.

    ``kind`` colours the state: ``info``, ``warning`` or ``success``. Lower ``order`` comes first.
    """

    title: str | _StrPromise
    url: str
    state: str | _StrPromise
    kind: str = "info"
    order: int = 100


#: Gets the request and answers what waits; the number of its queries must not grow with what it finds.
Provider = Callable[[HttpRequest], list[Task]]

_providers: list[Provider] = []


def register_tasks(provider: Provider) -> None:
    """Add to what the start page shows; called once from ``AppConfig.ready``."""
    _providers.append(provider)


def tasks_for(request: HttpRequest, *, most: int = 6) -> list[Task]:
    """What waits for the one who asks, most pressing first."""
    found = [task for provider in _providers for task in provider(request)]
    return sorted(found, key=lambda task: task.order)[:most]
