"""Mail leaves after the commit: the job that sends it is enqueued in the same transaction as the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation

from toolkit.jobs import send_mail_job


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An invitation in the mail that calendars take: its method and the whole text (RFC 6047)."""

    method: str
    text: str


def send_mail(
    to: Sequence[str],
    template: str,
    context: dict[str, Any],
    *,
    language: str = "de",
    at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    calendar: CalendarPart | None = None,
) -> None:
    """Enqueue one mail per address, to be sent now or ``at`` a moment.

    ``template`` names ``<template>.txt``, whose first line is the subject, and ``<template>.html`` where there is one.
    ``calendar`` goes along as a part of its own and as a file.
    The text is rendered now, with what is true now. Line breaks in the subject are removed (header injection).
    """
    with translation.override(language):
        text = render_to_string(f"{template}.txt", context).strip()
        try:
            html = render_to_string(f"{template}.html", context).strip()
        except TemplateDoesNotExist:
            html = ""
    subject, _newline, body = text.partition("\n")
    more: dict[str, Any] = {"html": html} if html else {}
    if headers:
        more["headers"] = {name: " ".join(value.split()) for name, value in headers.items()}
    if calendar is not None:
        more["calendar"] = asdict(calendar)
    job = send_mail_job.configure(schedule_at=at) if at is not None else send_mail_job
    for address in to:
        job.defer(to=address, subject=" ".join(subject.split()), body=body.strip() + "\n", **more)
