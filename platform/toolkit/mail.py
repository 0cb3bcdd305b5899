"""Mail leaves after the commit: the job that sends it is enqueued in the same transaction as the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from toolkit.jobs import send_mail_job


def send_mail(to: Sequence[str], template: str, context: dict[str, Any], *, language: str = "de") -> None:
    """Enqueue one mail per address. ``template`` names ``<template>.txt``; its first line is the subject.

    The text is rendered now, with what is true now. Line breaks in the subject are removed (header injection).
    """
    with translation.override(language):
        text = render_to_string(f"{template}.txt", context).strip()
    subject, _newline, body = text.partition("\n")
    for address in to:
        send_mail_job.defer(to=address, subject=" ".join(subject.split()), body=body.strip() + "\n")
