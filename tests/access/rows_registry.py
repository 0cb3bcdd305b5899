"""The register, applications and their approval."""

from __future__ import annotations

from types import SimpleNamespace

from tests.access.table import everyone


def build(cast: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace()


ROWS = {
    "tenancy:municipality-suggest": everyone("get", 200, query="q=kon"),
}
