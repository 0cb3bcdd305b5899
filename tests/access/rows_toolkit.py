"""The pages without a domain, for everybody."""

from __future__ import annotations

from types import SimpleNamespace

from tests.access.table import everyone


def build(cast: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace()


ROWS = {
    "toolkit:imprint": everyone("get", 200),
    "toolkit:privacy": everyone("get", 200),
    "toolkit:accessibility": everyone("get", 200),
    "toolkit:worker": everyone("get", 200),
    "toolkit:offline": everyone("get", 200),
    "toolkit:manifest": everyone("get", 200),
    "toolkit:alive": everyone("get", 200),
    "toolkit:ready": everyone("get", 200),
    "mailbox": everyone("get", 404, lambda w: {"token": "guessed"}),
}
