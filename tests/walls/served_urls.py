"""The product's addresses, and beside them some that say what the database knows of who acts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from exchange.models import Experience
from tenancy.models import Person
from toolkit.acting import acting

_TOLD_PERSON = "current_setting('app.person', true)"
_found: dict[str, dict[str, Any]] = {}


def _told() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce({_TOLD_PERSON}, '')")
        return str(cursor.fetchone()[0])


def _elsewhere(work: Callable[[], Any]) -> Any:
    """In a thread that is nobody's: its connection goes back to the pool at once."""
    try:
        return work()
    finally:
        connections.close_all()


def _everything() -> list[str]:
    """A forgotten filter."""
    return sorted(Experience.objects.values_list("title", flat=True))


def in_a_thread(request: HttpRequest) -> JsonResponse:
    """Alone, in a transaction, and over a wait; and all that there is."""
    with transaction.atomic():
        said = [_told()]
        time.sleep(0.002)
        said.append(_told())
    return JsonResponse({"told": [*said, _told()], "titles": _everything()})


async def in_the_loop(request: HttpRequest) -> JsonResponse:
    """The asynchronous ways to ask, one after the other and at once."""
    pk = request.user.pk or 0
    own = Person.objects.annotate(told=RawSQL(_TOLD_PERSON, []))
    said = [(await own.aget(pk=pk)).told]
    await asyncio.sleep(0.002)
    said += [person.told async for person in own.filter(pk=pk)]
    said += await asyncio.gather(*(sync_to_async(_told)() for _ in range(3)))
    # A request that wants a second connection while it holds its first starves the pool once there are enough of it.
    await sync_to_async(connections.close_all)()
    said += await asyncio.gather(*(sync_to_async(_elsewhere, thread_sensitive=False)(_told) for _ in range(2)))
    said.append(await asyncio.to_thread(_elsewhere, _told))
    return JsonResponse({"told": said, "titles": await sync_to_async(_everything)()})


async def leaving_a_task(request: HttpRequest, name: str) -> JsonResponse:
    """Begins what goes on after the answer."""
    await sync_to_async(connections.close_all)()
    begun, gone = asyncio.Event(), asyncio.Event()

    async def task() -> None:
        _found[name] = {"during": await sync_to_async(_elsewhere, thread_sensitive=False)(_told)}
        begun.set()
        await gone.wait()
        await asyncio.sleep(0.2)
        _found[name]["afterwards"] = await sync_to_async(_elsewhere, thread_sensitive=False)(_told)
        _found[name]["acting"] = acting().person_id

    running = asyncio.create_task(task())
    _tasks.add(running)
    running.add_done_callback(_tasks.discard)
    await begun.wait()
    gone.set()
    return JsonResponse({})


_tasks: set[asyncio.Task[None]] = set()


async def what_the_task_found(request: HttpRequest, name: str) -> JsonResponse:
    return JsonResponse(_found[name])


urlpatterns = [
    path("probe/thread/", in_a_thread),
    path("probe/loop/", in_the_loop),
    path("probe/task/<str:name>/", leaving_a_task),
    path("probe/found/<str:name>/", what_the_task_found),
    path("", include("config.urls")),
]
