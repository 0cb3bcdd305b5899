"""Networks, their first hour, their people and invitations, the directory, and signing in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.access.table import Of, Row, everyone, signed_in
from tests.factories.tenancy import (
    CouncilPaperFactory,
    FundingFactory,
    InvitationFactory,
    MembershipFactory,
    OfficeFactory,
    PartnershipFactory,
)


def build(cast: SimpleNamespace) -> SimpleNamespace:
    konstanz = cast.konstanz
    return SimpleNamespace(
        slug=konstanz.slug,
        heilbronn=cast.heilbronn.slug,
        office=OfficeFactory(network=konstanz),
        funding=FundingFactory(network=konstanz),
        paper=CouncilPaperFactory(network=konstanz),
        asked=PartnershipFactory(asking=cast.heilbronn, asked=konstanz),
        invitation=InvitationFactory(network=konstanz, email="eingeladen@konstanz.example"),
        membership=MembershipFactory(network=konstanz),
        pilot=cast.pilot,
    )


def slug(world: SimpleNamespace, **more: object) -> dict[str, object]:
    return {"slug": world.slug, **more}


def coordination(method: str, status: int, kwargs: Of = slug, **more: Any) -> Row:
    """A page of the coordination of a published network: the others see the network, but may not."""
    return signed_in(method, 403, kwargs, **{"coordinator": status, **more})


def hidden(method: str, status: int, kwargs: Of) -> Row:
    """A thing of the coordination that nobody else knows of."""
    return signed_in(method, 404, kwargs, coordinator=status)


MAIL = {"what": "mail", "mail-email": "neu@konstanz.example", "mail-role": "pilot", "mail-office": ""}

ROWS = {
    "tenancy:network-list": everyone("get", 200),
    "tenancy:network-detail": everyone("get", 200, slug),
    "tenancy:network-setup-resume": coordination("get", 302),
    "tenancy:network-setup": coordination("get", 200, lambda w: slug(w, step="bezeichnung")),
    "tenancy:network-setup#post": coordination(
        "post", 302, lambda w: slug(w, step="wir"), data={"name": "Lotsen Konstanz"}
    ),
    "tenancy:network-publish": coordination("post", 403),
    "tenancy:network-edit-start": coordination("get", 302),
    "tenancy:network-edit": coordination("get", 200, lambda w: slug(w, part="mehr")),
    "tenancy:network-edit#post": coordination("post", 302, lambda w: slug(w, part="mehr"), data={"sdg_targets": "11"}),
    "tenancy:office-edit": coordination("get", 200, lambda w: slug(w, pk=w.office.pk)),
    "tenancy:office-edit#post": coordination(
        "post", 302, lambda w: slug(w, pk=w.office.pk), data={"name": "Hauptamt", "task_area": ""}
    ),
    "tenancy:office-close": coordination("post", 302, lambda w: slug(w, pk=w.office.pk)),
    "tenancy:funding-remove": coordination("post", 302, lambda w: slug(w, pk=w.funding.pk)),
    "tenancy:paper-remove": coordination("post", 302, lambda w: slug(w, pk=w.paper.pk)),
    "tenancy:network-partners": coordination("get", 200),
    "tenancy:partnership-ask": coordination("post", 302, lambda w: slug(w, asked=w.heilbronn)),
    "tenancy:partnership-accept": hidden("post", 302, lambda w: {"pk": w.asked.pk}),
    "tenancy:partnership-end": hidden("post", 302, lambda w: {"pk": w.asked.pk}),
    "tenancy:invitation-list": coordination("get", 200),
    "tenancy:invitation-list#post": coordination("post", 302, data=MAIL),
    "tenancy:invitation-withdraw": hidden("post", 302, lambda w: {"pk": w.invitation.pk}),
    "tenancy:invitation-renew": hidden("post", 302, lambda w: {"pk": w.invitation.pk}),
    "tenancy:invitation-accept": everyone("get", 410, lambda w: {"token": "geraten"}),
    "tenancy:member-list": coordination("get", 200),
    "tenancy:member-edit": coordination("get", 200, lambda w: {"pk": w.membership.pk}, operator=404),
    "tenancy:member-edit#post": coordination(
        "post", 302, lambda w: {"pk": w.membership.pk}, operator=404, data={"role": "office_head", "office": ""}
    ),
    "tenancy:member-end": coordination("get", 200, lambda w: {"pk": w.membership.pk}, operator=404),
    "tenancy:member-end#post": coordination("post", 302, lambda w: {"pk": w.membership.pk}, operator=404),
    "tenancy:person-list": signed_in("get", 200),
    "tenancy:person-detail": signed_in("get", 200, lambda w: {"pk": w.pilot.pk}, operator=404),
    "tenancy:topic-suggest": signed_in("get", 200, query="q=akte"),
    "tenancy:profile": signed_in("get", 200),
    "tenancy:profile#post": signed_in("post", 422, data={"given_name": ""}),
    "api-network-list": everyone("get", 200),
    "api-network-detail": everyone("get", 200, slug),
    "api-person-list": signed_in("get", 200, anonymous=403),
    "api-person-detail": signed_in("get", 200, lambda w: {"pk": w.pilot.pk}, anonymous=403, operator=404),
    "api-municipality-list": everyone("get", 200, query="q=konst"),
    # Signing in is the library's; what matters here is that each of its pages stands, and for whom.
    "account_login": signed_in("get", 302, anonymous=200),
    "account_logout": signed_in("get", 200, visitors=True),
    "account_inactive": everyone("get", 200),
    "account_signup": signed_in("get", 302, anonymous=200),
    # Nobody of the cast has a password, so there is nothing to ask them again.
    "account_reauthenticate": signed_in("get", 403),
    "account_email": signed_in("get", 200),
    "account_email_verification_sent": everyone("get", 200),
    "account_confirm_email": everyone("get", 200, lambda w: {"key": "geraten"}),
    "account_change_password": signed_in("get", 302),
    "account_set_password": signed_in("get", 200),
    "account_reset_password": everyone("get", 200),
    "account_reset_password_done": everyone("get", 200),
    "account_reset_password_from_key": everyone("get", 200, lambda w: {"uidb36": "1", "key": "geraten"}),
    "account_reset_password_from_key_done": everyone("get", 200),
    "account_confirm_login_code": everyone("get", 302),
}
