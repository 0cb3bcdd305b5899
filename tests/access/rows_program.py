"""The programme of a workshop and its materials: read by whoever sees it, written by the cities that host it."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils import timezone

from exchange.models import Material, OpenSpace, SessionProposal, WorkshopSeries
from tests.access.rows_workshops import owners, programme
from tests.access.table import everyone, hidden
from tests.factories.workshops import RegistrationFactory, SessionFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Workshops of Konstanz, open and in the making, each with a point of its programme, and one with Heilbronn."""
    shown, draft = WorkshopFactory(hosts=[cast.konstanz]), WorkshopFactory(hosts=[cast.konstanz], state="draft")
    RegistrationFactory(workshop=shown, person=cast.pilot, network=cast.konstanz)
    OpenSpace.objects.create(workshop=shown, until=shown.starts_at)
    series = WorkshopSeries.objects.create(title="Reihe", rule="FREQ=WEEKLY;COUNT=2", first_day="2027-01-05")
    joint = WorkshopFactory(hosts=[cast.heilbronn], asked=[cast.konstanz], series=series, series_day="2027-01-05")
    return SimpleNamespace(
        series=joint.series,
        proposal=SessionProposal.objects.create(workshop=shown, proposer=cast.pilot, title="Vorschlag"),
        konstanz=cast.konstanz, heilbronn=cast.heilbronn, open=shown, draft=draft,
        shared=WorkshopFactory(hosts=[cast.konstanz, cast.heilbronn]),
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
    "exchange:open-space": owners("get", 200, of("open")),
    "exchange:open-space#post": owners("post", 302, of("open"), data={"votes_each": "2"}),
    "exchange:proposal-new": owners("get", 403, of("open"), pilot=200),
    "exchange:proposal-new#post": owners("post", 403, of("open"), pilot=302, data={"title": "Neu"}),
    "exchange:proposal-vote": owners(
        "post",
        403,
        of("open", "proposal"),
        pilot=302,
        outsider=404,
        office_head=404,
        moderator=404,
        other_moderator=404,
    ),
    "exchange:proposal-withdraw": owners(
        "post",
        403,
        of("open", "proposal"),
        pilot=302,
        outsider=404,
        office_head=404,
        moderator=404,
        other_moderator=404,
    ),
    "exchange:proposal-take": owners(
        "post",
        302,
        of("open", "proposal"),
        pilot=403,
        outsider=404,
        office_head=404,
        moderator=404,
        other_moderator=404,
    ),
    "exchange:series-new": owners("get", 200, of("open")),
    "exchange:series-new#look": owners("post", 200, of("open"), data={"interval": "1", "how": "weekly", "count": "3"}),
    "exchange:series": programme("get", of("series")),
    "exchange:series-answer": owners(
        "post",
        302,
        of("series"),
        pilot=404,
        outsider=404,
        office_head=404,
        moderator=404,
        other_moderator=404,
        data=lambda w: {"network": w.konstanz.pk, "answer": "yes"},
    ),
    "exchange:host-step-back": owners("post", 302, of("shared"), data=lambda w: {"network": w.konstanz.pk}),
    "exchange:host-step-back#of-others": owners("post", 403, of("shared"), data=lambda w: {"network": w.heilbronn.pk}),
}
