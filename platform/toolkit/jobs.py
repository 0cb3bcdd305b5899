"""Jobs live in PostgreSQL, so a job is enqueued in the same transaction as the change that needs it.

The worker is the same role to the database as the web, so a job sees what the one sees for whom it acts. Each job says
who that is: ``job_for_viewer`` carries a person's number, ``job_for_nobody`` says why none is needed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from toolkit.acting import Acts, acting_as, acting_as_nobody

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)

#: Name of each job that acts for nobody, and why.
NOBODYS: dict[str, str] = {
    "builtin:procrastinate.builtin_tasks.remove_old_jobs": "The package's own: forgets what was done long ago.",
    "procrastinate.builtin_tasks.remove_old_jobs": "The same under its older name.",
}
#: Names of the jobs that act for the person whose number they carry.
VIEWERS: set[str] = set()

_read_viewer: list[Callable[[int], Acts]] = []


def register_viewer_reader(read: Callable[[int], Acts]) -> None:
    """Say how a viewer is read by a person's number; called once from ``AppConfig.ready`` of who knows people."""
    _read_viewer.append(read)


def job_for_viewer(
    name: str, *, queue: str = "default", retry: RetryStrategy = RETRY
) -> Callable[[Callable[..., None]], Task[Any, Any, Any]]:
    """Make a job of a function ``(viewer, **what)`` that acts for a person: ``job.defer(person_id=…, **what)``.

    The viewer is read when the job runs: who has left a network by then acts without its keys, who is suspended acts
    as a visitor.
    """

    def register(work: Callable[..., None]) -> Task[Any, Any, Any]:
        @app.task(name=name, queue=queue, retry=retry)
        @functools.wraps(work)
        def run(*, person_id: int, **what: Any) -> None:
            with acting_as_nobody():
                viewer = _read_viewer[-1](person_id)
                with acting_as(viewer):
                    work(viewer, **what)

        VIEWERS.add(name)
        return run

    return register


def job_for_nobody(
    name: str, *, because: str, queue: str = "default", retry: RetryStrategy = RETRY
) -> Callable[[Callable[..., None]], Task[Any, Any, Any]]:
    """Make a job of a function that needs no more than what is public, and say why: ``job.defer(**what)``."""

    def register(work: Callable[..., None]) -> Task[Any, Any, Any]:
        @app.task(name=name, queue=queue, retry=retry)
        @functools.wraps(work)
        def run(**what: Any) -> None:
            with acting_as_nobody():
                work(**what)

        NOBODYS[name] = because
        return run

    return register


@job_for_nobody(
    "toolkit.send_mail",
    because="The text was written for its reader when it was enqueued; nothing is looked up.",
    queue="mail",
)
def send_mail_job(
    *,
    to: str,
    subject: str,
    body: str,
    html: str = "",
    headers: dict[str, str] | None = None,
    calendar: dict[str, str] | None = None,
) -> None:
    """Send one mail, plain and, where there is one, with a page or an invitation of ``method`` and ``text``.

    Tried again with growing waits when nobody answers.
    """
    mail = EmailMultiAlternatives(
        subject=subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[to], headers=headers or {}
    )
    if html:
        mail.attach_alternative(html, "text/html")
    if calendar:
        # Programs read the part beside the text, people and phones open the file: both carry the same.
        mail.attach_alternative(calendar["text"], f"text/calendar; method={calendar['method']}; component=VEVENT")
        mail.attach("lotsennetz.ics", calendar["text"].encode(), "application/ics")
    mail.send()
