"""Two at once, over real connections: one decision, one report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from moderation.models import ModerationDecision, Report
from moderation.services.decisions import decide_report, restore_thing
from moderation.services.reports import report_thing
from tenancy.viewer import viewer_for
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.factories.tenancy import ModeratorFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs):
    """Run all at the same moment, each on a connection of its own; returns what came of each."""
    start = Barrier(len(verbs))

    def run(verb):
        start.wait()
        try:
            return verb()
        except (Conflict, Denied) as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def test_of_many_moderators_at_once_one_decides(leaflets, pilot):
    first = ReportFactory(object_id=1, author=pilot)
    second = ReportFactory(object_id=1, author=pilot)
    viewers = [viewer_for(ModeratorFactory().person) for _ in range(6)]
    verbs = [
        lambda viewer=viewer, report=report, action=action: decide_report(
            viewer, report.pk, action=action, reason="Aus gutem Grund."
        )
        for viewer, report, action in zip(
            viewers, [first, second] * 3, ["hide", "keep", "hide", "keep", "hide", "keep"], strict=True
        )
    ]
    outcome = at_once(*verbs)
    decisions = [one for one in outcome if isinstance(one, ModerationDecision)]
    assert len(decisions) == 1
    assert sum(isinstance(one, Conflict) for one in outcome) == 5
    assert set(Report.objects.values_list("state", "decision_id")) == {("decided", decisions[0].pk)}
    assert len(leaflets.acts) == (1 if decisions[0].action == "hide" else 0)


def test_what_was_hidden_is_shown_again_once(leaflets, pilot):
    hidden = DecisionFactory(object_id=1, author=pilot)
    viewers = [viewer_for(ModeratorFactory().person) for _ in range(4)]
    outcome = at_once(
        *[lambda viewer=viewer: restore_thing(viewer, hidden.pk, reason="Geändert.") for viewer in viewers]
    )
    assert sum(isinstance(one, ModerationDecision) for one in outcome) == 1
    assert sum(isinstance(one, Denied) for one in outcome) == 3
    assert leaflets.acts == [("restore", 1, "")]


def test_the_same_report_sent_many_times_at_once_arrives_once(leaflets, pilot, neighbour):
    leaflets.add(pilot.pk, seen_by={neighbour.pk})
    viewer = viewer_for(neighbour)
    outcome = at_once(*[lambda: report_thing(viewer, "leaflet", 1, reason="insult", text="x")] * 5)
    assert sum(isinstance(one, Report) for one in outcome) == 1
    assert Report.objects.count() == 1
