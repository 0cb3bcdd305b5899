"""Mails of an installation without a mail server: kept as files, and listed for whoever runs it.

The list is shut unless ``MAILBOX_TOKEN`` is set (never in production), and opens only on the machine itself and with
the token, which stands in the address that is printed at the start. To everybody else the page does not exist.
"""

from __future__ import annotations

import email
import email.policy
import ipaddress
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMail
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

NAME = re.compile(r"\A\d{8}T\d{12}-[0-9a-f]{8}\.eml\Z")
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
MAILS_PER_PAGE = 50


class MailboxBackend(BaseEmailBackend):
    """Keep every mail as a file of its own in ``MAILBOX_DIR``, as it would have gone over the wire."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails and return how many."""
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
            fresh = folder / f".{name}"
            fresh.write_bytes(message.message().as_bytes())
            fresh.replace(folder / name)  # the list never sees half a mail
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail of the list. ``addresses`` are the links in its text, each once, in order."""

    name: str
    kept_at: datetime
    subject: str
    to: str
    sender: str
    text: str
    addresses: tuple[str, ...]


def kept_mails() -> list[Path]:
    """The files of all mails, the newest first."""
    folder = Path(settings.MAILBOX_DIR)
    found = [file for file in folder.iterdir() if NAME.match(file.name)] if folder.is_dir() else []
    return sorted(found, reverse=True)


def read_mail(file: Path) -> KeptMail:
    """Read one file; a mail without a plain text shows an empty one."""
    parsed = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(parsed, ParsedMail)  # noqa: S101 -- what that policy makes, which the type does not say
    body = parsed.get_body(preferencelist=("plain",))
    text = body.get_content().strip() if body is not None else ""
    return KeptMail(
        name=file.name,
        kept_at=datetime.strptime(file.name.split("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        subject=str(parsed["subject"] or ""),
        to=str(parsed["to"] or ""),
        sender=str(parsed["from"] or ""),
        text=text,
        addresses=tuple(dict.fromkeys(ADDRESS.findall(text))),
    )


@login_not_required
@never_cache
@require_GET
def mailbox(request: HttpRequest, token: str) -> HttpResponse:
    """List the kept mails with their text and their links."""
    if not (_opens(token) and _is_here(request)):
        raise Http404
    page = Paginator(kept_mails(), MAILS_PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "toolkit/mailbox.html", {"mails": [read_mail(file) for file in page], "page": page})


def _opens(token: str) -> bool:
    wanted: str = settings.MAILBOX_TOKEN
    return bool(wanted) and secrets.compare_digest(token.encode(), wanted.encode())


def _is_here(request: HttpRequest) -> bool:
    # A proxy on the same machine would make everybody look local; it announces itself by this header.
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


urlpatterns = [path("<str:token>/", mailbox, name="mailbox")]
