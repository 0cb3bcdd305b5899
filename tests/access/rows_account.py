"""Signing in and what belongs to it (django-allauth): open to visitors, closed where a login is needed."""

from __future__ import annotations

from types import SimpleNamespace

from allauth.account.models import EmailAddress, EmailConfirmationHMAC

from tests.access.table import PEOPLE, Row, everyone, signed_in


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Everybody of the cast with a confirmed address, and one address that waits for it."""
    for who in PEOPLE[1:]:
        person = getattr(cast, who)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    waiting = EmailAddress.objects.create(user=cast.neighbour, email=cast.neighbour.email, primary=True)
    return SimpleNamespace(key=EmailConfirmationHMAC(waiting).key)


def for_visitors(method: str) -> Row:
    """Pages before the sign-in: who has signed in already is led home."""
    return everyone(method, 302, anonymous=200)


ROWS = {
    "account_login": for_visitors("get"),
    "account_signup": for_visitors("get"),
    "account_reset_password": everyone("get", 200),
    "account_reset_password_done": everyone("get", 200),
    "account_reset_password_from_key": everyone("get", 200, lambda w: {"uidb36": "1", "key": "guessed"}),
    "account_reset_password_from_key_done": everyone("get", 200),
    "account_email_verification_sent": everyone("get", 200),
    "account_confirm_email": everyone("get", 200, lambda w: {"key": w.key}),
    "account_inactive": everyone("get", 200),
    "account_logout": everyone("get", 200),
    "account_logout#post": everyone("post", 302, visitors=True),
    "account_email": signed_in("get", 200),
    "account_change_password": signed_in("get", 302),
    "account_set_password": signed_in("get", 200),
    "account_reauthenticate": signed_in("get", 302),
    "account_confirm_login_code": everyone("get", 302),
}
