"""Addresses of our pages, for sentences and mails that services write; rules and verbs know nothing of the web."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse


def queue_path() -> str:
    return reverse("moderation:queue")


def decision_path(decision_id: int) -> str:
    return reverse("moderation:decision", kwargs={"pk": decision_id})


def full(path: str) -> str:
    """The address as it stands in a mail."""
    return f"{settings.SITE_URL}{path}"
