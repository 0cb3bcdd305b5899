"""Who may report, who sees what was reported, and who decides on it."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from moderation.models import ModerationDecision, Report
from moderation.public import ReportedThing, reportable
from tenancy.queries.applications import moderators_of
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny

OWN_CONTENT = _(
    "Das ist Ihr eigener Beitrag. Darüber entscheidet eine andere Person, damit niemand in eigener Sache entscheidet."
)
ANOTHER_LAND = _("Darüber entscheiden die Verbände eines anderen Landes.")


def visible_reports(viewer: Viewer) -> QuerySet[Report]:
    """The reports of the Länder in which the viewer moderates; nobody else sees any."""
    return Report.objects.filter(land_id__in=viewer.moderated_states)


def visible_decisions(viewer: Viewer) -> QuerySet[ModerationDecision]:
    """The decisions of the Länder in which the viewer moderates, and those on the viewer's own contributions."""
    mine = Q(author_id=viewer.person_id) if viewer.person_id is not None else Q(pk__in=())
    return ModerationDecision.objects.filter(Q(land_id__in=viewer.moderated_states) | mine)


def visible_thing(viewer: Viewer, kind: str, object_id: int) -> ReportedThing | None:
    """The thing as it stands now; None for an unknown kind and for what the room does not show the viewer."""
    what = reportable(kind)
    return what.load(viewer, object_id) if what is not None else None


def moderates_something(viewer: Viewer) -> bool:
    """Whether there is a queue for the viewer at all."""
    return bool(viewer.moderates)


def may_report(viewer: Viewer, thing: ReportedThing) -> Decision:
    """Whether the viewer may report a thing: whoever sees it, visitors too, but its author."""
    if viewer.person_id is not None and viewer.person_id == thing.author_id:
        return deny(_("Das ist Ihr eigener Beitrag. Sie können ihn selbst ändern oder zurückziehen."))
    return ALLOW


def may_decide(viewer: Viewer, report: Report) -> Decision:
    """Whether the viewer may decide on a report: for an association of its Land, and never on own words."""
    if report.land_id not in viewer.moderated_states:
        return deny(ANOTHER_LAND)
    if report.author_id is not None and report.author_id == viewer.person_id:
        return deny(OWN_CONTENT)
    return ALLOW


def may_restore(viewer: Viewer, decision: ModerationDecision, *, is_latest: bool) -> Decision:
    """Whether the viewer may show again what was hidden; ``is_latest``: no later decision on the same thing."""
    if decision.land_id not in viewer.moderated_states:
        return deny(ANOTHER_LAND)
    if decision.author_id is not None and decision.author_id == viewer.person_id:
        return deny(OWN_CONTENT)
    if decision.action != ModerationDecision.Action.HIDE:
        return deny(_("Mit dieser Entscheidung wurde nichts ausgeblendet."))
    if not is_latest:
        return deny(_("Über diesen Beitrag wurde inzwischen neu entschieden."))
    return ALLOW


def listeners_of_reports(state_code: str) -> list[int]:
    """The people who moderate in a Land now; suspended ones left out."""
    return moderators_of(state_code)
