"""Moderation: whoever sees a thing may report it; only the association of its Land reads and decides."""

from __future__ import annotations

from types import SimpleNamespace

from moderation import public
from moderation.models import Report
from tests.access.table import everyone, hidden, signed_in
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.moderation.leaflets import Leaflets
from toolkit.audit import record

EVERYONE = {None, *range(100_000)}


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """One thing that all see and one that Konstanz sees; a report on each, and a decision."""
    shelf = Leaflets()
    public.register_reportable(
        public.Reportable("leaflet", load=shelf.load, hide=shelf.hide, restore=shelf.restore, name="Merkblatt")
    )
    shelf.add(cast.neighbour.pk, seen_by=EVERYONE, object_id=1)
    shelf.add(cast.neighbour.pk, seen_by={cast.pilot.pk, cast.coordinator.pk, cast.office_head.pk}, object_id=2)
    shelf.add(cast.pilot.pk, seen_by=EVERYONE, object_id=3)
    decision = DecisionFactory(object_id=4, author=cast.pilot)
    ReportFactory(object_id=4, author=cast.pilot, state=Report.State.DECIDED, decision=decision)
    record("network.opened", person_id=cast.coordinator.pk, subject="network", subject_id=1, state_code="08")
    return SimpleNamespace(
        report=ReportFactory(object_id=1, author=cast.neighbour, network=cast.heilbronn),
        decision=decision,
        network=cast.konstanz,
    )


FILLED = {"reason": "insult", "text": "Die zweite Zeile beleidigt.", "email": "erika@beispiel.example"}
DECIDED = {"action": "hide", "reason": "Die zweite Zeile setzt herab."}

ROWS = {
    "moderation:queue": hidden("get", moderator=200, other_moderator=200),
    "moderation:decisions": hidden("get", moderator=200, other_moderator=200),
    "moderation:record": hidden("get", moderator=200, other_moderator=200),
    "moderation:decide": hidden("get", lambda w: {"pk": w.report.pk}, moderator=200),
    "moderation:decide#post": hidden("post", lambda w: {"pk": w.report.pk}, data=DECIDED, moderator=302),
    "moderation:decision": hidden("get", lambda w: {"pk": w.decision.pk}, moderator=200, pilot=200),
    "moderation:decision#restore": hidden(
        "post",
        lambda w: {"pk": w.decision.pk},
        data={"reason": "Die Stelle ist geändert."},
        moderator=302,
        pilot=403,
    ),
    "moderation:network-record": signed_in("get", 403, lambda w: {"slug": w.network.slug}, coordinator=200),
    "moderation:thanks": everyone("get", 200),
    "moderation:report": everyone("get", 200, lambda w: {"kind": "leaflet", "object_id": 1}),
    "moderation:report#post": everyone(
        "post", 302, lambda w: {"kind": "leaflet", "object_id": 1}, data=FILLED, visitors=True
    ),
    "moderation:report#of-konstanz": everyone(
        "get",
        404,
        lambda w: {"kind": "leaflet", "object_id": 2},
        pilot=200,
        coordinator=200,
        office_head=200,
    ),
    "moderation:report#of-konstanz-post": everyone(
        "post",
        404,
        lambda w: {"kind": "leaflet", "object_id": 2},
        data=FILLED,
        pilot=302,
        coordinator=302,
        office_head=302,
    ),
    "moderation:report#own": everyone("get", 200, lambda w: {"kind": "leaflet", "object_id": 3}, pilot=403),
}
