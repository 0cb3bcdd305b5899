"""Decide on what was reported, and take a decision back. Author and reporters hear the reason."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from moderation.models import ModerationDecision, Report
from moderation.policies.reports import may_decide, may_restore, visible_decisions, visible_reports
from moderation.public import Reportable, reportable
from moderation.queries.decisions import standing_decision
from moderation.services.outcome import tell_author, tell_reporters
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audit import record

Action = ModerationDecision.Action


@verb
def decide_report(viewer: Viewer, report_id: int, *, action: str, reason: str) -> ModerationDecision:
    """Hide or keep the reported thing; this answers every open report on it in this Land.

    Of two moderators at once, the second gets a ``Conflict``. Raises ``Report.DoesNotExist`` for another Land's
    report and ``Denied`` for own content.
    """
    if action not in (Action.HIDE, Action.KEEP):
        raise ValueError(f"no answer to a report: {action}")
    asked = visible_reports(viewer).get(pk=report_id)
    same = visible_reports(viewer).filter(kind=asked.kind, object_id=asked.object_id, land_id=asked.land_id)
    # One order of locks for everybody who decides on this thing, so that two never wait for each other.
    reports = list(same.filter(state=Report.State.OPEN).select_for_update(of=("self",)).order_by("pk"))
    require(may_decide(viewer, asked))
    if asked.pk not in {report.pk for report in reports}:
        raise Conflict(_("Über diese Meldung wurde inzwischen entschieden."))
    what = _kind_of(asked.kind)
    if action == Action.HIDE:
        what.hide(asked.object_id, reason)
    elif (held := standing_decision(asked.kind, asked.object_id)) is not None and held.action == Action.HIDE:
        raise Conflict(_("Der Beitrag ist schon ausgeblendet. Nehmen Sie zuerst jene Entscheidung zurück."))
    decision = ModerationDecision.objects.create(
        kind=asked.kind,
        object_id=asked.object_id,
        title=asked.title,
        author_id=asked.author_id,
        network_id=asked.network_id,
        land_id=asked.land_id,
        action=action,
        reason=reason,
        decided_by_id=_person(viewer),
        association_id=_association(viewer, asked.land_id),
    )
    Report.objects.filter(pk__in=[report.pk for report in reports]).update(
        state=Report.State.DECIDED, decision=decision
    )
    _put_on_record(viewer, decision, reports=len(reports))
    tell_author(decision, excerpt=asked.excerpt)
    tell_reporters(decision, reports)
    return decision


@verb
def restore_thing(viewer: Viewer, decision_id: int, *, reason: str) -> ModerationDecision:
    """Show again what a decision had hidden, with a reason. Raises ``ModerationDecision.DoesNotExist``, ``Denied``."""
    asked = visible_decisions(viewer).get(pk=decision_id)
    # Its author sees a decision, but only who may take it back may lock it.
    require(may_restore(viewer, asked, is_latest=True))
    hidden = visible_decisions(viewer).select_for_update(of=("self",)).get(pk=asked.pk)
    latest = standing_decision(hidden.kind, hidden.object_id)
    require(may_restore(viewer, hidden, is_latest=latest is not None and latest.pk == hidden.pk))
    _kind_of(hidden.kind).restore(hidden.object_id)
    decision = ModerationDecision.objects.create(
        kind=hidden.kind,
        object_id=hidden.object_id,
        title=hidden.title,
        author_id=hidden.author_id,
        network_id=hidden.network_id,
        land_id=hidden.land_id,
        action=Action.RESTORE,
        reason=reason,
        decided_by_id=_person(viewer),
        association_id=_association(viewer, hidden.land_id),
        follows=hidden,
    )
    reports = list(hidden.reports.order_by("pk"))
    _put_on_record(viewer, decision, reports=len(reports))
    tell_author(decision, excerpt=reports[0].excerpt if reports else "")
    tell_reporters(decision, reports)
    return decision


def _kind_of(kind: str) -> Reportable:
    what = reportable(kind)
    if what is None:
        raise Conflict(_("Solche Beiträge kennt diese Installation nicht mehr."))
    return what


def _person(viewer: Viewer) -> int:
    """The number of who decides; the rules let nobody through who has none."""
    if viewer.person_id is None:
        raise Conflict(_("Bitte melden Sie sich an."))
    return viewer.person_id


def _association(viewer: Viewer, state_code: str) -> int:
    association = viewer.association_for(state_code)
    if association is None:
        raise Conflict(_("Sie moderieren in diesem Land nicht mehr."))
    return association


def _put_on_record(viewer: Viewer, decision: ModerationDecision, *, reports: int) -> None:
    record(
        f"moderation.{decision.action}",
        person_id=viewer.person_id,
        subject=decision.kind,
        subject_id=decision.object_id,
        network_id=decision.network_id,
        state_code=decision.land_id,
        reason=decision.reason,
        changes={"decision": [None, decision.pk], "reports": [0, reports]},
    )
