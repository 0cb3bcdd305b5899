"""Jobs live in PostgreSQL, so a job is enqueued in the same transaction as the change that needs it."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(name="toolkit.send_mail", queue="mail", retry=RETRY)
def send_mail_job(*, to: str, subject: str, body: str) -> None:
    """Send one plain-text mail; tried again with growing waits when the server does not answer."""
    EmailMessage(subject=subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[to]).send()
