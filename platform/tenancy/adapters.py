"""How signing in meets our people: nobody signs up by themselves, and mail goes the way of all our mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.http import HttpRequest

from toolkit.jobs import send_mail_job


class AccountAdapter(DefaultAccountAdapter):
    """Logins come from invitations and approved applications only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context_data: dict[str, Any]) -> None:
        """Render now and send by a job: a slow mail server neither delays the page nor tells who has a login."""
        data = {"request": context.request, "email": email, "site_name": settings.SITE_NAME, **context_data}
        message = self.render_mail(template_prefix, email, data)
        for address in message.to:
            send_mail_job.defer(to=address, subject=message.subject, body=f"{str(message.body).strip()}\n")
