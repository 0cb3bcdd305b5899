"""The register, applications and their approval: anybody applies, only the association of the Land decides."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

from tests.access.table import everyone, hidden
from tests.factories.tenancy import ApplicationFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    confirmed = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    return SimpleNamespace(
        open=ApplicationFactory(state="open", confirmed_at=confirmed, domain_fits=True),
        unconfirmed=ApplicationFactory(),
    )


ROWS = {
    "tenancy:municipality-suggest": everyone("get", 200, query="q=kon"),
    "tenancy:sources": everyone("get", 200),
    "tenancy:apply": everyone("get", 200),
    "tenancy:apply#post": everyone("post", 422, data={"town": "Atlantis"}),
    "tenancy:apply-sent": everyone("get", 302, visitors=True),
    "tenancy:apply-confirm": everyone("get", 410, lambda w: {"token": "geraten"}),
    "tenancy:apply-confirm#post": everyone("post", 410, lambda w: {"token": "geraten"}),
    "tenancy:application-list": hidden("get", moderator=200, other_moderator=200),
    "tenancy:application-detail": hidden("get", lambda w: {"pk": w.open.pk}, moderator=200),
    "tenancy:application-detail#unconfirmed": hidden("get", lambda w: {"pk": w.unconfirmed.pk}),
    "tenancy:application-decide": hidden(
        "post", lambda w: {"pk": w.open.pk}, data={"what": "decline", "reason": "Noch nicht."}, moderator=302
    ),
    "tenancy:application-decide#unconfirmed": hidden(
        "post", lambda w: {"pk": w.unconfirmed.pk}, data={"what": "decline", "reason": "Noch nicht."}
    ),
}
