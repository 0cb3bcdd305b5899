"""What the pages of moderation show."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.models import ModerationDecision, Report
from moderation.policies.reports import (
    may_decide,
    may_restore,
    visible_decisions,
    visible_reports,
    visible_thing,
)
from moderation.public import reportable
from moderation.queries.decisions import reported, standing_decision
from tenancy.viewer import Viewer
from toolkit.access import Decision
from toolkit.pagination import Page, page_by_key

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Numbers:
    """How moderation went in the viewer's Länder in the last twelve months, without names."""

    decided: int
    hidden: int
    kept: int
    median_hours: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """One report as a moderator reads it, with all others on the same thing and what was decided before."""

    report: Report
    others: list[Report]
    earlier: list[ModerationDecision]
    may_decide: Decision
    page_url: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision as author or moderator read it. ``excerpt`` is the reported part."""

    decision: ModerationDecision
    excerpt: str
    reports: int
    is_authors: bool
    may_restore: Decision


def _open(viewer: Viewer) -> QuerySet[Report]:
    return visible_reports(viewer).filter(state=Report.State.OPEN)


def open_count(viewer: Viewer) -> int:
    """How many things wait for a decision. One query; none for who does not moderate."""
    return _open(viewer).values("kind", "object_id").distinct().count() if viewer.moderates else 0


def queue_page(viewer: Viewer, mark: str = "") -> Page[Report]:
    """What waits, oldest first: the first open report of each thing, with ``same`` open ones on it. One query."""
    on_it = Report.objects.filter(
        kind=OuterRef("kind"), object_id=OuterRef("object_id"), land=OuterRef("land"), state=Report.State.OPEN
    )
    count = on_it.order_by().values("object_id").annotate(n=Count("pk")).values("n")
    rows = (
        _open(viewer)
        .filter(~Exists(on_it.filter(pk__lt=OuterRef("pk"))))
        .annotate(same=Coalesce(Subquery(count, output_field=IntegerField()), 1))
        .select_related("network__municipality", "land")
    )
    return page_by_key(rows, ("created_at", "id"), mark, size=PER_PAGE)


def case_of(viewer: Viewer, report_id: int) -> Case:
    """One report with its surroundings. Raises ``Report.DoesNotExist`` for what the viewer may not see."""
    reports = visible_reports(viewer).select_related("author", "network__municipality", "land", "decision")
    report = reports.get(pk=report_id)
    same = visible_reports(viewer).filter(kind=report.kind, object_id=report.object_id, state=Report.State.OPEN)
    earlier = visible_decisions(viewer).filter(kind=report.kind, object_id=report.object_id)
    # A moderator holds no key to the city: often the excerpt is all there is to see.
    thing = visible_thing(viewer, report.kind, report.object_id)
    return Case(
        report=report,
        others=list(same.exclude(pk=report.pk).order_by("created_at", "pk")[:50]),
        earlier=list(earlier.select_related("association").order_by("-pk")[:20]),
        may_decide=may_decide(viewer, report),
        page_url=thing.url if thing is not None else "",
    )


def decision_page(viewer: Viewer, mark: str = "") -> Page[ModerationDecision]:
    """The decisions in the viewer's Länder, newest first. One query."""
    rows = visible_decisions(viewer).filter(land_id__in=viewer.moderated_states)
    rows = rows.select_related("association", "network__municipality", "land")
    return page_by_key(rows, ("-decided_at", "-id"), mark, size=PER_PAGE)


def verdict_of(viewer: Viewer, decision_id: int) -> Verdict:
    """One decision with the words it was about. Raises ``ModerationDecision.DoesNotExist``."""
    rows = visible_decisions(viewer).select_related("association", "author", "network__municipality", "decided_by")
    decision = rows.get(pk=decision_id)
    excerpt, reports = reported(decision.follows_id or decision.pk)
    latest = standing_decision(decision.kind, decision.object_id)
    return Verdict(
        decision=decision,
        excerpt=excerpt,
        reports=reports,
        is_authors=decision.author_id == viewer.person_id,
        may_restore=may_restore(viewer, decision, is_latest=latest is None or latest.pk == decision.pk),
    )


def numbers(viewer: Viewer) -> Numbers:
    """The figures for the head of the page. Two queries."""
    since = timezone.now() - datetime.timedelta(days=365)
    decided = visible_decisions(viewer).filter(land_id__in=viewer.moderated_states, decided_at__gte=since)
    by_action = dict(decided.order_by().values_list("action").annotate(n=Count("pk")))
    hidden = by_action.get(ModerationDecision.Action.HIDE, 0)
    kept = by_action.get(ModerationDecision.Action.KEEP, 0)
    waited = sorted(
        visible_reports(viewer)
        .filter(decision__decided_at__gte=since)
        .annotate(waited=F("decision__decided_at") - F("created_at"))
        .values_list("waited", flat=True)[:2_000]
    )
    middle = waited[len(waited) // 2] if waited else None
    return Numbers(
        decided=hidden + kept,
        hidden=hidden,
        kept=kept,
        median_hours=None if middle is None else max(1, round(middle.total_seconds() / 3600)),
    )


def name_of_kind(kind: str) -> str:
    """The thing in one word, such as „Erfahrung“."""
    what = reportable(kind)
    return str(what.name) if what is not None and what.name else str(_("Beitrag"))
