"""What the roof adds: the switch of language, and the description of the interface for machines."""

from __future__ import annotations

from types import SimpleNamespace

from tests.access.table import everyone


def build(cast: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace()


ROWS = {
    "set_language": everyone("post", 302, data={"language": "en", "next": "/impressum/"}, visitors=True),
    "api-schema": everyone("get", 200),
    "api-docs": everyone("get", 200),
}
