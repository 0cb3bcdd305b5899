"""The programme of a workshop and its materials: read by whoever sees it, written by the cities that host it."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils import timezone

from exchange.models import Material
from tests.access.rows_workshops import owners
from tests.access.table import everyone, hidden
from tests.factories.workshops import SessionFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Workshops of Konstanz and Heilbronn, open and in the making, each with a point of its programme."""
    both = [cast.konstanz, cast.heilbronn]
    shown, draft = WorkshopFactory(hosts=both), WorkshopFactory(hosts=both, state="draft")
    return SimpleNamespace(
        konstanz=cast.konstanz, heilbronn=cast.heilbronn, open=shown, draft=draft,
        material=Material.objects.create(workshop=shown, phase="before", title="Link", url="https://example.org/"),
        point=SessionFactory(workshop=shown), draft_point=SessionFactory(workshop=draft),
    )  # fmt: skip


def of(name: str, point: str = "") -> Any:
    return lambda w: {"pk": getattr(w, name).pk} | ({"number": getattr(w, point).pk} if point else {})


def point(w: SimpleNamespace) -> dict[str, Any]:
    starts = timezone.localtime(w.open.starts_at) + datetime.timedelta(minutes=1)
    return {"title": "Neu", "kind": "session", "day": starts.date().isoformat(), "begins": f"{starts:%H:%M}",
            "anyway": "on", "version": "1"}  # fmt: skip


def lines(w: SimpleNamespace) -> dict[str, Any]:
    starts = timezone.localtime(w.open.starts_at) + datetime.timedelta(minutes=1)
    return {"day": starts.date().isoformat(), "lines": f"{starts:%H:%M} Ankommen"}


ROWS = {
    "exchange:program": owners("get", 200, of("open")),
    "exchange:program#draft": hidden("get", of("draft"), coordinator=200),
    "exchange:program-lines": owners("post", 302, of("open"), data=lines),
    "exchange:session-new": owners("get", 200, of("open")),
    "exchange:session-new#post": owners("post", 302, of("open"), data=point),
    "exchange:session-edit": owners("get", 200, of("open", "point")),
    "exchange:session-edit#post": owners("post", 302, of("open", "point"), data=point),
    "exchange:session-edit#draft": hidden("get", of("draft", "draft_point"), coordinator=200),
    "exchange:session-move": owners("post", 302, of("open", "point"), data={"minutes": "5"}),
    "exchange:session-remove": owners("post", 302, of("open", "point"), data={"version": "1"}),
    "exchange:material-list": owners("get", 200, of("open")),
    "exchange:material-list#post": owners(
        "post", 302, of("open"), data={"phase": "before", "title": "Link", "url": "https://example.org/x"}
    ),
    "exchange:material-remove": owners("post", 302, of("open", "material")),
    "exchange:material-file": everyone("get", 404, lambda w: {"pk": w.open.pk, "key": UUID(int=7)}),
    "exchange:host-step-back": owners("post", 302, of("open"), data=lambda w: {"network": w.konstanz.pk}),
    "exchange:host-step-back#of-others": owners("post", 403, of("open"), data=lambda w: {"network": w.heilbronn.pk}),
}
