"""Signing in and what belongs to it (django-allauth), beyond the plain pages in rows_network."""

from __future__ import annotations

from types import SimpleNamespace

from allauth.account.models import EmailAddress, EmailConfirmationHMAC

from tests.access.table import PEOPLE, everyone, signed_in


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Everybody of the cast with a confirmed address, and one address that waits for it."""
    for who in PEOPLE[1:]:
        person = getattr(cast, who)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    waiting = EmailAddress.objects.create(user=cast.neighbour, email=cast.neighbour.email, primary=True)
    return SimpleNamespace(key=EmailConfirmationHMAC(waiting).key)


# The pages themselves stand in rows_network; here is what needs an address in the data, or is sent.
ROWS = {
    "account_confirm_email#waiting": everyone("get", 200, lambda w: {"key": w.key}),
    "account_logout#post": everyone("post", 302, visitors=True),
    "account_email#post": signed_in("post", 302, data={"action_add": "", "email": "neu@musterstadt.example"}),
    "account_login#wrong": signed_in("post", 302, data={"login": "x@y.example", "password": "geraten"}, anonymous=200),
}
